//! A mail, ready to send.

use serde::{Deserialize, Serialize};

use super::{MailAddress, Secret, SessionHandle, Timestamp};

/// What to send to whom. After `ends` it is worth nothing and is dropped unsent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Letter {
    pub to: MailAddress,
    /// May hold a code, hence secret.
    pub subject: Secret<String>,
    pub text: Secret<String>,
    pub html: Secret<String>,
    pub written_at: Timestamp,
    pub ends: Timestamp,
    /// The session that asked for it, if a session did.
    pub asked_by: Option<SessionHandle>,
}
