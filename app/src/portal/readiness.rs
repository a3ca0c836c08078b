//! While serving: is the store still fit, and still the one that was opened?
//!
//! Three records make a store this portal's: the version stamp, the canary and the lookup key. A store that lost them
//! was emptied behind the portal's back. They are put back from memory, so that no other instance makes new ones, and
//! the portal is not ready for a while, so that whoever watches it learns of it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use data_encoding::HEXLOWER;

use super::Portal;
use postern_core::model::Timestamp;
use postern_core::port::{Expect, Key, PORTAL_SLOT, StoreFault, Write};
use postern_core::seal::LookupKey;

/// The records that make a store this portal's.
pub(super) const IDENTITY: [&str; 3] = ["version", "canary", "lookup-key"];

/// How long a loss is told after its records were put back.
const LOSS_IS_TOLD: Duration = Duration::from_mins(1);

/// How long what a probe writes may stay where it is not removed.
const PROBE_LASTS: Duration = Duration::from_mins(1);

pub(super) fn identity_key(name: &str) -> Key {
    Key::new(PORTAL_SLOT, name)
}

/// Names a store, so that another one can be told from it; no secret.
pub(super) fn identity_text(lookup: &LookupKey) -> String {
    HEXLOWER.encode(&lookup.hash("store identity", &[])[..8])
}

/// What makes the store the one that was opened.
pub(crate) struct StoreIdentity {
    records: [(Key, Vec<u8>); 3],
    text: String,
    /// When a loss was noticed last, in milliseconds since 1970; 0: never.
    lost_at: AtomicI64,
}

impl StoreIdentity {
    pub(super) fn new(records: [(Key, Vec<u8>); 3], lookup: &LookupKey) -> Self {
        Self { records, text: identity_text(lookup), lost_at: AtomicI64::new(0) }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

/// Why requests are not served well, in words that name no machine and no person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    #[error("{0}")]
    Store(String),
    #[error("the store does not give back what was written to it")]
    Forgetful,
    #[error("the store lost its records: it was emptied, or it is another one")]
    StoreEmptied,
    #[error("the store is another one than at the start, or was sealed with another master key")]
    OtherStore,
    #[error("a newer version of Postern has taken over the store")]
    NewerStore,
}

impl From<StoreFault> for NotReady {
    fn from(fault: StoreFault) -> Self {
        Self::Store(fault.0)
    }
}

impl Portal {
    /// Names the store, so that another one can be told from it; no secret.
    pub fn store_identity(&self) -> &str {
        self.identity.text()
    }

    /// Whether requests can be served: asks the store, looks whether it is the one that was opened, then writes and
    /// reads as requests do.
    pub async fn check_readiness(&self) -> Result<(), NotReady> {
        self.look_at_store().await?;
        self.probe().await
    }

    /// Whether the store is the one that was opened and fit for use, as far as reading tells.
    pub async fn look_at_store(&self) -> Result<(), NotReady> {
        self.outside.store.ping().await?;
        self.check_identity().await
    }

    /// Looks for the records that make the store this portal's, and puts back what is missing.
    pub async fn check_identity(&self) -> Result<(), NotReady> {
        let (store, now) = (&*self.outside.store, self.outside.clock.now());
        for (place, kept) in &self.identity.records {
            match store.load(place, now).await? {
                None => {
                    store.write(Write::new(place.clone(), Expect::Absent, kept.clone(), None), now).await?;
                    self.identity.lost_at.store(now.as_millis().max(1), Ordering::SeqCst);
                    tracing::error!(record = place.name(), "the store lost a record of its own; it was put back");
                }
                // Equal, unless another instance has sealed it anew or is of another version.
                Some(stored) if stored.value == *kept => {}
                Some(stored) => self.check_changed(place, kept, &stored.value)?,
            }
        }
        let lost_at = self.identity.lost_at.load(Ordering::SeqCst);
        let is_told = lost_at > 0 && now < Timestamp::from_millis(lost_at) + LOSS_IS_TOLD;
        if is_told { Err(NotReady::StoreEmptied) } else { Ok(()) }
    }

    fn check_changed(&self, place: &Key, kept: &[u8], found: &[u8]) -> Result<(), NotReady> {
        if place.name() == "version" {
            return Err(NotReady::NewerStore);
        }
        let open = |sealed: &[u8]| self.records.sealer.open(place, sealed).ok();
        match (open(kept), open(found)) {
            (Some(kept), Some(found)) if kept == found => Ok(()),
            _ => Err(NotReady::OtherStore),
        }
    }

    async fn probe(&self) -> Result<(), NotReady> {
        let (store, now) = (&*self.outside.store, self.outside.clock.now());
        let mut value = [0; 16];
        self.outside.entropy.fill(&mut value);
        // Each has a key of its own: several instances probe at once.
        let place = identity_key(&format!("probe:{}", HEXLOWER.encode(&value[..8])));
        store.write(Write::new(place.clone(), Expect::Anything, value.to_vec(), Some(now + PROBE_LASTS)), now).await?;
        let found = store.load(&place, now).await?;
        store.delete(&place, Expect::Anything, now).await?;
        if found.is_some_and(|found| found.value == value) { Ok(()) } else { Err(NotReady::Forgetful) }
    }
}
