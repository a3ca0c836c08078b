//! Vaults that nobody opens, where an operator gives them an end. When a vault was last opened stands in a slot of its own,
//! so that a sweep finds every vault by it.

use std::time::Duration;

use super::{Answer, SLOT, Shelf, Vaults};
use postern_core::engine::Fault;
use postern_core::model::Timestamp;
use postern_core::port::{Also, Expect, Key, Revision, Written};

/// The name of the record of when a vault was last opened.
const OPENED: &str = "vault-opened";

/// How exactly that is known: opening a vault again within this is not noted.
const NOTED_EVERY: Duration = Duration::from_hours(24);

/// When vaults began to end. Without it, those opened while they had no end would end at once when they get one.
fn began() -> Key {
    Key::new(SLOT, "unused-began")
}

impl Shelf {
    fn opened(&self) -> Key {
        Key::new(&self.user, OPENED)
    }
}

impl Vaults {
    /// Notes that a vault is made, before it is: what is left behind if it is not goes with the next sweep.
    pub(super) async fn note_made(&self, shelf: &Shelf, now: Timestamp) -> Result<(), Fault> {
        self.portal.records.write(&shelf.opened(), Expect::Anything, &now, None, Also::default(), now).await?;
        Ok(())
    }

    /// Notes that a vault is opened, at most once a day. The index is written again after that: a sweep, which reads the
    /// index first, finds the note, or the index changed.
    pub(super) async fn note_opened(&self, shelf: &Shelf, now: Timestamp) -> Answer<()> {
        if self.unused_lasts.is_none() {
            return Ok(());
        }
        let noted = self.portal.records.load::<Timestamp>(&shelf.opened(), now).await?;
        if noted.is_some_and(|(at, _)| at <= now && now < at + NOTED_EVERY) {
            return Ok(());
        }
        let Some((index, revision)) = self.load(shelf, now).await? else { return Ok(()) };
        if index.is_empty() {
            return Ok(());
        }
        self.note_made(shelf, now).await?;
        // Whoever changed it at the same time has written it again.
        self.write(shelf, Expect::Revision(revision), &index, index.weight(), Vec::new(), now).await?;
        Ok(())
    }

    /// Which writing says when a vault was last opened.
    pub(super) async fn opened_revision(&self, shelf: &Shelf, now: Timestamp) -> Result<Option<Revision>, Fault> {
        Ok(self.portal.outside.store.load(&shelf.opened(), now).await?.map(|stored| stored.revision))
    }

    /// A vault is gone: so is when it was last opened, unless it was made again. What the store does not delete now, a
    /// sweep does.
    pub(super) async fn forget_opened(&self, shelf: &Shelf, noted: Option<Revision>, now: Timestamp) {
        if let Some(noted) = noted {
            let _ = self.portal.outside.store.delete(&shelf.opened(), Expect::Revision(noted), now).await;
        }
    }

    /// Deletes the vaults that nobody opened for as long as the operator gives them; how many.
    pub async fn end_unused(&self) -> Result<usize, Fault> {
        let (now, store) = (self.now(), &self.portal.outside.store);
        let Some(lasts) = self.unused_lasts else {
            store.delete(&began(), Expect::Anything, now).await?;
            return Ok(0);
        };
        let since = match self.portal.records.load::<Timestamp>(&began(), now).await? {
            Some((at, _)) if at <= now => at,
            _ => {
                self.portal.records.write(&began(), Expect::Anything, &now, None, Also::default(), now).await?;
                now
            }
        };
        if now < since + lasts {
            return Ok(0);
        }
        let mut ended = 0;
        for user in store.slots(OPENED, now).await? {
            match self.end_if_unused(&Shelf { user }, lasts, now).await {
                Ok(has_ended) => ended += usize::from(has_ended),
                // One that is damaged holds up no other.
                Err(fault @ Fault::Unreadable { .. }) => tracing::warn!(%fault, "vault not swept"),
                Err(fault) => return Err(fault),
            }
        }
        if ended > 0 {
            tracing::info!(ended, unused_days = lasts.as_secs() / 86_400, "unused vaults deleted");
        }
        Ok(ended)
    }

    async fn end_if_unused(&self, shelf: &Shelf, lasts: Duration, now: Timestamp) -> Result<bool, Fault> {
        let found = self.load(shelf, now).await?;
        let Some((opened_at, noted)) = self.portal.records.load::<Timestamp>(&shelf.opened(), now).await? else {
            return Ok(false);
        };
        if now < opened_at + lasts {
            return Ok(false);
        }
        if let Some((mut index, revision)) = found {
            let weighed = index.weight();
            let tags: Vec<_> = index.tags().copied().collect();
            let records = index.remove(&tags).iter().map(|tag| (shelf.entry(tag), None)).collect();
            let written = self.write_index(shelf, Expect::Revision(revision), &index, weighed, records, now).await?;
            if !matches!(written, Written::Done(_)) {
                // Somebody changed it meanwhile.
                return Ok(false);
            }
        }
        self.portal.outside.store.delete(&shelf.opened(), Expect::Revision(noted), now).await?;
        Ok(true)
    }
}
