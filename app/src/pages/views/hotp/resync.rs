//! The way back in step: two codes in a row.

use leptos::prelude::*;

use crate::pages::parts::{CodeField, Disclosure, Kind, PostForm, Submit};
use crate::pages::views::oath::{CodeRefusal, hint};
use crate::words::hotp as words;

/// `refusal` is of the last two codes; `first` asks for these two before anything else.
#[component]
pub fn Resync(action: &'static str, open: bool, first: bool, refusal: Option<CodeRefusal>) -> impl IntoView {
    let refused = refusal.as_ref().is_some_and(CodeRefusal::concerns_the_field);
    let hint = hint(refusal.as_ref(), words::RESYNC_TRY.into_any());
    view! {
        <Disclosure summary=words::RESYNC open=open>
            <p class="quiet">{words::RESYNC_TEXT}</p>
            <PostForm once=true action=action class="stack">
                <CodeField label=words::RESYNC_FIRST id="first-code" refused=refused autofocus=first />
                <CodeField label=words::RESYNC_SECOND id="next-code" name="next_code" refused=refused hint=hint>
                    <Submit label=words::RESYNC_NOW kind=Kind::Outlined />
                </CodeField>
            </PostForm>
        </Disclosure>
    }
}
