//! Kinds of factor as pages speak of them.

use crate::words::activity::Happened;
use crate::words::ways::Way;
use postern_core::factor::{email_code, hotp, recovery_codes, security_key, totp};
use postern_core::model::{Event, FactorKind, What};

pub const fn kind_of(way: Way) -> FactorKind {
    match way {
        Way::SecurityKey => security_key::KIND,
        Way::Totp => totp::KIND,
        Way::Hotp => hotp::KIND,
        Way::RecoveryCode => recovery_codes::KIND,
        Way::EmailCode => email_code::KIND,
    }
}

/// A kind that nobody knows is the one everybody has.
pub fn way_of(kind: &FactorKind) -> Way {
    let ways = [Way::SecurityKey, Way::Totp, Way::Hotp, Way::RecoveryCode];
    ways.into_iter().find(|way| kind_of(*way) == *kind).unwrap_or(Way::EmailCode)
}

/// What happened, in words.
pub fn happened(event: &Event) -> Happened {
    let way = way_of(&event.factor);
    match event.what {
        What::SignedIn if way == Way::EmailCode => Happened::SignedIn { with: None },
        what => happened_to(what, way.name()),
    }
}

/// What happened to something of that name.
pub fn happened_to(what: What, name: &str) -> Happened {
    let name = name.to_owned();
    match what {
        What::AccountMade => Happened::AccountMade,
        What::SignedIn | What::RecoveryUsed => Happened::SignedIn { with: Some(name) },
        What::SignedOut => Happened::SignedOut,
        What::Passed => Happened::Confirmed { with: name },
        What::Enrolled => Happened::FactorAdded { name },
        What::Renamed => Happened::FactorRenamed { name },
        What::Removed => Happened::FactorRemoved { name },
        What::Cloned => Happened::KeyCloned { name },
        What::BecameSynced => Happened::KeyBecameSynced { name },
        What::CountNotRisen => Happened::KeyCountNotRisen { name },
        What::CodesRenewed => Happened::CodesMade,
        What::AddressChanged | What::AddressReplaced => Happened::AddressChanged,
        What::AddressRestored => Happened::AddressRestored,
        What::Unfrozen => Happened::Unfrozen,
        What::WrongAnswers => Happened::WrongAnswers { name },
        What::FactorLocked => Happened::FactorLocked { name },
        What::SessionsEnded => Happened::SessionsEnded,
        What::Exported => Happened::Exported,
        What::Disowned => Happened::NotMe,
        What::Reset => Happened::FactorsReset,
        What::Unblocked => Happened::Unblocked,
        What::Deleted => Happened::Deleted,
    }
}
