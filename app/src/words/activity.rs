//! What happened to an account, in its list of activity and in letters' links.

/// One thing that happened. Names are those that the owner gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    AccountMade,
    /// With what, beside the mail: none if mail was all.
    SignedIn {
        with: Option<String>,
    },
    SignedOut,
    /// Asked again before a change, and passed.
    Confirmed {
        with: String,
    },
    FactorAdded {
        name: String,
    },
    FactorRenamed {
        name: String,
    },
    FactorRemoved {
        name: String,
    },
    /// A key's count did not rise.
    KeyCloned {
        name: String,
    },
    /// A key may be synced to other devices from now on.
    KeyBecameSynced {
        name: String,
    },
    /// A synced key passed, and its count did not rise.
    KeyCountNotRisen {
        name: String,
    },
    CodesMade,
    AddressChanged,
    SessionsEnded,
    Exported,
    /// Somebody followed the link in a letter.
    NotMe,
    /// By an operator.
    FactorsReset,
    Unblocked,
    Deleted,
    AddressRestored,
    Unfrozen,
    /// So many to one factor that there is a wait.
    WrongAnswers {
        name: String,
    },
    FactorLocked {
        name: String,
    },
}

impl Happened {
    /// Without a full stop, to stand in a list.
    pub fn said(&self) -> String {
        match self {
            Self::AccountMade => "Account made".to_owned(),
            Self::SignedIn { with: None } => "Signed in, with mail only".to_owned(),
            Self::SignedIn { with: Some(name) } => format!("Signed in, with {name}"),
            Self::SignedOut => "Signed out".to_owned(),
            Self::Confirmed { with } => format!("Confirmed with {with}"),
            Self::FactorAdded { name } => format!("Added {name}"),
            Self::FactorRenamed { name } => format!("Renamed {name}"),
            Self::FactorRemoved { name } => format!("Removed {name}"),
            Self::KeyCloned { name } => format!("{name} refused: there may be a copy of it"),
            Self::KeyBecameSynced { name } => format!("{name} can be synced to other devices now"),
            Self::KeyCountNotRisen { name } => format!("{name} passed; its signature count did not rise"),
            Self::CodesMade => "New recovery codes".to_owned(),
            Self::AddressChanged => "Mail address changed".to_owned(),
            Self::SessionsEnded => "Other sessions ended".to_owned(),
            Self::Exported => "Everything taken out as a file".to_owned(),
            Self::FactorsReset => "An operator took all second factors off".to_owned(),
            Self::Unblocked => "An operator lifted what shut this account".to_owned(),
            Self::AddressRestored => "Email address restored".to_owned(),
            Self::Unfrozen => "Freeze lifted".to_owned(),
            Self::WrongAnswers { name } => format!("Five wrong answers in a row: {name}"),
            Self::FactorLocked { name } => format!("Locked after too many wrong answers: {name}"),
            Self::Deleted => "Account deleted".to_owned(),
            Self::NotMe => "\u{201c}This was not me\u{201d}: sessions ended, changes frozen".to_owned(),
        }
    }

    /// What an owner should look at twice.
    pub const fn is_suspicious(&self) -> bool {
        matches!(
            self,
            Self::KeyCloned { .. }
                | Self::NotMe
                | Self::FactorsReset
                | Self::WrongAnswers { .. }
                | Self::FactorLocked { .. }
        )
    }
}
