//! What is a fault of ours is told as one, and never as a flaw of somebody's answer.

use postern_core::engine::{InternalError, UseCaseError};
use postern_core::factor::security_key::{
    AnswerError, AssertionAnswer, AuthenticationCeremony, Person, RegistrationAnswer, RegistrationCeremony,
    RelyingParty, State, verify_assertion, verify_registration,
};
use postern_core::model::Refusal;
use postern_core::testing::Authenticator;
use serde_json::{Value, json};

use crate::setup::ORIGIN;

fn rp() -> RelyingParty {
    RelyingParty::of_origin("Door", ORIGIN)
}

fn begin_registration() -> (RegistrationCeremony, Value) {
    let person = Person { handle: b"handle".to_vec(), name: "ada".to_owned(), display_name: "Ada".to_owned() };
    let (ceremony, options) = RegistrationCeremony::begin(rp(), person, &[]).expect("options");
    (ceremony, serde_json::to_value(options).expect("JSON"))
}

fn registered(key: &mut Authenticator) -> State {
    let (ceremony, options) = begin_registration();
    let answer = key.create(&options, ORIGIN, |_| {}).to_string();
    verify_registration(&ceremony, &RegistrationAnswer::read(&answer).expect("an answer")).expect("registered")
}

fn is_fault<T: std::fmt::Debug>(outcome: Result<T, AnswerError>) {
    let error = outcome.expect_err("a fault");
    let told = UseCaseError::of_key_answer(error, Refusal::BadAssertion);
    assert!(matches!(told, UseCaseError::InternalError(InternalError::SecurityKeyLibrary(_))), "{told:?}");
}

#[test]
fn stored_key_that_cannot_be_read_is_a_fault() {
    let mut key = Authenticator::new(1);
    let stored = registered(&mut key);
    let cut = stored.public_key[..stored.public_key.len() - 1].to_vec();
    for public_key in [Vec::new(), vec![1, 2, 3], cut] {
        let damaged = State { public_key, ..stored.clone() };
        let (ceremony, options) = AuthenticationCeremony::begin(rp(), std::slice::from_ref(&damaged)).expect("options");
        let options = serde_json::to_value(options).expect("JSON");
        let answer = key.get(&options, ORIGIN, |_| {}).to_string();
        is_fault(verify_assertion(&ceremony, &damaged, &AssertionAnswer::read(&answer).expect("an answer")));
    }
}

/// As after an upgrade of the library that understands a member of its state in another way.
#[test]
fn state_that_does_not_hold_what_was_asked_is_a_fault() {
    let (ceremony, options) = begin_registration();
    let mut changed = serde_json::to_value(&ceremony).expect("JSON");
    changed["state"]["challenge"] = json!("AAAAAAAAAAAAAAAAAAAAAA");
    let changed: RegistrationCeremony = serde_json::from_value(changed).expect("a ceremony");
    let answer = Authenticator::new(1).create(&options, ORIGIN, |_| {}).to_string();
    let answer = RegistrationAnswer::read(&answer).expect("an answer");
    verify_registration(&ceremony, &answer).expect("registered");
    is_fault(verify_registration(&changed, &answer));
}

#[test]
fn options_for_an_origin_that_is_none_are_a_fault() {
    let rp = RelyingParty { origin: "door".to_owned(), ..rp() };
    let error = AuthenticationCeremony::begin(rp, &[]).expect_err("no origin");
    assert!(matches!(InternalError::from(error), InternalError::SecurityKeyLibrary(_)));
}
