//! Why a code was not taken, while enrolling and later.

use leptos::prelude::*;

use crate::pages::parts::{Countdown, NoteView};
use crate::words::oath::{self as words, CodeWords};
use crate::words::{hotp, totp};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeRefusal {
    Missing,
    Malformed,
    Wrong {
        tries_left: u32,
    },
    /// `next_secs` until the app shows another one; none if it does at a press.
    Replayed {
        next_secs: Option<u64>,
    },
    Throttled {
        wait_secs: u64,
    },
    Blocked,
    /// Unconfirmed only.
    ClockOff {
        secs: u64,
        ahead: bool,
        tries_left: u32,
    },
    /// Unconfirmed only: more codes ahead than are looked for.
    Ahead {
        codes: u64,
        tries_left: u32,
    },
    /// Unconfirmed only: the app counts from 0, and not from `expected`.
    CounterIgnored {
        expected: u64,
        tries_left: u32,
    },
    /// Unconfirmed only; says which part, as in `SHA256`.
    SettingIgnored {
        ignored: String,
        tries_left: u32,
    },
}

impl CodeRefusal {
    pub fn note(&self, digits: u8, kind: CodeWords) -> NoteView {
        match self {
            Self::Missing => NoteView::refused(words::no_code()),
            Self::Malformed => NoteView::refused(words::malformed(digits)),
            Self::Wrong { .. } => NoteView::refused((kind.wrong)()),
            Self::Replayed { next_secs: Some(secs) } => NoteView::refused(words::replayed(*secs)),
            Self::Replayed { next_secs: None } => NoteView::refused(words::spent()),
            Self::Throttled { wait_secs } => NoteView::wait(words::throttled(*wait_secs)),
            Self::Blocked => NoteView::refused(words::blocked()),
            Self::ClockOff { secs, ahead, .. } => NoteView::refused(totp::clock_off(*secs, *ahead)),
            Self::Ahead { codes, .. } => NoteView::refused(hotp::ahead(*codes)),
            Self::CounterIgnored { expected, .. } => NoteView::refused(hotp::counter_ignored(*expected)),
            Self::SettingIgnored { ignored, .. } => NoteView::refused((kind.setting_ignored)(ignored)),
        }
    }

    /// Something about what was typed, not about when.
    pub const fn concerns_the_field(&self) -> bool {
        !matches!(self, Self::Throttled { .. } | Self::Blocked)
    }

    /// Only another setting helps.
    pub const fn asks_to_start_over(&self) -> bool {
        matches!(self, Self::SettingIgnored { .. } | Self::CounterIgnored { .. })
    }

    const fn tries_left(&self) -> Option<u32> {
        match self {
            Self::Wrong { tries_left }
            | Self::ClockOff { tries_left, .. }
            | Self::Ahead { tries_left, .. }
            | Self::CounterIgnored { tries_left, .. }
            | Self::SettingIgnored { tries_left, .. } => Some(*tries_left),
            _ => None,
        }
    }
}

/// Under the code field: how long to wait, or how many tries, and then what the kind has to say.
pub fn hint(refusal: Option<&CodeRefusal>, of_kind: AnyView) -> AnyView {
    if let Some(CodeRefusal::Throttled { wait_secs }) = refusal {
        return view! { <Countdown words=words::TRY_IN secs=*wait_secs /> }.into_any();
    }
    let tries = refusal.and_then(CodeRefusal::tries_left).map(|n| view! { <strong>{words::tries_left(n)}</strong>" " });
    view! {
        {tries}
        {of_kind}
    }
    .into_any()
}
