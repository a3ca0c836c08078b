//! WebAuthn for clients' users: any relying party that the client names, with each of a user's keys kept for its own.

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

use super::caller::{Caller, Kind};
use super::credential::{Credential, keys_of};
use super::subject::Subject;
use super::u2f::user_handle;
use super::{Clients, Counter};
use postern_core::engine::ceremony::{self, For};
use postern_core::engine::{self, Answer, InternalError, TRIES, UseCaseError};
use postern_core::factor::Submission;
use postern_core::factor::security_key::{
    self, AssertionAnswer, AuthenticationCeremony, CreationChallengeResponse, KIND, Person, RegistrationAnswer,
    RegistrationCeremony, RelyingParty, RequestChallengeResponse, State,
};
use postern_core::model::{FactorRecord, Holder, KeyFlaw, Refusal, SubjectId, Timestamp};
use postern_core::port::{Expect, SideEffects};
use postern_core::rules::limits;

/// Whom a key is for, as the client names them.
#[derive(Clone, Debug)]
pub struct RelyingUser {
    pub rp: RelyingParty,
    pub name: String,
    pub display_name: String,
    pub resident_key: ResidentKey,
}

/// Whether a new key is to be discoverable without its user being named (WebAuthn Level 3, 5.4.6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResidentKey {
    #[default]
    Preferred,
    /// Some security keys have room for few of them, and show who has one.
    Discouraged,
}

/// A key that passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPassed {
    pub credential_id: Vec<u8>,
}

impl KeyPassed {
    /// How clients call a key: base64url of SHA-256 of its credential id, unpadded.
    pub fn hash(&self) -> String {
        hash_of(&self.credential_id)
    }
}

fn hash_of(credential_id: &[u8]) -> String {
    BASE64URL_NOPAD.encode(&Sha256::digest(credential_id))
}

impl Clients {
    /// Begins to register a key, for a user who is there or for a new one. WebAuthn Level 3, 7.1.1.
    pub async fn begin_registration(
        &self,
        caller: &Caller,
        user: &RelyingUser,
        id: Option<SubjectId>,
    ) -> Answer<(SubjectId, CreationChallengeResponse)> {
        let now = self.now();
        let (id, subject, keys) = if let Some(id) = id {
            let subject = self.subject(caller, Kind::Keys, &id).await?;
            let keys = self.keys_waiting(&subject, now).await?;
            (id, subject, keys)
        } else {
            let id = self.portal.outside.entropy.id();
            let subject = self.new_subject(caller, Kind::Keys, &id);
            self.add(&subject, &Holder::of_client(id), now).await?;
            (id, subject, Vec::new())
        };
        if keys.len() >= limits::MOST_KEYS {
            return Err(Refusal::TooManyKeys.into());
        }
        let handle = user_handle(caller, &id);
        let RelyingUser { rp, name, display_name, .. } = user.clone();
        let person = Person { handle, name, display_name };
        let others: Vec<State> = keys.into_iter().filter(|key| is_for(key, &user.rp)).collect();
        let (registration, mut options) = RegistrationCeremony::begin(rp, person, &others)?;
        if user.resident_key == ResidentKey::Discouraged {
            security_key::discourage_resident_key(&mut options);
        }
        let (slot, hash) = (subject.place.slot(), registration.challenge_hash());
        ceremony::keep(&caller.own.records, (slot, For::Registration), &hash, &registration, now).await?;
        Ok((id, options))
    }

    /// The keys of a user who is about to get one more. A user who waits for a first key waits anew.
    async fn keys_waiting(&self, subject: &Subject<'_>, now: Timestamp) -> Answer<Vec<State>> {
        let (holder, _) = self.find(subject, now).await?;
        match keys_of(&holder)? {
            keys if keys.is_empty() => self.change_subject(subject, |holder, _| Ok(keys_of(holder)?)).await,
            keys => Ok(keys),
        }
    }

    /// Registers the key that answered.
    pub async fn finish_registration(
        &self,
        caller: &Caller,
        rp: &RelyingParty,
        id: &SubjectId,
        answer: &RegistrationAnswer,
    ) -> Answer<KeyPassed> {
        let outcome = self.register(caller, rp, id, answer).await;
        self.noted(caller, &KIND, outcome).await
    }

    async fn register(
        &self,
        caller: &Caller,
        rp: &RelyingParty,
        id: &SubjectId,
        answer: &RegistrationAnswer,
    ) -> Answer<KeyPassed> {
        let now = self.now();
        let refuse = Refusal::BadRegistration;
        let subject = self.subject(caller, Kind::Keys, id).await?;
        let hash = answer.challenge_hash().map_err(refuse)?;
        let place = (subject.place.slot(), For::Registration);
        let begun = ceremony::take::<RegistrationCeremony>(&caller.own.records, place, &hash, now).await?;
        let begun = begun.ok_or(refuse(KeyFlaw::NoCeremony))?;
        if !is_same(&begun.rp, rp) {
            return Err(refuse(KeyFlaw::OtherSite).into());
        }
        let key = security_key::verify_registration(&begun, answer)
            .map_err(|error| UseCaseError::of_key_answer(error, refuse))?;
        self.enrol(&subject, key).await
    }

    /// Writes a verified key into its user's record; nobody else of the client has it.
    pub(super) async fn enrol(&self, subject: &Subject<'_>, key: State) -> Answer<KeyPassed> {
        let (caller, now) = (subject.caller, self.now());
        let factor = self.portal.outside.entropy.id();
        self.reserve(caller, &subject.place, &Credential::of(&key), now).await?;
        let is_first = self
            .change_subject(subject, |holder, now| {
                let keys = keys_of(holder)?;
                if keys.iter().any(|other| other.credential_id == key.credential_id) {
                    return Err(Refusal::AlreadyEnrolled.into());
                }
                if keys.len() >= limits::MOST_KEYS {
                    return Err(Refusal::TooManyKeys.into());
                }
                holder.factors.push(FactorRecord {
                    id: factor,
                    kind: KIND,
                    name: String::new(),
                    added_at: now,
                    confirmed_at: Some(now),
                    last_used_at: None,
                    state: key.write(),
                });
                Ok(keys.is_empty())
            })
            .await?;
        if is_first {
            self.note_usage(&caller.place, Counter::Keys, 1).await;
        }
        Ok(KeyPassed { credential_id: key.credential_id })
    }

    /// Begins to pass any of a user's keys for a relying party; a U2F key by the `appid` extension.
    pub async fn begin_login(
        &self,
        caller: &Caller,
        rp: &RelyingParty,
        id: &SubjectId,
    ) -> Answer<RequestChallengeResponse> {
        let now = self.now();
        let subject = self.subject(caller, Kind::Keys, id).await?;
        let (holder, _) = self.find(&subject, now).await?;
        let keys: Vec<State> = keys_of(&holder)?.into_iter().filter(|key| is_for(key, rp)).collect();
        if keys.is_empty() {
            return Err(Refusal::NotEnrolled.into());
        }
        let (begun, options) = AuthenticationCeremony::begin(rp.clone(), &keys)?;
        let hash = begun.challenge_hash();
        ceremony::keep(&caller.own.records, (subject.place.slot(), For::Authentication), &hash, &begun, now).await?;
        Ok(options)
    }

    /// Passes the key that answered: counts the try, takes the ceremony, verifies, and burns.
    pub async fn finish_login(
        &self,
        caller: &Caller,
        rp: &RelyingParty,
        id: &SubjectId,
        answer: &AssertionAnswer,
    ) -> Answer<KeyPassed> {
        let outcome = self.login(caller, rp, id, answer).await;
        self.noted(caller, &KIND, outcome).await
    }

    async fn login(
        &self,
        caller: &Caller,
        rp: &RelyingParty,
        id: &SubjectId,
        answer: &AssertionAnswer,
    ) -> Answer<KeyPassed> {
        let now = self.now();
        let refuse = Refusal::BadAssertion;
        let subject = self.subject(caller, Kind::Keys, id).await?;
        let hash = answer.challenge_hash().map_err(refuse)?;
        let counted = engine::count(&subject, &KIND, now).await?;
        let loaded = async {
            let keys = counted.holder(&subject)?.as_ref().map_or_else(|| Ok(Vec::new()), keys_of)?;
            if keys.is_empty() {
                return Ok((keys, None));
            }
            let place = (subject.place.slot(), For::Authentication);
            Ok((keys, ceremony::take::<AuthenticationCeremony>(&caller.own.records, place, &hash, now).await?))
        };
        let (keys, begun) = engine::before_judging(&subject, &KIND, &counted, loaded.await, now).await?;
        if keys.is_empty() {
            return engine::nothing_there(&subject, &KIND).await;
        }
        let begun = begun.ok_or(refuse(KeyFlaw::NoCeremony))?;
        if !is_same(&begun.rp, rp) {
            return Err(refuse(KeyFlaw::OtherSite).into());
        }
        let named = keys.iter().find(|key| key.credential_id == answer.credential_id());
        let key = named.ok_or(refuse(KeyFlaw::UnknownKey))?;
        let assertion = security_key::verify_assertion(&begun, key, answer)
            .map_err(|error| UseCaseError::of_key_answer(error, refuse))?;
        engine::judge(&subject, &KIND, &Submission::Assertion(&assertion), counted, now).await?;
        Ok(KeyPassed { credential_id: assertion.credential_id })
    }

    /// Takes a user out with all keys. One that is not there is as gone as can be.
    pub async fn remove_user(&self, caller: &Caller, id: &SubjectId) -> Answer<()> {
        match self.remove_keys(caller, id).await {
            Err(engine::UseCaseError::Refused(Refusal::NotEnrolled)) => Ok(()),
            outcome => outcome,
        }
    }

    /// Takes a user out with all keys.
    pub async fn remove_keys(&self, caller: &Caller, id: &SubjectId) -> Answer<()> {
        let (now, subject) = (self.now(), self.subject(caller, Kind::Keys, id).await?);
        let keys = keys_of(&self.remove(&subject, &[KIND]).await?)?;
        for key in &keys {
            self.release(caller, &subject.place, &Credential::of(key), now).await;
        }
        if !keys.is_empty() {
            self.note_usage(&caller.place, Counter::Keys, -1).await;
        }
        Ok(())
    }

    /// Takes one key of a user out, by the hash of its credential id. With the last key the user is gone.
    pub async fn remove_credential(&self, caller: &Caller, id: &SubjectId, hash: &str) -> Answer<()> {
        let (now, subject) = (self.now(), self.subject(caller, Kind::Keys, id).await?);
        for _ in 0..TRIES {
            let (mut holder, revision) = self.find(&subject, now).await?;
            let keys = keys_of(&holder)?;
            let gone = keys.iter().find(|key| hash_of(&key.credential_id) == hash).ok_or(Refusal::NotEnrolled)?;
            if keys.len() == 1 {
                return self.remove_keys(caller, id).await;
            }
            holder.factors.retain(|factor| !is_of(factor, gone));
            let written =
                engine::write_holder(&subject, &holder, Expect::Revision(revision), SideEffects::default(), now);
            if written.await?.is_some() {
                self.release(caller, &subject.place, &Credential::of(gone), now).await;
                return Ok(());
            }
        }
        Err(InternalError::Contended.into())
    }

    /// 32 random bytes.
    pub(super) fn challenge(&self) -> Vec<u8> {
        let mut challenge = vec![0; 32];
        self.portal.outside.entropy.fill(&mut challenge);
        challenge
    }
}

/// Whether a key can answer for a relying party: its own, or one of U2F, whose browser decides.
fn is_for(key: &State, rp: &RelyingParty) -> bool {
    key.app_id.is_some() || key.rp_id == rp.id
}

/// Whoever answers names the same relying party as who asked.
fn is_same(asked: &RelyingParty, named: &RelyingParty) -> bool {
    asked.id == named.id && asked.origin == named.origin
}

fn is_of(factor: &FactorRecord, key: &State) -> bool {
    State::read(&factor.state).is_ok_and(|state| state.credential_id == key.credential_id)
}
