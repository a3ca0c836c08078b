//! What the last act came to.

use crate::pages::parts::NoteView;
use crate::words::account as words;
use postern_core::model::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountNote {
    Made,
    /// A factor was passed again: what waited can be done now.
    Confirmed,
    /// Names are those the owner gave.
    FactorAdded(String),
    Renamed,
    /// What was typed is in [`BadName`](super::BadName).
    BadName,
    /// A factor whose name is not its owner's to choose.
    FixedName,
    FactorRemoved(String),
    FactorGone,
    /// The portal asks everybody for a second factor.
    LastNeeded,
    CodesRenewed,
    RecoveryCodeUsed {
        left: usize,
    },
    SessionEnded,
    OthersEnded,
    FreezeLifted,
    /// New recovery codes were not saved in time, or in this session.
    CodesNotReplaced,
    AddressChanged(String),
    /// Something was not done because changes are frozen.
    Frozen(Timestamp),
    /// No new recovery codes for now.
    TooManyRenewals {
        wait_secs: u64,
    },
}

impl AccountNote {
    pub(super) fn note(self) -> NoteView {
        match self {
            Self::Made => NoteView::done(words::made()),
            Self::Confirmed => NoteView::done(words::confirmed()),
            Self::FactorAdded(name) => NoteView::done(words::added(&name)),
            Self::Renamed => NoteView::done(words::renamed()),
            Self::BadName => NoteView::refused(words::bad_name()),
            Self::FixedName => NoteView::refused(words::fixed_name()),
            Self::FactorRemoved(name) => NoteView::done(words::removed(&name)),
            Self::LastNeeded => NoteView::refused(words::last_needed()),
            Self::FactorGone => NoteView::info(words::factor_gone()),
            Self::CodesRenewed => NoteView::done(words::codes_renewed()),
            Self::RecoveryCodeUsed { left } => NoteView::wait(words::recovery_used(left)),
            Self::SessionEnded => NoteView::done(words::session_ended()),
            Self::CodesNotReplaced => NoteView::refused(words::codes_not_replaced()),
            Self::FreezeLifted => NoteView::done(words::freeze_lifted()),
            Self::OthersEnded => NoteView::done(words::others_ended()),
            Self::AddressChanged(address) => NoteView::done(words::address_changed(&address)),
            Self::Frozen(until) => frozen(until),
            Self::TooManyRenewals { wait_secs } => NoteView::wait(words::too_many_renewals(wait_secs)),
        }
    }
}

pub(super) fn frozen(until: Timestamp) -> NoteView {
    NoteView::wait(words::frozen(until))
}
