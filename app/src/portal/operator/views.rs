//! What an operator is told: plain words and times (RFC 3339), nothing secret, good to print and to send as JSON.

use serde::{Deserialize, Serialize};

use postern_core::model::{SendLimit, Timestamp};

/// An account in one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountLine {
    pub address: String,
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
    pub address: String,
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
    pub address: String,
    /// Nothing is in the way if this is empty.
    pub reasons: Vec<Reason>,
}

/// An invitation is on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    pub address: String,
    pub until: String,
}

pub(super) fn written(at: Timestamp) -> String {
    at.rfc3339()
}
