//! Enrolling an authenticator app and passing it.

use super::{Answer, Portal};
use crate::factor::otpauth::Provisioning;
use crate::factor::totp::{self, KIND, Setting, State};
use crate::factor::{Submission, email_code};
use crate::model::{Code, FactorId, FactorRecord, Holder, NextTry, Refusal, Secret, Timestamp, Visit};
use crate::port::Also;
use crate::rules::limits;

use super::{Look, Passed};

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
        let account = account.map(checked_account).transpose()?;
        let mut secret = vec![0; setting.algorithm.secret_len()];
        self.outside.entropy.fill(&mut secret);
        let secret = Secret::new(secret);
        let id: FactorId = self.outside.entropy.id();
        let change = self.change_holder(visit, |holder, now| {
            if holder.only(&KIND).is_some_and(|factor| factor.confirmed_at.is_some()) {
                return Err(Refusal::AlreadyEnrolled.into());
            }
            holder.factors.retain(|factor| factor.kind != KIND);
            let account = account.clone().map_or_else(|| account_of(holder), Ok)?;
            let state = State::new(setting, secret.clone(), account);
            let record = FactorRecord {
                id,
                kind: KIND,
                name: "Authenticator app".to_owned(),
                added_at: now,
                confirmed_at: None,
                last_used_at: None,
                state: state.write(),
            };
            holder.factors.push(record.clone());
            Ok(((record, state), Also::default()))
        });
        let (record, state) = change.await?;
        Ok(self.enrolment(&record, &state, record.added_at))
    }

    /// Passes the authenticator app; the first right code confirms the enrolment.
    pub async fn answer_totp(&self, visit: &Visit, code: &Code) -> Answer<Passed> {
        self.answer(visit, &KIND, &Submission::Code(code)).await
    }

    /// Gives up an enrolment that was not confirmed; one that was stands.
    pub async fn abandon_totp(&self, visit: &Visit) -> Answer<()> {
        self.change_holder(visit, |holder, _| {
            holder.factors.retain(|factor| factor.kind != KIND || factor.confirmed_at.is_some());
            Ok(((), Also::default()))
        })
        .await
    }

    /// Removes it, confirmed or not.
    pub async fn remove_totp(&self, visit: &Visit) -> Answer<()> {
        let look = self.look(visit).await?;
        let factor = look.only(&KIND).ok_or(Refusal::NotEnrolled)?;
        self.remove_factor(visit, factor.id).await
    }

    pub fn totp_standing(&self, look: &Look) -> Answer<TotpStanding> {
        let Some(record) = look.only(&KIND) else { return Ok(TotpStanding::None) };
        let state = State::read(&record.state)?;
        Ok(match record.confirmed_at {
            None => TotpStanding::Waiting(self.enrolment(record, &state, look.now)),
            Some(_) => TotpStanding::Enrolled {
                record: record.clone(),
                setting: state.setting(),
                step_ends: state.step_ends(look.now),
            },
        })
    }

    /// When the next try may come.
    pub async fn totp_next_try(&self, visit: &Visit) -> Answer<NextTry> {
        Ok(self.next_try(visit, &KIND, self.outside.clock.now()).await?)
    }

    fn enrolment(&self, record: &FactorRecord, state: &State, now: Timestamp) -> TotpEnrolment {
        TotpEnrolment {
            id: record.id,
            setting: state.setting(),
            provisioning: Provisioning::of_totp(state, &self.settings.name),
            lapses_at: record.added_at + limits::ENROLMENT_LASTS,
            step_ends: state.step_ends(now),
        }
    }
}

/// The account as the app will show it: the proved address, or else that this is a visitor.
fn account_of(holder: &Holder) -> Answer<String> {
    let Some(email) = holder.only(&email_code::KIND) else { return Ok("visitor".to_owned()) };
    Ok(email_code::State::read(&email.state)?.address.to_string())
}

/// An account name a program asks for.
fn checked_account(account: &str) -> Answer<String> {
    let account = account.trim();
    let bad = account.is_empty() || account.chars().count() > 128 || account.chars().any(char::is_control);
    if bad { Err(Refusal::BadSetting("account".to_owned()).into()) } else { Ok(account.to_owned()) }
}

impl totp::Setting {
    /// Whether every app understands it.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}
