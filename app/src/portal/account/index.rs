//! Which account has an address, and which has a security key. An entry is believed only if the account's record names
//! it back; one that nobody confirmed is free after a while. So that each write needs one slot of the store alone, an
//! entry is reserved, then the record is written, then the earlier entry is given up.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use super::super::factors::TRIES;
use super::super::mail_code::is_of;
use super::super::{Answer, InternalError, Portal};
use postern_core::factor::{Unreadable, email_code, security_key};
use postern_core::figures;
use postern_core::model::{DeviceId, FactorRecord, Holder, HolderId, MailAddress, Refusal, Timestamp};
use postern_core::port::{Expect, Key, Revision, Write, Written};

/// How long an entry is kept for a record that is about to be written.
const RESERVED: Duration = Duration::from_mins(10);

/// How much longer than its account an entry is kept: an account is used without signing in, for as long as a session
/// lasts, and by the link in a letter.
const OUTLIVES: Duration = Duration::from_hours(4 * 24);

/// What is loaded where there is no account, so that knowing an address takes no longer than not knowing it.
const NOBODY: [u8; 16] = [0; 16];

#[derive(Serialize, Deserialize)]
struct Entry {
    holder: HolderId,
    reserved_at: Timestamp,
}

/// What belongs to one account at most.
#[derive(Clone, Copy)]
pub(in crate::portal) enum UniqueKey<'a> {
    Address(&'a MailAddress),
    /// A credential id. WebAuthn Level 3, 7.1.26.
    Credential(&'a [u8]),
}

impl UniqueKey<'_> {
    /// When an account that has it no more may not restore it any more either, if it still may.
    fn restorable_until(self, holder: &Holder, now: Timestamp) -> Result<Option<Timestamp>, Unreadable> {
        let (Self::Address(address), Some(account)) = (self, &holder.account) else { return Ok(None) };
        for former in account.former_addresses(now) {
            if email_code::State::read(&former.record.state)?.address.lookup_form() == address.lookup_form() {
                return Ok(Some(former.restorable_until()));
            }
        }
        Ok(None)
    }

    /// Whether an account's record names it.
    fn is_of(self, holder: &Holder) -> Result<bool, Unreadable> {
        match self {
            Self::Address(address) => is_of(holder, address),
            Self::Credential(id) => Ok(credentials(holder)?.iter().any(|own| own == id)),
        }
    }

    const fn taken(self) -> Refusal {
        match self {
            Self::Address(_) => Refusal::AddressTaken,
            Self::Credential(_) => Refusal::AlreadyEnrolled,
        }
    }
}

/// The credential ids of a holder's keys.
pub(in crate::portal) fn credentials(holder: &Holder) -> Result<Vec<Vec<u8>>, Unreadable> {
    let keys = holder.factors.iter().filter(|factor| factor.kind == security_key::KIND);
    keys.map(credential).collect()
}

fn credential(key: &FactorRecord) -> Result<Vec<u8>, Unreadable> {
    Ok(security_key::State::read(&key.state)?.credential_id)
}

/// An account as it was found.
pub(in crate::portal) struct Found {
    pub id: HolderId,
    pub holder: Holder,
}

impl Portal {
    fn entry_of(&self, owned: UniqueKey<'_>) -> Key {
        match owned {
            UniqueKey::Address(address) => {
                Key::new(self.lookup.name("account", &address.lookup_form()), "account-of-address")
            }
            UniqueKey::Credential(id) => {
                Key::new(self.lookup.name("credential", &BASE64URL_NOPAD.encode(id)), "account-of-credential")
            }
        }
    }

    /// The account of an address. As many round trips whether there is one or not.
    pub(in crate::portal) async fn account_of(
        &self,
        address: &MailAddress,
        now: Timestamp,
    ) -> Result<Option<Found>, InternalError> {
        let owned = UniqueKey::Address(address);
        let entry = self.records.load::<Entry>(&self.entry_of(owned), now).await?;
        let id = entry.map_or(HolderId::from(NOBODY), |(entry, _)| entry.holder);
        self.named_back(id, owned, now).await
    }

    async fn named_back(
        &self,
        id: HolderId,
        owned: UniqueKey<'_>,
        now: Timestamp,
    ) -> Result<Option<Found>, InternalError> {
        let Some((holder, _)) = self.holder_of(id, now).await? else { return Ok(None) };
        let named = holder.account.is_some() && owned.is_of(&holder)?;
        Ok(named.then_some(Found { id, holder }))
    }

    /// Keeps an entry for an account whose record is about to name it.
    pub(in crate::portal) async fn reserve(&self, owned: UniqueKey<'_>, id: HolderId, now: Timestamp) -> Answer<()> {
        let place = self.entry_of(owned);
        for _ in 0..TRIES {
            let expect = match self.records.load::<Entry>(&place, now).await? {
                None => Expect::Absent,
                Some((entry, revision)) if entry.holder == id => Expect::Revision(revision),
                Some((entry, revision)) => self.free(&entry, revision, owned, now).await?,
            };
            let sealed = self.records.seal(&place, &Entry { holder: id, reserved_at: now })?;
            let ends = self.account_ends(now).map(|ends| ends + OUTLIVES);
            let write = Write::new(place.clone(), expect, sealed, ends);
            if let Written::Done(_) = self.outside.store.write(write, now).await? {
                return Ok(());
            }
        }
        Err(InternalError::Contended.into())
    }

    /// Whether somebody else's entry may be taken over.
    async fn free(&self, entry: &Entry, at: Revision, owned: UniqueKey<'_>, now: Timestamp) -> Answer<Expect> {
        let holder = self.holder_of(entry.holder, now).await?.map(|(holder, _)| holder).unwrap_or_default();
        if holder.account.is_some() && owned.is_of(&holder)? {
            return Err(owned.taken().into());
        }
        if let Some(until) = owned.restorable_until(&holder, now)? {
            return Err(Refusal::AddressReplaced { until }.into());
        }
        if now < entry.reserved_at + RESERVED {
            return Err(owned.taken().into());
        }
        Ok(Expect::Revision(at))
    }

    /// Gives up what an account had.
    pub(in crate::portal) async fn release(
        &self,
        owned: UniqueKey<'_>,
        id: HolderId,
        now: Timestamp,
    ) -> Result<(), InternalError> {
        let place = self.entry_of(owned);
        if let Some((entry, revision)) = self.records.load::<Entry>(&place, now).await?
            && entry.holder == id
        {
            self.outside.store.delete(&place, Expect::Revision(revision), now).await?;
        }
        Ok(())
    }

    /// Keeps an account's entries as long as the account from now on, whatever was decided about unused ones before. A
    /// fault here is answered: an account whose entry ends before it does would not be found again.
    pub(in crate::portal) async fn renew_entries(
        &self,
        address: &MailAddress,
        id: HolderId,
        now: Timestamp,
    ) -> Result<(), InternalError> {
        self.renew(UniqueKey::Address(address), id, now).await?;
        let holder = self.holder_of(id, now).await?.map(|(holder, _)| holder).unwrap_or_default();
        for credential in credentials(&holder)? {
            self.renew(UniqueKey::Credential(&credential), id, now).await?;
        }
        Ok(())
    }

    /// One that was given up stays given up.
    async fn renew(&self, owned: UniqueKey<'_>, id: HolderId, now: Timestamp) -> Result<(), InternalError> {
        let place = self.entry_of(owned);
        if let Some((entry, revision)) = self.records.load::<Entry>(&place, now).await?
            && entry.holder == id
        {
            let sealed = self.records.seal(&place, &entry)?;
            let ends = self.account_ends(now).map(|ends| ends + OUTLIVES);
            self.outside.store.write(Write::new(place, Expect::Revision(revision), sealed, ends), now).await?;
        }
        Ok(())
    }

    /// Gives up addresses that a record had and neither has nor may restore any more. Where that fails, as with every
    /// entry that is not named back, they are believed no longer and free after a while.
    pub(in crate::portal) async fn release_addresses(&self, dropped: &[FactorRecord], id: HolderId, now: Timestamp) {
        figures::follow_up("release of addresses", self.try_release_addresses(dropped, id, now).await);
    }

    async fn try_release_addresses(
        &self,
        dropped: &[FactorRecord],
        id: HolderId,
        now: Timestamp,
    ) -> Result<(), InternalError> {
        if dropped.is_empty() {
            return Ok(());
        }
        let holder = self.holder_of(id, now).await?.map(|(holder, _)| holder).unwrap_or_default();
        for record in dropped {
            let address = email_code::State::read(&record.state)?.address;
            let owned = UniqueKey::Address(&address);
            if !owned.is_of(&holder)? && owned.restorable_until(&holder, now)?.is_none() {
                self.release(owned, id, now).await?;
            }
        }
        Ok(())
    }

    /// Gives up the keys that a record had and has no more.
    pub(in crate::portal) async fn release_keys(&self, before: &[Vec<u8>], id: HolderId, now: Timestamp) {
        figures::follow_up("release of keys", self.try_release_keys(before, id, now).await);
    }

    async fn try_release_keys(&self, before: &[Vec<u8>], id: HolderId, now: Timestamp) -> Result<(), InternalError> {
        let holder = self.holder_of(id, now).await?.map(|(holder, _)| holder).unwrap_or_default();
        let still = credentials(&holder)?;
        for gone in before.iter().filter(|credential| !still.contains(credential)) {
            self.release(UniqueKey::Credential(gone), id, now).await?;
        }
        Ok(())
    }

    /// By which of the values that a browser brings the account of an address knows it.
    pub(in crate::portal) async fn known_device(
        &self,
        address: &MailAddress,
        brought: &[DeviceId],
        now: Timestamp,
    ) -> Result<Option<DeviceId>, InternalError> {
        let account = self.account_of(address, now).await?.and_then(|found| found.holder.account);
        Ok(account.and_then(|account| brought.iter().copied().find(|device| account.knows(*device))))
    }
}
