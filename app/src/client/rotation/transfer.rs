//! How a user's record goes from one client to another: it is marked where it is, so that nothing changes there any
//! more, then copied, then deleted where it was. It may be broken off anywhere, and several may do it at once.

use futures::stream::{self, StreamExt as _};

use super::super::caller::{Caller, Kind};
use super::super::credential::{Credential, keys_of};
use super::super::subject::Subject;
use super::super::{Clients, Counter};
use super::{AT_ONCE, PATIENCE};
use postern_core::engine::{self, Answer, InternalError, TRIES, UseCaseError, VerificationContext as _};
use postern_core::factor::{security_key, totp};
use postern_core::model::{self, FactorKind, Holder, Moved, Refusal, SubjectId, Timestamp};
use postern_core::port::{Expect, Key, Revision, SideEffects};
use postern_core::rules::limits;
use postern_core::rules::throttle::Policy;

/// Counts failures without a wait after any of them.
const NO_WAITS: Policy = Policy { free_attempts: u32::MAX, ..limits::SUBJECT };

/// Attempts that are counted anew for a record that moved; the wait after so many is the longest.
const MOST_COUNTED: u32 = 60;

/// One way of a rotation's records.
pub(super) struct Leg<'a> {
    pub from: &'a Caller,
    pub to: &'a Caller,
    /// From a disabled target back to the source of the rotation.
    pub back: bool,
}

/// A record that nothing changes any more.
struct Marked {
    holder: Holder,
    subject: model::Subject,
    revision: Revision,
}

impl Kind {
    /// The one kind of factor of its users.
    const fn factor(self) -> FactorKind {
        match self {
            Self::Totp => totp::KIND,
            Self::Keys => security_key::KIND,
        }
    }

    const fn counter(self) -> Counter {
        match self {
            Self::Totp => Counter::Totp,
            Self::Keys => Counter::Keys,
        }
    }
}

impl Clients {
    /// How many were moved, and how many are left: because time was up, or because the store failed them.
    pub(super) async fn move_kind(&self, leg: &Leg<'_>, kind: Kind, began: Timestamp) -> Answer<(u64, u64)> {
        let name = kind.name(&leg.from.client);
        let slots = self.portal.outside.store.slots(&name, began).await?;
        let moves = slots.into_iter().map(|slot| {
            let place = Key::new(slot, &name);
            async move {
                if began.secs_until(self.now()) >= PATIENCE {
                    return false;
                }
                let moved = self.move_one(leg, kind, place).await;
                if let Err(UseCaseError::InternalError(fault)) = &moved {
                    tracing::warn!(client = %leg.from.client.id, %fault, "client rotation: a record was not moved");
                }
                moved.is_ok()
            }
        });
        let moved: Vec<bool> = stream::iter(moves).buffer_unordered(AT_ONCE).collect().await;
        let done = moved.iter().filter(|is_done| **is_done).count() as u64;
        Ok((done, moved.len() as u64 - done))
    }

    /// Moves a user who still stands under the client from which the caller's rotation comes.
    pub(in crate::client) async fn claim(&self, caller: &Caller, kind: Kind, id: &SubjectId) -> Answer<()> {
        let Some(source) = &caller.source else { return Ok(()) };
        let leg = Leg { from: source, to: caller, back: false };
        match self.move_one(&leg, kind, source.subject(kind, id)).await {
            // Given up since the caller was let in: it was disabled.
            Err(UseCaseError::Refused(Refusal::RotatedElsewhere)) => Err(Refusal::NoClient.into()),
            moved => moved,
        }
    }

    async fn move_one(&self, leg: &Leg<'_>, kind: Kind, place: Key) -> Answer<()> {
        let (now, store) = (self.now(), &self.portal.outside.store);
        let left = Subject { portal: &self.portal, caller: leg.from, place };
        let Some(Marked { holder, subject, revision }) = self.mark(&left, now).await? else { return Ok(()) };
        // A rotation that was given up meanwhile takes its marks off; one that is set after that stops here.
        if !self.is_under_way(leg, now).await? {
            return Err(Refusal::RotatedElsewhere.into());
        }
        let reached = Subject { portal: &self.portal, caller: leg.to, place: leg.to.subject(kind, &subject.id) };
        let copy = Holder { subject: Some(model::Subject { moved: None, ..subject }), ..holder };
        // One that is there already was copied by a call that was broken off, and may have changed since. Of a target
        // that is given up it is what was left behind when it went there.
        let expect = match (leg.back, store.load(&reached.place, now).await?) {
            (true, Some(stored)) => Expect::Revision(stored.revision),
            (false, Some(_)) => Expect::Absent,
            (_, None) => {
                self.carry_attempts(&left.place, &reached.place, &kind.factor(), now).await?;
                Expect::Absent
            }
        };
        let written = engine::write_holder(&reached, &copy, expect, SideEffects::default(), now).await?;
        if leg.back && written.is_none() {
            return Err(InternalError::Contended.into());
        }
        for key in keys_of(&copy)? {
            self.move_entry((leg.from, leg.to), &reached.place, &Credential::of(&key), now).await?;
        }
        let is_confirmed = copy.factors.iter().any(|factor| factor.confirmed_at.is_some());
        if written.is_some() && is_confirmed && !leg.back {
            self.count_usage(&leg.to.place, kind.counter(), 1).await?;
        }
        let is_deleted = store.delete(&left.place, Expect::Revision(revision), now).await?;
        // Another call may have been faster; or the rotation was given up, and it stays.
        if !is_deleted && store.load(&left.place, now).await?.is_some() {
            return Err(InternalError::Contended.into());
        }
        store.reset_attempts(&engine::tries(&left.place, &kind.factor())).await?;
        Ok(())
    }

    /// From now on nothing changes at the old place. Nothing, if there is nobody any more.
    async fn mark(&self, left: &Subject<'_>, now: Timestamp) -> Answer<Option<Marked>> {
        for _ in 0..TRIES {
            let Some((mut holder, revision)) = left.records().load::<Holder>(&left.place, now).await? else {
                return Ok(None);
            };
            let Some(subject) = holder.subject.clone() else { return Ok(None) };
            match &subject.moved {
                Some(Moved::Removed) => return Ok(None),
                Some(Moved::Away) => return Ok(Some(Marked { holder, subject, revision })),
                Some(Moved::From { .. }) | None => {}
            }
            holder.subject = Some(model::Subject { moved: Some(Moved::Away), ..subject.clone() });
            let expect = Expect::Revision(revision);
            if let Some(revision) = engine::write_holder(left, &holder, expect, SideEffects::default(), now).await? {
                return Ok(Some(Marked { holder, subject, revision }));
            }
        }
        Err(InternalError::Contended.into())
    }

    /// Takes the marks off what waits for its copy: a call that is about to delete one finds it changed.
    pub(super) async fn unmark_all(&self, source: &Caller, kind: Kind, now: Timestamp) -> Answer<()> {
        let name = kind.name(&source.client);
        for slot in self.portal.outside.store.slots(&name, now).await? {
            let waiting = Subject { portal: &self.portal, caller: source, place: Key::new(slot, &name) };
            self.unmark(&waiting, now).await?;
        }
        Ok(())
    }

    async fn unmark(&self, waiting: &Subject<'_>, now: Timestamp) -> Answer<()> {
        for _ in 0..TRIES {
            let found = waiting.records().load::<Holder>(&waiting.place, now).await?;
            let Some((mut holder, revision)) = found else { return Ok(()) };
            let Some(subject) = holder.subject.as_mut().filter(|subject| subject.moved == Some(Moved::Away)) else {
                return Ok(());
            };
            subject.moved = None;
            let expect = Expect::Revision(revision);
            if engine::write_holder(waiting, &holder, expect, SideEffects::default(), now).await?.is_some() {
                return Ok(());
            }
        }
        Err(InternalError::Contended.into())
    }

    /// What was counted of a user goes along, so that a rotation buys nobody new tries.
    async fn carry_attempts(
        &self,
        from: &Key,
        to: &Key,
        factor: &FactorKind,
        now: Timestamp,
    ) -> Result<(), InternalError> {
        let store = &self.portal.outside.store;
        let count = engine::tries(to, factor);
        let failures = store.standing(&engine::tries(from, factor), now).await?.failures.min(MOST_COUNTED);
        let counted = if failures > 0 { store.standing(&count, now).await?.failures } else { 0 };
        for failure in counted + 1..=failures {
            let policy = if failure == failures { limits::SUBJECT } else { NO_WAITS };
            store.attempt(&count, &policy, to, now).await?;
        }
        Ok(())
    }
}
