//! Sealing: what is at rest can be read only with a master key, and only where it was put.
//!
//! A record is sealed with XChaCha20-Poly1305 under a key derived (HKDF-SHA-256, RFC 5869) from a master key for the
//! slot it stands in; the place is the associated data, so that a record moved elsewhere does not open.
//! Format, version 1: `1` ‖ key id (4) ‖ nonce (24) ‖ ciphertext and tag.

mod lookup;
mod password;
mod stretch;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::model::Secret;
use crate::port::{Entropy, Key};

pub use lookup::LookupKey;
pub use password::{NoPasswordHash, PasswordHash, Unhashable};
pub use stretch::{Unstretchable, stretch};

const VERSION: u8 = 1;
const KEY_ID: usize = 4;
const NONCE: usize = 24;
const HEADER: usize = 1 + KEY_ID + NONCE;

/// A key that seals keys; 32 random bytes that the operator keeps.
pub type MasterBytes = Secret<[u8; 32]>;

/// What is there does not open here: another master key, another place, or damage.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Unsealable {
    #[error("no master key given here has sealed this")]
    UnknownKey,
    #[error("sealed for another place, or damaged")]
    Damaged,
}

/// Seals with the newest master key and opens with any.
pub struct Sealer {
    masters: Vec<Master>,
}

struct Master {
    id: [u8; KEY_ID],
    derive: Hkdf<Sha256>,
}

impl Master {
    fn new(bytes: &MasterBytes) -> Self {
        let derive = Hkdf::<Sha256>::new(Some(b"postern master v1"), bytes.expose());
        let mut id = [0; KEY_ID];
        expand(&derive, &[b"key id"], &mut id);
        Self { id, derive }
    }

    fn cipher(&self, slot: &str) -> XChaCha20Poly1305 {
        let mut key = Zeroizing::new([0; 32]);
        expand(&self.derive, &[b"slot", slot.as_bytes()], key.as_mut());
        XChaCha20Poly1305::new((&*key).into())
    }
}

/// HKDF-Expand fails only beyond 255 × 32 bytes; ours are 4 and 32.
fn expand(derive: &Hkdf<Sha256>, info: &[&[u8]], out: &mut [u8]) {
    if derive.expand_multi_info(info, out).is_err() {
        unreachable!("an output of {} bytes is within HKDF's bounds", out.len());
    }
}

impl Sealer {
    /// `masters`: newest first; at least one, or nothing can be sealed.
    pub fn new(masters: &[MasterBytes]) -> Option<Self> {
        (!masters.is_empty()).then(|| Self { masters: masters.iter().map(Master::new).collect() })
    }

    /// One key alone, seals and opens.
    pub fn of(key: &MasterBytes) -> Self {
        Self { masters: vec![Master::new(key)] }
    }

    pub fn seal(&self, place: &Key, plain: &[u8], entropy: &dyn Entropy) -> Vec<u8> {
        let mut nonce = [0; NONCE];
        entropy.fill(&mut nonce);
        let master = &self.masters[0];
        let payload = Payload { msg: plain, aad: &associated(place) };
        let Ok(sealed) = master.cipher(place.slot()).encrypt(&XNonce::from(nonce), payload) else {
            unreachable!("XChaCha20-Poly1305 takes 256 GiB; our inputs are bounded far below");
        };
        let mut out = Vec::with_capacity(HEADER + sealed.len());
        out.push(VERSION);
        out.extend_from_slice(&master.id);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        out
    }

    pub fn open(&self, place: &Key, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unsealable> {
        let (header, body) = sealed.split_at_checked(HEADER).ok_or(Unsealable::Damaged)?;
        if header[0] != VERSION {
            return Err(Unsealable::Damaged);
        }
        let id = &header[1..=KEY_ID];
        let master = self.masters.iter().find(|master| master.id == id).ok_or(Unsealable::UnknownKey)?;
        let payload = Payload { msg: body, aad: &associated(place) };
        let nonce = XNonce::try_from(&header[1 + KEY_ID..]).map_err(|_| Unsealable::Damaged)?;
        master.cipher(place.slot()).decrypt(&nonce, payload).map(Zeroizing::new).map_err(|_| Unsealable::Damaged)
    }

    /// Whether this is sealed with the newest key; if not, rotation seals it anew.
    pub fn is_newest(&self, sealed: &[u8]) -> bool {
        sealed.get(1..=KEY_ID).is_some_and(|id| id == self.masters[0].id)
    }
}

/// The place, unmistakably: the slot's length, the slot, the name.
fn associated(place: &Key) -> Vec<u8> {
    let slot = place.slot().as_bytes();
    let mut bytes = (slot.len() as u64).to_be_bytes().to_vec();
    bytes.extend_from_slice(slot);
    bytes.extend_from_slice(place.name().as_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(std::sync::atomic::AtomicU8);

    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        }
    }

    fn sealer(keys: &[u8]) -> Sealer {
        Sealer::new(&keys.iter().map(|byte| Secret::new([*byte; 32])).collect::<Vec<_>>()).expect("a key")
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_and_nowhere_else() {
        let entropy = Counting(0.into());
        let sealer = sealer(&[1]);
        let place = Key::new("ada", "holder");
        let sealed = sealer.seal(&place, b"secret", &entropy);
        assert_eq!(sealer.open(&place, &sealed).expect("open").as_slice(), b"secret");
        for elsewhere in [Key::new("eve", "holder"), Key::new("ada", "flash"), Key::new("adah", "older")] {
            assert_eq!(sealer.open(&elsewhere, &sealed).err(), Some(Unsealable::Damaged));
        }
    }

    #[test]
    fn every_changed_byte_and_every_cut_is_noticed() {
        let sealer = sealer(&[1]);
        let place = Key::new("ada", "holder");
        let sealed = sealer.seal(&place, b"secret", &Counting(0.into()));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(sealer.open(&place, &changed).is_err(), "byte {at}");
            assert!(sealer.open(&place, &sealed[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn the_newest_key_seals_and_older_ones_open() {
        let place = Key::new("ada", "holder");
        let old = sealer(&[1]).seal(&place, b"secret", &Counting(0.into()));
        let both = sealer(&[2, 1]);
        assert_eq!(both.open(&place, &old).expect("open").as_slice(), b"secret");
        assert!(!both.is_newest(&old) && both.is_newest(&both.seal(&place, b"x", &Counting(9.into()))));
        assert_eq!(sealer(&[2]).open(&place, &old).err(), Some(Unsealable::UnknownKey));
    }
}
