//! Vaults that nobody opens, where an operator gives them an end. When a vault was last opened stands in a slot of its own,
//! so that a sweep finds every vault by it.

use std::time::Duration;

use super::{Answer, SLOT, VaultRecordKeys, Vaults};
use postern_core::engine::InternalError;
use postern_core::model::Timestamp;
use postern_core::port::{Expect, Key, Revision, SideEffects, Written};

/// The name of the record of when a vault was last opened.
const OPENED: &str = "vault-opened";

/// How exactly that is known: opening a vault again within this is not noted.
const NOTED_EVERY: Duration = Duration::from_hours(24);

/// When vaults began to end. Without it, those opened while they had no end would end at once when they get one.
fn began() -> Key {
    Key::new(SLOT, "unused-began")
}

impl VaultRecordKeys {
    fn opened(&self) -> Key {
        Key::new(&self.user, OPENED)
    }
}

impl Vaults {
    /// Notes that a vault is made, before it is: what is left behind if it is not goes with the next sweep.
    pub(super) async fn note_made(&self, keys: &VaultRecordKeys, now: Timestamp) -> Result<(), InternalError> {
        self.portal.records.write(&keys.opened(), Expect::Anything, &now, None, SideEffects::default(), now).await?;
        Ok(())
    }

    /// Notes that a vault is opened, at most once a day. The index is written again after that: a sweep, which reads the
    /// index first, finds the note, or the index changed.
    pub(super) async fn note_opened(&self, keys: &VaultRecordKeys, now: Timestamp) -> Answer<()> {
        if self.unused_lasts.is_none() {
            return Ok(());
        }
        let noted = self.portal.records.load::<Timestamp>(&keys.opened(), now).await?;
        if noted.is_some_and(|(at, _)| at <= now && now < at + NOTED_EVERY) {
            return Ok(());
        }
        let Some((index, revision)) = self.load(keys, now).await? else { return Ok(()) };
        if index.is_empty() {
            return Ok(());
        }
        self.note_made(keys, now).await?;
        // Whoever changed it at the same time has written it again.
        self.write(keys, Expect::Revision(revision), &index, index.weight(), Vec::new(), now).await?;
        Ok(())
    }

    /// Which writing says when a vault was last opened.
    pub(super) async fn opened_revision(
        &self,
        keys: &VaultRecordKeys,
        now: Timestamp,
    ) -> Result<Option<Revision>, InternalError> {
        Ok(self.portal.outside.store.load(&keys.opened(), now).await?.map(|stored| stored.revision))
    }

    /// A vault is gone: so is when it was last opened, unless it was made again. What the store does not delete now, a
    /// sweep does.
    pub(super) async fn forget_opened(&self, keys: &VaultRecordKeys, noted: Option<Revision>, now: Timestamp) {
        if let Some(noted) = noted {
            let _ = self.portal.outside.store.delete(&keys.opened(), Expect::Revision(noted), now).await;
        }
    }

    /// Deletes the vaults that nobody opened for as long as the operator gives them; how many.
    pub async fn end_unused(&self) -> Result<usize, InternalError> {
        let (now, store) = (self.now(), &self.portal.outside.store);
        let Some(lasts) = self.unused_lasts else {
            store.delete(&began(), Expect::Anything, now).await?;
            return Ok(0);
        };
        let since = match self.portal.records.load::<Timestamp>(&began(), now).await? {
            Some((at, _)) if at <= now => at,
            _ => {
                self.portal.records.write(&began(), Expect::Anything, &now, None, SideEffects::default(), now).await?;
                now
            }
        };
        if now < since + lasts {
            return Ok(0);
        }
        let mut ended = 0;
        for user in store.slots(OPENED, now).await? {
            match self.end_if_unused(&VaultRecordKeys { user }, lasts, now).await {
                Ok(has_ended) => ended += usize::from(has_ended),
                // One that is damaged holds up no other.
                Err(fault @ InternalError::Unreadable { .. }) => tracing::warn!(%fault, "vault not swept"),
                Err(fault) => return Err(fault),
            }
        }
        if ended > 0 {
            tracing::info!(ended, unused_days = lasts.as_secs() / 86_400, "unused vaults deleted");
        }
        Ok(ended)
    }

    async fn end_if_unused(
        &self,
        keys: &VaultRecordKeys,
        lasts: Duration,
        now: Timestamp,
    ) -> Result<bool, InternalError> {
        let found = self.load(keys, now).await?;
        let Some((opened_at, noted)) = self.portal.records.load::<Timestamp>(&keys.opened(), now).await? else {
            return Ok(false);
        };
        if now < opened_at + lasts {
            return Ok(false);
        }
        if let Some((mut index, revision)) = found {
            let weighed = index.weight();
            let tags: Vec<_> = index.tags().copied().collect();
            let records = index.remove(&tags).iter().map(|tag| (keys.entry(tag), None)).collect();
            let written = self.write_index(keys, Expect::Revision(revision), &index, weighed, records, now).await?;
            if !matches!(written, Written::Done(_)) {
                // Somebody changed it meanwhile.
                return Ok(false);
            }
        }
        self.portal.outside.store.delete(&keys.opened(), Expect::Revision(noted), now).await?;
        Ok(true)
    }
}
