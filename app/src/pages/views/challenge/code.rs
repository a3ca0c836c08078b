//! A code from an app or a token.

use leptos::prelude::*;

use crate::pages::parts::{AtEnd, CodeField, Countdown, NoteView, PostForm, Submit};
use crate::pages::views::oath::{CodeRefusal, hint};
use crate::words::labels::FactorLabel;
use crate::words::{challenge as words, totp};

#[derive(Clone, Debug)]
pub struct CodeChallenge {
    /// Posts the field `code`.
    pub check: &'static str,
    /// How many digits its codes have.
    pub digits: u8,
    /// Of codes by time.
    pub step: Option<Step>,
    pub refusal: Option<CodeRefusal>,
}

/// How long the code lasts that an app shows now, and each one after it.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub next_code_secs: u64,
    pub period: u64,
}

impl CodeChallenge {
    pub(super) fn note(&self, way: FactorLabel) -> Option<NoteView> {
        let kind = if way == FactorLabel::Hotp { words::COUNTER } else { totp::CODES };
        self.refusal.as_ref().map(|refusal| refusal.note(self.digits, kind))
    }
}

pub(super) fn code(challenge: CodeChallenge, label: &'static str) -> AnyView {
    let CodeChallenge { check, step, refusal, .. } = challenge;
    let refused = refusal.as_ref().is_some_and(CodeRefusal::concerns_the_field);
    let under = match step {
        Some(Step { next_code_secs, period }) => {
            view! { <Countdown words=totp::NEXT_CODE secs=next_code_secs at_end=AtEnd::Again(period) /> }.into_any()
        }
        None => words::HOTP_HINT.into_any(),
    };
    view! {
        <PostForm once=true action=check>
            <CodeField label=label refused=refused autofocus=true hint=hint(refusal.as_ref(), under)>
                <Submit label=words::CONFIRM />
            </CodeField>
        </PostForm>
    }
    .into_any()
}
