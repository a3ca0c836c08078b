//! Where pages are. "What next" is one of these, never a URL that somebody sent.

use std::fmt;

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Page {
    Overview,
    SignIn,
    StepUp,
    Account,
    /// Keeping a visit in an account.
    Keep,
    RemoveFactor,
    EndSessions,
    ChangeAddress,
    DeleteAccount,
    /// Where letters with news lead.
    NotMe,
    EmailCode,
    Totp,
    Hotp,
    SecurityKeys,
    Clients,
    DisableClient,
    DisableBySecret,
    RotateClient,
    Vault,
    Quorum,
    AskTogether,
    SessionEnded,
    Outbox,
    Phone,
}

impl Page {
    pub const fn path(self) -> &'static str {
        match self {
            Self::Overview => "/",
            Self::SignIn => "/sign-in",
            Self::StepUp => "/step-up",
            Self::Account => "/account",
            Self::Keep => "/account/keep",
            Self::RemoveFactor => "/account/remove",
            Self::EndSessions => "/account/sessions",
            Self::ChangeAddress => "/account/address",
            Self::DeleteAccount => "/account/delete",
            Self::NotMe => "/not-me",
            Self::EmailCode => "/email-code",
            Self::Totp => "/totp",
            Self::Hotp => "/hotp",
            Self::SecurityKeys => "/security-keys",
            Self::Clients => "/clients",
            Self::DisableClient => "/clients/disable",
            Self::DisableBySecret => "/clients/disable-by-secret",
            Self::RotateClient => "/clients/rotate",
            Self::Vault => "/vault",
            Self::Quorum => "/quorum",
            Self::AskTogether => "/quorum/ask",
            Self::SessionEnded => "/session-ended",
            Self::Outbox => "/outbox",
            Self::Phone => "/phone",
        }
    }
}

impl Page {
    /// Whether it is there in a demo only.
    pub const fn is_of_demo(self) -> bool {
        matches!(self, Self::Outbox | Self::Phone)
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.path())
    }
}
