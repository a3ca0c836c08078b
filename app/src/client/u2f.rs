//! Raw FIDO U2F for clients' users. A key that was registered so is one of its user's keys, and signs WebAuthn logins too.

use super::Clients;
use super::caller::{Caller, Kind};
use super::credential::keys_of;
use super::keys::KeyPassed;
use postern_core::engine::ceremony::{self, For};
use postern_core::engine::{self, Answer, UseCaseError};
use postern_core::factor::Submission;
use postern_core::factor::security_key::u2f::{self, AppId, Asked, RegisterAnswer, SignAnswer};
use postern_core::factor::security_key::{KIND, State};
use postern_core::model::{Holder, KeyFlaw, Refusal, SubjectId};

/// What a client asks its user's browser to register.
#[derive(Debug)]
pub struct U2fChallenge {
    pub id: SubjectId,
    pub app_id: AppId,
    /// Websafe base64, unpadded.
    pub challenge: String,
}

/// What a client asks its user's browser to sign.
#[derive(Debug)]
pub struct U2fSignChallenge {
    pub app_id: AppId,
    pub challenge: String,
    pub key_handle: Vec<u8>,
}

impl Clients {
    /// Begins to register a U2F key for a new user.
    pub async fn begin_u2f(&self, caller: &Caller, app_id: AppId) -> Answer<U2fChallenge> {
        let id: SubjectId = self.portal.outside.entropy.id();
        let subject = self.new_subject(caller, Kind::Keys, &id);
        self.add(&subject, &Holder::of_client(id), self.now()).await?;
        let challenge = self.ask_u2f(caller, subject.place.slot(), For::U2fRegistration, app_id.clone()).await?;
        Ok(U2fChallenge { id, app_id, challenge })
    }

    /// Registers the U2F key that answered.
    pub async fn finish_u2f(&self, caller: &Caller, id: &SubjectId, answer: &RegisterAnswer) -> Answer<KeyPassed> {
        let outcome = self.register_u2f(caller, id, answer).await;
        self.noted(caller, &KIND, outcome).await
    }

    async fn register_u2f(&self, caller: &Caller, id: &SubjectId, answer: &RegisterAnswer) -> Answer<KeyPassed> {
        let refuse = Refusal::BadRegistration;
        let subject = self.subject(caller, Kind::Keys, id).await?;
        let hash = answer.challenge_hash().map_err(refuse)?;
        let place = (subject.place.slot(), For::U2fRegistration);
        let asked = ceremony::take::<Asked>(&caller.own.records, place, &hash, self.now()).await?;
        let asked = asked.ok_or(refuse(KeyFlaw::NoCeremony))?;
        let handle = user_handle(caller, id);
        self.enrol(&subject, u2f::verify_registration(&asked, &handle, answer).map_err(refuse)?).await
    }

    /// Begins to pass a user's U2F key.
    pub async fn begin_u2f_sign(&self, caller: &Caller, id: &SubjectId) -> Answer<U2fSignChallenge> {
        let subject = self.subject(caller, Kind::Keys, id).await?;
        let (holder, _) = self.find(&subject, self.now()).await?;
        let key = keys_of(&holder)?.into_iter().find_map(|key| Some((key.app_id?, key.credential_id)));
        let (app_id, key_handle) = key.ok_or(Refusal::NotEnrolled)?;
        let challenge = self.ask_u2f(caller, subject.place.slot(), For::U2fAuthentication, app_id.clone()).await?;
        Ok(U2fSignChallenge { app_id, challenge, key_handle })
    }

    /// Passes the U2F key that answered: counts the try, takes the ceremony, verifies, and burns.
    pub async fn finish_u2f_sign(&self, caller: &Caller, id: &SubjectId, answer: &SignAnswer) -> Answer<()> {
        let outcome = self.sign_u2f(caller, id, answer).await;
        self.noted(caller, &KIND, outcome).await
    }

    async fn sign_u2f(&self, caller: &Caller, id: &SubjectId, answer: &SignAnswer) -> Answer<()> {
        let now = self.now();
        let refuse = Refusal::BadAssertion;
        let subject = self.subject(caller, Kind::Keys, id).await?;
        let hash = answer.challenge_hash().map_err(refuse)?;
        let counted = engine::count(&subject, &KIND, now).await?;
        let loaded = async {
            let keys = counted.holder(&subject)?.as_ref().map_or_else(|| Ok(Vec::new()), keys_of)?;
            let Some(key) = keys.into_iter().find(is_u2f) else { return Ok(None) };
            let place = (subject.place.slot(), For::U2fAuthentication);
            Ok(Some((key, ceremony::take::<Asked>(&caller.own.records, place, &hash, now).await?)))
        };
        let loaded = engine::before_judging(&subject, &KIND, &counted, loaded.await, now).await?;
        let Some((key, asked)) = loaded else {
            return engine::nothing_there(&subject, &KIND).await;
        };
        let asked = asked.ok_or(refuse(KeyFlaw::NoCeremony))?;
        let assertion =
            u2f::verify_sign(&asked, &key, answer).map_err(|error| UseCaseError::of_key_answer(error, refuse))?;
        engine::judge(&subject, &KIND, &Submission::Assertion(&assertion), counted, now).await.map(drop)
    }

    /// Takes a U2F key's user out.
    pub async fn remove_u2f(&self, caller: &Caller, id: &SubjectId) -> Answer<()> {
        let (holder, _) = self.find(&self.subject(caller, Kind::Keys, id).await?, self.now()).await?;
        if !keys_of(&holder)?.iter().any(is_u2f) {
            return Err(Refusal::NotEnrolled.into());
        }
        self.remove_keys(caller, id).await
    }

    /// A fresh challenge of 32 bytes, kept until its answer comes.
    async fn ask_u2f(&self, caller: &Caller, slot: &str, what: For, app_id: AppId) -> Answer<String> {
        let asked = Asked { challenge: self.challenge(), app_id };
        ceremony::keep(&caller.own.records, (slot, what), &asked.challenge_hash(), &asked, self.now()).await?;
        Ok(asked.challenge_text())
    }
}

fn is_u2f(key: &State) -> bool {
    key.app_id.is_some()
}

/// The `user.id` of all keys of a user: says nothing.
pub(super) fn user_handle(caller: &Caller, id: &SubjectId) -> Vec<u8> {
    caller.own.index.hash("user handle", &[id.as_bytes()]).to_vec()
}
