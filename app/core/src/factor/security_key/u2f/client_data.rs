//! What the client says it asked the key to sign (U2F Raw Message Formats 7).

use serde::Deserialize;

use super::Asked;
use crate::model::KeyFlaw;

/// ClientData, as far as we read it. What it may say of TLS channel ids no browser says any more.
#[derive(Debug, Deserialize)]
pub(super) struct ClientData {
    pub typ: String,
    pub challenge: String,
    pub origin: String,
}

impl ClientData {
    pub fn read(json: &[u8]) -> Result<Self, KeyFlaw> {
        serde_json::from_slice(json).map_err(|_| KeyFlaw::Malformed)
    }

    /// Made for this ceremony, by a page of the app's own origin.
    pub fn check(&self, typ: &str, asked: &Asked) -> Result<(), KeyFlaw> {
        if self.typ != typ {
            Err(KeyFlaw::OtherType)
        } else if self.challenge != asked.challenge_text() {
            Err(KeyFlaw::NoCeremony)
        } else if self.origin != asked.app_id.origin() {
            Err(KeyFlaw::OtherOrigin)
        } else {
            Ok(())
        }
    }
}
