//! A key that waits for its first code.

use leptos::prelude::*;

use super::refusal::hint;
use super::{Actions, CodeRefusal};
use crate::pages::parts::{Card, CodeField, Countdown, Disclosure, KeyBox, Kind, OneButton, PostForm, QrCode, Submit};
use crate::words::oath as words;

#[derive(Clone, Debug)]
pub struct Waiting {
    /// What the QR code holds, and where the link for this device leads.
    pub uri: String,
    /// Base32 without spaces or padding.
    pub key: String,
    /// Until the key dies unconfirmed.
    pub expires_in_secs: u64,
    pub refusal: Option<CodeRefusal>,
}

/// `said` is the setting in words, `under` stands below the code field, `more` above the way to start over.
#[component]
pub fn ScanCard(
    waiting: Waiting,
    said: String,
    under: AnyView,
    actions: Actions,
    #[prop(optional, into)] more: Option<AnyView>,
    /// After a refusal the code is where to go on.
    #[prop(default = true)]
    focus: bool,
) -> impl IntoView {
    let Waiting { uri, key, expires_in_secs, refusal } = waiting;
    let refused = refusal.as_ref().is_some_and(CodeRefusal::concerns_the_field);
    let over_again = refusal.as_ref().is_some_and(CodeRefusal::asks_to_start_over);
    let (tried, hint) = (refusal.is_some() && focus, hint(refusal.as_ref(), under));
    view! {
        <Card>
            <div class="scan-card">
                <QrCode text=uri.clone() label=words::QR_LABEL />
                <div class="scan-side">
                    <KeyBox
                        key=key
                        label=words::NO_CAMERA
                        copy=words::COPY
                        copied=words::COPIED
                        not_copied=words::NOT_COPIED
                    />
                    <p class="quiet small">{said}" \u{b7} "<a href=uri>{words::OPEN_IN_APP}</a></p>
                    <PostForm once=true action=actions.check>
                        <CodeField label=words::CODE refused=refused autofocus=tried hint=hint>
                            <Submit label=words::CONFIRM />
                        </CodeField>
                    </PostForm>
                </div>
            </div>
            {more}
            <Disclosure summary=words::OVER_AGAIN open=over_again>
                <p class="quiet"><Countdown words=words::KEY_LASTS secs=expires_in_secs /></p>
                <p class="quiet">{words::OVER_AGAIN_TEXT}</p>
                <OneButton action=actions.start_over label=words::START_OVER kind=Kind::Outlined />
            </Disclosure>
        </Card>
    }
}
