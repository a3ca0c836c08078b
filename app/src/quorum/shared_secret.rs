//! The secret that is shared: a TOTP key with its settings, and the commitment by which it is known again.

use std::str::FromStr;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use postern_core::factor::oath::{Algorithm, OathKey};
use postern_core::factor::setup_key::{Moves, SetupError, SetupKey};
use postern_core::factor::totp::State;
use postern_core::model::{Secret, Timestamp};

const SALT: usize = 16;
/// Before the key: salt, algorithm, digits, period.
const HEAD: usize = SALT + 3;

/// A TOTP secret of some service, as it is dealt and put together again.
#[derive(Clone, Debug)]
pub struct SharedSecret {
    key: OathKey,
    /// Seconds a code lives.
    period: u8,
}

/// Why a text is no TOTP secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, thiserror::Error)]
pub enum NotASecret {
    #[error("that is neither a key in base32 nor an otpauth://totp/ URI")]
    Form,
    #[error("a key has 10 to 128 bytes; that is 16 to 205 letters and digits")]
    Length,
    #[error("codes by count cannot be shared: a quorum keeps no counter")]
    Counter,
    #[error("codes of another type than TOTP, as Steam's, cannot be shared")]
    Type,
    #[error("that is an export of several keys: share one at a time")]
    Export,
    #[error("an issuer or an account has at most 200 characters")]
    Name,
    #[error("the algorithm is SHA1, SHA256 or SHA512")]
    Algorithm,
    #[error("a code has 6, 7 or 8 digits")]
    Digits,
    #[error("a code lives 15 to 255 seconds")]
    Period,
}

impl SharedSecret {
    /// What it is now, and for how many seconds more.
    pub fn code(&self, now: Timestamp) -> (Secret<String>, u64) {
        let state =
            State { key: self.key.clone(), period: self.period.into(), account: String::new(), last_step: None };
        (state.code_at(now), now.secs_until(state.step_ends(now)))
    }

    /// Seconds that every code lives.
    pub fn period(&self) -> u64 {
        self.period.into()
    }

    /// What Shamir's polynomials are made of.
    pub(super) fn payload(&self, salt: &[u8; SALT]) -> Zeroizing<Vec<u8>> {
        let settings = [number(self.key.algorithm), self.key.digits, self.period];
        Zeroizing::new([salt, &settings[..], self.key.secret.expose()].concat())
    }

    /// `None`: no payload of ours.
    pub(super) fn read(payload: &[u8]) -> Option<Self> {
        let (head, key) = payload.split_at_checked(HEAD)?;
        let algorithm = Algorithm::ALL.into_iter().find(|algorithm| number(*algorithm) == head[SALT])?;
        let (digits, period) = (head[SALT + 1], head[SALT + 2]);
        Self::new(algorithm, digits, period.into(), key.to_vec()).ok()
    }

    fn new(algorithm: Algorithm, digits: u8, period: u64, key: Vec<u8>) -> Result<Self, NotASecret> {
        let secret = Secret::new(key);
        if !(10..=128).contains(&secret.expose().len()) {
            return Err(NotASecret::Length);
        }
        if !(6..=8).contains(&digits) {
            return Err(NotASecret::Digits);
        }
        let period = u8::try_from(period).ok().filter(|period| *period >= 15).ok_or(NotASecret::Period)?;
        Ok(Self { key: OathKey { secret, algorithm, digits }, period })
    }
}

impl FromStr for SharedSecret {
    type Err = NotASecret;

    /// A key in base32 or an `otpauth://totp/` URI, in any spelling that people paste.
    fn from_str(text: &str) -> Result<Self, NotASecret> {
        let SetupKey { key, moves, .. } = SetupKey::read(text)?;
        let Moves::Time { period } = moves else { return Err(NotASecret::Counter) };
        Self::new(key.algorithm, key.digits, period, key.secret.expose().clone())
    }
}

impl From<SetupError> for NotASecret {
    fn from(why: SetupError) -> Self {
        match why {
            SetupError::Scheme | SetupError::Secret => Self::Form,
            SetupError::Migration => Self::Export,
            SetupError::Type => Self::Type,
            SetupError::Algorithm => Self::Algorithm,
            SetupError::Digits => Self::Digits,
            SetupError::Period => Self::Period,
            SetupError::Counter => Self::Counter,
            SetupError::Issuer | SetupError::Account => Self::Name,
        }
    }
}

/// How an algorithm is written into a payload.
const fn number(algorithm: Algorithm) -> u8 {
    match algorithm {
        Algorithm::SHA1 => 1,
        Algorithm::SHA256 => 2,
        Algorithm::SHA512 => 3,
    }
}

/// What a payload is known by. It holds a salt, so that one custodian cannot test guesses at the rest.
pub(super) fn commitment(payload: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(b"postern quorum v1").chain_update(payload).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn code(text: &str, at: i64) -> Result<String, NotASecret> {
        Ok(text.parse::<SharedSecret>()?.code(Timestamp::from_secs(at)).0.expose().clone())
    }

    /// RFC 6238 Appendix B.
    #[test]
    fn a_key_or_a_uri_gives_the_published_codes() {
        assert_eq!(code(KEY, 59), Ok("287082".to_owned()));
        assert_eq!(code("gezd gnbv gy3t qojq-GEZD-GNBV-GY3T-QOJQ====", 59), Ok("287082".to_owned()));
        let sha256 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA";
        let uri = format!("otpauth://totp/A:b%20c?secret={sha256}&issuer=A&algorithm=SHA256&digits=8&period=30");
        assert_eq!(code(&uri, 1_234_567_890), Ok("91819424".to_owned()));
        let copied =
            format!("OTPAUTH://TOTP/A?SECRET={sha256}&amp;issuer=&amp;algorithm=SHA-256&amp;digits=8&amp;period=60");
        let read = copied.parse::<SharedSecret>().expect("a secret");
        assert_eq!((read.key.algorithm, read.key.digits, read.period), (Algorithm::SHA256, 8, 60));
        let set_bits = format!("{}B", "A".repeat(51));
        assert_eq!(set_bits.parse::<SharedSecret>().expect("a secret").key.secret.expose(), &vec![0; 32]);
        let slow = format!("otpauth://totp/A?secret={KEY}&period=60");
        assert_eq!(slow.parse::<SharedSecret>().expect("a secret").code(Timestamp::from_secs(61)).1, 59);
    }

    #[test]
    fn what_is_no_totp_secret_is_refused_by_name() {
        for (text, why) in [
            ("", NotASecret::Form),
            ("GEZDGNBV", NotASecret::Length),
            ("not base32!", NotASecret::Form),
            ("otpauth://hotp/A?secret=GEZDGNBVGY3TQOJQ&counter=0", NotASecret::Counter),
            ("otpauth://totp/A", NotASecret::Form),
            ("otpauth://", NotASecret::Type),
            ("otpauth:totp/A", NotASecret::Form),
            ("otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8", NotASecret::Export),
            ("otpauth://totp/Steam:A?secret=GEZDGNBVGY3TQOJQ&encoder=steam", NotASecret::Type),
            ("otpauth://steam/A?secret=GEZDGNBVGY3TQOJQ", NotASecret::Type),
            ("otpauth://hotp/A?secret=GEZDGNBVGY3TQOJQ", NotASecret::Counter),
            ("otpauth://totp/A?secret=GEZDGNBVGY3TQOJQ&algorithm=MD5", NotASecret::Algorithm),
            ("otpauth://totp/A?secret=GEZDGNBVGY3TQOJQ&digits=9", NotASecret::Digits),
            ("otpauth://totp/A?secret=GEZDGNBVGY3TQOJQ&period=0", NotASecret::Period),
            ("otpauth://totp/A?secret=GEZDGNBVGY3TQOJQ&period=256", NotASecret::Period),
        ] {
            assert_eq!(text.parse::<SharedSecret>().map(drop), Err(why), "{text}");
        }
    }

    #[test]
    fn a_payload_reads_back_and_its_salt_hides_it() {
        let secret: SharedSecret =
            format!("otpauth://totp/A?secret={KEY}&digits=8&period=60").parse().expect("a secret");
        let payload = secret.payload(&[9; SALT]);
        let read = SharedSecret::read(&payload).expect("a payload");
        let now = Timestamp::from_secs(1_000_000);
        assert_eq!(read.code(now).0, secret.code(now).0);
        assert_eq!((read.period, read.key.digits), (60, 8));
        assert_ne!(commitment(&payload), commitment(&secret.payload(&[8; SALT])));
        for broken in [&payload[..HEAD], &payload[..5], &[]] {
            assert!(SharedSecret::read(broken).is_none());
        }
    }
}
