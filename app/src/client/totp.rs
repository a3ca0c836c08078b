//! Time-based codes of clients' users (RFC 6238).

use super::caller::{Caller, Kind};
use super::{Clients, Counter};
use crate::portal;
use postern_core::engine::{self, Answer, UseCaseError, Verified};
use postern_core::factor::Submission;
use postern_core::factor::otpauth::{self, Provisioning};
use postern_core::factor::totp::{KIND, Setting, State};
use postern_core::figures;
use postern_core::model::{Code, FactorKind, FactorRecord, Holder, Refusal, Secret, SubjectId};

/// A secret that waits for its first right code, as the user's app takes it.
#[derive(Debug)]
pub struct ClientTotp {
    pub id: SubjectId,
    pub provisioning: Provisioning,
}

impl Clients {
    /// A new user with a new secret. It is gone in 24 hours unless a right code confirms it.
    pub async fn begin_totp(
        &self,
        caller: &Caller,
        setting: Setting,
        issuer: Option<&str>,
        label: Option<&str>,
    ) -> Answer<ClientTotp> {
        let issuer = issuer.map_or_else(|| Ok(self.portal.name().to_owned()), |issuer| checked("issuer", issuer))?;
        let label = label.map_or_else(|| Ok("user".to_owned()), |label| checked("label", label))?;
        let (now, entropy) = (self.now(), &self.portal.outside.entropy);
        let mut secret = vec![0; setting.algorithm.secret_len()];
        entropy.fill(&mut secret);
        let state = State::new(setting, Secret::new(secret), label);
        let id: SubjectId = entropy.id();
        let holder = Holder {
            factors: vec![FactorRecord {
                id: entropy.id(),
                kind: KIND,
                name: String::new(),
                added_at: now,
                confirmed_at: None,
                last_used_at: None,
                state: state.write(),
            }],
            ..Holder::of_client(id)
        };
        self.add(&self.new_subject(caller, Kind::Totp, &id), &holder, now).await?;
        Ok(ClientTotp { id, provisioning: Provisioning::of_totp(&state, &issuer) })
    }

    /// Passes a code. The first right one confirms the secret, and is burned by it.
    pub async fn answer_totp(&self, caller: &Caller, id: &SubjectId, code: &Code) -> Answer<()> {
        let subject = self.subject(caller, Kind::Totp, id).await?;
        let outcome = engine::answer(&subject, &KIND, &Submission::Code(code), self.now()).await;
        let Verified { confirmed_now, .. } = self.noted(caller, &KIND, outcome).await?;
        if confirmed_now {
            self.note_usage(&caller.place, Counter::Totp, 1).await;
        }
        Ok(())
    }

    pub async fn remove_totp(&self, caller: &Caller, id: &SubjectId) -> Answer<()> {
        let gone = self.remove(&self.subject(caller, Kind::Totp, id).await?, &[KIND]).await?;
        if gone.factors.iter().any(|factor| factor.confirmed_at.is_some()) {
            self.note_usage(&caller.place, Counter::Totp, -1).await;
        }
        Ok(())
    }

    /// Forgets the wrong codes of a user in a row, and the wait that came with them.
    pub async fn unblock_totp(&self, caller: &Caller, id: &SubjectId) -> Answer<()> {
        let (now, subject) = (self.now(), self.subject(caller, Kind::Totp, id).await?);
        self.find(&subject, now).await?;
        self.portal.outside.store.reset_attempts(&engine::tries(&subject.place, &KIND)).await?;
        tracing::info!(target: "postern::auth", client = %caller.client.id, factor = %KIND, result = "unblocked", network = %caller.network);
        Ok(())
    }

    /// Logs what came of an attempt, once, and counts it.
    pub(super) async fn noted<T>(&self, caller: &Caller, factor: &FactorKind, outcome: Answer<T>) -> Answer<T> {
        let (client, network) = (&caller.client.id, &caller.network);
        match &outcome {
            Ok(_) => tracing::info!(target: "postern::auth", %client, %factor, result = "passed", %network),
            Err(UseCaseError::Refused(refusal)) => {
                let (result, problem) = (figures::of_refusal(refusal), refusal.code());
                tracing::info!(target: "postern::auth", %client, %factor, result, problem, %network);
                // One that is throttled was not looked at, and costs no write but its attempt.
                if !matches!(refusal, Refusal::NotEnrolled | Refusal::Throttled { .. }) {
                    self.note_usage(&caller.place, Counter::Failures, 1).await;
                }
            }
            Err(UseCaseError::InternalError(_)) => {}
        }
        portal::figure(factor, &outcome);
        outcome
    }
}

/// A name as an app shows it.
fn checked(field: &str, name: &str) -> Result<String, Refusal> {
    otpauth::label_name(name).ok_or_else(|| Refusal::BadSetting(field.to_owned()))
}
