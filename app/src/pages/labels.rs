//! Kinds of factor as pages speak of them.

use crate::words::activity::Happened;
use crate::words::labels::FactorLabel;
use postern_core::factor::{email_code, hotp, recovery_codes, security_key, totp};
use postern_core::model::{Event, EventKind, FactorKind};

pub const fn kind_of(way: FactorLabel) -> FactorKind {
    match way {
        FactorLabel::SecurityKey => security_key::KIND,
        FactorLabel::Totp => totp::KIND,
        FactorLabel::Hotp => hotp::KIND,
        FactorLabel::RecoveryCode => recovery_codes::KIND,
        FactorLabel::EmailCode => email_code::KIND,
    }
}

/// A kind that nobody knows is the one everybody has.
pub fn label_of(kind: &FactorKind) -> FactorLabel {
    let ways = [FactorLabel::SecurityKey, FactorLabel::Totp, FactorLabel::Hotp, FactorLabel::RecoveryCode];
    ways.into_iter().find(|way| kind_of(*way) == *kind).unwrap_or(FactorLabel::EmailCode)
}

/// What happened, in words.
pub fn happened(event: &Event) -> Happened {
    let way = label_of(&event.factor);
    match event.what {
        EventKind::SignedIn if way == FactorLabel::EmailCode => Happened::SignedIn { with: None },
        what => happened_to(what, way.name()),
    }
}

/// What happened to something of that name.
pub fn happened_to(what: EventKind, name: &str) -> Happened {
    let name = name.to_owned();
    match what {
        EventKind::AccountMade => Happened::AccountMade,
        EventKind::SignedIn | EventKind::RecoveryUsed => Happened::SignedIn { with: Some(name) },
        EventKind::SignedOut => Happened::SignedOut,
        EventKind::Passed => Happened::Confirmed { with: name },
        EventKind::Enrolled => Happened::FactorAdded { name },
        EventKind::Renamed => Happened::FactorRenamed { name },
        EventKind::Removed => Happened::FactorRemoved { name },
        EventKind::Cloned => Happened::KeyCloned { name },
        EventKind::BecameSynced => Happened::KeyBecameSynced { name },
        EventKind::CountNotRisen => Happened::KeyCountNotRisen { name },
        EventKind::CodesRenewed => Happened::CodesMade,
        EventKind::AddressChanged | EventKind::AddressReplaced => Happened::AddressChanged,
        EventKind::AddressRestored => Happened::AddressRestored,
        EventKind::Unfrozen => Happened::Unfrozen,
        EventKind::WrongAnswers => Happened::WrongAnswers { name },
        EventKind::FactorLocked => Happened::FactorLocked { name },
        EventKind::SessionsEnded => Happened::SessionsEnded,
        EventKind::Exported => Happened::Exported,
        EventKind::Disowned => Happened::NotMe,
        EventKind::Reset => Happened::FactorsReset,
        EventKind::Unblocked => Happened::Unblocked,
        EventKind::Deleted => Happened::Deleted,
    }
}
