//! What an operator is told: plain words and times (RFC 3339), nothing secret, good to print and to send as JSON.

use serde::{Deserialize, Serialize};

use postern_core::model::{MailAddress, SendLimit, Timestamp};

/// An address with the form that no look-alike shares: a domain with letters outside ASCII can be taken for another one,
/// its A-labels (RFC 5890 2.3.2.1) cannot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownAddress {
    /// As typed.
    pub address: String,
    /// The same with its domain in A-labels.
    pub ascii_address: String,
}

impl From<&MailAddress> for ShownAddress {
    fn from(address: &MailAddress) -> Self {
        Self { address: address.to_string(), ascii_address: address.wire_form() }
    }
}

/// An account in one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountLine {
    #[serde(flatten)]
    pub address: ShownAddress,
    pub created_at: String,
    pub last_used_at: String,
    /// The kinds of its factors beside the address, the one added first in front.
    pub factors: Vec<String>,
    /// How many live.
    pub sessions: usize,
}

/// An account as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    #[serde(flatten)]
    pub address: ShownAddress,
    pub created_at: String,
    pub last_used_at: String,
    pub frozen_until: Option<String>,
    pub factors: Vec<FactorView>,
    /// The live ones, the one seen last in front.
    pub sessions: Vec<SessionView>,
    /// The newest first.
    pub activity: Vec<EventView>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorView {
    pub kind: String,
    pub name: String,
    pub added_at: String,
    pub last_used_at: Option<String>,
    /// Of recovery codes: how many are left.
    pub left: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    pub browser: String,
    pub network: String,
    pub begun_at: String,
    pub last_seen_at: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventView {
    pub at: String,
    pub what: String,
    pub factor: String,
    pub network: String,
}

/// One thing that stands between somebody and the inside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Reason {
    /// There is no account; signing in would make one.
    NoAccount,
    /// There is no account, and signing in makes none.
    SignUpClosed,
    /// There is no account yet; an invitation waits.
    Invited { until: String },
    /// Too many wrong answers in a row.
    FactorWaits { factor: String, until: String },
    /// So many wrong answers that it is shut until its owner passes another, or an operator unblocks it.
    FactorBlocked { factor: String },
    /// Somebody said "this was not me"; signing in works, changing factors does not.
    Frozen { until: String },
    /// No further code is sent before that.
    SendsUsedUp { limit: SendLimit, until: String },
    /// After many wrong guesses at codes for this address they have eight digits.
    LongerCodes,
    /// The portal asks for a second factor, and the account has none: it may do nothing but add one.
    SecondFactorNeeded,
    /// Every recovery code is used.
    NoRecoveryCodeLeft,
}

/// The answer to "why can this person not get in?"
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    #[serde(flatten)]
    pub address: ShownAddress,
    /// Nothing is in the way if this is empty.
    pub reasons: Vec<Reason>,
}

/// An invitation is on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    #[serde(flatten)]
    pub address: ShownAddress,
    pub until: String,
}

pub(super) fn written(at: Timestamp) -> String {
    at.rfc3339()
}
