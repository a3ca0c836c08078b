//! What the last act came to, on every page about quorums.

use crate::pages::parts::NoteView;
use crate::quorum::Refusal;
use crate::words::quorum as words;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuorumNote {
    Refused(Refusal),
    TooManyNames,
    TooMany { wait_secs: u64 },
    Joined,
    Waits,
}

impl QuorumNote {
    pub(super) fn note(&self) -> NoteView {
        match self {
            Self::Refused(refusal) => NoteView::refused(words::refused(refusal)),
            Self::TooManyNames => NoteView::refused(words::too_many_names()),
            Self::TooMany { wait_secs } => NoteView::wait(words::too_many(*wait_secs)),
            Self::Joined => NoteView::done(words::joined()),
            Self::Waits => NoteView::done(words::waits()),
        }
    }

    const fn refusal(&self) -> Option<&Refusal> {
        if let Self::Refused(refusal) = self { Some(refusal) } else { None }
    }

    pub(super) const fn concerns_the_key(&self) -> bool {
        matches!(self.refusal(), Some(Refusal::NotASecret(_)))
    }

    pub(super) const fn concerns_the_numbers(&self) -> bool {
        matches!(self.refusal(), Some(Refusal::Numbers | Refusal::TooManyShares { .. }))
    }

    pub(super) const fn concerns_the_age_keys(&self) -> bool {
        matches!(self.refusal(), Some(Refusal::Recipient(_) | Refusal::Recipients))
    }

    pub(super) const fn concerns_the_reason(&self) -> bool {
        matches!(self.refusal(), Some(Refusal::Reason))
    }

    pub(super) const fn concerns_the_share(&self) -> bool {
        matches!(
            self.refusal(),
            Some(Refusal::Share(_) | Refusal::OtherGroup | Refusal::Twice(_) | Refusal::NotEncrypted)
        )
    }
}
