//! Rotation: a client's records go to another key and secret, one after the other, each sealed anew. It may be broken off
//! anywhere and called again. `protocol` decides on the records of the two clients who may begin, resume, give up and
//! finish; `transfer` moves a user's record so that it is at no moment in neither place.

mod protocol;
mod transfer;

use serde::{Deserialize, Serialize};

use self::protocol::Begun;
use super::caller::{Caller, Kind, VerifiedCaller};
use super::{Clients, credential};
use postern_core::engine::{Answer, InternalError, TRIES};
use postern_core::model::{Network, Refusal, Timestamp};
use postern_core::port::{Expect, Key};

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

impl Rotation {
    const fn is_complete(&self) -> bool {
        self.totp_incomplete == 0 && self.keys_incomplete == 0
    }
}

/// A client's key and secret, as somebody sent them.
#[derive(Clone, Copy)]
pub struct Pair<'a> {
    pub key: &'a str,
    pub secret: &'a str,
}

impl Clients {
    /// Moves every record of the old pair's client to the new pair's. From the first call on the old pair is good for
    /// nothing else, and users who have not moved yet answer under the new pair too.
    pub async fn rotate(&self, network: Network, old: Pair<'_>, new: Pair<'_>) -> Answer<Rotation> {
        let now = self.now();
        let from = self.verify_even_disabled(network, old.key, old.secret, now).await?;
        let to = self.verify(network, new.key, new.secret, now).await?;
        let (from, to) = match (from, to) {
            (None, _) => return self.refuse(network, old.key, Refusal::NoClient).await,
            (_, None) => return self.refuse(network, new.key, Refusal::NoClient).await,
            (Some(VerifiedCaller { caller: from, .. }), Some(VerifiedCaller { caller: to, .. })) => (from, to),
        };
        if from.client.disabled_at.is_some() && !from.client.is_rotating_to(to.client.id) {
            return self.refuse(network, old.key, Refusal::NoClient).await;
        }
        if from.client.id == to.client.id {
            return Err(Refusal::RotatedElsewhere.into());
        }
        let rotation = self.move_to(&from, &to, now).await?;
        let (from, to) = (from.client.id, to.client.id);
        tracing::info!(target: "postern::auth", client = %from, %to, result = "rotated", ?rotation, %network, "client");
        Ok(rotation)
    }

    async fn move_to(&self, from: &Caller, to: &Caller, began: Timestamp) -> Answer<Rotation> {
        let mut taken_back = None;
        for _ in 0..TRIES {
            match self.begin_rotation(from, to, taken_back, began).await? {
                // Nothing came after it: nobody else is let in by the old pair.
                Begun::Done => return Ok(Rotation::default()),
                Begun::Moving => {
                    let rotation = self.move_all(from, to, began).await?;
                    if rotation.is_complete() {
                        self.end_rotation(from, to, began).await?;
                    }
                    return Ok(rotation);
                }
                Begun::TargetDisabled => {
                    let (target, rotation) = self.take_back(from, began).await?;
                    if !rotation.is_complete() {
                        return Ok(rotation);
                    }
                    taken_back = Some(target);
                }
            }
        }
        Err(InternalError::Contended.into())
    }

    /// All of them are gone; so goes whatever else was sealed under the old secret.
    async fn end_rotation(&self, from: &Caller, to: &Caller, now: Timestamp) -> Answer<()> {
        let store = &self.portal.outside.store;
        let name = credential::name(&from.client);
        for slot in store.slots(&name, now).await? {
            store.delete(&Key::new(slot, &name), Expect::Anything, now).await?;
        }
        self.forget_usage(&from.place, now).await?;
        self.finish_rotation(from, to, now).await
    }

    /// Moves all records of the source to the target.
    async fn move_all(&self, from: &Caller, to: &Caller, began: Timestamp) -> Answer<Rotation> {
        let leg = transfer::Leg { from, to, back: false };
        let (totp_complete, totp_incomplete) = self.move_kind(&leg, Kind::Totp, began).await?;
        let (keys_complete, keys_incomplete) = self.move_kind(&leg, Kind::Keys, began).await?;
        Ok(Rotation { totp_complete, totp_incomplete, keys_complete, keys_incomplete })
    }
}
