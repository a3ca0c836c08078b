//! A user of a client: a holder like any other, behind a door of its own, and the index of credentials.

use std::time::Duration;

use async_trait::async_trait;

use super::Clients;
use super::caller::{Caller, Kind};
use crate::portal::Portal;
use postern_core::engine::{self, Answer, Committed, InternalError, Records, TRIES, VerificationContext, Verified};
use postern_core::factor::Factors;
use postern_core::figures;
use postern_core::model::{self, FactorKind, FactorRecord, Holder, Moved, Refusal, SubjectId, Timestamp};
use postern_core::port::{Expect, Key, Revision, SideEffects};
use postern_core::rules::limits;
use postern_core::rules::throttle::Policy;

/// How long the place of a user stays taken who was removed during a rotation; no call works as long.
const REMOVED_STAYS: Duration = Duration::from_mins(10);

/// Somebody at the factors of a client's user.
pub(super) struct Subject<'a> {
    pub portal: &'a Portal,
    pub caller: &'a Caller,
    pub place: Key,
}

#[async_trait]
impl VerificationContext for Subject<'_> {
    type Before = ();
    type Passed = Verified;

    fn records(&self) -> &Records {
        &self.caller.own.records
    }

    fn factors(&self) -> &Factors {
        &self.portal.factors
    }

    fn place(&self) -> &Key {
        &self.place
    }

    fn policy(&self, _now: Timestamp) -> Policy {
        limits::SUBJECT
    }

    fn ends(&self, holder: &Holder, now: Timestamp) -> Option<Timestamp> {
        ends(holder, now)
    }

    fn has_lapsed(&self, record: &FactorRecord, now: Timestamp) -> bool {
        record.confirmed_at.is_none() && now >= record.added_at + limits::SUBJECT_ENROLMENT_LASTS
    }

    fn admit(&self, holder: &Holder, _now: Timestamp) -> Result<(), Refusal> {
        stays(holder)
    }

    fn accept(&self, _: &mut Holder, (): (), verified: &Verified, _: Timestamp) -> Answer<Committed<Verified>> {
        Ok(Committed { passed: verified.clone(), event: None })
    }
}

/// A subject with nothing confirmed is gone after a while.
fn ends(holder: &Holder, now: Timestamp) -> Option<Timestamp> {
    let confirmed = holder.factors.iter().any(|factor| factor.confirmed_at.is_some());
    (!confirmed).then_some(now + limits::SUBJECT_ENROLMENT_LASTS)
}

/// A record that goes to another client's place is the old one's no more.
fn stays(holder: &Holder) -> Result<(), Refusal> {
    match holder.moved() {
        Some(Moved::Away) => Err(Refusal::NoClient),
        Some(Moved::Removed) => Err(Refusal::NotEnrolled),
        Some(Moved::From { .. }) | None => Ok(()),
    }
}

impl Clients {
    /// A user who is there, or may be: moved here first, if a rotation has left it where it was.
    pub(super) async fn subject<'a>(&'a self, caller: &'a Caller, kind: Kind, id: &SubjectId) -> Answer<Subject<'a>> {
        self.claim(caller, kind, id).await?;
        Ok(self.new_subject(caller, kind, id))
    }

    /// A user whose id was just drawn.
    pub(super) fn new_subject<'a>(&'a self, caller: &'a Caller, kind: Kind, id: &SubjectId) -> Subject<'a> {
        Subject { portal: &self.portal, caller, place: caller.subject(kind, id) }
    }

    /// A user of a client as it stands. What is not there and what is another's look the same.
    pub(super) async fn find(&self, subject: &Subject<'_>, now: Timestamp) -> Answer<(Holder, Revision)> {
        let found = subject.records().load::<Holder>(&subject.place, now).await?;
        let (holder, revision) = found.ok_or(Refusal::NotEnrolled)?;
        stays(&holder)?;
        Ok((holder, revision))
    }

    /// A new user, for as long as an enrolment waits; for good once something is confirmed. A rotation that began since
    /// its caller was let in may have listed the users already: then it is not there, and the caller is let in no more.
    pub(super) async fn add(&self, subject: &Subject<'_>, holder: &Holder, now: Timestamp) -> Answer<()> {
        let written = engine::write_holder(subject, holder, Expect::Absent, SideEffects::default(), now).await?;
        // 122 random bits were drawn before.
        written.ok_or(InternalError::Contended)?;
        match self.load(&subject.caller.place, now).await? {
            Some((client, _)) if client.rotated.is_none() && client.disabled_at.is_none() => Ok(()),
            _ => {
                self.portal.outside.store.delete(&subject.place, Expect::Anything, now).await?;
                Err(Refusal::NoClient.into())
            }
        }
    }

    /// Loads, changes and writes back, until nobody else came between.
    pub(super) async fn change_subject<T>(
        &self,
        subject: &Subject<'_>,
        mut change: impl FnMut(&mut Holder, Timestamp) -> Answer<T>,
    ) -> Answer<T> {
        let now = self.now();
        for _ in 0..TRIES {
            let (mut holder, revision) = self.find(subject, now).await?;
            let done = change(&mut holder, now)?;
            let effects = SideEffects::default();
            if engine::write_holder(subject, &holder, Expect::Revision(revision), effects, now).await?.is_some() {
                return Ok(done);
            }
        }
        Err(InternalError::Contended.into())
    }

    /// Takes a user out, with what was counted of it. Answers what it had. While a rotation is unfinished its place stays
    /// taken for a while: another call may be about to copy the user there.
    pub(super) async fn remove(&self, subject: &Subject<'_>, kinds: &[FactorKind]) -> Answer<Holder> {
        let (now, store) = (self.now(), &self.portal.outside.store);
        for _ in 0..TRIES {
            let (holder, revision) = self.find(subject, now).await?;
            let expect = Expect::Revision(revision);
            let is_gone = match (&subject.caller.source, &holder.subject) {
                (Some(_), Some(left)) => {
                    let left = model::Subject { moved: Some(Moved::Removed), ..left.clone() };
                    let removed = Holder { subject: Some(left), ..Holder::default() };
                    let (ends, effects) = (Some(now + REMOVED_STAYS), SideEffects::default());
                    subject.records().write(&subject.place, expect, &removed, ends, effects, now).await?.is_some()
                }
                _ => store.delete(&subject.place, expect, now).await?,
            };
            if is_gone {
                for kind in kinds {
                    let forgiven = store.reset_attempts(&engine::tries(&subject.place, kind)).await;
                    figures::follow_up("count of a removed user", forgiven);
                }
                return Ok(holder);
            }
        }
        Err(InternalError::Contended.into())
    }
}
