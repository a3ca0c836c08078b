//! A user of a client: a holder like any other, behind a door of its own, and the index of credentials.

use async_trait::async_trait;

use super::Clients;
use super::caller::{Caller, Kind};
use crate::engine::{self, Accepted, Answer, Brought, Door, Fault, Records, TRIES};
use crate::factor::Factors;
use crate::model::{FactorKind, Holder, Moved, Refusal, SubjectId, Timestamp};
use crate::port::{Also, Expect, Key, Revision};
use crate::portal::Portal;
use crate::rules::limits;
use crate::rules::throttle::Policy;

/// Somebody at the factors of a client's user.
pub(super) struct Subject<'a> {
    pub portal: &'a Portal,
    pub caller: &'a Caller,
    pub place: Key,
}

#[async_trait]
impl Door for Subject<'_> {
    type Before = ();
    type Passed = Accepted;

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
        limits::FACTOR
    }

    fn ends(&self, holder: &Holder, now: Timestamp) -> Option<Timestamp> {
        ends(holder, now)
    }

    fn admit(&self, holder: &Holder, _now: Timestamp) -> Result<(), Refusal> {
        stays(holder)
    }

    fn accept(&self, _: &mut Holder, (): (), accepted: &Accepted, _: Timestamp) -> Answer<Brought<Accepted>> {
        Ok(Brought { passed: accepted.clone(), event: None })
    }
}

/// A subject with nothing confirmed is gone after a while.
fn ends(holder: &Holder, now: Timestamp) -> Option<Timestamp> {
    let confirmed = holder.factors.iter().any(|factor| factor.confirmed_at.is_some());
    (!confirmed).then_some(now + limits::ENROLMENT_LASTS)
}

/// A record that goes to another client's place is the old one's no more.
fn stays(holder: &Holder) -> Result<(), Refusal> {
    if holder.moved() == Some(&Moved::Away) { Err(Refusal::NoClient) } else { Ok(()) }
}

impl Clients {
    pub(super) fn subject<'a>(&'a self, caller: &'a Caller, kind: Kind, id: &SubjectId) -> Subject<'a> {
        Subject { portal: &self.portal, caller, place: caller.subject(kind, id) }
    }

    /// A user of a client as it stands. What is not there and what is another's look the same.
    pub(super) async fn find(&self, subject: &Subject<'_>, now: Timestamp) -> Answer<(Holder, Revision)> {
        let found = subject.records().load::<Holder>(&subject.place, now).await?;
        let (holder, revision) = found.ok_or(Refusal::NotEnrolled)?;
        stays(&holder)?;
        Ok((holder, revision))
    }

    /// A new user, for as long as an enrolment waits; for good once something is confirmed.
    pub(super) async fn add(&self, subject: &Subject<'_>, holder: &Holder, now: Timestamp) -> Answer<()> {
        let written = engine::write_holder(subject, holder, Expect::Absent, Also::default(), now).await?;
        // 122 random bits were drawn before.
        written.map(drop).ok_or_else(|| Fault::Contended.into())
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
            let also = Also::default();
            if engine::write_holder(subject, &holder, Expect::Revision(revision), also, now).await?.is_some() {
                return Ok(done);
            }
        }
        Err(Fault::Contended.into())
    }

    /// Takes a user out, wherever a rotation left it, with what was counted of it. Answers what it had.
    pub(super) async fn remove(&self, subject: &Subject<'_>, kinds: &[FactorKind]) -> Answer<Holder> {
        let (now, store) = (self.now(), &self.portal.outside.store);
        for _ in 0..TRIES {
            let (holder, revision) = self.find(subject, now).await?;
            if let Some(Moved::From { slot, name }) = holder.moved() {
                store.delete(&Key::new(slot, name), Expect::Anything, now).await?;
            }
            if store.delete(&subject.place, Expect::Revision(revision), now).await? {
                for kind in kinds {
                    store.forgive(&engine::tries(&subject.place, kind)).await?;
                }
                return Ok(holder);
            }
        }
        Err(Fault::Contended.into())
    }
}
