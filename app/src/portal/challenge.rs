//! The one factor engine: count first, load, judge, and burn the answer in one conditional write. Every door uses it.

use std::time::Duration;

use super::account::{Act, Told};
use super::factors::TRIES;
use super::visit::{admitted, holder_key, level};
use super::{Answer, Fault, Portal};
use crate::factor::{Factor, Submission, Unreadable, Verdict};
use crate::model::{
    FactorId, FactorKind, FactorRecord, Holder, HolderId, NextTry, Proof, Refusal, SessionEntry, Timestamp, Visit, What,
};
use crate::port::{Also, Expect, Key, Stored};
use crate::rules::level::Level;
use crate::rules::limits;
use crate::rules::throttle::{Attempt, Policy, Standing};

/// What passing a factor brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passed {
    pub factor: FactorId,
    /// This answer confirmed the enrolment (and is burned by it).
    pub confirmed_now: bool,
    pub level: Level,
    /// The level rose: the session needs a new id.
    pub rose: bool,
}

/// The count of tries at a holder's factor. By kind, so that enrolling anew does not buy new tries.
pub(super) fn tries(holder: HolderId, kind: &FactorKind) -> Key {
    Key::new(holder, format_args!("tries/{kind}"))
}

/// Who asks, and the account's session that a right answer opens, if it opens one.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    /// As it is; or, where a session is to be opened, as it will be.
    pub visit: &'a Visit,
    pub opens: Option<&'a SessionEntry>,
}

impl<'a> From<&'a Visit> for Asking<'a> {
    fn from(visit: &'a Visit) -> Self {
        Self { visit, opens: None }
    }
}

impl Asking<'_> {
    /// Whether the holder has anything to do with who asks.
    fn check(self, holder: &Holder, now: Timestamp) -> Result<(), Refusal> {
        match self.opens {
            None => admitted(self.visit, Some(holder), now),
            Some(entry) if holder.account.is_some() && proves_what_is_there(entry, holder) => Ok(()),
            Some(_) => Err(Refusal::NoSignIn),
        }
    }

    /// An enrolment under way is for its own session to confirm, not for somebody at the door.
    fn may_answer(self, record: &FactorRecord, now: Timestamp) -> bool {
        !record.has_lapsed(now) && (self.opens.is_none() || record.confirmed_at.is_some())
    }
}

impl Portal {
    /// Counts a try at a factor, then judges what was submitted.
    pub(super) async fn answer(
        &self,
        asking: Asking<'_>,
        kind: &FactorKind,
        submission: &Submission<'_>,
    ) -> Answer<Passed> {
        let now = self.outside.clock.now();
        let outcome = match self.count_try(asking.visit, kind, now).await {
            Ok(counted) => self.judge(asking, kind, submission, counted, now).await,
            Err(no) => Err(no),
        };
        super::logged(asking.visit, kind, "passed", outcome)
    }

    /// Judges what was submitted, after its try was counted.
    pub(super) async fn judge(
        &self,
        asking: Asking<'_>,
        kind: &FactorKind,
        submission: &Submission<'_>,
        counted: Counted,
        now: Timestamp,
    ) -> Answer<Passed> {
        let (visit, factor) = (asking.visit, self.factors.of(kind).ok_or(Refusal::NotEnrolled)?);
        let Counted { next, mut stored } = counted;
        while let Some(found) = stored {
            match self.judge_and_burn(asking, factor, found, submission, next, now).await? {
                Judged::Passed(passed, told) => {
                    self.tell(told, now).await;
                    return Ok(passed);
                }
                Judged::NothingThere => break,
                Judged::Conflict => {
                    stored = self.outside.store.load(&holder_key(visit.session.holder), now).await?;
                }
            }
        }
        // There was nothing to guess at.
        self.outside.store.forgive(&tries(visit.session.holder, kind)).await?;
        Err(Refusal::NotEnrolled.into())
    }

    /// Counts a try before anything is judged, and loads the holder with it. A factor that is shut opens again once
    /// another one was passed since.
    pub(super) async fn count_try(&self, visit: &Visit, kind: &FactorKind, now: Timestamp) -> Answer<Counted> {
        let (count, holder) = (tries(visit.session.holder, kind), holder_key(visit.session.holder));
        let policy = policy(visit, now);
        for _ in 0..TRIES {
            match self.outside.store.attempt(&count, &policy, &holder, now).await? {
                (Attempt::Go(failures), stored) => {
                    return Ok(Counted { next: next_try(&policy, failures, now), stored });
                }
                (Attempt::Wait(until), _) => return Err(Refusal::Throttled { until }.into()),
                (Attempt::Blocked, _) if self.reopen(visit, kind, now).await? => {}
                (Attempt::Blocked, _) => return Err(Refusal::Blocked.into()),
            }
        }
        Err(Fault::Contended.into())
    }

    /// Opens a factor that is shut if its owner passed another since; tells whether to try again. The count is forgiven
    /// by a conditional write of the very record whose proofs were read *before* the count was: so one proof opens it
    /// once, however many find it shut at the same time.
    async fn reopen(&self, visit: &Visit, kind: &FactorKind, now: Timestamp) -> Answer<bool> {
        let Some((holder, revision)) = self.holder_of(visit.session.holder, now).await? else { return Ok(false) };
        let count = tries(visit.session.holder, kind);
        let standing = self.outside.store.standing(&count, now).await?;
        if standing.failures < limits::FACTOR.blocked_at {
            return Ok(true);
        }
        if !passed_another_since(&holder, kind, standing) {
            return Ok(false);
        }
        let also = Also { reset: Some(count), event: None };
        self.write_holder(visit, &holder, Expect::Revision(revision), also, now).await?;
        Ok(true)
    }

    async fn judge_and_burn(
        &self,
        asking: Asking<'_>,
        factor: &dyn Factor,
        stored: Stored,
        submission: &Submission<'_>,
        next: NextTry,
        now: Timestamp,
    ) -> Answer<Judged> {
        let Asking { visit, opens } = asking;
        let (mut holder, revision) = self.records.open_stored::<Holder>(&holder_key(visit.session.holder), &stored)?;
        asking.check(&holder, now)?;
        let before = level(&holder, visit.session.handle);
        let may_add = self.may(Act::AddFactor, visit, &holder, now);
        let Some(record) = meant(&mut holder, factor, asking, submission, now)? else {
            return Ok(Judged::NothingThere);
        };
        let state = match factor.judge(&record.state, submission, now)? {
            Verdict::Right { state } => {
                if record.confirmed_at.is_none() {
                    may_add?;
                }
                state
            }
            Verdict::Replayed { fresh_at } => return Err(Refusal::Replayed { fresh_at, next }.into()),
            Verdict::Cloned => {
                let (id, name) = (record.id, record.name.clone());
                let event = self.event(visit, What::Cloned, &factor.kind(), now)?;
                self.outside.store.append(event, now).await?;
                self.tell(self.news(&holder, visit, What::Cloned, &name, now)?, now).await;
                return Err(Refusal::Cloned { factor: id }.into());
            }
            Verdict::Wrong => {
                let hint =
                    record.confirmed_at.is_none().then(|| factor.diagnose(&record.state, submission, now)).flatten();
                return Err(Refusal::Wrong { next, hint }.into());
            }
        };
        let (id, confirmed_now) = accept(record, state, now);
        let name = record.name.clone();
        let what = match opens {
            Some(_) => What::SignedIn,
            None if confirmed_now => What::Enrolled,
            None => What::Passed,
        };
        let mut told = match opens {
            Some(entry) => self.admit_session(&mut holder, visit, entry, now)?,
            None => Told::new(),
        };
        holder.prove(visit.session.handle, Proof { factor: id, grade: factor.grade(), at: now });
        told.extend(self.news_of_passing(&holder, visit, what, id, &name, now)?);
        let level = level(&holder, visit.session.handle);
        let also = Also {
            reset: Some(tries(visit.session.holder, &factor.kind())),
            event: Some(self.event(visit, what, &factor.kind(), now)?),
        };
        let written = self.write_holder(visit, &holder, Expect::Revision(revision), also, now).await?;
        Ok(written.map_or(Judged::Conflict, |_| {
            Judged::Passed(Passed { factor: id, confirmed_now, level, rose: level > before }, told)
        }))
    }

    /// The holder as it was loaded when a try was counted.
    pub(super) fn counted_holder(&self, visit: &Visit, counted: &Counted) -> Result<Option<Holder>, Fault> {
        let Some(stored) = &counted.stored else { return Ok(None) };
        Ok(Some(self.records.open_stored(&holder_key(visit.session.holder), stored)?.0))
    }

    /// When the next try at a factor may come, without counting one.
    pub(super) async fn next_try(&self, id: HolderId, kind: &FactorKind, now: Timestamp) -> Result<NextTry, Fault> {
        let standing = self.outside.store.standing(&tries(id, kind), now).await?;
        Ok(if standing.failures >= limits::FACTOR.blocked_at {
            let holder = self.holder_of(id, now).await?.map(|(holder, _)| holder).unwrap_or_default();
            let opens = passed_another_since(&holder, kind, standing);
            if opens { NextTry::Left(limits::FACTOR.free) } else { NextTry::Never }
        } else if now < standing.not_before {
            NextTry::At(standing.not_before)
        } else {
            NextTry::Left(limits::FACTOR.free.saturating_sub(standing.failures).max(1))
        })
    }
}

/// A try that was counted: when the next may come if it is wrong, and the holder as it was loaded along with it.
pub(super) struct Counted {
    next: NextTry,
    stored: Option<Stored>,
}

enum Judged {
    /// With what its owner is told by mail.
    Passed(Passed, Told),
    NothingThere,
    Conflict,
}

/// The factor that a submission is meant for, among those that may be answered.
fn meant<'h>(
    holder: &'h mut Holder,
    factor: &dyn Factor,
    asking: Asking<'_>,
    submission: &Submission<'_>,
    now: Timestamp,
) -> Result<Option<&'h mut FactorRecord>, Unreadable> {
    let of_kind = holder.factors.iter_mut().filter(|record| record.kind == factor.kind());
    for record in of_kind.filter(|record| asking.may_answer(record, now)) {
        if factor.is_for(&record.state, submission)? {
            return Ok(Some(record));
        }
    }
    Ok(None)
}

/// Whether all that a session was proved by is still the holder's: it may have given its address up meanwhile.
fn proves_what_is_there(entry: &SessionEntry, holder: &Holder) -> bool {
    entry.proofs.iter().all(|proof| holder.factor(proof.factor).is_some())
}

/// Whether this holder passed a factor of another kind after the last wrong answer to this one.
fn passed_another_since(holder: &Holder, kind: &FactorKind, standing: Standing) -> bool {
    let last_failure = standing.not_before - limits::FACTOR.wait_after(standing.failures);
    let other = |proof: &Proof| holder.factor(proof.factor).is_some_and(|factor| factor.kind != *kind);
    let mut proofs = holder.sessions.iter().flat_map(|session| &session.proofs);
    proofs.any(|proof| proof.at > last_failure && other(proof))
}

/// A visitor's counts are forgotten with the visitor.
fn policy(visit: &Visit, now: Timestamp) -> Policy {
    if visit.is_signed_in() {
        return limits::FACTOR;
    }
    let memory = now.until(visit.session.ends_at).max(Duration::from_secs(1));
    Policy { memory: memory.min(limits::FACTOR.memory), ..limits::FACTOR }
}

/// What follows failure number `failures`.
fn next_try(policy: &Policy, failures: u32, now: Timestamp) -> NextTry {
    if failures >= policy.blocked_at {
        return NextTry::Never;
    }
    match policy.wait_after(failures) {
        Duration::ZERO => NextTry::Left(policy.free - failures),
        wait => NextTry::At(now + wait),
    }
}

/// Burns the answer into the record. Tells the factor's id and whether this confirmed it.
fn accept(record: &mut FactorRecord, state: crate::model::FactorState, now: Timestamp) -> (FactorId, bool) {
    let confirmed_now = record.confirmed_at.is_none();
    record.confirmed_at.get_or_insert(now);
    record.last_used_at = Some(now);
    record.state = state;
    (record.id, confirmed_now)
}
