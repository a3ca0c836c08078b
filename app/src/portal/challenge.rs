//! The portal's own door to the engine: visitors, accounts' sessions, and sign-ins that open one.

use std::time::Duration;

use async_trait::async_trait;

use super::account::{Act, Notifications};
use super::visit::{admitted, holder_key, level};
use super::{Answer, InternalError, Portal, UseCaseError};
use postern_core::engine::{self, Committed, CountedAttempt, Records, VerificationContext, Verified};
use postern_core::factor::{Factors, Notice, Submission};
use postern_core::figures;
use postern_core::model::{
    DeviceId, EventKind, FactorId, FactorKind, FactorRecord, Holder, HolderId, NextTry, Proof, Refusal, SessionEntry,
    Timestamp, Visit,
};
use postern_core::port::{Expect, Key, SideEffects};
use postern_core::rules::level::Level;
use postern_core::rules::limits;
use postern_core::rules::throttle::{Policy, ThrottleState};

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

/// The count of tries at a holder's factor.
pub(super) fn tries(holder: HolderId, kind: &FactorKind) -> Key {
    engine::tries(&holder_key(holder), kind)
}

/// A session of an account that is about to be opened.
pub struct Opening {
    pub entry: SessionEntry,
    /// The account's when its mail was passed; the session is not opened under a later one.
    pub epoch: u64,
    /// By which the account will know the browser.
    pub device: DeviceId,
}

impl Opening {
    /// Whether it may still be opened: all that it was proved by is there, and nobody ended the sign-ins under way.
    pub fn is_good(&self, holder: &Holder) -> bool {
        let epoch = holder.account.as_ref().map(|account| account.sign_in_epoch);
        epoch == Some(self.epoch) && self.entry.proofs.iter().all(|proof| holder.factor(proof.factor).is_some())
    }
}

/// Who asks, and the account's session that a right answer opens, if it opens one.
#[derive(Clone, Copy)]
pub struct VerificationRequest<'a> {
    /// As it is; or, where a session is to be opened, as it will be.
    pub visit: &'a Visit,
    pub opens: Option<&'a Opening>,
}

impl<'a> From<&'a Visit> for VerificationRequest<'a> {
    fn from(visit: &'a Visit) -> Self {
        Self { visit, opens: None }
    }
}

impl VerificationRequest<'_> {
    /// Whether the holder has anything to do with who asks.
    fn check(self, holder: &Holder, now: Timestamp) -> Result<(), Refusal> {
        match self.opens {
            None => admitted(self.visit, Some(holder), now),
            Some(opening) if opening.is_good(holder) => Ok(()),
            Some(_) => Err(Refusal::NoSignIn),
        }
    }
}

impl Portal {
    fn verification<'a>(&'a self, request: VerificationRequest<'a>) -> PortalVerification<'a> {
        PortalVerification { portal: self, request, place: holder_key(request.visit.session.holder) }
    }

    /// Counts a try at a factor, then judges what was submitted.
    pub(super) async fn answer(
        &self,
        request: VerificationRequest<'_>,
        kind: &FactorKind,
        submission: &Submission<'_>,
    ) -> Answer<Passed> {
        let now = self.outside.clock.now();
        let outcome = match self.count_try(request, kind, now).await {
            Ok(counted) => self.judge(request, kind, submission, counted, now).await,
            Err(no) => Err(no),
        };
        super::logged(request.visit, kind, "passed", outcome)
    }

    /// Counts a try before anything is judged, and loads the holder with it.
    pub(super) async fn count_try(
        &self,
        request: VerificationRequest<'_>,
        kind: &FactorKind,
        now: Timestamp,
    ) -> Answer<CountedAttempt> {
        engine::count(&self.verification(request), kind, now).await
    }

    /// The holder as it was loaded when a try was counted.
    pub(super) fn counted_holder(
        &self,
        request: VerificationRequest<'_>,
        counted: &CountedAttempt,
    ) -> Result<Option<Holder>, InternalError> {
        counted.holder(&self.verification(request))
    }

    /// Takes a counted try back that a fault of ours kept from being judged.
    pub(super) async fn before_judging<T>(
        &self,
        request: VerificationRequest<'_>,
        kind: &FactorKind,
        counted: &CountedAttempt,
        outcome: Answer<T>,
        now: Timestamp,
    ) -> Answer<T> {
        engine::before_judging(&self.verification(request), kind, counted, outcome, now).await
    }

    /// Judges what was submitted, after its try was counted; then tells the owner what is worth telling.
    pub(super) async fn judge(
        &self,
        request: VerificationRequest<'_>,
        kind: &FactorKind,
        submission: &Submission<'_>,
        counted: CountedAttempt,
        now: Timestamp,
    ) -> Answer<Passed> {
        match engine::judge(&self.verification(request), kind, submission, counted, now).await {
            Ok((passed, notifications)) => {
                self.notify(notifications, now).await;
                Ok(passed)
            }
            Err(no) => {
                self.warn_of_guesses(request, kind, &no, now).await;
                Err(no)
            }
        }
    }

    /// Tells an owner of the wrong answer with which the waits begin, and of the one that locks the factor. Whoever gave
    /// it had passed the code by mail.
    async fn warn_of_guesses(
        &self,
        request: VerificationRequest<'_>,
        kind: &FactorKind,
        no: &UseCaseError,
        now: Timestamp,
    ) {
        let what = match no {
            UseCaseError::Refused(Refusal::Wrong { next: NextTry::At(until), .. })
                if now.until(*until) == limits::FACTOR.first_wait =>
            {
                EventKind::WrongAnswers
            }
            UseCaseError::Refused(Refusal::Wrong { next: NextTry::Never, .. }) => EventKind::FactorLocked,
            _ => return,
        };
        // The answer is the same whether the letter can be written or not.
        figures::follow_up("warning of guesses", self.tell_of_guesses(request.visit, kind, what, now).await);
    }

    async fn tell_of_guesses(
        &self,
        visit: &Visit,
        kind: &FactorKind,
        what: EventKind,
        now: Timestamp,
    ) -> Result<(), InternalError> {
        let Some((holder, _)) = self.holder_of(visit.session.holder, now).await? else { return Ok(()) };
        if holder.account.is_none() {
            return Ok(());
        }
        let name = holder.only(kind).map(|record| record.name.clone()).unwrap_or_default();
        self.outside.store.append(self.event(visit, what, kind, now)?, now).await?;
        self.notify(self.news(&holder, visit, what, &name, now)?, now).await;
        super::log(visit, kind, if what == EventKind::FactorLocked { "locked" } else { "five wrong answers" });
        Ok(())
    }

    pub(super) async fn nothing_there<T>(&self, request: VerificationRequest<'_>, kind: &FactorKind) -> Answer<T> {
        engine::nothing_there(&self.verification(request), kind).await
    }

    /// When the next try at a factor may come, without counting one.
    pub(super) async fn next_try(
        &self,
        id: HolderId,
        kind: &FactorKind,
        now: Timestamp,
    ) -> Result<NextTry, InternalError> {
        let standing = limits::FACTOR.bounded(self.outside.store.standing(&tries(id, kind), now).await?, now);
        Ok(if standing.failures >= limits::FACTOR.blocked_at {
            let holder = self.holder_of(id, now).await?.map(|(holder, _)| holder).unwrap_or_default();
            let opens = passed_another_since(&holder, kind, standing);
            if opens { NextTry::Left(limits::FACTOR.free_attempts) } else { NextTry::Never }
        } else if now < standing.not_before {
            NextTry::At(standing.not_before)
        } else {
            NextTry::Left(limits::FACTOR.free_attempts.saturating_sub(standing.failures).max(1))
        })
    }
}

/// Who asks, at the holder's own door.
struct PortalVerification<'a> {
    portal: &'a Portal,
    request: VerificationRequest<'a>,
    place: Key,
}

#[async_trait]
impl VerificationContext for PortalVerification<'_> {
    type Before = Level;
    /// With what the owner is told by mail.
    type Passed = (Passed, Notifications);

    fn records(&self) -> &Records {
        &self.portal.records
    }

    fn factors(&self) -> &Factors {
        &self.portal.factors
    }

    fn place(&self) -> &Key {
        &self.place
    }

    fn policy(&self, now: Timestamp) -> Policy {
        policy(self.request.visit, now)
    }

    fn ends(&self, holder: &Holder, now: Timestamp) -> Option<Timestamp> {
        self.portal.ends(self.request.visit, holder, now)
    }

    /// Opens a factor if its owner passed another since. The count is forgiven by a conditional write of the very record
    /// whose proofs were read *before* the count was: so one proof opens it once, however many find it shut at the same
    /// time.
    async fn reopen(&self, kind: &FactorKind, now: Timestamp) -> Answer<bool> {
        let Some((holder, revision)) = self.records().load::<Holder>(&self.place, now).await? else { return Ok(false) };
        let count = engine::tries(&self.place, kind);
        let standing = limits::FACTOR.bounded(self.records().store.standing(&count, now).await?, now);
        if standing.failures < limits::FACTOR.blocked_at {
            return Ok(true);
        }
        if !passed_another_since(&holder, kind, standing) {
            return Ok(false);
        }
        let effects = SideEffects { reset: Some(count), ..SideEffects::default() };
        engine::write_holder(self, &holder, Expect::Revision(revision), effects, now).await?;
        Ok(true)
    }

    fn admit(&self, holder: &Holder, now: Timestamp) -> Result<Level, Refusal> {
        self.request.check(holder, now)?;
        Ok(level(holder, self.request.visit.session.handle))
    }

    /// An enrolment under way is for its own session to confirm, not for somebody at the door.
    fn may_answer(&self, record: &FactorRecord) -> bool {
        self.request.opens.is_none() || record.confirmed_at.is_some()
    }

    fn may_confirm(&self, holder: &Holder, now: Timestamp) -> Result<(), Refusal> {
        self.portal.may(Act::AddFactor, self.request.visit, holder, now)
    }

    async fn cloned(&self, holder: &Holder, kind: &FactorKind, name: &str, now: Timestamp) -> Answer<()> {
        let Self { portal, request: VerificationRequest { visit, .. }, .. } = self;
        portal.outside.store.append(portal.event(visit, EventKind::Cloned, kind, now)?, now).await?;
        portal.notify(portal.news(holder, visit, EventKind::Cloned, name, now)?, now).await;
        Ok(())
    }

    /// The answer stands, whatever becomes of the letter.
    async fn noticed(
        &self,
        holder: &Holder,
        verified: &Verified,
        notice: Notice,
        now: Timestamp,
    ) -> Result<(), InternalError> {
        let Self { portal, request: VerificationRequest { visit, .. }, .. } = self;
        let Verified { kind, name, .. } = verified;
        let what = match notice {
            Notice::BecameSynced => EventKind::BecameSynced,
            Notice::CountNotRisen => EventKind::CountNotRisen,
        };
        super::log(visit, kind, notice.as_str());
        portal.outside.store.append(portal.event(visit, what, kind, now)?, now).await?;
        if what == EventKind::BecameSynced {
            portal.notify(portal.news(holder, visit, what, name, now)?, now).await;
        }
        Ok(())
    }

    fn accept(
        &self,
        holder: &mut Holder,
        before: Level,
        verified: &Verified,
        now: Timestamp,
    ) -> Answer<Committed<(Passed, Notifications)>> {
        let Self { portal, request: VerificationRequest { visit, opens }, .. } = self;
        let Verified { id, name, kind, grade, confirmed_now } = verified;
        let what = match opens {
            Some(_) => EventKind::SignedIn,
            None if *confirmed_now => EventKind::Enrolled,
            None => EventKind::Passed,
        };
        let mut notifications = match opens {
            Some(opening) => portal.admit_session(holder, visit, opening, now)?,
            None => Notifications::new(),
        };
        holder.prove(visit.session.handle, Proof { factor: *id, grade: *grade, at: now });
        notifications.extend(portal.news_of_passing(holder, visit, what, *id, name, now)?);
        let level = level(holder, visit.session.handle);
        let passed = Passed { factor: *id, confirmed_now: *confirmed_now, level, rose: level > before };
        Ok(Committed { passed: (passed, notifications), event: Some(portal.event(visit, what, kind, now)?) })
    }
}

/// Whether this holder passed a factor of another kind after the last wrong answer to this one.
fn passed_another_since(holder: &Holder, kind: &FactorKind, standing: ThrottleState) -> bool {
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
