//! What browsers answer, as JSON (WebAuthn Level 3, 5.1.8): strictly unpadded base64url, no member twice. Members that
//! repeat what stands elsewhere (`authenticatorData` and `publicKey` of a registration) are not read.

use data_encoding::BASE64URL_NOPAD;
use serde::de::{self, Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::client_data::ClientData;
use crate::model::KeyFlaw;

/// How many transports of a key are kept, and how long a name each may have.
const TRANSPORTS: usize = 8;
const TRANSPORT_LENGTH: usize = 16;

/// Bytes that travel as unpadded base64url.
#[derive(Clone, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        BASE64URL_NOPAD.decode(text.as_bytes()).map(Self).map_err(|_| de::Error::custom("not unpadded base64url"))
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

impl std::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// RegistrationResponseJSON.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegistrationAnswer {
    pub(super) id: Bytes,
    pub(super) raw_id: Bytes,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) response: AttestationResponse,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AttestationResponse {
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: Bytes,
    pub attestation_object: Bytes,
    #[serde(default)]
    pub transports: Transports,
}

/// AuthenticationResponseJSON.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssertionAnswer {
    pub(super) id: Bytes,
    pub(super) raw_id: Bytes,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) response: AssertionResponse,
    pub(super) client_extension_results: Option<ExtensionResults>,
}

/// What the browser says of extensions. Nobody signs it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct ExtensionResults {
    pub appid: Option<bool>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AssertionResponse {
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: Bytes,
    pub authenticator_data: Bytes,
    pub signature: Bytes,
    user_handle: Option<Bytes>,
}

impl AssertionResponse {
    /// The `user.id` that the key tells. Some browsers and keys send an empty one for none.
    pub fn user_handle(&self) -> Option<&[u8]> {
        self.user_handle.as_ref().map(|handle| handle.0.as_slice()).filter(|handle| !handle.is_empty())
    }
}

impl RegistrationAnswer {
    /// Reads one from text.
    pub fn read(json: &str) -> Result<Self, KeyFlaw> {
        serde_json::from_str(json).map_err(|_| KeyFlaw::Malformed)
    }

    /// Names the ceremony that this answers.
    pub fn challenge_hash(&self) -> Result<String, KeyFlaw> {
        challenge_hash(&self.response.client_data_json)
    }
}

impl AssertionAnswer {
    /// Reads one from text.
    pub fn read(json: &str) -> Result<Self, KeyFlaw> {
        serde_json::from_str(json).map_err(|_| KeyFlaw::Malformed)
    }

    /// Names the ceremony that this answers.
    pub fn challenge_hash(&self) -> Result<String, KeyFlaw> {
        challenge_hash(&self.response.client_data_json)
    }

    /// The credential that is said to have signed.
    pub fn credential_id(&self) -> &[u8] {
        &self.raw_id.0
    }
}

fn challenge_hash(client_data_json: &Bytes) -> Result<String, KeyFlaw> {
    Ok(hash_of(&ClientData::read(&client_data_json.0)?.challenge))
}

/// A ceremony's name: SHA-256 of its challenge, as both are written, in unpadded base64url.
pub(super) fn hash_of(challenge: &str) -> String {
    BASE64URL_NOPAD.encode(&Sha256::digest(challenge.as_bytes()))
}

/// Transports as the browser told them (5.2.1.1): unknown ones are kept, odd ones and those beyond eight are not.
#[derive(Clone, Debug, Default)]
pub(super) struct Transports(pub Vec<String>);

impl<'de> Deserialize<'de> for Transports {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Transports;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list of transports")
            }

            fn visit_unit<E: de::Error>(self) -> Result<Transports, E> {
                Ok(Transports::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Transports, A::Error> {
                let mut kept = Vec::new();
                while kept.len() < TRANSPORTS {
                    let Some(name) = list.next_element::<String>()? else { return Ok(Transports(kept)) };
                    if is_transport(&name) && !kept.contains(&name) {
                        kept.push(name);
                    }
                }
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Transports(kept))
            }
        }
        from.deserialize_any(List)
    }
}

fn is_transport(name: &str) -> bool {
    !name.is_empty() && name.len() <= TRANSPORT_LENGTH && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unpadded_base64url_without_stray_bits_is_read() {
        let read = |text: &str| serde_json::from_str::<Bytes>(&format!("\"{text}\"")).map(|bytes| bytes.0);
        assert_eq!(read("-_8").ok(), Some(vec![0xfb, 0xff]));
        assert_eq!(read("").ok(), Some(vec![]));
        for bad in ["-_8=", "+/8", "-_9", "-_8\\n", "a", "\u{ff21}A"] {
            assert!(read(bad).is_err(), "{bad}");
        }
        for bad in ["7", "null", "[1]", "{}"] {
            assert!(serde_json::from_str::<Bytes>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn transports_are_bounded_and_those_nobody_knows_yet_are_kept() {
        let read = |json: &str| serde_json::from_str::<Transports>(json).map(|list| list.0);
        assert_eq!(read("null").ok(), Some(vec![]));
        assert_eq!(read(r#"["usb","smart-card","usb","<b>",""]"#).expect("a list"), ["usb", "smart-card"]);
        let many: Vec<String> = ('a'..='z').map(String::from).collect();
        assert_eq!(read(&serde_json::to_string(&many).expect("json")).expect("a list").len(), TRANSPORTS);
        assert!(read(r#""usb""#).is_err());
        assert!(read("[7]").is_err());
    }
}
