//! Which user of a client has a credential (WebAuthn Level 3, 7.1.26). An entry is reserved before the user's record is
//! written and believed only if that record names it back; one that nobody confirmed is free after a while.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use super::Clients;
use super::caller::{Caller, Kind};
use postern_core::engine::{Answer, InternalError, TRIES};
use postern_core::factor::Unreadable;
use postern_core::factor::security_key::{AppId, KIND, State};
use postern_core::figures;
use postern_core::model::{Client, Holder, Refusal, Timestamp};
use postern_core::port::{Expect, Key, SideEffects};

/// How long an entry is kept for a record that is about to be written.
const RESERVED: Duration = Duration::from_mins(10);

#[derive(Serialize, Deserialize)]
struct Entry {
    /// Where its user stands.
    slot: String,
    reserved_at: Timestamp,
}

/// A credential id counts for one relying party, or for one U2F application.
pub(super) struct Credential<'a> {
    pub id: &'a [u8],
    pub party: &'a str,
}

impl<'a> Credential<'a> {
    pub fn of(key: &'a State) -> Self {
        Self { id: &key.credential_id, party: key.app_id.as_ref().map_or(&key.rp_id, AppId::as_str) }
    }
}

/// What entries of a client are called.
pub(super) fn name(client: &Client) -> String {
    format!("credential/{}", client.id)
}

fn place(caller: &Caller, credential: &Credential<'_>) -> Key {
    let text = format!("{} {}", BASE64URL_NOPAD.encode(credential.id), credential.party);
    Key::new(caller.own.index.name("credential", &text), name(&caller.client))
}

/// The security keys of a user.
pub(super) fn keys_of(holder: &Holder) -> Result<Vec<State>, Unreadable> {
    holder.factors.iter().filter(|factor| factor.kind == KIND).map(|factor| State::read(&factor.state)).collect()
}

impl Clients {
    /// Keeps an entry for a user whose record is about to name it.
    pub(super) async fn reserve(
        &self,
        caller: &Caller,
        user: &Key,
        credential: &Credential<'_>,
        now: Timestamp,
    ) -> Answer<()> {
        if let Some(source) = &caller.source
            && let Some((entry, _)) = source.own.records.load::<Entry>(&place(source, credential), now).await?
            && self.is_named(source, &entry, credential, now).await?
        {
            return Err(Refusal::AlreadyEnrolled.into());
        }
        let place = place(caller, credential);
        for _ in 0..TRIES {
            let expect = match caller.own.records.load::<Entry>(&place, now).await? {
                None => Expect::Absent,
                Some((entry, revision)) if entry.slot == user.slot() => Expect::Revision(revision),
                Some((entry, revision)) => {
                    if now < entry.reserved_at + RESERVED || self.is_named(caller, &entry, credential, now).await? {
                        return Err(Refusal::AlreadyEnrolled.into());
                    }
                    Expect::Revision(revision)
                }
            };
            let entry = Entry { slot: user.slot().to_owned(), reserved_at: now };
            if caller.own.records.write(&place, expect, &entry, None, SideEffects::default(), now).await?.is_some() {
                return Ok(());
            }
        }
        Err(InternalError::Contended.into())
    }

    async fn is_named(
        &self,
        caller: &Caller,
        entry: &Entry,
        credential: &Credential<'_>,
        now: Timestamp,
    ) -> Result<bool, InternalError> {
        let user = Key::new(&entry.slot, Kind::Keys.name(&caller.client));
        let Some((holder, _)) = caller.own.records.load::<Holder>(&user, now).await? else { return Ok(false) };
        let same = |key: &State| {
            let other = Credential::of(key);
            other.id == credential.id && other.party == credential.party
        };
        Ok(keys_of(&holder)?.iter().any(same))
    }

    /// Gives up what a user had and has no more. Where that fails the entry is believed no longer, and is free after a
    /// while.
    pub(super) async fn release(&self, caller: &Caller, user: &Key, credential: &Credential<'_>, now: Timestamp) {
        figures::follow_up("release of a credential", self.try_release(caller, user, credential, now).await);
    }

    async fn try_release(
        &self,
        caller: &Caller,
        user: &Key,
        credential: &Credential<'_>,
        now: Timestamp,
    ) -> Result<(), InternalError> {
        let place = place(caller, credential);
        if let Some((entry, revision)) = caller.own.records.load::<Entry>(&place, now).await?
            && entry.slot == user.slot()
        {
            self.portal.outside.store.delete(&place, Expect::Revision(revision), now).await?;
        }
        Ok(())
    }

    /// Enters a user that moves from one client to another, and strikes it where it was.
    pub(super) async fn move_entry(
        &self,
        (from, to): (&Caller, &Caller),
        user: &Key,
        credential: &Credential<'_>,
        now: Timestamp,
    ) -> Result<(), InternalError> {
        let entry = Entry { slot: user.slot().to_owned(), reserved_at: now };
        let reached = place(to, credential);
        to.own.records.write(&reached, Expect::Anything, &entry, None, SideEffects::default(), now).await?;
        self.portal.outside.store.delete(&place(from, credential), Expect::Anything, now).await?;
        Ok(())
    }
}
