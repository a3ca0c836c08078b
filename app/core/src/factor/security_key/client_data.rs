//! What the browser says it asked the key to sign (WebAuthn Level 3, 5.8.1).

use serde::Deserialize;

use super::RelyingParty;
use crate::model::KeyFlaw;

/// CollectedClientData, as far as we read it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClientData {
    #[serde(rename = "type")]
    pub kind: String,
    pub challenge: String,
    pub origin: String,
    #[serde(default)]
    pub cross_origin: Option<bool>,
    #[serde(default)]
    pub top_origin: Option<String>,
}

impl ClientData {
    pub fn read(json: &[u8]) -> Result<Self, KeyFlaw> {
        serde_json::from_slice(json).map_err(|_| KeyFlaw::Malformed)
    }

    /// 7.1.7-11, 7.2.10-14: made for this ceremony, by a page of exactly this origin that is in nobody else's frame.
    pub fn check(&self, kind: &str, challenge: &str, rp: &RelyingParty) -> Result<(), KeyFlaw> {
        let Self { cross_origin, top_origin, .. } = self;
        if self.kind != kind {
            Err(KeyFlaw::OtherType)
        } else if self.challenge != challenge {
            Err(KeyFlaw::NoCeremony)
        } else if self.origin != rp.origin {
            Err(KeyFlaw::OtherOrigin)
        } else if *cross_origin == Some(true) || top_origin.is_some() {
            Err(KeyFlaw::Framed)
        } else {
            Ok(())
        }
    }
}
