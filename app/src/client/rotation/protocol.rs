//! Who may rotate to whom. The records of two clients stand in two slots, so no write covers both; every step is one
//! conditional write, in an order from which any crash can be resumed:
//!
//! 1. the source is read;
//! 2. the target is marked as receiving from it, and takes the source's keys, sealed under its own secret;
//! 3. the source, as it was read in 1, is marked as going to the target. From here on the rotation is begun;
//! 4. the records move;
//! 5. the source is marked as done, then the target's mark is taken off.
//!
//! A target's mark counts only while its source says that it goes there and is not done. A mark whose source never came
//! to step 3 is overruled by writing the source's record once more: a slow step 3 then finds it changed and starts anew.
//! So of two opposed rotations one finds the other's mark, or its own record changed; and a target of an unfinished
//! rotation goes nowhere before its source is done or has given it up.

use super::super::Clients;
use super::super::caller::{Caller, ClientKeyMaterial, ClientKeys};
use super::Rotation;
use super::transfer::Leg;
use crate::client::caller::Kind;
use postern_core::engine::{Answer, InternalError, TRIES};
use postern_core::model::{Client, ClientId, IncomingRotation, Refusal, Rotated, RotationTarget, Timestamp};
use postern_core::port::{Expect, Key, Revision};

/// What a call may do next.
pub(super) enum Begun {
    Moving,
    Done,
    /// The source is on its way to a target that was disabled since: what is there has to come back first.
    TargetDisabled,
}

/// What a target's mark comes to.
enum Incoming {
    /// There is none, or its source is done, gone, or on its way elsewhere.
    Nothing,
    /// The source was never marked; it may be about to be.
    NotBegun {
        place: Key,
        source: Box<Client>,
        revision: Revision,
    },
    Unfinished {
        place: Key,
        source: Box<Client>,
    },
}

/// Where a client's keys are sealed that another client's record holds.
fn place_of_keys(holder: ClientId, of: ClientId) -> Key {
    Key::new(holder, format_args!("rotation/{of}"))
}

fn seal_keys(holder: &Caller, of: &Caller) -> Result<Vec<u8>, InternalError> {
    holder.own.records.seal(&place_of_keys(holder.client.id, of.client.id), &of.own.keys)
}

fn open_keys(holder: &Caller, of: ClientId, sealed: &[u8]) -> Result<ClientKeyMaterial, InternalError> {
    holder.own.records.open(&place_of_keys(holder.client.id, of), sealed)
}

impl Clients {
    /// Steps 1 to 3, or as far as they are still to go. `taken_back` is a disabled target from which everything came
    /// back.
    pub(super) async fn begin_rotation(
        &self,
        from: &Caller,
        to: &Caller,
        taken_back: Option<ClientId>,
        now: Timestamp,
    ) -> Answer<Begun> {
        for _ in 0..TRIES {
            let (mut source, revision) = self.load(&from.place, now).await?.ok_or(Refusal::NoClient)?;
            let (is_begun, leads_elsewhere) = match &source.rotated {
                None => (false, None),
                Some(rotated) if rotated.to == to.client.id && rotated.done_at.is_some() => {
                    self.forget_source(to, &source, now).await?;
                    return Ok(Begun::Done);
                }
                Some(rotated) if rotated.done_at.is_some() => return Err(Refusal::RotatedElsewhere.into()),
                // Of an earlier version, which kept no keys, if there is no target in it: marked anew.
                Some(rotated) if rotated.to == to.client.id => (rotated.target.is_some(), None),
                Some(rotated) if taken_back == Some(rotated.to) => (false, None),
                Some(rotated) => (false, Some(rotated.clone())),
            };
            if source.disabled_at.is_some() && !source.is_rotating_to(to.client.id) {
                return Err(Refusal::NoClient.into());
            }
            if !self.is_no_target(&source, now).await? {
                continue;
            }
            let (mut target, target_revision) = self.load(&to.place, now).await?.ok_or(Refusal::NoClient)?;
            if target.disabled_at.is_some() {
                return Err(Refusal::NoClient.into());
            }
            if target.rotated.is_some() {
                return Err(Refusal::RotatedElsewhere.into());
            }
            let is_marked = target.incoming.as_ref().is_some_and(|mark| mark.from == source.id);
            if !is_marked && !self.is_no_target(&target, now).await? {
                continue;
            }
            if let Some(rotated) = leads_elsewhere {
                let is_disabled = self.is_disabled_target(&rotated, now).await?;
                return if is_disabled { Ok(Begun::TargetDisabled) } else { Err(Refusal::RotatedElsewhere.into()) };
            }
            if is_begun && is_marked {
                return Ok(Begun::Moving);
            }
            // Written even if the mark is there, so that whoever is about to overrule it finds it changed.
            let keys = seal_keys(to, from)?;
            target.incoming = Some(IncomingRotation { from: source.id, key: source.key.clone(), keys });
            if !self.write(&to.place, &target, Expect::Revision(target_revision), now).await? {
                continue;
            }
            let target = RotationTarget { key: target.key, keys: seal_keys(from, to)?, given_up: false };
            source.rotated = Some(Rotated { to: to.client.id, begun_at: now, done_at: None, target: Some(target) });
            source.incoming = None;
            if self.write(&from.place, &source, Expect::Revision(revision), now).await? {
                return Ok(Begun::Moving);
            }
        }
        Err(InternalError::Contended.into())
    }

    /// Step 5.
    pub(super) async fn finish_rotation(&self, from: &Caller, to: &Caller, now: Timestamp) -> Answer<()> {
        let target = to.client.id;
        let finish = |client: &mut Client| match &mut client.rotated {
            Some(rotated) if rotated.to == target => {
                rotated.done_at.get_or_insert(now);
                rotated.target = None;
                Ok(())
            }
            _ => Err(Refusal::RotatedElsewhere),
        };
        self.change(&from.place, finish, now).await?;
        self.forget_source(to, &from.client, now).await
    }

    /// Takes a target's mark off: nothing more comes from there.
    async fn forget_source(&self, target: &Caller, source: &Client, now: Timestamp) -> Answer<()> {
        for _ in 0..TRIES {
            let Some((mut client, revision)) = self.load(&target.place, now).await? else { return Ok(()) };
            if client.incoming.take_if(|mark| mark.from == source.id).is_none() {
                return Ok(());
            }
            if self.write(&target.place, &client, Expect::Revision(revision), now).await? {
                return Ok(());
            }
        }
        Err(InternalError::Contended.into())
    }

    async fn incoming(&self, client: &Client, now: Timestamp) -> Result<Incoming, InternalError> {
        let Some(mark) = &client.incoming else { return Ok(Incoming::Nothing) };
        let place = self.place(&mark.key.to_string());
        let Some((source, revision)) = self.load(&place, now).await? else { return Ok(Incoming::Nothing) };
        let source = Box::new(source);
        Ok(if source.is_rotating_to(client.id) {
            Incoming::Unfinished { place, source }
        } else if source.rotated.is_none() {
            Incoming::NotBegun { place, source, revision }
        } else {
            Incoming::Nothing
        })
    }

    /// Refuses a client that an unfinished rotation goes to, and sees to it that one that was not begun never is. Tells
    /// whether it could; if not, look again.
    pub(in crate::client) async fn is_no_target(&self, client: &Client, now: Timestamp) -> Answer<bool> {
        match self.incoming(client, now).await? {
            Incoming::Nothing => Ok(true),
            Incoming::Unfinished { .. } => Err(Refusal::RotationUnfinished.into()),
            Incoming::NotBegun { place, source, revision } => {
                Ok(self.write(&place, &source, Expect::Revision(revision), now).await?)
            }
        }
    }

    /// The client whose records still come to the caller, with its keys. A mark that means nothing any more is taken
    /// off, so that no keys of the old secret stay behind.
    pub(in crate::client) async fn source_of(&self, caller: &Caller, now: Timestamp) -> Answer<Option<Box<Caller>>> {
        let Some(mark) = &caller.client.incoming else { return Ok(None) };
        match self.incoming(&caller.client, now).await? {
            Incoming::Unfinished { place, source } => {
                let keys = open_keys(caller, mark.from, &mark.keys)?;
                let own = ClientKeys::new(keys, &self.portal);
                Ok(Some(Box::new(Caller { client: *source, place, own, network: caller.network, source: None })))
            }
            Incoming::NotBegun { .. } => Ok(None),
            Incoming::Nothing => {
                let gone = |client: &mut Client| {
                    client.incoming.take_if(|left| left == mark);
                    Ok(())
                };
                self.change(&caller.place, gone, now).await?;
                Ok(None)
            }
        }
    }

    async fn is_disabled_target(&self, rotated: &Rotated, now: Timestamp) -> Result<bool, InternalError> {
        // One of an earlier version cannot be found.
        let Some(target) = &rotated.target else { return Ok(false) };
        let found = self.load(&self.place(&target.key.to_string()), now).await?;
        Ok(found.is_none_or(|(client, _)| client.disabled_at.is_some()))
    }

    /// Whether a record may still go the way of a leg.
    pub(super) async fn is_under_way(&self, leg: &Leg<'_>, now: Timestamp) -> Result<bool, InternalError> {
        let (rotating, target) = if leg.back { (leg.to, leg.from) } else { (leg.from, leg.to) };
        let found = self.load(&rotating.place, now).await?;
        Ok(found.is_some_and(|(client, _)| client.rotates(target.client.id, leg.back)))
    }

    /// Brings back what is under a target that was disabled: what had moved, and who came to it since. First the target is
    /// marked as given up, so that nothing more goes there; then no record that waits here for its copy may leave any
    /// more; then what is there comes back. Answers which target it was, and what is left there.
    pub(super) async fn take_back(&self, from: &Caller, began: Timestamp) -> Answer<(ClientId, Rotation)> {
        let give_up = |client: &mut Client| {
            let rotated = client.rotated.as_mut().filter(|rotated| rotated.done_at.is_none());
            let rotated = rotated.ok_or(Refusal::RotatedElsewhere)?;
            let target = rotated.target.as_mut().ok_or(Refusal::RotatedElsewhere)?;
            target.given_up = true;
            Ok((rotated.to, target.clone()))
        };
        let (id, target) = self.change(&from.place, give_up, began).await?;
        for kind in Kind::ALL {
            self.unmark_all(from, kind, began).await?;
        }
        let place = self.place(&target.key.to_string());
        let Some((client, _)) = self.load(&place, began).await? else { return Ok((id, Rotation::default())) };
        let own = ClientKeys::new(open_keys(from, id, &target.keys)?, &self.portal);
        let disabled = Caller { client, place, own, network: from.network, source: None };
        let leg = Leg { from: &disabled, to: from, back: true };
        let (_, totp_incomplete) = self.move_kind(&leg, Kind::Totp, began).await?;
        let (_, keys_incomplete) = self.move_kind(&leg, Kind::Keys, began).await?;
        let rotation = Rotation { totp_incomplete, keys_incomplete, ..Rotation::default() };
        if rotation.is_complete() {
            self.forget_usage(&disabled.place, began).await?;
        }
        Ok((id, rotation))
    }
}
