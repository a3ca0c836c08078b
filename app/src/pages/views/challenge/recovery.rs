//! A recovery code. What was typed never comes back: it may be a good one with a slip in it.

use leptos::prelude::*;

use crate::pages::parts::{Countdown, NoteView, PostForm, Submit, TextField};
use crate::words::{challenge as words, oath};

#[derive(Clone, Debug)]
pub struct RecoveryChallenge {
    /// Posts the field `code`.
    pub check: &'static str,
    pub refusal: Option<RecoveryRefusal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecoveryRefusal {
    Missing,
    Malformed,
    Wrong {
        tries_left: u32,
    },
    /// It was good once.
    Used,
    Throttled {
        wait_secs: u64,
    },
    Blocked,
}

impl RecoveryRefusal {
    pub(super) fn note(self) -> NoteView {
        match self {
            Self::Missing => NoteView::refused(words::recovery_missing()),
            Self::Malformed => NoteView::refused(words::recovery_malformed()),
            Self::Wrong { .. } => NoteView::refused(words::recovery_wrong()),
            Self::Used => NoteView::refused(words::recovery_used()),
            Self::Throttled { wait_secs } => NoteView::wait(words::throttled(wait_secs)),
            Self::Blocked => NoteView::refused(words::shut(true)),
        }
    }

    const fn concerns_the_field(self) -> bool {
        !matches!(self, Self::Throttled { .. } | Self::Blocked)
    }
}

pub(super) fn recovery(challenge: RecoveryChallenge) -> AnyView {
    let RecoveryChallenge { check, refusal } = challenge;
    let more = match refusal {
        Some(RecoveryRefusal::Wrong { tries_left }) => {
            Some(view! { <p class="hint"><strong>{oath::tries_left(tries_left)}</strong></p> }.into_any())
        }
        Some(RecoveryRefusal::Throttled { wait_secs }) => {
            Some(view! { <p class="hint"><Countdown words=oath::TRY_IN secs=wait_secs /></p> }.into_any())
        }
        _ => None,
    };
    view! {
        <PostForm once=true action=check class="stacked-form">
            <TextField
                label=words::RECOVERY_CODE
                name="code"
                autocomplete="off"
                maxlength=64
                mono=true
                hint=words::RECOVERY_HINT
                refused=refusal.is_some_and(RecoveryRefusal::concerns_the_field)
                autofocus=true
            >
                <Submit label=words::CONFIRM />
            </TextField>
            {more}
        </PostForm>
    }
    .into_any()
}
