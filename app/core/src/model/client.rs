//! Clients: services that check second factors of their own users here.

use std::fmt;
use std::str::FromStr;

use data_encoding::{BASE64, HEXLOWER, HEXLOWER_PERMISSIVE};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::typed_text::token_chars;
use super::{ClientId, MailAddress, NotAnId, Secret, Timestamp};

/// The longest text that is read as a key or a secret, in bytes.
const LONGEST_PASTED: usize = 512;

/// What names a client: 160 random bits in 40 hex digits. It goes by mail, and opens nothing without the secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ApiKey([u8; 20]);

impl From<[u8; 20]> for ApiKey {
    fn from(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }
}

impl FromStr for ApiKey {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let digits = pasted(text)?;
        let bytes = HEXLOWER_PERMISSIVE.decode(digits.expose().as_bytes()).map_err(|_| NotAnId)?;
        Ok(Self(bytes.try_into().map_err(|_| NotAnId)?))
    }
}

impl TryFrom<String> for ApiKey {
    type Error = NotAnId;
    fn try_from(text: String) -> Result<Self, NotAnId> {
        text.parse()
    }
}

impl From<ApiKey> for String {
    fn from(key: ApiKey) -> Self {
        key.to_string()
    }
}

impl fmt::Display for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[API key]")
    }
}

/// A key or a secret as somebody pasted it: without white space and invisible characters, of a bounded length.
fn pasted(text: &str) -> Result<Secret<String>, NotAnId> {
    if text.len() > LONGEST_PASTED { Err(NotAnId) } else { Ok(Secret::new(token_chars(text).collect())) }
}

/// What opens a client's records: 256 random bits, in base64. We keep it nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiSecret(Secret<[u8; 32]>);

impl ApiSecret {
    pub const fn new(bytes: Secret<[u8; 32]>) -> Self {
        Self(bytes)
    }

    pub const fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }

    /// As its client gets it, once.
    pub fn to_text(&self) -> Secret<String> {
        Secret::new(BASE64.encode(self.expose()))
    }
}

impl FromStr for ApiSecret {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let text = pasted(text)?;
        let bytes = Secret::new(BASE64.decode(text.expose().as_bytes()).map_err(|_| NotAnId)?);
        let bytes = bytes.expose().as_slice().try_into().map_err(|_| NotAnId)?;
        Ok(Self(Secret::new(bytes)))
    }
}

/// Names a user of a client: a random UUID (RFC 9562 5.4), known to that client alone.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct SubjectId(Uuid);

impl SubjectId {
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl From<[u8; 16]> for SubjectId {
    fn from(bytes: [u8; 16]) -> Self {
        Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }
}

impl FromStr for SubjectId {
    type Err = NotAnId;
    /// Hyphenated, in either case; no braces, no URN.
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let is_hyphenated = text.len() == uuid::fmt::Hyphenated::LENGTH;
        Uuid::parse_str(text).ok().filter(|_| is_hyphenated).map(Self).ok_or(NotAnId)
    }
}

impl TryFrom<String> for SubjectId {
    type Error = NotAnId;
    fn try_from(text: String) -> Result<Self, NotAnId> {
        text.parse()
    }
}

impl From<SubjectId> for String {
    fn from(id: SubjectId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[subject]")
    }
}

/// A service that may call, as far as we know it: nothing of its users, and of its secret only a verifier.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Client {
    pub id: ClientId,
    pub key: ApiKey,
    /// Who asked for the key.
    pub address: MailAddress,
    pub asked_at: Timestamp,
    /// A key that waits for this is gone after 24 hours.
    pub activated: Option<Activated>,
    /// Renewed at most once a minute.
    pub last_used_at: Option<Timestamp>,
    /// Its key and secret open nothing any more.
    pub disabled_at: Option<Timestamp>,
    /// Its records went, or are going, to another client; its key and secret are good for nothing else.
    pub rotated: Option<Rotated>,
    /// Records of another client come, or are about to come, to this one. Believed only where that client's record says
    /// that it rotates to this one and is not done.
    #[serde(default)]
    pub incoming: Option<IncomingRotation>,
}

/// The state of a client, of its key and its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientState {
    /// Its key waits for activation.
    Waiting,
    Active,
    /// Its records are on their way to another client.
    Rotating,
    /// Its records are all with another client.
    Rotated,
    Disabled(Timestamp),
}

impl ClientState {
    /// In one word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Active => "active",
            Self::Rotating => "rotating",
            Self::Rotated => "rotated",
            Self::Disabled(_) => "disabled",
        }
    }
}

impl Client {
    pub fn state(&self) -> ClientState {
        match self {
            Self { disabled_at: Some(at), .. } => ClientState::Disabled(*at),
            Self { rotated: Some(rotated), .. } if rotated.done_at.is_some() => ClientState::Rotated,
            Self { rotated: Some(_), .. } => ClientState::Rotating,
            Self { activated: Some(_), .. } => ClientState::Active,
            Self { .. } => ClientState::Waiting,
        }
    }

    /// Whether a rotation to `target` was begun and is not finished.
    pub fn is_rotating_to(&self, target: ClientId) -> bool {
        self.rotated.as_ref().is_some_and(|rotated| rotated.to == target && rotated.done_at.is_none())
    }

    /// Whether the rotation to `target` goes in this direction: there, or back since the target is disabled.
    pub fn rotates(&self, target: ClientId, back: bool) -> bool {
        let given_up = |rotated: &Rotated| rotated.target.as_ref().is_some_and(|target| target.given_up);
        self.is_rotating_to(target) && self.rotated.as_ref().is_some_and(|rotated| given_up(rotated) == back)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Activated {
    pub at: Timestamp,
    /// Derived from the secret; says nothing of it.
    #[serde(with = "serde_bytes")]
    pub verifier: [u8; 32],
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotated {
    pub to: ClientId,
    pub begun_at: Timestamp,
    /// Nothing is left to go.
    pub done_at: Option<Timestamp>,
    /// None once nothing is left to go; records of earlier versions have none.
    #[serde(default)]
    pub target: Option<RotationTarget>,
}

/// Where the records of an unfinished rotation go, as its source knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RotationTarget {
    /// Finds the target's record.
    pub key: ApiKey,
    /// The target's keys, sealed under the source's secret, so that the source can take its users back when the target
    /// is disabled.
    #[serde(with = "serde_bytes")]
    pub keys: Vec<u8>,
    /// The target was disabled: what had moved comes back, to go elsewhere.
    pub given_up: bool,
}

/// The source of an unfinished rotation, as its target knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncomingRotation {
    pub from: ClientId,
    /// Finds the source's record.
    pub key: ApiKey,
    /// The source's keys, sealed under the target's secret, so that users who have not moved yet answer here.
    #[serde(with = "serde_bytes")]
    pub keys: Vec<u8>,
}

/// What a client did so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Users with a confirmed TOTP secret.
    pub totp: u64,
    /// Users with a security key.
    pub keys: u64,
    /// Answers that were refused.
    pub failures: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_forty_hex_digits_and_reads_back() {
        let key = ApiKey::from([0xab; 20]);
        assert_eq!(key.to_string(), "ab".repeat(20));
        assert_eq!("AB".repeat(20).parse(), Ok(key.clone()));
        assert_eq!(format!("{key:?}"), "[API key]");
        let wrapped = format!("\u{feff}{}\r\n{}\u{200b} ", "ab".repeat(11), "AB".repeat(9));
        assert_eq!(wrapped.parse(), Ok(key.clone()));
        for bad in ["", "ab", &" ".repeat(513), &"ab".repeat(21), &"zz".repeat(20)] {
            assert_eq!(bad.parse::<ApiKey>(), Err(NotAnId), "{bad}");
        }
    }

    #[test]
    fn a_secret_is_padded_base64_of_32_bytes_and_is_not_printed() {
        let secret = ApiSecret::new(Secret::new([7; 32]));
        assert_eq!(secret.to_text().expose().parse(), Ok(secret.clone()));
        let text = secret.to_text().expose().clone();
        let wrapped = format!(" {}\n{}\u{200b}\u{feff}", &text[..20], &text[20..]);
        assert_eq!(wrapped.parse(), Ok(secret.clone()));
        assert!(!format!("{secret:?}").contains('7'));
        for bad in ["", "BwcH", &"B".repeat(43), &format!("{}=", "B".repeat(44))] {
            assert!(bad.parse::<ApiSecret>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_subject_is_a_random_uuid_of_version_4_and_only_the_hyphenated_form_is_read() {
        let id = SubjectId::from([0xff; 16]);
        assert_eq!(id.to_string(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(id.to_string().to_uppercase().parse(), Ok(id));
        for bad in ["", "ffffffffffff4fffbfffffffffffffff", "{ffffffff-ffff-4fff-bfff-ffffffffffff}", "urn:uuid:x"] {
            assert_eq!(bad.parse::<SubjectId>(), Err(NotAnId), "{bad}");
        }
    }
}
