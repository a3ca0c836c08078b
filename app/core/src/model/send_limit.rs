//! What limits how many letters go out.

use serde::{Deserialize, Serialize};

/// The limit that a letter would have broken, so that a refusal names its true reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SendLimit {
    /// Letters to one address, whoever asks for them.
    Address,
    /// Letters that one network asks for.
    Network,
    /// Letters that the site prefix of an IPv6 network asks for.
    Site,
    /// Letters to one address that one network asks for.
    AddressAndNetwork,
    /// Letters to one address that a browser asks for which signed in there before.
    AddressAndDevice,
    /// All letters of this portal.
    Portal,
}
