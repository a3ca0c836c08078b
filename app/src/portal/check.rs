//! Whether a store is one of ours and the master keys open it, without changing anything.

use super::opening::{CANARY, STORE_VERSION, check_expected, open_lookup_key};
use super::readiness::{IDENTITY, identity_key, identity_text};
use super::{Answer, OpenError, Portal};
use postern_core::model::Timestamp;
use postern_core::port::{Entropy, Store};
use postern_core::seal::{MasterBytes, Sealer};

/// What a store is to a portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// No portal ever opened it.
    Empty,
    /// The master keys open it, and it has this identity.
    Opens(String),
}

/// Checks a store as [`Portal::open`] would, and leaves it as it is. `expected` is the identity of the store that was in
/// use before, if that is known.
pub async fn check(
    store: &dyn Store,
    masters: &[MasterBytes],
    expected: Option<&str>,
    now: Timestamp,
) -> Result<Checked, OpenError> {
    if let Some(stamp) = store.load(&identity_key("version"), now).await? {
        let text = String::from_utf8_lossy(&stamp.value).into_owned();
        if text.parse::<u32>().map_or(true, |version| version > STORE_VERSION) {
            return Err(OpenError::NewerStore(text));
        }
    }
    let Some(canary) = store.load(&identity_key("canary"), now).await? else {
        let is_empty = store.is_vacant(&IDENTITY.map(identity_key)).await?;
        return match expected {
            Some(expected) => Err(OpenError::StoreEmptied(expected.to_owned())),
            None if is_empty => Ok(Checked::Empty),
            None => Err(OpenError::IdentityLost("canary".to_owned())),
        };
    };
    let sealer = Sealer::new(masters).ok_or(OpenError::NoMasterKey)?;
    if !is_canary(&sealer, &canary.value) {
        return Err(OpenError::WrongMasterKey);
    }
    let place = identity_key("lookup-key");
    let lookup = store.load(&place, now).await?.ok_or_else(|| OpenError::IdentityLost("lookup-key".to_owned()))?;
    let lookup = open_lookup_key(&sealer, &place, &lookup.value).ok_or(OpenError::WrongMasterKey)?;
    let found = identity_text(&lookup);
    check_expected(expected, &found)?;
    Ok(Checked::Opens(found))
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
