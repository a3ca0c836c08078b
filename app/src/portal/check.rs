//! Whether a store is one of ours and the master keys open it, without changing anything.

use super::opening::{CANARY, STORE_VERSION};
use super::readiness::{IDENTITY, identity_key};
use super::{Answer, CannotOpen, Portal};
use postern_core::model::Timestamp;
use postern_core::port::{Entropy, Store};
use postern_core::seal::{MasterBytes, Sealer};

/// What a store is to a portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// No portal ever opened it.
    Empty,
    /// The master keys open it.
    Opens,
}

/// Checks a store as [`Portal::open`] would, and leaves it as it is.
pub async fn check(store: &dyn Store, masters: &[MasterBytes], now: Timestamp) -> Result<Checked, CannotOpen> {
    if let Some(stamp) = store.load(&identity_key("version"), now).await? {
        let text = String::from_utf8_lossy(&stamp.value).into_owned();
        if text.parse::<u32>().map_or(true, |version| version > STORE_VERSION) {
            return Err(CannotOpen::NewerStore(text));
        }
    }
    let Some(canary) = store.load(&identity_key("canary"), now).await? else {
        let is_empty = store.is_vacant(&IDENTITY.map(identity_key)).await?;
        return if is_empty { Ok(Checked::Empty) } else { Err(CannotOpen::IdentityLost("canary".to_owned())) };
    };
    let sealer = Sealer::new(masters).ok_or(CannotOpen::NoMasterKey)?;
    if is_canary(&sealer, &canary.value) { Ok(Checked::Opens) } else { Err(CannotOpen::WrongMasterKey) }
}

/// What only a portal with the same master key can open; `None` without one.
pub fn seal_canary(masters: &[MasterBytes], entropy: &dyn Entropy) -> Option<Vec<u8>> {
    Sealer::new(masters).map(|sealer| sealer.seal(&identity_key("canary"), CANARY, entropy))
}

fn is_canary(sealer: &Sealer, sealed: &[u8]) -> bool {
    sealer.open(&identity_key("canary"), sealed).is_ok_and(|song| song.as_slice() == CANARY)
}

impl Portal {
    /// Whether whoever sealed this has one of our master keys.
    pub fn opens_canary(&self, sealed: &[u8]) -> bool {
        is_canary(&self.records.sealer, sealed)
    }

    /// Answers if the store does.
    pub async fn ping_store(&self) -> Answer<()> {
        Ok(self.outside.store.ping().await?)
    }
}
