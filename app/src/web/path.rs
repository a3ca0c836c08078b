//! Where pages are. "What next" is one of these, never a URL that somebody sent.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Page {
    Overview,
    EmailCode,
    Totp,
    SessionEnded,
    Outbox,
    Phone,
}

impl Page {
    pub const fn path(self) -> &'static str {
        match self {
            Self::Overview => "/",
            Self::EmailCode => "/email-code",
            Self::Totp => "/totp",
            Self::SessionEnded => "/session-ended",
            Self::Outbox => "/outbox",
            Self::Phone => "/phone",
        }
    }
}
