//! The one factor engine: count first, load, judge, and burn the answer in one conditional write. Every door uses it;
//! what doors differ in is a [`VerificationContext`].

pub mod ceremony;
mod context;
mod outcome;
mod records;

use crate::factor::{Factor, Submission, Unreadable, Verdict};
use crate::figures;
use crate::model::{FactorId, FactorKind, FactorRecord, FactorState, Holder, NextTry, Refusal, Timestamp};
use crate::port::{Expect, Key, Revision, SideEffects, Store, Stored};
use crate::rules::throttle::{Attempt, Policy};

pub use context::{Committed, VerificationContext, Verified};
pub use outcome::{Answer, InternalError, UseCaseError};
pub use records::Records;

/// A record that changes under this many tries in a row is not contended by people.
pub const TRIES: u32 = 100;

/// How often more a failed attempt is tried to be taken back.
const TAKE_BACK_TRIES: u32 = 2;

/// The count of tries at a factor of the holder that stands at `holder`. By kind, so that enrolling anew does not buy
/// new tries.
pub fn tries(holder: &Key, kind: &FactorKind) -> Key {
    Key::new(holder.slot(), format_args!("tries/{kind}"))
}

/// A try that was counted: which one it is since the last success, when the next may come if it is wrong, and the holder
/// as it was loaded along with it.
pub struct CountedAttempt {
    attempt: u32,
    next: NextTry,
    stored: Option<Stored>,
}

impl CountedAttempt {
    pub fn holder(&self, context: &impl VerificationContext) -> Result<Option<Holder>, InternalError> {
        let Some(stored) = &self.stored else { return Ok(None) };
        Ok(Some(context.records().open_stored(context.place(), stored)?.0))
    }
}

/// Counts a try at a factor, then judges what was submitted.
pub async fn answer<D: VerificationContext>(
    context: &D,
    kind: &FactorKind,
    submission: &Submission<'_>,
    now: Timestamp,
) -> Answer<D::Passed> {
    let counted = count(context, kind, now).await?;
    judge(context, kind, submission, counted, now).await
}

/// Counts a try before anything is judged, and loads the holder with it.
pub async fn count(context: &impl VerificationContext, kind: &FactorKind, now: Timestamp) -> Answer<CountedAttempt> {
    let (count, policy) = (tries(context.place(), kind), context.policy(now));
    for _ in 0..TRIES {
        match context.records().store.attempt(&count, &policy, context.place(), now).await? {
            (Attempt::Go(attempt), stored) => {
                return Ok(CountedAttempt { attempt, next: next_try(&policy, attempt, now), stored });
            }
            (Attempt::Wait(until), _) => return Err(Refusal::Throttled { until }.into()),
            (Attempt::Blocked, _) if context.reopen(kind, now).await? => {}
            (Attempt::Blocked, _) => return Err(Refusal::Blocked.into()),
        }
    }
    Err(InternalError::Contended.into())
}

/// Judges what was submitted, after its try was counted. A try that a fault of ours kept from being judged, or a right
/// one that could not be written, is taken back. One that was judged and was not right stays counted, whatever fails
/// after that: else a guesser who can bring about faults would have as many guesses as he likes.
pub async fn judge<D: VerificationContext>(
    context: &D,
    kind: &FactorKind,
    submission: &Submission<'_>,
    counted: CountedAttempt,
    now: Timestamp,
) -> Answer<D::Passed> {
    let factor = context.factors().of(kind).ok_or(Refusal::NotEnrolled)?;
    let CountedAttempt { attempt, next, mut stored } = counted;
    let count = tries(context.place(), kind);
    let store = &*context.records().store;
    while let Some(found) = stored {
        let judged = judge_and_burn(context, factor, &found, submission, next, now).await;
        match unless_fault(store, &count, attempt, judged, now).await? {
            Judged::Passed(passed) => return Ok(passed),
            Judged::NothingThere => break,
            Judged::Cloned(name, id, holder) => {
                context.cloned(&holder, kind, &name, now).await?;
                return Err(Refusal::Cloned { factor: id }.into());
            }
            Judged::Conflict => {
                let found = store.load(context.place(), now).await.map_err(UseCaseError::from);
                stored = unless_fault(store, &count, attempt, found, now).await?;
            }
        }
    }
    nothing_there(context, kind).await
}

/// What became of a counted try before it was judged: where that is a fault of ours, the try is taken back.
pub async fn before_judging<T>(
    context: &impl VerificationContext,
    kind: &FactorKind,
    counted: &CountedAttempt,
    outcome: Answer<T>,
    now: Timestamp,
) -> Answer<T> {
    unless_fault(&*context.records().store, &tries(context.place(), kind), counted.attempt, outcome, now).await
}

/// Takes attempt number `attempt` of `count` back if `outcome` is a fault of ours. It has to be known by then that the
/// answer was not wrong.
pub async fn unless_fault<T>(
    store: &dyn Store,
    count: &Key,
    attempt: u32,
    outcome: Answer<T>,
    now: Timestamp,
) -> Answer<T> {
    if let Err(UseCaseError::InternalError(_)) = &outcome {
        let mut taken_back = store.take_back(count, attempt, now).await;
        // The embedded store opens its file again for the write that follows a failed one.
        for _ in 0..TAKE_BACK_TRIES {
            if taken_back.is_ok() {
                break;
            }
            taken_back = store.take_back(count, attempt, now).await;
        }
        if let Err(fault) = taken_back {
            tracing::warn!(%fault, "an attempt that ended in a fault stays counted");
        }
    }
    outcome
}

/// There was nothing to guess at, so nothing was guessed.
pub async fn nothing_there<T>(context: &impl VerificationContext, kind: &FactorKind) -> Answer<T> {
    context.records().store.reset_attempts(&tries(context.place(), kind)).await?;
    Err(Refusal::NotEnrolled.into())
}

enum Judged<P> {
    Passed(P),
    NothingThere,
    /// Right, but its count of signatures did not rise: the factor's name and id, and its holder.
    Cloned(String, FactorId, Box<Holder>),
    Conflict,
}

async fn judge_and_burn<D: VerificationContext>(
    context: &D,
    factor: &dyn Factor,
    stored: &Stored,
    submission: &Submission<'_>,
    next: NextTry,
    now: Timestamp,
) -> Answer<Judged<D::Passed>> {
    let (mut holder, revision) = context.records().open_stored::<Holder>(context.place(), stored)?;
    let before = context.admit(&holder, now)?;
    let may_confirm = context.may_confirm(&holder, now);
    let Some(record) = meant(&mut holder, factor, context, submission, now)? else { return Ok(Judged::NothingThere) };
    let (id, name) = (record.id, record.name.clone());
    let notice = factor.notice(&record.state, submission)?;
    let state = match factor.judge(&record.state, submission, now)? {
        Verdict::Right { state } => state,
        Verdict::Replayed { fresh_at } => return Err(Refusal::Replayed { fresh_at, next }.into()),
        Verdict::Cloned => return Ok(Judged::Cloned(name, id, Box::new(holder))),
        Verdict::Wrong => {
            let hint = record.confirmed_at.is_none().then(|| factor.diagnose(&record.state, submission, now)).flatten();
            return Err(Refusal::Wrong { next, hint }.into());
        }
    };
    let confirmed_now = record.confirmed_at.is_none();
    if confirmed_now {
        may_confirm?;
    }
    burn(record, state, now);
    let verified = Verified { id, name, kind: factor.kind(), grade: factor.grade(), confirmed_now };
    let Committed { passed, event } = context.accept(&mut holder, before, &verified, now)?;
    let effects = SideEffects { reset: Some(tries(context.place(), &factor.kind())), ..SideEffects::event(event) };
    if write_holder(context, &holder, Expect::Revision(revision), effects, now).await?.is_none() {
        return Ok(Judged::Conflict);
    }
    // The answer is burned and stands, whether or not this can be told.
    if let Some(notice) = notice {
        figures::follow_up("notice", context.noticed(&holder, &verified, notice, now).await);
    }
    Ok(Judged::Passed(passed))
}

/// Writes a holder that was loaded at `expect`; `None` on conflict.
pub async fn write_holder(
    context: &impl VerificationContext,
    holder: &Holder,
    expect: Expect,
    effects: SideEffects,
    now: Timestamp,
) -> Result<Option<Revision>, InternalError> {
    context.records().write(context.place(), expect, holder, context.ends(holder, now), effects, now).await
}

/// The factor that a submission is meant for, among those that may be answered.
fn meant<'h>(
    holder: &'h mut Holder,
    factor: &dyn Factor,
    context: &impl VerificationContext,
    submission: &Submission<'_>,
    now: Timestamp,
) -> Result<Option<&'h mut FactorRecord>, Unreadable> {
    let of_kind = holder.factors.iter_mut().filter(|record| record.kind == factor.kind());
    for record in of_kind.filter(|record| !context.has_lapsed(record, now) && context.may_answer(record)) {
        if factor.is_for(&record.state, submission)? {
            return Ok(Some(record));
        }
    }
    Ok(None)
}

/// Burns an answer into its record; a first one confirms it.
fn burn(record: &mut FactorRecord, state: FactorState, now: Timestamp) {
    record.confirmed_at.get_or_insert(now);
    record.last_used_at = Some(now);
    record.state = state;
}

/// What follows failure number `failures`.
fn next_try(policy: &Policy, failures: u32, now: Timestamp) -> NextTry {
    if failures >= policy.blocked_at {
        return NextTry::Never;
    }
    match policy.wait_after(failures) {
        std::time::Duration::ZERO => NextTry::Left(policy.free_attempts - failures),
        wait => NextTry::At(now + wait),
    }
}
