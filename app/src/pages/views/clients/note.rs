//! What the last act came to, on every page about API keys.

use crate::pages::parts::NoteView;
use crate::words::account;
use crate::words::clients as words;
use postern_core::model::{SendLimit, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientNote {
    Proved,
    /// With the address it went to.
    KeySent(String),
    TooSoon {
        wait_secs: u64,
    },
    TooMany {
        wait_secs: u64,
        limit: SendLimit,
    },
    NoKeyTyped,
    NoSuchKey,
    AlreadyActivated,
    TooManyKeys,
    TooManyRefusals {
        wait_secs: u64,
    },
    Disabled,
    /// The key that was to be disabled is nobody's, or somebody else's.
    KeyGone,
    NotProved,
    /// A factor was passed again: what waited can be done now.
    Confirmed,
    /// The account's: said "this was not me".
    Frozen(Timestamp),
    FieldsMissing,
    WrongPair,
    /// One of two, and nobody is told which.
    WrongPairs,
    RotatedElsewhere,
    RotationUnfinished,
}

impl ClientNote {
    pub(super) fn note(self) -> NoteView {
        match self {
            Self::Proved => NoteView::done(words::proved()),
            Self::KeySent(address) => NoteView::done(words::key_sent(&address)),
            Self::TooSoon { wait_secs } => NoteView::wait(words::sent_too_soon(wait_secs)),
            Self::TooMany { wait_secs, limit } => NoteView::wait(words::too_many_sends(limit, wait_secs)),
            Self::NoKeyTyped => NoteView::refused(words::no_key_typed()),
            Self::NoSuchKey => NoteView::refused(words::no_such_key()),
            Self::AlreadyActivated => NoteView::refused(words::already_activated()),
            Self::TooManyKeys => NoteView::refused(words::too_many_keys()),
            Self::TooManyRefusals { wait_secs } => NoteView::wait(words::too_many_refusals(wait_secs)),
            Self::Disabled => NoteView::done(words::disabled()),
            Self::KeyGone => NoteView::info(words::key_gone()),
            Self::NotProved => NoteView::wait(words::not_proved()),
            Self::Confirmed => NoteView::done(words::confirmed()),
            Self::Frozen(until) => NoteView::wait(account::frozen(until)),
            Self::FieldsMissing => NoteView::refused(words::fields_missing()),
            Self::WrongPair => NoteView::refused(words::wrong_pair()),
            Self::WrongPairs => NoteView::refused(words::wrong_pairs()),
            Self::RotatedElsewhere => NoteView::refused(words::rotated_elsewhere()),
            Self::RotationUnfinished => NoteView::refused(words::rotation_unfinished()),
        }
    }

    /// What was typed as a key does not do.
    pub(super) const fn concerns_the_key(&self) -> bool {
        matches!(self, Self::NoKeyTyped | Self::NoSuchKey | Self::AlreadyActivated)
    }

    /// What was typed as key and secret does not do.
    pub(super) const fn concerns_a_pair(&self) -> bool {
        matches!(self, Self::FieldsMissing | Self::WrongPair | Self::WrongPairs)
    }
}
