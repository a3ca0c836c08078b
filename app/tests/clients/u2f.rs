//! Raw U2F of clients' users, and such a key in WebAuthn.

use postern_app::client::{U2fChallenge, U2fSignChallenge};
use postern_app::portal::Answer;
use postern_core::factor::security_key::u2f::{RegisterAnswer, SignAnswer};
use postern_core::model::{KeyFlaw, Refusal, SubjectId};
use postern_core::testing::{Authenticator, U2fToken};
use serde_json::{Value, json};

use crate::app::{ADA, SHOP, Service, Told};

const APP: &str = "https://shop.example/app-id.json";

impl Service {
    async fn begins_u2f(&self) -> (SubjectId, Value) {
        let app_id = APP.parse().expect("an app id");
        let U2fChallenge { id, app_id, challenge } =
            self.app.clients.begin_u2f(&self.caller().await, app_id).await.done();
        (id, json!({ "appId": app_id.as_str(), "challenge": challenge }))
    }

    async fn finishes_u2f(&self, id: &SubjectId, answer: &Value) -> Answer<()> {
        let answer = RegisterAnswer::read(&answer.to_string()).map_err(Refusal::BadRegistration)?;
        self.app.clients.finish_u2f(&self.caller().await, id, &answer).await.map(drop)
    }

    async fn u2f_user(&self, token: &mut U2fToken) -> SubjectId {
        let (id, challenge) = self.begins_u2f().await;
        self.finishes_u2f(&id, &token.register(&challenge, SHOP, |_| {})).await.done();
        id
    }

    async fn begins_sign(&self, id: &SubjectId) -> Answer<Value> {
        let U2fSignChallenge { app_id, challenge, .. } =
            self.app.clients.begin_u2f_sign(&self.caller().await, id).await?;
        Ok(json!({ "appId": app_id.as_str(), "challenge": challenge }))
    }

    async fn finishes_sign(&self, id: &SubjectId, answer: &Value) -> Answer<()> {
        let answer = SignAnswer::read(&answer.to_string()).map_err(Refusal::BadAssertion)?;
        self.app.clients.finish_u2f_sign(&self.caller().await, id, &answer).await
    }
}

#[tokio::test]
async fn a_key_registers_and_signs_each_challenge_once() {
    let service = Service::of_a_house().await;
    let mut token = U2fToken::new(1);
    let (id, challenge) = service.begins_u2f().await;
    let answer = token.register(&challenge, SHOP, |_| {});
    service.finishes_u2f(&id, &answer).await.done();
    assert_eq!(service.finishes_u2f(&id, &answer).await.flaw(), KeyFlaw::NoCeremony);
    let signed = token.sign(&service.begins_sign(&id).await.done(), SHOP, |_| {});
    service.finishes_sign(&id, &signed).await.done();
    assert_eq!(service.finishes_sign(&id, &signed).await.flaw(), KeyFlaw::NoCeremony);
}

#[tokio::test]
async fn a_challenge_is_for_its_user_and_for_what_it_was_asked_for() {
    let service = Service::of_a_house().await;
    let mut token = U2fToken::new(1);
    let id = service.u2f_user(&mut token).await;
    let other = service.u2f_user(&mut U2fToken::new(2)).await;
    let signed = token.sign(&service.begins_sign(&id).await.done(), SHOP, |_| {});
    assert_eq!(service.finishes_sign(&other, &signed).await.flaw(), KeyFlaw::NoCeremony);
    let registered = U2fToken::new(3).register(&service.begins_sign(&id).await.done(), SHOP, |_| {});
    assert_eq!(service.finishes_u2f(&id, &registered).await.flaw(), KeyFlaw::NoCeremony);
}

#[tokio::test]
async fn a_count_that_does_not_rise_is_refused() {
    let service = Service::of_a_house().await;
    let mut token = U2fToken::new(1);
    let id = service.u2f_user(&mut token).await;
    let mut copy = token.clone();
    service.finishes_sign(&id, &token.sign(&service.begins_sign(&id).await.done(), SHOP, |_| {})).await.done();
    let cloned = copy.sign(&service.begins_sign(&id).await.done(), SHOP, |_| {});
    assert!(matches!(service.finishes_sign(&id, &cloned).await.refusal(), Refusal::Cloned { .. }));
}

#[tokio::test]
async fn a_u2f_key_logs_in_by_webauthn_with_its_app_id_and_its_count_is_one() {
    let service = Service::of_a_house().await;
    let mut token = U2fToken::new(1);
    let id = service.u2f_user(&mut token).await;
    let options = service.begins_login(SHOP, &id).await.done();
    assert_eq!(options["publicKey"]["extensions"]["appid"], APP);
    service.finishes_login(SHOP, &id, &token.get(&options, SHOP, |_| {})).await.done();
    service.finishes_sign(&id, &token.sign(&service.begins_sign(&id).await.done(), SHOP, |_| {})).await.done();
    assert_eq!(service.usage().await, (0, 1, 0));
}

#[tokio::test]
async fn a_user_may_have_keys_of_both_kinds_and_is_removed_with_both() {
    let service = Service::of_a_house().await;
    let (mut token, mut key) = (U2fToken::new(1), Authenticator::new(2));
    let id = service.u2f_user(&mut token).await;
    service.registers(SHOP, Some(id), &mut key).await.done();
    service.logs_in(SHOP, &id, &mut key).await.done();
    service.app.clients.remove_u2f(&service.caller().await, &id).await.done();
    assert_eq!(service.begins_sign(&id).await.refusal(), Refusal::NotEnrolled);
    assert_eq!(service.begins_login(SHOP, &id).await.refusal(), Refusal::NotEnrolled);
}

#[tokio::test]
async fn a_user_without_a_u2f_key_is_nobody_here_and_so_is_another_clients() {
    let service = Service::of_a_house().await;
    let other = service.app.service(ADA).await;
    let mut token = U2fToken::new(1);
    let (u2f, webauthn) =
        (service.u2f_user(&mut token).await, service.registers(SHOP, None, &mut Authenticator::new(2)).await.done());
    for (service, id) in [(&service, &webauthn), (&other, &u2f), (&other, &webauthn)] {
        assert_eq!(service.begins_sign(id).await.refusal(), Refusal::NotEnrolled);
        let removed = service.app.clients.remove_u2f(&service.caller().await, id).await;
        assert_eq!(removed.refusal(), Refusal::NotEnrolled);
    }
    service.begins_sign(&u2f).await.done();
}
