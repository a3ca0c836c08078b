//! Raw FIDO U2F (v1.2): keys that were made before there was WebAuthn, and clients that still speak its JavaScript API.
//! What is kept of such a key is a credential record as of any other, with the app id that it was made for.

mod answer;
mod app_id;
mod client_data;
mod message;
mod verify;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use super::State;
use super::answer::hash_of;

pub use answer::{RegisterAnswer, SignAnswer};
pub use app_id::{AppId, NotAnAppId};
pub(super) use verify::cose_key;
pub use verify::{verify_registration, verify_sign};

/// The only version that anything speaks (FIDO U2F JavaScript API 3.1).
pub const VERSION: &str = "U2F_V2";

/// What was asked of a client, and for which app. Kept until the answer comes, or until it is too late for one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// 32 random bytes.
    #[serde(with = "serde_bytes")]
    pub challenge: Vec<u8>,
    pub app_id: AppId,
}

impl Asked {
    /// Names this ceremony.
    pub fn challenge_hash(&self) -> String {
        hash_of(&self.challenge_text())
    }

    /// The challenge as it travels: websafe base64 without padding. Clients repeat it as they got it.
    pub fn challenge_text(&self) -> String {
        BASE64URL_NOPAD.encode(&self.challenge)
    }
}

/// The app id of all U2F keys among these, if they have one and the same: a browser takes one only.
pub(super) fn shared_app_id(keys: &[State]) -> Option<&AppId> {
    let mut app_ids = keys.iter().filter_map(|key| key.app_id.as_ref());
    let first = app_ids.next()?;
    app_ids.all(|other| other == first).then_some(first)
}

#[cfg(test)]
mod tests;
