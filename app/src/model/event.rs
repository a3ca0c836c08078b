//! What happened to a holder: one line of its activity.

use serde::{Deserialize, Serialize};

use super::{FactorKind, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub at: Timestamp,
    pub what: What,
    pub factor: FactorKind,
    /// The network it came from, as shown to the owner.
    pub network: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    Enrolled,
    Passed,
    Renamed,
    Removed,
    /// Refused, because its count of signatures did not rise.
    Cloned,
    AccountMade,
    /// With this factor.
    SignedIn,
    SignedOut,
    /// New recovery codes; the old ones are dead.
    CodesRenewed,
    /// A recovery code opened the door.
    RecoveryUsed,
    AddressChanged,
    /// One or more of the others.
    SessionsEnded,
    Exported,
    Deleted,
    /// Somebody followed the link "this was not me".
    Disowned,
    /// An operator took all second factors away.
    Reset,
    /// An operator forgave counts and lifted a freeze.
    Unblocked,
}
