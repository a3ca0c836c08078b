//! Enrolling an authenticator app and passing it.

use super::oath::Enrolling;
use super::{Answer, Passed, Portal, VisitState};
use postern_core::factor::Submission;
use postern_core::factor::otpauth::Provisioning;
use postern_core::factor::totp::{KIND, Setting, State};
use postern_core::model::{Code, FactorId, FactorRecord, NextTry, Timestamp, Visit};
use postern_core::rules::limits;

/// An enrolment that waits for its first code.
#[derive(Debug)]
pub struct TotpEnrolment {
    pub id: FactorId,
    pub setting: Setting,
    pub provisioning: Provisioning,
    /// The secret is gone then.
    pub lapses_at: Timestamp,
    /// When the present time step is over.
    pub step_ends: Timestamp,
}

/// How the visit stands with its authenticator app.
#[derive(Debug)]
pub enum TotpStanding {
    None,
    Waiting(TotpEnrolment),
    Enrolled { record: FactorRecord, setting: Setting, step_ends: Timestamp },
}

impl Portal {
    /// Begins an enrolment with a new secret. One that was not confirmed gives way; one that was stands, and refuses.
    pub async fn begin_totp(&self, visit: &Visit, setting: Setting, account: Option<&str>) -> Answer<TotpEnrolment> {
        let algorithm = setting.algorithm;
        let enrolling = Enrolling { kind: KIND, name: "Authenticator app", algorithm, account };
        let state = |secret, account| State::new(setting, secret, account).write();
        let record = self.begin_oath(visit, enrolling, state).await?;
        Ok(self.totp_enrolment(&record, &State::read(&record.state)?, record.added_at))
    }

    /// Passes the authenticator app; the first right code confirms the enrolment.
    pub async fn answer_totp(&self, visit: &Visit, code: &Code) -> Answer<Passed> {
        self.answer(visit.into(), &KIND, &Submission::Code(code)).await
    }

    /// Gives up an enrolment that was not confirmed; one that was stands.
    pub async fn abandon_totp(&self, visit: &Visit) -> Answer<()> {
        self.abandon(visit, &KIND).await
    }

    /// Removes it, confirmed or not.
    pub async fn remove_totp(&self, visit: &Visit) -> Answer<()> {
        self.remove_only(visit, &KIND).await
    }

    pub fn totp_standing(&self, look: &VisitState) -> Answer<TotpStanding> {
        let Some(record) = look.only(&KIND) else { return Ok(TotpStanding::None) };
        let state = State::read(&record.state)?;
        Ok(match record.confirmed_at {
            None => TotpStanding::Waiting(self.totp_enrolment(record, &state, look.now)),
            Some(_) => TotpStanding::Enrolled {
                record: record.clone(),
                setting: state.setting(),
                step_ends: state.step_ends(look.now),
            },
        })
    }

    /// When the next try may come.
    pub async fn totp_next_try(&self, visit: &Visit) -> Answer<NextTry> {
        Ok(self.next_try(visit.session.holder, &KIND, self.outside.clock.now()).await?)
    }

    fn totp_enrolment(&self, record: &FactorRecord, state: &State, now: Timestamp) -> TotpEnrolment {
        TotpEnrolment {
            id: record.id,
            setting: state.setting(),
            provisioning: Provisioning::of_totp(state, &self.settings.name),
            lapses_at: record.added_at + limits::ENROLMENT_LASTS,
            step_ends: state.step_ends(now),
        }
    }
}
