//! The lookup key: makes of addresses, networks and codes what can be compared but not read.

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::model::Secret;

/// HMAC-SHA-256 under a key of its own, which no rotation of master keys changes.
pub struct LookupKey(Secret<[u8; 32]>);

impl LookupKey {
    pub const fn new(bytes: Secret<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// The keyed hash of some parts for one use. Uses never collide, nor do parts split otherwise.
    pub fn hash(&self, use_: &str, parts: &[&[u8]]) -> [u8; 32] {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.0.expose()) else {
            unreachable!("HMAC takes keys of every length");
        };
        for part in std::iter::once(&use_.as_bytes()).chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// As text, for a key in the store.
    pub fn name(&self, use_: &str, text: &str) -> String {
        BASE64URL_NOPAD.encode(&self.hash(use_, &[text.as_bytes()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uses_and_splits_of_the_same_bytes_differ() {
        let key = LookupKey::new(Secret::new([7; 32]));
        assert_eq!(key.hash("a", &[b"bc"]), key.hash("a", &[b"bc"]));
        assert_ne!(key.hash("a", &[b"bc"]), key.hash("ab", &[b"c"]));
        assert_ne!(key.hash("a", &[b"b", b"c"]), key.hash("a", &[b"bc"]));
        assert_ne!(key.name("a", "x"), LookupKey::new(Secret::new([8; 32])).name("a", "x"));
    }
}
