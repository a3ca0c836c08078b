//! Rotation: a client's records go to another key and secret, one after the other, each sealed anew. It may be broken off
//! anywhere and called again. A record is first marked at its old place, so that nothing changes there any more, then
//! copied, then deleted: at no moment is it in neither place, and a copy that its client deleted meanwhile does not come
//! back.

use futures::stream::{self, StreamExt as _};
use serde::{Deserialize, Serialize};

use super::caller::{Caller, Kind, Verified};
use super::credential::{self, Credential, keys_of};
use super::subject::Subject;
use super::{Clients, usage};
use crate::engine::{self, Answer, Door as _, Fault, TRIES};
use crate::factor::{security_key, totp};
use crate::model::{self, Client, Holder, Moved, Network, Refusal, Rotated, Timestamp};
use crate::port::{Also, Expect, Key};

/// Records on their way at once.
const AT_ONCE: usize = 32;

/// How long one call works, in seconds; what is left then is for the next.
const PATIENCE: u64 = 50;

/// What one call moved, and what it left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotation {
    pub totp_complete: u64,
    pub totp_incomplete: u64,
    pub keys_complete: u64,
    pub keys_incomplete: u64,
}

/// A client's key and secret, as somebody sent them.
#[derive(Clone, Copy)]
pub struct Pair<'a> {
    pub key: &'a str,
    pub secret: &'a str,
}

impl Clients {
    /// Moves every record of the old pair's client to the new pair's. From the first call on the old pair is good for
    /// nothing else.
    pub async fn rotate(&self, network: Network, old: Pair<'_>, new: Pair<'_>) -> Answer<Rotation> {
        let now = self.now();
        let from = self.verify(network, old.key, old.secret, now).await?;
        let to = self.verify(network, new.key, new.secret, now).await?;
        let (from, to) = match (from, to) {
            (Some(Verified { caller: from, .. }), Some(Verified { caller: to, .. })) => (from, to),
            (None, _) => return self.refuse(network, old.key, Refusal::NoClient).await,
            (_, None) => return self.refuse(network, new.key, Refusal::NoClient).await,
        };
        if from.client.id == to.client.id || to.client.rotated.is_some() {
            return Err(Refusal::RotatedElsewhere.into());
        }
        self.begin_rotation(&from, &to, now).await?;
        if from.client.rotated.as_ref().is_some_and(|rotated| rotated.done_at.is_some()) {
            // Nothing came after it: nobody else is let in by the old pair.
            return Ok(Rotation::default());
        }
        let rotation = self.move_all(&from, &to, now).await?;
        if (rotation.totp_incomplete, rotation.keys_incomplete) == (0, 0) {
            self.end_rotation(&from, now).await?;
        }
        let (from, to) = (from.client.id, to.client.id);
        tracing::info!(target: "postern::auth", client = %from, %to, result = "rotated", ?rotation, %network, "client");
        Ok(rotation)
    }

    async fn begin_rotation(&self, from: &Caller, to: &Caller, now: Timestamp) -> Answer<()> {
        let to = to.client.id;
        let begin = |client: &mut Client| match &client.rotated {
            Some(rotated) if rotated.to != to => Err(Refusal::RotatedElsewhere),
            Some(_) => Ok(()),
            None => {
                client.rotated = Some(Rotated { to, begun_at: now, done_at: None });
                Ok(())
            }
        };
        self.change(&from.place, begin, now).await
    }

    /// All of them are gone, and whatever else was sealed under the old secret.
    async fn end_rotation(&self, from: &Caller, now: Timestamp) -> Answer<()> {
        let store = &self.portal.outside.store;
        let name = credential::name(&from.client);
        for slot in store.slots(&name, now).await? {
            store.delete(&Key::new(slot, &name), Expect::Anything, now).await?;
        }
        store.delete(&usage(&from.place), Expect::Anything, now).await?;
        let end = |client: &mut Client| {
            if let Some(rotated) = &mut client.rotated {
                rotated.done_at.get_or_insert(now);
            }
            Ok(())
        };
        self.change(&from.place, end, now).await
    }

    async fn move_all(&self, from: &Caller, to: &Caller, began: Timestamp) -> Answer<Rotation> {
        let mut rotation = Rotation::default();
        for kind in Kind::ALL {
            let (complete, incomplete) = self.move_kind(from, to, kind, began).await?;
            match kind {
                Kind::Totp => (rotation.totp_complete, rotation.totp_incomplete) = (complete, incomplete),
                Kind::Keys => (rotation.keys_complete, rotation.keys_incomplete) = (complete, incomplete),
            }
        }
        Ok(rotation)
    }

    /// How many were moved, and how many are left: because time was up, or because the store failed them.
    async fn move_kind(&self, from: &Caller, to: &Caller, kind: Kind, began: Timestamp) -> Answer<(u64, u64)> {
        let name = kind.name(&from.client);
        let slots = self.portal.outside.store.slots(&name, began).await?;
        let moves = slots.into_iter().map(|slot| {
            let place = Key::new(slot, &name);
            async move {
                if began.secs_until(self.now()) >= PATIENCE {
                    return Moving::Left;
                }
                match self.move_one((from, to), kind, place).await {
                    Ok(is_confirmed) => Moving::Done { is_confirmed },
                    Err(no) => {
                        tracing::warn!(?no, client = %from.client.id, "a record was not moved");
                        Moving::Left
                    }
                }
            }
        });
        let moved: Vec<Moving> = stream::iter(moves).buffer_unordered(AT_ONCE).collect().await;
        let count = |wanted: fn(&Moving) -> bool| moved.iter().filter(|moving| wanted(moving)).count() as u64;
        let confirmed = count(|moving| matches!(moving, Moving::Done { is_confirmed: true }));
        self.note(&to.place, |usage| match kind {
            Kind::Totp => usage.totp += confirmed,
            Kind::Keys => usage.keys += confirmed,
        })
        .await?;
        Ok((count(|moving| matches!(moving, Moving::Done { .. })), count(|moving| matches!(moving, Moving::Left))))
    }

    /// Tells whether something confirmed was moved by this.
    async fn move_one(&self, (from, to): (&Caller, &Caller), kind: Kind, place: Key) -> Answer<bool> {
        let (now, store) = (self.now(), &self.portal.outside.store);
        let left = Subject { portal: &self.portal, caller: from, place };
        let Some((holder, subject)) = self.mark(&left, now).await? else { return Ok(false) };
        let reached = Subject { portal: &self.portal, caller: to, place: to.subject(kind, &subject.id) };
        let (slot, name) = (left.place.slot().to_owned(), left.place.name().to_owned());
        let subject = model::Subject { moved: Some(Moved::From { slot, name }), ..subject };
        let copy = Holder { subject: Some(subject), ..holder };
        // One that is there already was copied by a call that was broken off.
        let written = engine::write_holder(&reached, &copy, Expect::Absent, Also::default(), now).await?;
        for key in keys_of(&copy)? {
            self.move_entry((from, to), &reached.place, &Credential::of(&key), now).await?;
        }
        store.delete(&left.place, Expect::Anything, now).await?;
        for factor in [totp::KIND, security_key::KIND] {
            store.forgive(&engine::tries(&left.place, &factor)).await?;
        }
        Ok(written.is_some() && copy.factors.iter().any(|factor| factor.confirmed_at.is_some()))
    }

    /// From now on nothing changes at the old place. Nothing, if there is nothing any more.
    async fn mark(&self, left: &Subject<'_>, now: Timestamp) -> Answer<Option<(Holder, model::Subject)>> {
        for _ in 0..TRIES {
            let Some((mut holder, revision)) = left.records().load::<Holder>(&left.place, now).await? else {
                return Ok(None);
            };
            let Some(subject) = holder.subject.clone() else { return Ok(None) };
            match &subject.moved {
                Some(Moved::Away) => return Ok(Some((holder, subject))),
                // What an earlier rotation may have left behind.
                Some(Moved::From { slot, name }) => {
                    self.portal.outside.store.delete(&Key::new(slot, name), Expect::Anything, now).await?;
                }
                None => {}
            }
            holder.subject = Some(model::Subject { moved: Some(Moved::Away), ..subject.clone() });
            let expect = Expect::Revision(revision);
            if engine::write_holder(left, &holder, expect, Also::default(), now).await?.is_some() {
                return Ok(Some((holder, subject)));
            }
        }
        Err(Fault::Contended.into())
    }
}

/// What became of one record.
enum Moving {
    Done { is_confirmed: bool },
    Left,
}
