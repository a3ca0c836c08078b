//! A code from an app or a token.

use leptos::prelude::*;

use crate::pages::parts::{CodeField, NoteView, PostForm, Submit};
use crate::pages::views::oath::{CodeRefusal, hint};
use crate::words::labels::FactorLabel;
use crate::words::{challenge as words, totp};

#[derive(Clone, Debug)]
pub struct CodeChallenge {
    /// Posts the field `code`.
    pub check: &'static str,
    /// How many digits its codes have.
    pub digits: u8,
    pub refusal: Option<CodeRefusal>,
}

impl CodeChallenge {
    pub(super) fn note(&self, way: FactorLabel) -> Option<NoteView> {
        let kind = if way == FactorLabel::Hotp { words::COUNTER } else { totp::CODES };
        self.refusal.as_ref().map(|refusal| refusal.note(self.digits, kind))
    }
}

pub(super) fn code(challenge: CodeChallenge, label: &'static str) -> AnyView {
    let CodeChallenge { check, refusal, .. } = challenge;
    let refused = refusal.as_ref().is_some_and(CodeRefusal::concerns_the_field);
    view! {
        <PostForm once=true action=check>
            <CodeField label=label refused=refused autofocus=true hint=hint(refusal.as_ref(), words::HOTP_HINT.into_any())>
                <Submit label=words::CONFIRM />
            </CodeField>
        </PostForm>
    }
    .into_any()
}
