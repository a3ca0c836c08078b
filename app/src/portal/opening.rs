//! Before the first request: is this store ours, of a version we know, and do the master keys open it?

use std::sync::Arc;

use zeroize::Zeroize;

use super::{Outside, Portal, Records, Settings};
use crate::factor::Factors;
use crate::model::{Secret, Timestamp};
use crate::port::{Expect, Key, Store, StoreFault, Stored, Write, Written};
use crate::seal::{LookupKey, MasterBytes, Sealer, Unsealable};

/// The form in which this binary writes. A newer binary opens an older store; an older one refuses a newer.
const STORE_VERSION: u32 = 1;

const CANARY: &[u8] = b"a bird that sings";

/// Why the portal stays shut.
#[derive(Debug, thiserror::Error)]
pub enum CannotOpen {
    #[error(transparent)]
    Store(#[from] StoreFault),
    #[error("no master key is given")]
    NoMasterKey,
    #[error("the store was sealed with another master key than the one given (master_key)")]
    WrongMasterKey,
    #[error("the store has version {0}, this postern knows up to {STORE_VERSION}: it was written by a newer postern")]
    NewerStore(String),
}

impl Portal {
    /// Opens the house, and sets up a store that is empty.
    pub async fn open(outside: Outside, masters: &[MasterBytes], settings: Settings) -> Result<Self, CannotOpen> {
        let sealer = Sealer::new(masters).ok_or(CannotOpen::NoMasterKey)?;
        let now = outside.clock.now();
        check_stamp(&*outside.store, now).await?;
        check_canary(&outside, &sealer, now).await?;
        let lookup = lookup_key(&outside, &sealer, now).await?;
        let (store, entropy) = (Arc::clone(&outside.store), Arc::clone(&outside.entropy));
        let records = Records { store, sealer, entropy };
        let factors = Factors::new(settings.totp_skew);
        Ok(Self { outside, settings, records, lookup, factors })
    }
}

fn house(name: &str) -> Key {
    Key::new("postern", name)
}

async fn check_stamp(store: &dyn Store, now: Timestamp) -> Result<(), CannotOpen> {
    let stamp = keep(store, &house("version"), || STORE_VERSION.to_string().into_bytes(), now).await?;
    let text = String::from_utf8_lossy(&stamp.value).into_owned();
    match text.parse::<u32>() {
        Ok(version) if version <= STORE_VERSION => Ok(()),
        _ => Err(CannotOpen::NewerStore(text)),
    }
}

/// The first thing sealed with the master key; if it does not open, nothing else would.
async fn check_canary(outside: &Outside, sealer: &Sealer, now: Timestamp) -> Result<(), CannotOpen> {
    let place = house("canary");
    let canary = keep(&*outside.store, &place, || sealer.seal(&place, CANARY, &*outside.entropy), now).await?;
    match sealer.open(&place, &canary.value) {
        Ok(song) if song.as_slice() == CANARY => reseal(outside, sealer, &place, &canary, now).await,
        _ => Err(CannotOpen::WrongMasterKey),
    }
}

/// The lookup key is made once, sealed, and never changes: indexes and keyed hashes hang on it.
async fn lookup_key(outside: &Outside, sealer: &Sealer, now: Timestamp) -> Result<LookupKey, CannotOpen> {
    let place = house("lookup-key");
    let make = || {
        let mut bytes = [0; 32];
        outside.entropy.fill(&mut bytes);
        let sealed = sealer.seal(&place, &bytes, &*outside.entropy);
        bytes.zeroize();
        sealed
    };
    let stored = keep(&*outside.store, &place, make, now).await?;
    let bytes = sealer.open(&place, &stored.value).map_err(|_: Unsealable| CannotOpen::WrongMasterKey)?;
    let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| CannotOpen::WrongMasterKey)?;
    reseal(outside, sealer, &place, &stored, now).await?;
    Ok(LookupKey::new(Secret::new(bytes)))
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

/// After a rotation of master keys the house's own records are sealed with the newest. Losing the race to another
/// instance is as good as winning it.
async fn reseal(
    outside: &Outside,
    sealer: &Sealer,
    place: &Key,
    stored: &Stored,
    now: Timestamp,
) -> Result<(), CannotOpen> {
    if sealer.is_newest(&stored.value) {
        return Ok(());
    }
    let Ok(plain) = sealer.open(place, &stored.value) else { return Err(CannotOpen::WrongMasterKey) };
    let sealed = sealer.seal(place, &plain, &*outside.entropy);
    let write = Write::new(place.clone(), Expect::Revision(stored.revision), sealed, None);
    let (Written::Done(_) | Written::Conflict | Written::Full) = outside.store.write(write, now).await?;
    Ok(())
}
