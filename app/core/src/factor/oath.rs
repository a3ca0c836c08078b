//! HMAC-based codes (RFC 4226 5.3), on which both counters and time steps rest.

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::model::{Refusal, Secret, secret};

/// The hash under the HMAC (RFC 6238 1.2). SHA1 unless chosen otherwise: some apps ignore the rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    #[default]
    SHA1,
    SHA256,
    SHA512,
}

impl Algorithm {
    pub const ALL: [Self; 3] = [Self::SHA1, Self::SHA256, Self::SHA512];

    pub const fn name(self) -> &'static str {
        match self {
            Self::SHA1 => "SHA1",
            Self::SHA256 => "SHA256",
            Self::SHA512 => "SHA512",
        }
    }

    /// How many random bytes a secret gets: the length of the hash (RFC 4226 4 R6, RFC 6238 5.1).
    pub const fn secret_len(self) -> usize {
        match self {
            Self::SHA1 => 20,
            Self::SHA256 => 32,
            Self::SHA512 => 64,
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// The one of that name, or the default if none is named.
    pub fn chosen(name: Option<&str>) -> Result<Self, Refusal> {
        let unknown = || Refusal::BadSetting("algorithm".to_owned());
        name.map_or(Ok(Self::default()), |name| Self::named(name).ok_or_else(unknown))
    }

    const fn of_library(self) -> totp_rs::Algorithm {
        match self {
            Self::SHA1 => totp_rs::Algorithm::SHA1,
            Self::SHA256 => totp_rs::Algorithm::SHA256,
            Self::SHA512 => totp_rs::Algorithm::SHA512,
        }
    }
}

/// 6 or 8; 6 if nothing was chosen.
pub fn checked_digits(chosen: Option<u8>) -> Result<u8, Refusal> {
    let digits = chosen.unwrap_or(6);
    if matches!(digits, 6 | 8) { Ok(digits) } else { Err(Refusal::BadSetting("digits".to_owned())) }
}

/// A shared secret and how codes are cut from it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OathKey {
    #[serde(with = "secret::bytes")]
    pub secret: Secret<Vec<u8>>,
    pub algorithm: Algorithm,
    /// 6 or 8.
    pub digits: u8,
}

impl OathKey {
    /// The code for a counter, as text with its leading zeros.
    pub fn code(&self, counter: u64) -> Secret<String> {
        // A step of one second makes the counter the time: RFC 6238's T is then RFC 4226's C.
        let totp = totp_rs::Builder::new()
            .with_algorithm(self.algorithm.of_library())
            .with_digits(self.digits)
            .with_step_duration(1)
            .with_secret(self.secret.expose().clone())
            .build_noncompliant();
        Secret::new(totp.generate(counter).to_string())
    }

    /// Compared in constant time.
    pub fn matches(&self, counter: u64, digits: &str) -> bool {
        self.code(counter).expose().as_bytes().ct_eq(digits.as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4226 Appendix D.
    #[test]
    fn counters_give_the_published_codes() {
        let key =
            OathKey { secret: Secret::new(b"12345678901234567890".to_vec()), algorithm: Algorithm::SHA1, digits: 6 };
        let published =
            ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
        for (counter, code) in (0..).zip(published) {
            assert_eq!(key.code(counter).expose(), code);
        }
    }

    #[test]
    fn a_key_is_not_printed() {
        let key =
            OathKey { secret: Secret::new(b"12345678901234567890".to_vec()), algorithm: Algorithm::SHA1, digits: 6 };
        assert!(format!("{key:?}").contains("[secret]") && !format!("{key:?}").contains("49"));
    }
}
