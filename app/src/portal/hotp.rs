//! Enrolling a counter token, passing it, and getting it back in step.

use super::oath::Enrolling;
use super::{Answer, Passed, Portal, VisitState};
use postern_core::factor::Submission;
use postern_core::factor::hotp::{KIND, Setting, State};
use postern_core::factor::otpauth::Provisioning;
use postern_core::model::{Code, FactorId, FactorRecord, NextTry, Refusal, Timestamp, Visit};
use postern_core::rules::limits;

/// An enrolment that waits for its first code.
#[derive(Debug)]
pub struct HotpEnrolment {
    pub id: FactorId,
    pub setting: Setting,
    pub provisioning: Provisioning,
    /// The secret is gone then.
    pub lapses_at: Timestamp,
}

/// How the visit stands with its counter token.
#[derive(Debug)]
pub enum HotpStanding {
    None,
    Waiting(HotpEnrolment),
    /// `setting` counts from the next expected counter.
    Enrolled {
        record: FactorRecord,
        setting: Setting,
    },
}

impl Portal {
    /// Begins an enrolment with a new secret. One that was not confirmed gives way; one that was stands, and refuses.
    pub async fn begin_hotp(&self, visit: &Visit, setting: Setting, account: Option<&str>) -> Answer<HotpEnrolment> {
        let algorithm = setting.algorithm;
        let enrolling = Enrolling { kind: KIND, name: "Counter token", algorithm, account };
        let state = |secret, account| State::new(setting, secret, account).write();
        let record = self.begin_oath(visit, enrolling, state).await?;
        Ok(self.hotp_enrolment(&record, &State::read(&record.state)?))
    }

    /// Passes the counter token; the first right code confirms the enrolment. Codes that were skipped are dead.
    pub async fn answer_hotp(&self, visit: &Visit, code: &Code) -> Answer<Passed> {
        self.answer(visit.into(), &KIND, &Submission::Code(code)).await
    }

    /// Passes a token that is out of step, by two codes that follow each other. Counts as one try.
    pub async fn resync_hotp(&self, visit: &Visit, code: &Code, next: &Code) -> Answer<Passed> {
        self.answer(visit.into(), &KIND, &Submission::Pair(code, next)).await
    }

    /// Gives up an enrolment that was not confirmed; one that was stands.
    pub async fn abandon_hotp(&self, visit: &Visit) -> Answer<()> {
        self.abandon(visit, &KIND).await
    }

    /// Removes it, confirmed or not.
    pub async fn remove_hotp(&self, visit: &Visit) -> Answer<()> {
        self.remove_only(visit, &KIND).await
    }

    pub fn hotp_standing(&self, look: &VisitState) -> Answer<HotpStanding> {
        let Some(record) = look.only(&KIND) else { return Ok(HotpStanding::None) };
        let state = State::read(&record.state)?;
        Ok(match record.confirmed_at {
            None => HotpStanding::Waiting(self.hotp_enrolment(record, &state)),
            Some(_) => HotpStanding::Enrolled { record: record.clone(), setting: state.setting() },
        })
    }

    /// The next counter expected.
    pub async fn hotp_counter(&self, visit: &Visit) -> Answer<u64> {
        let look = self.load_visit_state(visit).await?;
        let record = look.only(&KIND).ok_or(Refusal::NotEnrolled)?;
        Ok(State::read(&record.state)?.counter)
    }

    /// When the next try may come.
    pub async fn hotp_next_try(&self, visit: &Visit) -> Answer<NextTry> {
        Ok(self.next_try(visit.session.holder, &KIND, self.outside.clock.now()).await?)
    }

    fn hotp_enrolment(&self, record: &FactorRecord, state: &State) -> HotpEnrolment {
        HotpEnrolment {
            id: record.id,
            setting: state.setting(),
            provisioning: Provisioning::of_hotp(state, &self.settings.name),
            lapses_at: record.added_at + limits::ENROLMENT_LASTS,
        }
    }
}
