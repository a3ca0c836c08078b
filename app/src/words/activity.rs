//! What happened to an account, in its list of activity and in letters' links.

/// One thing that happened. Names are those that the owner gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    AccountMade,
    /// With what, beside the mail: none if mail was all.
    SignedIn {
        with: Option<String>,
    },
    /// The mail code was right, the second factor was not.
    SignInRefused,
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
    /// Too many wrong answers in a row.
    FactorShut {
        name: String,
    },
    /// A key's count did not rise.
    KeyCloned {
        name: String,
    },
    CodesMade,
    RecoveryCodeUsed {
        left: usize,
    },
    AddressChanged,
    SessionEnded,
    OtherSessionsEnded,
    Exported,
    /// Somebody followed the link in a letter.
    NotMe,
}

impl Happened {
    /// Without a full stop, to stand in a list.
    pub fn said(&self) -> String {
        match self {
            Self::AccountMade => "Account made".to_owned(),
            Self::SignedIn { with: None } => "Signed in, with mail only".to_owned(),
            Self::SignedIn { with: Some(name) } => format!("Signed in, with {name}"),
            Self::SignInRefused => "Sign-in refused: mail was right, the second factor was not".to_owned(),
            Self::SignedOut => "Signed out".to_owned(),
            Self::Confirmed { with } => format!("Confirmed with {with}"),
            Self::FactorAdded { name } => format!("Added {name}"),
            Self::FactorRenamed { name } => format!("Renamed to {name}"),
            Self::FactorRemoved { name } => format!("Removed {name}"),
            Self::FactorShut { name } => format!("{name} was shut after too many wrong answers"),
            Self::KeyCloned { name } => format!("{name} refused: there may be a copy of it"),
            Self::CodesMade => "New recovery codes".to_owned(),
            Self::RecoveryCodeUsed { left } => format!("Recovery code used, {left} left"),
            Self::AddressChanged => "Mail address changed".to_owned(),
            Self::SessionEnded => "A session ended".to_owned(),
            Self::OtherSessionsEnded => "All other sessions ended".to_owned(),
            Self::Exported => "Everything taken out as a file".to_owned(),
            Self::NotMe => "\u{201c}This was not me\u{201d}: sessions ended, changes frozen".to_owned(),
        }
    }

    /// What an owner should look at twice.
    pub const fn is_suspicious(&self) -> bool {
        matches!(self, Self::SignInRefused | Self::FactorShut { .. } | Self::KeyCloned { .. } | Self::NotMe)
    }
}
