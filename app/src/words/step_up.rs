//! Asked again for a factor, before a change that matters.

pub const TITLE: &str = "Confirm it is you";
pub const HEADING: &str = "Confirm it is you";
pub const BACK: &str = "Back, and change nothing";

/// What waits behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Nobody knows yet.
    Change,
    AddFactor,
    RenameFactor,
    RemoveFactor,
    RecoveryCodes,
    ChangeAddress,
    EndSessions,
    Export,
    DeleteAccount,
    DisableKey,
}

impl Why {
    const fn about(&self) -> &'static str {
        match self {
            Self::Change => "change your account",
            Self::AddFactor => "add a factor",
            Self::RenameFactor => "rename a factor",
            Self::RemoveFactor => "remove a factor",
            Self::RecoveryCodes => "get new recovery codes",
            Self::ChangeAddress => "change the mail address",
            Self::EndSessions => "end your other sessions",
            Self::Export => "take out everything that is kept about you",
            Self::DeleteAccount => "delete your account",
            Self::DisableKey => "disable an API key for good",
        }
    }
}

pub fn lede(why: &Why) -> String {
    format!("You are about to {}. That is asked for when the last time is more than 10 minutes ago.", why.about())
}
