//! The page that deletes an account, once its address was typed.

use leptos::prelude::*;

use crate::pages::parts::{Card, Heading, Kind, Note, NoteView, OneButton, Plain, PostForm, Submit, TextField};
use crate::words::delete_account as words;

/// None is needed.
pub const SCRIPTS: &[&str] = &[];

#[derive(Clone, Debug)]
pub struct DeleteAccountView {
    pub address: String,
    /// What was typed before, given back when it was refused.
    pub typed: String,
    pub refusal: Option<DeleteRefusal>,
    /// Posts the field `address`.
    pub action: &'static str,
    pub export: &'static str,
    pub back: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeleteRefusal {
    Missing,
    Different,
}

impl DeleteRefusal {
    fn note(self) -> NoteView {
        NoteView::refused(match self {
            Self::Missing => words::missing(),
            Self::Different => words::different(),
        })
    }
}

pub fn delete_account(page: DeleteAccountView) -> impl IntoView {
    let DeleteAccountView { address, typed, refusal, action, export, back } = page;
    let goes = words::WHAT_GOES.map(|what| view! { <li>{what}</li> }).collect_view();
    let refused = refusal.is_some();
    view! {
        <Plain class="act">
            <Heading title=words::HEADING lede=words::LEDE />
            {refusal.map(|refusal| view! { <Note note=refusal.note() /> })}
            <Card>
                <h2>{words::GOES}</h2>
                <ul class="points">{goes}</ul>
                <OneButton action=export label=words::EXPORT_FIRST kind=Kind::Outlined />
                <PostForm once=true action=action class="aside">
                    <TextField
                        label=words::type_address(&address)
                        name="address"
                        value=typed
                        autocomplete="off"
                        inputmode="email"
                        refused=refused
                        autofocus=refused
                    >
                        <Submit label=words::DELETE kind=Kind::Danger />
                    </TextField>
                </PostForm>
            </Card>
            <p><a href=back>{words::BACK}</a></p>
        </Plain>
    }
}
