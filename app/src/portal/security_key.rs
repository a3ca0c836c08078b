//! Security keys: registering one, and passing any of them. A ceremony is kept under its session's handle.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::account::{Act, UniqueKey};
use super::challenge::VerificationRequest;
use super::factors::checked_name;
use super::visit::level;
use super::{Answer, InternalError, Passed, Portal, UseCaseError, VisitState};
use postern_core::engine::ceremony::{self, For};
use postern_core::factor::Submission;
use postern_core::factor::security_key::{
    self, AssertionAnswer, AuthenticationCeremony, CreationChallengeResponse, Form, KIND, Person, RegistrationAnswer,
    RegistrationCeremony, RelyingParty, RequestChallengeResponse, State,
};
use postern_core::model::{
    EventKind, FactorId, FactorRecord, Grade, Holder, KeyFlaw, NextTry, Proof, Refusal, SessionHandle, Timestamp, Visit,
};
use postern_core::port::SideEffects;
use postern_core::rules::limits;

/// A key of this holder.
#[derive(Clone, Debug)]
pub struct Key {
    pub record: FactorRecord,
    pub state: State,
}

/// A key that was registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyAdded {
    pub id: FactorId,
    pub name: String,
    /// The level rose: the session needs a new id.
    pub rose: bool,
}

/// A registration under way, and the name that it was asked for with.
#[derive(Serialize, Deserialize)]
struct NamedRegistration {
    ceremony: RegistrationCeremony,
    name: Option<String>,
}

impl Portal {
    /// Begins to register a key. The name, if there is one, is kept until the answer comes. WebAuthn Level 3, 7.1.1.
    pub async fn begin_registration(&self, visit: &Visit, name: Option<&str>) -> Answer<CreationChallengeResponse> {
        let name = name.map(checked_name).transpose()?;
        let look = self.load_visit_state(visit).await?;
        self.may(Act::AddFactor, visit, look.holder(), look.now)?;
        let keys = keys_of(look.factors())?;
        if keys.len() >= limits::max_keys(visit.is_signed_in()) {
            return Err(Refusal::TooManyKeys.into());
        }
        let shown = look.address()?.map_or_else(|| "visitor".to_owned(), |address| address.to_string());
        let person = Person { handle: self.user_handle(visit), name: shown.clone(), display_name: shown };
        let others: Vec<State> = keys.into_iter().map(|key| key.state).collect();
        let (ceremony, options) = RegistrationCeremony::begin(self.relying_party(), person, &others)?;
        let hash = ceremony.challenge_hash();
        let named = NamedRegistration { ceremony, name };
        self.keep_ceremony(visit.session.handle, For::Registration, &hash, &named, look.now).await?;
        Ok(options)
    }

    /// Registers the key that answered. A visitor has passed nothing by that: without attestation nobody signed this. The
    /// session of an account has, or its first key would shut out whoever adds it; who could make the answer up could as
    /// well sign with a key of their own. `name` takes the place of the one that the ceremony began with; without either, one is made up.
    pub async fn finish_registration(
        &self,
        visit: &Visit,
        answer: &RegistrationAnswer,
        name: Option<&str>,
    ) -> Answer<KeyAdded> {
        let outcome = self.register(visit, answer, name).await;
        super::logged(visit, &KIND, "enrolled", outcome)
    }

    async fn register(&self, visit: &Visit, answer: &RegistrationAnswer, name: Option<&str>) -> Answer<KeyAdded> {
        // Before the ceremony is spent: a name can be typed again, a touch is asked for anew.
        let name = name.map(checked_name).transpose()?;
        let now = self.outside.clock.now();
        let hash = answer.challenge_hash().map_err(Refusal::BadRegistration)?;
        let begun = self.take_ceremony(visit, For::Registration, &hash, now).await?;
        let NamedRegistration { ceremony, name: asked_name } =
            begun.ok_or(Refusal::BadRegistration(KeyFlaw::NoCeremony))?;
        let state = security_key::verify_registration(&ceremony, answer)
            .map_err(|error| UseCaseError::of_key_answer(error, Refusal::BadRegistration))?;
        if visit.is_signed_in() {
            self.reserve(UniqueKey::Credential(&state.credential_id), visit.session.holder, now).await?;
        }
        let (id, name) = (self.outside.entropy.id::<FactorId>(), name.or(asked_name));
        self.change_and_tell(visit, |holder, now| {
            self.may(Act::AddFactor, visit, holder, now)?;
            let name = may_join(holder, &state, name.as_deref())?;
            let (handle, before) = (visit.session.handle, level(holder, visit.session.handle));
            holder.factors.push(FactorRecord {
                id,
                kind: KIND,
                name: name.clone(),
                added_at: now,
                confirmed_at: Some(now),
                last_used_at: None,
                state: state.write(),
            });
            if holder.account.is_some() {
                holder.prove(handle, Proof { factor: id, grade: Grade::Key, at: now });
            }
            let rose = level(holder, handle) > before;
            let event = Some(self.event(visit, EventKind::Enrolled, &KIND, now)?);
            let told = self.news(holder, visit, EventKind::Enrolled, &name, now)?;
            Ok((KeyAdded { id, name, rose }, SideEffects::event(event), told))
        })
        .await
    }

    /// Begins to pass any of the holder's keys. WebAuthn Level 3, 7.2.1.
    pub async fn begin_authentication(&self, visit: &Visit) -> Answer<RequestChallengeResponse> {
        let look = self.load_visit_state(visit).await?;
        self.ask_keys(visit.session.handle, look.factors(), look.now).await
    }

    /// Asks for any of these keys, in a session.
    pub(super) async fn ask_keys(
        &self,
        handle: SessionHandle,
        factors: impl Iterator<Item = &FactorRecord>,
        now: Timestamp,
    ) -> Answer<RequestChallengeResponse> {
        let keys: Vec<State> = keys_of(factors)?.into_iter().map(|key| key.state).collect();
        if keys.is_empty() {
            return Err(Refusal::NotEnrolled.into());
        }
        let (ceremony, options) = AuthenticationCeremony::begin(self.relying_party(), &keys)?;
        self.keep_ceremony(handle, For::Authentication, &ceremony.challenge_hash(), &ceremony, now).await?;
        Ok(options)
    }

    /// Passes the key that answered: counts the try, takes the ceremony, verifies, and burns.
    pub async fn finish_authentication(&self, visit: &Visit, answer: &AssertionAnswer) -> Answer<Passed> {
        self.pass_key(visit.into(), answer).await
    }

    pub(super) async fn pass_key(&self, asking: VerificationRequest<'_>, answer: &AssertionAnswer) -> Answer<Passed> {
        let outcome = self.authenticate(asking, answer).await;
        super::logged(asking.visit, &KIND, "passed", outcome)
    }

    async fn authenticate(&self, asking: VerificationRequest<'_>, answer: &AssertionAnswer) -> Answer<Passed> {
        let (visit, now) = (asking.visit, self.outside.clock.now());
        let hash = answer.challenge_hash().map_err(Refusal::BadAssertion)?;
        let counted = self.count_try(asking, &KIND, now).await?;
        let loaded = async {
            let keys = keys_of(&self.counted_holder(asking, &counted)?.unwrap_or_default().factors)?;
            if keys.is_empty() {
                return Ok((keys, None));
            }
            Ok((keys, self.take_ceremony(visit, For::Authentication, &hash, now).await?))
        };
        let (keys, ceremony) = self.before_judging(asking, &KIND, &counted, loaded.await, now).await?;
        if keys.is_empty() {
            return self.nothing_there(asking, &KIND).await;
        }
        let refuse = Refusal::BadAssertion;
        let ceremony: AuthenticationCeremony = ceremony.ok_or(refuse(KeyFlaw::NoCeremony))?;
        let named = keys.iter().find(|key| key.state.credential_id == answer.credential_id());
        let key = named.ok_or(refuse(KeyFlaw::UnknownKey))?;
        let assertion = security_key::verify_assertion(&ceremony, &key.state, answer)
            .map_err(|error| UseCaseError::of_key_answer(error, refuse))?;
        self.judge(asking, &KIND, &Submission::Assertion(&assertion), counted, now).await
    }

    /// Answers the name as it is kept.
    pub async fn rename_key(&self, visit: &Visit, id: FactorId, name: &str) -> Answer<String> {
        let look = self.load_visit_state(visit).await?;
        // A name that nobody may change is told as that, whatever the factor was taken for.
        if look.factors().any(|factor| factor.id == id && !self.has_own_name(&factor.kind)) {
            return Err(Refusal::FixedName.into());
        }
        self.holds_key(visit, id).await?;
        self.rename_factor(visit, id, name).await
    }

    pub async fn remove_key(&self, visit: &Visit, id: FactorId) -> Answer<()> {
        self.holds_key(visit, id).await?;
        self.remove_factor(visit, id).await
    }

    /// The keys of a visit, oldest first.
    pub fn keys(&self, look: &VisitState) -> Answer<Vec<Key>> {
        Ok(keys_of(look.factors())?)
    }

    /// When the next try may come.
    pub async fn keys_next_try(&self, visit: &Visit) -> Answer<NextTry> {
        Ok(self.next_try(visit.session.holder, &KIND, self.outside.clock.now()).await?)
    }

    /// A factor of another kind is not renamed or removed as a key.
    async fn holds_key(&self, visit: &Visit, id: FactorId) -> Answer<()> {
        let look = self.load_visit_state(visit).await?;
        let held = look.factors().any(|factor| factor.id == id && factor.kind == KIND);
        if held { Ok(()) } else { Err(Refusal::NotEnrolled.into()) }
    }

    /// This portal, at its own origin.
    fn relying_party(&self) -> RelyingParty {
        RelyingParty::of_origin(&self.settings.name, &self.settings.origin)
    }

    /// The `user.id` of all keys of a holder: a keyed hash of a random id, so it says nothing and is the same in every tab.
    fn user_handle(&self, visit: &Visit) -> Vec<u8> {
        self.lookup.hash("user handle", &[visit.session.holder.as_bytes()]).to_vec()
    }

    async fn keep_ceremony(
        &self,
        handle: SessionHandle,
        what: For,
        challenge_hash: &str,
        kept: &impl Serialize,
        now: Timestamp,
    ) -> Answer<()> {
        ceremony::keep(&self.records, (&handle.to_string(), what), challenge_hash, kept, now).await
    }

    /// At most one caller ever gets a ceremony.
    async fn take_ceremony<T: DeserializeOwned>(
        &self,
        visit: &Visit,
        what: For,
        challenge_hash: &str,
        now: Timestamp,
    ) -> Result<Option<T>, InternalError> {
        ceremony::take(&self.records, (&visit.session.handle.to_string(), what), challenge_hash, now).await
    }
}

/// The keys among some factors.
fn keys_of<'f>(factors: impl IntoIterator<Item = &'f FactorRecord>) -> Result<Vec<Key>, InternalError> {
    let keys = factors.into_iter().filter(|factor| factor.kind == KIND);
    keys.map(|record| Ok(Key { state: State::read(&record.state)?, record: record.clone() })).collect()
}

/// Whether a holder may have this key too, and under which name. That no other account has it is seen to where it is
/// reserved; visitors are gone within the hour.
fn may_join(holder: &Holder, new: &State, name: Option<&str>) -> Answer<String> {
    let keys = keys_of(&holder.factors)?;
    if keys.iter().any(|key| key.state.credential_id == new.credential_id) {
        return Err(Refusal::AlreadyEnrolled.into());
    }
    if keys.len() >= limits::max_keys(holder.account.is_some()) {
        return Err(Refusal::TooManyKeys.into());
    }
    Ok(name.map_or_else(|| free_name(&keys, new.form()), str::to_owned))
}

/// `Security key 2`: the first such name that no other key has.
fn free_name(keys: &[Key], form: Form) -> String {
    let kind = match form {
        Form::Token => "Security key",
        Form::BuiltIn => "This device",
        Form::Phone => "Phone",
    };
    let taken = |name: &String| keys.iter().any(|key| key.record.name == *name);
    (1..=keys.len() + 1).map(|n| format!("{kind} {n}")).find(|name| !taken(name)).unwrap_or_default()
}
