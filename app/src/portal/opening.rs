//! Before the first request: is this store ours, of a version we know, and do the master keys open it?

use std::sync::Arc;

use zeroize::Zeroize;

use super::readiness::{IDENTITY, StoreIdentity, identity_key};
use super::{Outside, Portal, Records, Settings};
use postern_core::factor::Factors;
use postern_core::model::{Secret, Timestamp};
use postern_core::port::{Expect, Key, Store, StoreFault, Stored, Write, Written};
use postern_core::seal::{LookupKey, MasterBytes, Sealer};

/// The form in which this binary writes. A newer binary opens an older store; an older one refuses a newer.
pub(super) const STORE_VERSION: u32 = 2;

pub(super) const CANARY: &[u8] = b"a bird that sings";

/// Why the portal stays shut.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Store(#[from] StoreFault),
    #[error("no master key is given")]
    NoMasterKey,
    #[error("the store was sealed with another master key than the one given (master_key)")]
    WrongMasterKey,
    #[error("the store has version {0}, this postern knows up to {STORE_VERSION}: it was written by a newer postern")]
    NewerStore(String),
    #[error("the store holds data but not its {0}, without which none of it can be used: restore it from a backup")]
    IdentityLost(String),
    #[error(
        "the store is empty, but was in use before (store identity {0}): restore it from a backup, or point to the right one"
    )]
    StoreEmptied(String),
    #[error("the store is another one (identity {found}) than was in use before ({expected})")]
    OtherStore { expected: String, found: String },
}

impl Portal {
    /// Opens the house, and sets up a store that is empty.
    pub async fn open(outside: Outside, masters: &[MasterBytes], settings: Settings) -> Result<Self, OpenError> {
        let sealer = Sealer::new(masters).ok_or(OpenError::NoMasterKey)?;
        let now = outside.clock.now();
        check_completeness(&outside, settings.expected_store.as_deref(), now).await?;
        let version = check_stamp(&*outside.store, STORE_VERSION, now).await?;
        let canary = check_canary(&outside, &sealer, now).await?;
        let (lookup, lookup_record) = lookup_key(&outside, &sealer, now).await?;
        let identity = StoreIdentity::new([version, canary, lookup_record], &lookup);
        check_expected(settings.expected_store.as_deref(), identity.text())?;
        let (store, entropy) = (Arc::clone(&outside.store), Arc::clone(&outside.entropy));
        let records = Records { store, sealer, entropy };
        let factors = Factors::new(settings.totp_skew);
        Ok(Self { outside, settings, records, lookup, factors, identity })
    }
}

/// Refuses another store than the one that was in use before.
pub(super) fn check_expected(expected: Option<&str>, found: &str) -> Result<(), OpenError> {
    match expected {
        Some(expected) if expected != found => {
            Err(OpenError::OtherStore { expected: expected.to_owned(), found: found.to_owned() })
        }
        _ => Ok(()),
    }
}

/// A store is set up only where nothing stands and nothing is known to have stood. Anything else without its identity
/// has lost it: made anew, it would give every address a second account.
async fn check_completeness(outside: &Outside, expected: Option<&str>, now: Timestamp) -> Result<(), OpenError> {
    let Some(missing) = first_missing(&*outside.store, now).await? else { return Ok(()) };
    if let Some(expected) = expected {
        return Err(OpenError::StoreEmptied(expected.to_owned()));
    }
    // A first start may have been broken off before it was complete.
    if outside.store.is_vacant(&IDENTITY.map(identity_key)).await? {
        return Ok(());
    }
    // Or another instance has just completed it.
    match first_missing(&*outside.store, now).await? {
        None => Ok(()),
        Some(_) => Err(OpenError::IdentityLost(missing.to_owned())),
    }
}

async fn first_missing(store: &dyn Store, now: Timestamp) -> Result<Option<&'static str>, StoreFault> {
    for name in IDENTITY {
        if store.load(&identity_key(name), now).await?.is_none() {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// A record as it is kept: its key and value.
type StoredRecord = (Key, Vec<u8>);

/// Refuses a store of a version later than `known`, and raises an earlier one, so that an older binary refuses it from
/// then on.
async fn check_stamp(store: &dyn Store, known: u32, now: Timestamp) -> Result<StoredRecord, OpenError> {
    let place = identity_key("version");
    loop {
        let stamp = keep(store, &place, || known.to_string().into_bytes(), now).await?;
        let text = String::from_utf8_lossy(&stamp.value).into_owned();
        match text.parse::<u32>() {
            Ok(version) if version == known => return Ok((place, stamp.value)),
            Ok(version) if version < known => {}
            _ => return Err(OpenError::NewerStore(text)),
        }
        let raised = known.to_string().into_bytes();
        store.write(Write::new(place.clone(), Expect::Revision(stamp.revision), raised, None), now).await?;
    }
}

/// The first thing sealed with the master key; if it does not open, nothing else would.
async fn check_canary(outside: &Outside, sealer: &Sealer, now: Timestamp) -> Result<StoredRecord, OpenError> {
    let place = identity_key("canary");
    let canary = keep(&*outside.store, &place, || sealer.seal(&place, CANARY, &*outside.entropy), now).await?;
    match sealer.open(&place, &canary.value) {
        Ok(song) if song.as_slice() == CANARY => {
            let value = reseal(outside, sealer, &place, canary, now).await?;
            Ok((place, value))
        }
        _ => Err(OpenError::WrongMasterKey),
    }
}

/// The lookup key is made once, sealed, and never changes: indexes and keyed hashes hang on it.
async fn lookup_key(
    outside: &Outside,
    sealer: &Sealer,
    now: Timestamp,
) -> Result<(LookupKey, StoredRecord), OpenError> {
    let place = identity_key("lookup-key");
    let make = || {
        let mut bytes = [0; 32];
        outside.entropy.fill(&mut bytes);
        let sealed = sealer.seal(&place, &bytes, &*outside.entropy);
        bytes.zeroize();
        sealed
    };
    let stored = keep(&*outside.store, &place, make, now).await?;
    let lookup = open_lookup_key(sealer, &place, &stored.value).ok_or(OpenError::WrongMasterKey)?;
    let value = reseal(outside, sealer, &place, stored, now).await?;
    Ok((lookup, (place, value)))
}

pub(super) fn open_lookup_key(sealer: &Sealer, place: &Key, sealed: &[u8]) -> Option<LookupKey> {
    let bytes: [u8; 32] = sealer.open(place, sealed).ok()?.as_slice().try_into().ok()?;
    Some(LookupKey::new(Secret::new(bytes)))
}

/// What stands there, or what `make` makes if nothing does. Of several instances starting at once one makes it.
async fn keep(store: &dyn Store, key: &Key, make: impl Fn() -> Vec<u8>, now: Timestamp) -> Result<Stored, StoreFault> {
    loop {
        if let Some(stored) = store.load(key, now).await? {
            return Ok(stored);
        }
        store.write(Write::new(key.clone(), Expect::Absent, make(), None), now).await?;
    }
}

/// After a rotation of master keys these records are sealed with the newest. Losing the race to another instance is as
/// good as winning it. Answers the value to keep.
async fn reseal(
    outside: &Outside,
    sealer: &Sealer,
    place: &Key,
    stored: Stored,
    now: Timestamp,
) -> Result<Vec<u8>, OpenError> {
    if sealer.is_newest(&stored.value) {
        return Ok(stored.value);
    }
    let Ok(plain) = sealer.open(place, &stored.value) else { return Err(OpenError::WrongMasterKey) };
    let sealed = sealer.seal(place, &plain, &*outside.entropy);
    let write = Write::new(place.clone(), Expect::Revision(stored.revision), sealed.clone(), None);
    let (Written::Done(_) | Written::Conflict | Written::Full) = outside.store.write(write, now).await?;
    Ok(sealed)
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;
    use postern_core::testing::MemoryStore;

    #[test]
    fn version_stamp_is_raised_by_a_newer_binary_so_that_an_older_one_refuses() {
        let (store, now) = (MemoryStore::default(), Timestamp::from_secs(1));
        let check = |known| block_on(check_stamp(&store, known, now)).map(|(_, value)| value);
        assert_eq!(check(1).expect("a new store"), b"1");
        assert_eq!(check(2).expect("an older store"), b"2");
        assert!(matches!(check(1), Err(OpenError::NewerStore(version)) if version == "2"));
        assert_eq!(check(2).expect("its own store"), b"2");
    }
}
