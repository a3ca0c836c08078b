//! Recovery codes: making a set, and passing one of it.

use std::sync::Arc;
use std::time::Duration;

use super::super::challenge::VerificationRequest;
use super::super::{Answer, Passed, Portal, VisitState};
use super::{Act, Notifications, frozen};
use postern_core::factor::recovery_codes::{KIND, NextSet, RecoveryCode, State, draw};
use postern_core::factor::{self, Submission};
use postern_core::model::{EventKind, FactorId, FactorRecord, Refusal, Secret, Timestamp, Visit};
use postern_core::port::{Count, Key, SideEffects, Window, WorkOrder, WorkPriority};
use postern_core::rules::limits;
use postern_core::seal::stretch;

/// New sets that one account may have made. Each takes ten times the work of verifying a code.
const RENEWALS: Window = Window { limit: 10, span: Duration::from_hours(1) };

/// A set of codes, to be shown once.
#[derive(Debug)]
pub struct RecoveryCodes {
    pub codes: Vec<Secret<String>>,
    pub made_at: Timestamp,
    /// Names the set to [`Portal::keep_recovery_codes`]: until then the codes before it are the good ones. A first set
    /// waits for nothing.
    pub waits: Option<FactorId>,
}

impl Portal {
    /// Makes a new set. Where there is one already, that one stays good until the owner has saved the new one. Only what
    /// stands beside a second factor needs a way around it.
    pub async fn renew_recovery_codes(&self, visit: &Visit) -> Answer<RecoveryCodes> {
        let look = self.load_visit_state(visit).await?;
        look.account().ok_or(Refusal::NoSession)?;
        // Before the work is done.
        self.may(Act::ChangeFactors, visit, look.holder(), look.now)?;
        if !look.has_second_factor() {
            return Err(Refusal::SecondFactorNeeded.into());
        }
        self.count_renewal(visit, look.now).await?;
        let (entropy, now) = (Arc::clone(&self.outside.entropy), look.now);
        let work = move || {
            let drawn = draw(|bytes| entropy.fill(bytes));
            let codes = drawn.codes().map(RecoveryCode::grouped).collect();
            drawn.state(stretch, now).map(|state| (codes, state))
        };
        let (codes, state): (Vec<_>, State) =
            self.outside.heavy.answer(work_of(visit, WorkPriority::Creation), work).await??;
        let fresh: FactorId = self.outside.entropy.id();
        let waits = self.change_and_tell(visit, |holder, now| {
            self.may(Act::ChangeFactors, visit, holder, now)?;
            if !factor::has_second(holder) {
                return Err(Refusal::SecondFactorNeeded.into());
            }
            if let Some(record) = holder.only_mut(&KIND) {
                let mut present = State::read(&record.state)?;
                let next = NextSet { id: fresh, shown_to: visit.session.handle, set: state.clone() };
                present.next = Some(Box::new(next));
                record.state = present.write();
                return Ok((Some(fresh), SideEffects::default(), Notifications::new()));
            }
            holder.factors.push(record(fresh, &state, now));
            let event = Some(self.event(visit, EventKind::CodesRenewed, &KIND, now)?);
            Ok((None, SideEffects::event(event), self.news(holder, visit, EventKind::CodesRenewed, "", now)?))
        });
        let waits = waits.await?;
        super::super::log(visit, &KIND, if waits.is_some() { "drawn" } else { "renewed" });
        Ok(RecoveryCodes { codes, made_at: now, waits })
    }

    /// The owner has saved new codes, in the session that they were shown to: the ones before them are dead.
    pub async fn keep_recovery_codes(&self, visit: &Visit, set: FactorId) -> Answer<()> {
        self.change_and_tell(visit, |holder, now| {
            if let Some(frozen) = frozen(holder, now) {
                return Err(frozen.into());
            }
            let record = holder.only_mut(&KIND).ok_or(Refusal::NotConfirmed)?;
            let next = State::read(&record.state)?.next.filter(|next| {
                let is_meant = next.id == set && next.shown_to == visit.session.handle;
                is_meant && now < next.set.made_at + limits::CODES_WAIT
            });
            let next = next.ok_or(Refusal::NotConfirmed)?;
            // Under the id it had, so that a session that was opened by an old code goes on.
            (record.state, record.last_used_at, record.confirmed_at) = (next.set.write(), None, Some(now));
            let event = Some(self.event(visit, EventKind::CodesRenewed, &KIND, now)?);
            Ok(((), SideEffects::event(event), self.news(holder, visit, EventKind::CodesRenewed, "", now)?))
        })
        .await?;
        super::super::log(visit, &KIND, "renewed");
        Ok(())
    }

    async fn count_renewal(&self, visit: &Visit, now: Timestamp) -> Answer<()> {
        let count = Key::new(visit.session.holder, "recovery-renewals");
        match self.outside.store.count(&count, &RENEWALS, now).await? {
            Count::Within(_) => Ok(()),
            Count::Over(until) => Err(Refusal::TooManyRenewals { until }.into()),
        }
    }

    /// How many codes are left, and of how many; nothing if there is no set.
    pub fn recovery_codes_left(&self, look: &VisitState) -> Answer<Option<(usize, usize)>> {
        let state = look.only(&KIND).map(|record| State::read(&record.state)).transpose()?;
        Ok(state.map(|state| (state.remaining(), state.entries.len())))
    }

    /// Passes a code: counts the try, stretches what was typed with the salt of the one it names, judges and burns.
    pub(super) async fn pass_recovery(&self, request: VerificationRequest<'_>, typed: &RecoveryCode) -> Answer<Passed> {
        let outcome = self.try_recovery(request, typed).await;
        super::super::logged(request.visit, &KIND, "passed", outcome)
    }

    async fn try_recovery(&self, request: VerificationRequest<'_>, typed: &RecoveryCode) -> Answer<Passed> {
        let now = self.outside.clock.now();
        // Before the attempt is counted: a full queue is no failure of whoever typed the code.
        let slot = self.outside.heavy.reserve(work_of(request.visit, WorkPriority::Verification))?;
        let counted = self.count_try(request, &KIND, now).await?;
        let stretching = async {
            let holder = self.counted_holder(request, &counted)?;
            let record = holder.as_ref().and_then(|holder| holder.only(&KIND));
            let Some(state) = record.map(|record| State::read(&record.state)).transpose()? else { return Ok(None) };
            let unstretched = state.unstretched(typed);
            Ok(Some(slot.answer(move || unstretched.stretched(stretch)).await??))
        };
        let stretched = self.before_judging(request, &KIND, &counted, stretching.await, now).await?;
        let Some(stretched) = stretched else {
            return self.nothing_there(request, &KIND).await;
        };
        self.judge(request, &KIND, &Submission::Recovery(&stretched), counted, now).await
    }
}

/// Heavy work for the holder of a visit's session.
fn work_of(visit: &Visit, priority: WorkPriority) -> WorkOrder {
    WorkOrder::new(priority, visit.network).of(format!("holder {}", visit.session.holder))
}

fn record(id: FactorId, state: &State, now: Timestamp) -> FactorRecord {
    FactorRecord {
        id,
        kind: KIND,
        name: "Recovery codes".to_owned(),
        added_at: now,
        confirmed_at: Some(now),
        last_used_at: None,
        state: state.write(),
    }
}
