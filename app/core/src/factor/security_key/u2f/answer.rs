//! What clients answer, as JSON (FIDO U2F JavaScript API 3): websafe base64, which some of them pad. Members that we do
//! not know are not read.

use std::borrow::Cow;
use std::fmt;

use data_encoding::{BASE64URL, BASE64URL_NOPAD};
use serde::Deserialize;
use serde::de::{self, Deserializer};

use super::client_data::ClientData;
use crate::factor::security_key::answer::hash_of;
use crate::model::KeyFlaw;

/// Bytes that travel as websafe base64, with its padding or without.
#[derive(Clone)]
pub(super) struct Websafe(pub Vec<u8>);

impl<'de> Deserialize<'de> for Websafe {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        let form = if text.ends_with('=') { BASE64URL } else { BASE64URL_NOPAD };
        form.decode(text.as_bytes()).map(Self).map_err(|_| de::Error::custom("not websafe base64"))
    }
}

impl fmt::Debug for Websafe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// RegisterResponse.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegisterAnswer {
    pub(super) registration_data: Websafe,
    pub(super) client_data: Websafe,
}

/// SignResponse. Some clients leave the key handle out, there being one key only.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignAnswer {
    pub(super) signature_data: Websafe,
    pub(super) client_data: Websafe,
    pub(super) key_handle: Option<Websafe>,
}

impl RegisterAnswer {
    /// Reads one from text.
    pub fn read(json: &str) -> Result<Self, KeyFlaw> {
        serde_json::from_str(json).map_err(|_| KeyFlaw::Malformed)
    }

    /// Names the ceremony that this answers.
    pub fn challenge_hash(&self) -> Result<String, KeyFlaw> {
        challenge_hash(&self.client_data)
    }
}

impl SignAnswer {
    /// Reads one from text.
    pub fn read(json: &str) -> Result<Self, KeyFlaw> {
        serde_json::from_str(json).map_err(|_| KeyFlaw::Malformed)
    }

    /// Names the ceremony that this answers.
    pub fn challenge_hash(&self) -> Result<String, KeyFlaw> {
        challenge_hash(&self.client_data)
    }
}

fn challenge_hash(client_data: &Websafe) -> Result<String, KeyFlaw> {
    Ok(hash_of(&ClientData::read(&client_data.0)?.challenge))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn websafe_base64_is_read_with_and_without_padding_and_in_no_other_form() {
        let read = |text: &str| serde_json::from_str::<Websafe>(&format!("\"{text}\"")).map(|bytes| bytes.0);
        for (text, bytes) in [("-_8", &[0xfb, 0xff][..]), ("-_8=", &[0xfb, 0xff]), ("-w==", &[0xfb]), ("", &[])] {
            assert_eq!(read(text).expect(text), bytes);
        }
        for bad in ["-_8==", "-w=", "+/8", "-_9", "-_9=", "=", "-_8\\n", "a"] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!(serde_json::from_str::<Websafe>("null").is_err());
    }

    #[test]
    fn members_that_nobody_knows_do_not_disturb_and_missing_ones_do() {
        let read = SignAnswer::read;
        assert!(read(r#"{"signatureData":"AQ","clientData":"AQ","errorCode":0,"version":"U2F_V2"}"#).is_ok());
        assert!(read(r#"{"signatureData":"AQ","clientData":"AQ","keyHandle":null}"#).is_ok());
        assert_eq!(read(r#"{"signatureData":"AQ"}"#).err(), Some(KeyFlaw::Malformed));
        assert_eq!(read(r#"{"signatureData":"AQ","clientData":"AQ","keyHandle":7}"#).err(), Some(KeyFlaw::Malformed));
        assert!(RegisterAnswer::read(r#"{"registrationData":"BQ","clientData":"AQ","challenge":"AA"}"#).is_ok());
        assert_eq!(RegisterAnswer::read(r#"{"clientData":"AQ"}"#).err(), Some(KeyFlaw::Malformed));
    }
}
