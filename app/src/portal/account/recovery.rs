//! Recovery codes: making a set, and passing one of it.

use std::sync::Arc;
use std::time::Duration;

use super::super::challenge::Asking;
use super::super::{Answer, Look, Passed, Portal};
use super::Act;
use crate::factor::recovery_codes::{KIND, RecoveryCode, State, draw};
use crate::factor::{self, Submission};
use crate::model::{FactorId, FactorRecord, Refusal, Secret, Timestamp, Visit, What};
use crate::port::{Also, Count, Key, Window, WorkOrder, WorkPriority};
use crate::seal::stretch;

/// New sets that one account may have made. Each takes ten times the work of verifying a code.
const RENEWALS: Window = Window { limit: 10, span: Duration::from_hours(1) };

/// A set of codes, to be shown once.
#[derive(Debug)]
pub struct RecoveryCodes {
    pub codes: Vec<Secret<String>>,
    pub made_at: Timestamp,
}

impl Portal {
    /// Makes a new set; the one before is dead. Only what stands beside a second factor needs a way around it.
    pub async fn renew_recovery_codes(&self, visit: &Visit) -> Answer<RecoveryCodes> {
        let look = self.look(visit).await?;
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
        self.change_and_tell(visit, |holder, now| {
            self.may(Act::ChangeFactors, visit, holder, now)?;
            if !factor::has_second(holder) {
                return Err(Refusal::SecondFactorNeeded.into());
            }
            match holder.only_mut(&KIND) {
                // Under the id it had, so that a session that was opened by an old code goes on.
                Some(record) => {
                    (record.state, record.last_used_at, record.confirmed_at) = (state.write(), None, Some(now));
                }
                None => holder.factors.push(record(fresh, &state, now)),
            }
            let event = Some(self.event(visit, What::CodesRenewed, &KIND, now)?);
            Ok(((), Also::event(event), self.news(holder, visit, What::CodesRenewed, "", now)?))
        })
        .await?;
        super::super::log(visit, &KIND, "renewed");
        Ok(RecoveryCodes { codes, made_at: now })
    }

    async fn count_renewal(&self, visit: &Visit, now: Timestamp) -> Answer<()> {
        let count = Key::new(visit.session.holder, "recovery-renewals");
        match self.outside.store.count(&count, &RENEWALS, now).await? {
            Count::Within(_) => Ok(()),
            Count::Over(until) => Err(Refusal::TooManyRenewals { until }.into()),
        }
    }

    /// How many codes are left, and of how many; nothing if there is no set.
    pub fn recovery_codes_left(&self, look: &Look) -> Answer<Option<(usize, usize)>> {
        let state = look.only(&KIND).map(|record| State::read(&record.state)).transpose()?;
        Ok(state.map(|state| (state.remaining(), state.entries.len())))
    }

    /// Passes a code: counts the try, stretches what was typed with the salt of the one it names, judges and burns.
    pub(super) async fn pass_recovery(&self, asking: Asking<'_>, typed: &RecoveryCode) -> Answer<Passed> {
        let outcome = self.try_recovery(asking, typed).await;
        super::super::logged(asking.visit, &KIND, "passed", outcome)
    }

    async fn try_recovery(&self, asking: Asking<'_>, typed: &RecoveryCode) -> Answer<Passed> {
        let now = self.outside.clock.now();
        // Before the attempt is counted: a full queue is no failure of whoever typed the code.
        let slot = self.outside.heavy.reserve(work_of(asking.visit, WorkPriority::Verification))?;
        let counted = self.count_try(asking, &KIND, now).await?;
        let stretching = async {
            let holder = self.counted_holder(asking, &counted)?;
            let record = holder.as_ref().and_then(|holder| holder.only(&KIND));
            let Some(state) = record.map(|record| State::read(&record.state)).transpose()? else { return Ok(None) };
            let unstretched = state.unstretched(typed);
            Ok(Some(slot.answer(move || unstretched.stretched(stretch)).await??))
        };
        let stretched = self.before_judging(asking, &KIND, &counted, stretching.await, now).await?;
        let Some(stretched) = stretched else {
            return self.nothing_there(asking, &KIND).await;
        };
        self.judge(asking, &KIND, &Submission::Recovery(&stretched), counted, now).await
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
