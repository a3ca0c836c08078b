//! Which account has an address. An entry is believed only if the account's record names the address back; one that
//! nobody confirmed is free after a while. So that each write needs one slot of the store alone, an address is reserved,
//! then the record is written, then the earlier address is given up.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::factors::TRIES;
use super::super::mail_code::is_of;
use super::super::{Answer, Fault, Portal};
use crate::model::{DeviceId, Holder, HolderId, MailAddress, Refusal, Timestamp};
use crate::port::{Expect, Key, Revision, Write, Written};

/// How long an address is kept for a record that is about to be written.
const RESERVED: Duration = Duration::from_mins(10);

/// How much longer than its account an entry is kept.
const OUTLIVES: Duration = Duration::from_hours(48);

/// What is loaded where there is no account, so that knowing an address takes no longer than not knowing it.
const NOBODY: [u8; 16] = [0; 16];

#[derive(Serialize, Deserialize)]
struct Entry {
    holder: HolderId,
    reserved_at: Timestamp,
}

/// An account as it was found.
pub(in crate::portal) struct Found {
    pub id: HolderId,
    pub holder: Holder,
}

impl Portal {
    fn entry_of(&self, address: &MailAddress) -> Key {
        Key::new(self.lookup.name("account", &address.lookup_form()), "account-of-address")
    }

    /// The account of an address. As many round trips whether there is one or not.
    pub(in crate::portal) async fn account_of(
        &self,
        address: &MailAddress,
        now: Timestamp,
    ) -> Result<Option<Found>, Fault> {
        let entry = self.records.load::<Entry>(&self.entry_of(address), now).await?;
        let id = entry.map_or(HolderId::from(NOBODY), |(entry, _)| entry.holder);
        self.named_back(id, address, now).await
    }

    async fn named_back(&self, id: HolderId, address: &MailAddress, now: Timestamp) -> Result<Option<Found>, Fault> {
        let Some((holder, _)) = self.holder_of(id, now).await? else { return Ok(None) };
        let named = holder.account.is_some() && is_of(&holder, address)?;
        Ok(named.then_some(Found { id, holder }))
    }

    /// Keeps an address for an account whose record is about to name it.
    pub(in crate::portal) async fn reserve_address(
        &self,
        address: &MailAddress,
        id: HolderId,
        now: Timestamp,
    ) -> Answer<()> {
        let place = self.entry_of(address);
        for _ in 0..TRIES {
            let expect = match self.records.load::<Entry>(&place, now).await? {
                None => Expect::Absent,
                Some((entry, revision)) if entry.holder == id => Expect::Revision(revision),
                Some((entry, revision)) => self.free(&entry, revision, address, now).await?,
            };
            let sealed = self.records.seal(&place, &Entry { holder: id, reserved_at: now })?;
            let ends = self.account_ends(now).map(|ends| ends + OUTLIVES);
            let write = Write::new(place.clone(), expect, sealed, ends);
            if let Written::Done(_) = self.outside.store.write(write, now).await? {
                return Ok(());
            }
        }
        Err(Fault::Contended.into())
    }

    /// Whether somebody else's entry may be taken over.
    async fn free(&self, entry: &Entry, at: Revision, address: &MailAddress, now: Timestamp) -> Answer<Expect> {
        let fresh = now < entry.reserved_at + RESERVED;
        if fresh || self.named_back(entry.holder, address, now).await?.is_some() {
            return Err(Refusal::AddressTaken.into());
        }
        Ok(Expect::Revision(at))
    }

    /// Gives an address up that an account had.
    pub(in crate::portal) async fn release_address(
        &self,
        address: &MailAddress,
        id: HolderId,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let place = self.entry_of(address);
        if let Some((entry, revision)) = self.records.load::<Entry>(&place, now).await?
            && entry.holder == id
        {
            self.outside.store.delete(&place, Expect::Revision(revision), now).await?;
        }
        Ok(())
    }

    /// Whether somebody signed in to the account of this address from this browser before.
    pub(in crate::portal) async fn knows_device(
        &self,
        address: &MailAddress,
        device: DeviceId,
        now: Timestamp,
    ) -> Result<bool, Fault> {
        let account = self.account_of(address, now).await?.and_then(|found| found.holder.account);
        Ok(account.is_some_and(|account| account.knows(device)))
    }
}
