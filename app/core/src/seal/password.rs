//! A password that somebody chose, kept as Argon2id makes it (RFC 9106), in the form of PHC strings:
//! `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.

use std::fmt;

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::stretch::fill;
use crate::model::StretchCost;

/// No hash may ask for more: whoever is asked for a password must not be able to use up the machine's memory.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;

/// What a password is compared by. Does not print.
#[derive(Clone)]
pub struct PasswordHash(phc::PasswordHash);

/// Why a text is no password hash that we take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPasswordHash {
    #[error("is no Argon2id hash in PHC form")]
    NotArgon2id,
    #[error("is easier to guess at than m=19456,t=2, the least that counts")]
    Weak,
    #[error("asks for more than 1 GiB of memory at each try")]
    Greedy,
}

/// A password cannot be hashed: it is too long, or this machine has not the memory for it.
#[derive(Debug, thiserror::Error)]
#[error("the password cannot be hashed: {0}")]
pub struct Unhashable(argon2::password_hash::Error);

impl PasswordHash {
    pub fn parse(text: &str) -> Result<Self, NoPasswordHash> {
        let no = |_| NoPasswordHash::NotArgon2id;
        let hash = phc::PasswordHash::new(text).map_err(no)?;
        let is_whole = hash.salt.is_some() && hash.hash.is_some() && hash.version == Some(Version::V0x13.into());
        if hash.algorithm != Algorithm::Argon2id.ident() || !is_whole {
            return Err(NoPasswordHash::NotArgon2id);
        }
        let params = Params::try_from(&hash).map_err(|_| NoPasswordHash::NotArgon2id)?;
        let least = StretchCost::PRESENT;
        if params.m_cost() < least.memory_kib || params.t_cost() < least.passes {
            return Err(NoPasswordHash::Weak);
        }
        if params.m_cost() > MOST_MEMORY_KIB {
            return Err(NoPasswordHash::Greedy);
        }
        Ok(Self(hash))
    }

    /// Takes as long as it takes to guess once, so it is work for [`BlockingPool`](crate::port::BlockingPool).
    pub fn is_of(&self, password: &[u8]) -> bool {
        let (Some(salt), Some(expected), Ok(params)) = (&self.0.salt, &self.0.hash, Params::try_from(&self.0)) else {
            return false;
        };
        let mut made = Zeroizing::new(vec![0; expected.len()]);
        fill(None, params, password, salt, &mut made).is_ok() && made.as_slice().ct_eq(expected.as_ref()).into()
    }

    /// The hash of a password, as text to keep.
    pub fn make(password: &[u8], salt: [u8; 16]) -> Result<String, Unhashable> {
        let StretchCost { memory_kib, passes, lanes } = StretchCost::PRESENT;
        let params = Params::new(memory_kib, passes, lanes, None).map_err(|error| Unhashable(error.into()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hash: phc::PasswordHash = argon2.hash_password_with_salt(password, &salt).map_err(Unhashable)?;
        Ok(hash.to_string())
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made of "correct horse" and "saltsaltsaltsalt" by the reference implementation (Python's argon2-cffi).
    const FOREIGN: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$AdweBLwcflnNX2HVW8i1Mtu7frrn4Ki7h/rYSGuU7Is";

    #[test]
    fn what_is_made_here_is_taken_here_and_knows_its_password() {
        let made = PasswordHash::make(b"correct horse", [7; 16]).expect("a hash");
        assert!(made.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{made}");
        let hash = PasswordHash::parse(&made).expect("a hash");
        assert!(hash.is_of(b"correct horse"));
        assert!(!hash.is_of(b"correct horse ") && !hash.is_of(b""));
        assert_eq!(format!("{hash:?}"), "[secret]");
    }

    #[test]
    fn a_hash_of_another_program_is_taken() {
        let hash = PasswordHash::parse(FOREIGN).expect("a hash");
        assert!(hash.is_of(b"correct horse") && !hash.is_of(b"battery staple"));
    }

    #[test]
    fn what_is_no_argon2id_or_too_cheap_to_guess_at_or_too_dear_is_refused_by_name() {
        use NoPasswordHash::{Greedy, NotArgon2id, Weak};
        let rest = "c2FsdHNhbHRzYWx0c2FsdA$c2FsdHNhbHRzYWx0c2FsdHNhbHRzYWx0c2FsdHNhbHQ";
        for (hash, why) in [
            (format!("$argon2i$v=19$m=19456,t=2,p=1${rest}"), NotArgon2id),
            (format!("$argon2id$v=16$m=19456,t=2,p=1${rest}"), NotArgon2id),
            (format!("$argon2id$m=19456,t=2,p=1${rest}"), NotArgon2id),
            ("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA".to_owned(), NotArgon2id),
            ("$2y$12$abcdefghijklmnopqrstuuMsyUlAJJrmxzLOlK9RxWFNqPF3oyFXW".to_owned(), NotArgon2id),
            ("correct horse".to_owned(), NotArgon2id),
            (format!("$argon2id$v=19$m=19455,t=2,p=1${rest}"), Weak),
            (format!("$argon2id$v=19$m=47104,t=1,p=1${rest}"), Weak),
            (format!("$argon2id$v=19$m=1048577,t=2,p=1${rest}"), Greedy),
        ] {
            assert_eq!(PasswordHash::parse(&hash).expect_err(&hash), why, "{hash}");
        }
    }
}
