//! Typed records over the store: sealed on the way in, opened on the way out.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::InternalError;
use crate::model::Timestamp;
use crate::port::{Entropy, Expect, Key, Revision, SideEffects, Store, Stored, Write, Written};
use crate::rules::record_sizes;
use crate::seal::Sealer;

pub struct Records {
    pub store: Arc<dyn Store>,
    pub sealer: Sealer,
    pub entropy: Arc<dyn Entropy>,
}

impl Records {
    pub async fn load<T: DeserializeOwned>(
        &self,
        key: &Key,
        now: Timestamp,
    ) -> Result<Option<(T, Revision)>, InternalError> {
        match self.store.load(key, now).await? {
            Some(stored) => Ok(Some(self.open_stored(key, &stored)?)),
            None => Ok(None),
        }
    }

    pub async fn take<T: DeserializeOwned>(&self, key: &Key, now: Timestamp) -> Result<Option<T>, InternalError> {
        self.store.take(key, now).await?.map(|sealed| self.open(key, &sealed)).transpose()
    }

    pub fn open_stored<T: DeserializeOwned>(&self, key: &Key, stored: &Stored) -> Result<(T, Revision), InternalError> {
        Ok((self.open(key, &stored.value)?, stored.revision))
    }

    pub fn open<T: DeserializeOwned>(&self, place: &Key, sealed: &[u8]) -> Result<T, InternalError> {
        let unreadable = |why: String| InternalError::Unreadable { place: place.name().to_owned(), why };
        let plain = self.sealer.open(place, sealed).map_err(|why| unreadable(why.to_string()))?;
        // What the decoder says is left out: it quotes what it read, and faults are logged.
        rmp_serde::from_slice(&plain).map_err(|_| unreadable("not in the form of this version".to_owned()))
    }

    /// Seals and writes; nothing, if what is expected is not there.
    pub async fn write<T: Serialize>(
        &self,
        place: &Key,
        expect: Expect,
        value: &T,
        ends: Option<Timestamp>,
        effects: SideEffects,
        now: Timestamp,
    ) -> Result<Option<Revision>, InternalError> {
        let write = Write::new(place.clone(), expect, self.seal(place, value)?, ends).effects(effects);
        Ok(match self.store.write(write, now).await? {
            Written::Done(revision) => Some(revision),
            Written::Conflict | Written::Full => None,
        })
    }

    /// Seals a record of at most the size of its kind.
    pub fn seal<T: Serialize>(&self, place: &Key, value: &T) -> Result<Vec<u8>, InternalError> {
        let plain = rmp_serde::to_vec_named(value).map(Zeroizing::new);
        let plain =
            plain.map_err(|why| InternalError::Unreadable { place: place.name().to_owned(), why: why.to_string() })?;
        let most = record_sizes::max_bytes(place.name());
        debug_assert!(most.is_some(), "{} has no size in rules/record_sizes.rs", place.name());
        if most.is_some_and(|most| plain.len() > most) {
            return Err(InternalError::TooLarge { place: place.name().to_owned(), bytes: plain.len() });
        }
        Ok(self.sealer.seal(place, &plain, &*self.entropy))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Secret;
    use crate::testing::{MemoryStore, SeededEntropy};

    #[test]
    fn no_record_of_any_kind_is_sealed_beyond_its_size() {
        let records = Records {
            store: Arc::<MemoryStore>::default(),
            sealer: Sealer::new(&[Secret::new([1; 32])]).expect("a key"),
            entropy: Arc::new(SeededEntropy::new(1)),
        };
        for (name, most, _) in record_sizes::SIZES {
            let place = Key::new("slot", name);
            let text = |length: usize| "x".repeat(length);
            // What MessagePack writes in front of a text, long or short.
            let longest = if *most > usize::from(u16::MAX) + 5 { most - 5 } else { most - 3 };
            assert!(records.seal(&place, &text(longest)).is_ok(), "{name}");
            let larger = records.seal(&place, &text(longest + 1));
            assert!(
                matches!(larger, Err(InternalError::TooLarge { bytes, .. }) if bytes == most + 1),
                "{name}: {larger:?}"
            );
        }
    }
}
