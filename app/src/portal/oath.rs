//! What authenticator apps and counter tokens share: enrolling a secret, giving it up, taking it out.

use super::account::Act;
use super::{Answer, Portal};
use postern_core::factor::oath::Algorithm;
use postern_core::factor::{email_code, otpauth};
use postern_core::model::{FactorId, FactorKind, FactorRecord, FactorState, Holder, Refusal, Secret, Visit};
use postern_core::port::SideEffects;

/// A kind of which a holder has at most one, and what its first record is called.
pub(super) struct Enrolling<'a> {
    pub kind: FactorKind,
    pub name: &'static str,
    pub algorithm: Algorithm,
    /// As the app will show it; if nobody asks for one, the proved address.
    pub account: Option<&'a str>,
}

impl Portal {
    /// Begins an enrolment with a new secret, of which `state` makes what the kind keeps. An enrolment that was not
    /// confirmed gives way; one that was stands, and refuses.
    pub(super) async fn begin_oath(
        &self,
        visit: &Visit,
        enrolling: Enrolling<'_>,
        state: impl Fn(Secret<Vec<u8>>, String) -> FactorState,
    ) -> Answer<FactorRecord> {
        let Enrolling { kind, name, algorithm, account } = enrolling;
        let account = account.map(checked_account).transpose()?;
        let mut secret = vec![0; algorithm.secret_len()];
        self.outside.entropy.fill(&mut secret);
        let secret = Secret::new(secret);
        let id: FactorId = self.outside.entropy.id();
        self.change_holder(visit, |holder, now| {
            self.may(Act::AddFactor, visit, holder, now)?;
            if holder.only(&kind).is_some_and(|factor| factor.confirmed_at.is_some()) {
                return Err(Refusal::AlreadyEnrolled.into());
            }
            holder.factors.retain(|factor| factor.kind != kind);
            let account = account.clone().map_or_else(|| account_of(holder), Ok)?;
            let record = FactorRecord {
                id,
                kind: kind.clone(),
                name: name.to_owned(),
                added_at: now,
                confirmed_at: None,
                last_used_at: None,
                state: state(secret.clone(), account),
            };
            holder.factors.push(record.clone());
            Ok((record, SideEffects::default()))
        })
        .await
    }

    /// Gives up an enrolment that was not confirmed; one that was stands.
    pub(super) async fn abandon(&self, visit: &Visit, kind: &FactorKind) -> Answer<()> {
        self.change_holder(visit, |holder, _| {
            holder.factors.retain(|factor| factor.kind != *kind || factor.confirmed_at.is_some());
            Ok(((), SideEffects::default()))
        })
        .await
    }

    /// Removes the holder's one factor of a kind, confirmed or not.
    pub(super) async fn remove_only(&self, visit: &Visit, kind: &FactorKind) -> Answer<()> {
        let look = self.load_visit_state(visit).await?;
        let factor = look.only(kind).ok_or(Refusal::NotEnrolled)?;
        self.remove_factor(visit, factor.id).await
    }
}

/// The account as the app will show it: the proved address, or else that this is a visitor.
fn account_of(holder: &Holder) -> Answer<String> {
    let Some(email) = holder.only(&email_code::KIND) else { return Ok("visitor".to_owned()) };
    Ok(email_code::State::read(&email.state)?.address.to_string())
}

/// An account name a program asks for.
fn checked_account(account: &str) -> Answer<String> {
    Ok(otpauth::label_name(account).ok_or_else(|| Refusal::BadSetting("account".to_owned()))?)
}
