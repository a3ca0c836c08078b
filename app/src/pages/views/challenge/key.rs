//! A touch of a security key, which only a script can ask for.

use leptos::prelude::*;

use crate::pages::parts::{NoteView, Submit};
use crate::pages::views::security_keys::{CeremonyForm, Says, Sentences, WithoutScripts};
use crate::words::{challenge as words, security_keys};

#[derive(Clone, Debug)]
pub struct KeyChallenge {
    /// Posts the field `answer`.
    pub check: &'static str,
    /// Where the script gets what to ask the key.
    pub options: &'static str,
    /// Where keys work.
    pub origin: String,
    pub refusal: Option<KeyRefusal>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyRefusal {
    /// The form came without an answer.
    Missing,
    /// The ceremony is over, or was answered already.
    TooLate,
    Elsewhere,
    Unknown,
    NotTouched,
    Malformed,
    Signature,
    /// By the name its owner gave it.
    Cloned(String),
    TooOften {
        wait_secs: u64,
    },
    Throttled {
        wait_secs: u64,
    },
    Blocked,
}

impl KeyChallenge {
    pub(super) fn note(&self) -> Option<NoteView> {
        Some(NoteView::refused(match self.refusal.as_ref()? {
            KeyRefusal::Missing => security_keys::no_answer(),
            KeyRefusal::TooLate => security_keys::ceremony_over(),
            KeyRefusal::Elsewhere => security_keys::for_elsewhere(),
            KeyRefusal::Unknown => words::unknown_key(),
            KeyRefusal::NotTouched => security_keys::not_touched(),
            KeyRefusal::Malformed => security_keys::bad_answer(),
            KeyRefusal::Signature => security_keys::bad_signature(),
            KeyRefusal::Cloned(name) => words::cloned(name),
            KeyRefusal::TooOften { wait_secs } => {
                return Some(NoteView::wait(security_keys::too_many_challenges(*wait_secs)));
            }
            KeyRefusal::Throttled { wait_secs } => return Some(NoteView::wait(words::throttled(*wait_secs))),
            KeyRefusal::Blocked => words::shut(true),
        }))
    }
}

/// What stands above the card: what is missing without scripts, and where the script speaks.
pub(super) fn around(note: Option<NoteView>, origin: String, others: bool) -> AnyView {
    let text = if others { words::NO_SCRIPTS_OTHERS } else { words::NO_SCRIPTS_ALONE };
    view! {
        <WithoutScripts text=text />
        <Says note=note />
        <Sentences origin=origin />
    }
    .into_any()
}

pub(super) fn key(challenge: &KeyChallenge) -> AnyView {
    let (check, options) = (challenge.check, challenge.options);
    view! {
        <p>{words::KEY_TEXT}</p>
        <CeremonyForm action=check options=options ceremony="get">
            <Submit label=words::KEY_USE />
        </CeremonyForm>
    }
    .into_any()
}
