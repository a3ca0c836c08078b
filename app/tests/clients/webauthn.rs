//! Security keys of clients' users, for whichever relying parties the client names.

use postern_app::client::{RelyingUser, ResidentKey};
use postern_core::model::{KeyFlaw, Refusal, SubjectId};
use postern_core::testing::Authenticator;

use crate::app::{ADA, BANK, MINUTE, SHOP, Service, Told, user};

#[tokio::test]
async fn one_user_has_keys_for_two_relying_parties_each_for_its_own() {
    let service = Service::of_a_house().await;
    let (mut one, mut two) = (Authenticator::new(1), Authenticator::new(2));
    let id = service.registers(SHOP, None, &mut one).await.done();
    assert_eq!(service.registers(BANK, Some(id), &mut two).await.done(), id);
    service.logs_in(SHOP, &id, &mut one).await.done();
    service.logs_in(BANK, &id, &mut two).await.done();
    let asked = service.begins_login(SHOP, &id).await.done();
    assert_eq!(asked["publicKey"]["allowCredentials"].as_array().map(Vec::len), Some(1));
    assert_eq!(service.finishes_login(SHOP, &id, &two.get(&asked, SHOP, |_| {})).await.flaw(), KeyFlaw::UnknownKey);
    assert_eq!(service.usage().await, (0, 1, 1));
}

#[tokio::test]
async fn an_answer_for_another_relying_party_than_was_asked_for_is_refused() {
    let service = Service::of_a_house().await;
    let mut key = Authenticator::new(1);
    let (id, options) = service.begins_registration(SHOP, None).await.done();
    let answer = key.create(&options, SHOP, |_| {});
    assert_eq!(service.finishes_registration(BANK, &id, &answer).await.flaw(), KeyFlaw::OtherSite);
    // The ceremony is spent.
    assert_eq!(service.finishes_registration(SHOP, &id, &answer).await.flaw(), KeyFlaw::NoCeremony);
}

#[tokio::test]
async fn a_ceremony_answers_once_and_only_for_its_own_user() {
    let service = Service::of_a_house().await;
    let mut key = Authenticator::new(1);
    let id = service.registers(SHOP, None, &mut key).await.done();
    let other = service.registers(SHOP, None, &mut Authenticator::new(2)).await.done();
    let answer = key.get(&service.begins_login(SHOP, &id).await.done(), SHOP, |_| {});
    assert_eq!(service.finishes_login(SHOP, &other, &answer).await.flaw(), KeyFlaw::NoCeremony);
    service.finishes_login(SHOP, &id, &answer).await.done();
    assert_eq!(service.finishes_login(SHOP, &id, &answer).await.flaw(), KeyFlaw::NoCeremony);
}

#[tokio::test]
async fn a_credential_is_one_users_of_a_client_and_another_clients_is_no_matter() {
    let service = Service::of_a_house().await;
    let other = service.app.service(ADA).await;
    let mut key = Authenticator::new(1);
    let id = service.registers(SHOP, None, &mut key).await.done();
    assert_eq!(service.registers(SHOP, None, &mut key.clone()).await.refusal(), Refusal::AlreadyEnrolled);
    assert_eq!(service.registers(SHOP, Some(id), &mut key.clone()).await.refusal(), Refusal::AlreadyEnrolled);
    service.registers(BANK, None, &mut key.clone()).await.done();
    other.registers(SHOP, None, &mut key.clone()).await.done();
}

#[tokio::test]
async fn with_the_last_key_the_user_is_gone_and_the_key_can_come_back() {
    let service = Service::of_a_house().await;
    let (mut one, mut two) = (Authenticator::new(1), Authenticator::new(2));
    let id = service.registers(SHOP, None, &mut one).await.done();
    service.registers(SHOP, Some(id), &mut two).await.done();
    let hash = service.logs_in(SHOP, &id, &mut one).await.done().hash();
    let (clients, caller) = (&service.app.clients, service.caller().await);
    assert_eq!(clients.remove_credential(&caller, &id, "nothing").await.refusal(), Refusal::NotEnrolled);
    clients.remove_credential(&caller, &id, &hash).await.done();
    assert_eq!(clients.remove_credential(&caller, &id, &hash).await.refusal(), Refusal::NotEnrolled);
    service.registers(SHOP, Some(id), &mut one).await.done();
    clients.remove_credential(&caller, &id, &hash).await.done();
    let last = service.logs_in(SHOP, &id, &mut two).await.done().hash();
    clients.remove_credential(&caller, &id, &last).await.done();
    assert_eq!(service.begins_login(SHOP, &id).await.refusal(), Refusal::NotEnrolled);
    assert_eq!(service.usage().await.1, 0);
    service.registers(SHOP, None, &mut two).await.done();
    clients.remove_user(&caller, &id).await.done();
}

/// Lets every call of the store in turn be the first of a removal that fails.
async fn assert_removal_is_told_as_done(is_of_one_key: bool) {
    for calls in 0..50 {
        let service = Service::of_a_house().await;
        let id = service.registers(SHOP, None, &mut Authenticator::new(1)).await.done();
        let mut key = Authenticator::new(2);
        service.registers(SHOP, Some(id), &mut key).await.done();
        let hash = service.logs_in(SHOP, &id, &mut key).await.done().hash();
        let (app, caller) = (&service.app, service.caller().await);
        let before = app.store.calls();
        app.store.go_down_after(calls);
        let removed = if is_of_one_key {
            app.clients.remove_credential(&caller, &id, &hash).await
        } else {
            app.clients.remove_user(&caller, &id).await
        };
        let is_over = app.store.calls() - before <= calls;
        app.store.set_down(false);
        let is_left = service.logs_in(SHOP, &id, &mut key).await.is_ok();
        assert_eq!(removed.is_ok(), !is_left, "with a fault after {calls} calls of the store");
        if is_over {
            return;
        }
    }
    panic!("a removal of more than fifty calls");
}

#[tokio::test]
async fn removal_is_answered_as_done_whatever_fails_after_it() {
    assert_removal_is_told_as_done(true).await;
    assert_removal_is_told_as_done(false).await;
}

#[tokio::test]
async fn another_clients_user_is_nobody() {
    let service = Service::of_a_house().await;
    let other = service.app.service(ADA).await;
    let mut key = Authenticator::new(1);
    let id = service.registers(SHOP, None, &mut key).await.done();
    for id in [id, SubjectId::from([7; 16])] {
        assert_eq!(other.begins_login(SHOP, &id).await.refusal(), Refusal::NotEnrolled);
        assert_eq!(other.begins_registration(SHOP, Some(id)).await.refusal(), Refusal::NotEnrolled);
        service.app.clients.remove_user(&other.caller().await, &id).await.done();
    }
    service.logs_in(SHOP, &id, &mut key).await.done();
}

#[tokio::test]
async fn user_who_waits_for_a_first_key_is_gone_after_a_day() {
    let service = Service::of_a_house().await;
    let (id, _) = service.begins_registration(SHOP, None).await.done();
    service.app.later(MINUTE * 60 * 23);
    service.begins_registration(SHOP, Some(id)).await.done();
    service.app.later(MINUTE * 60 * 23);
    service.begins_registration(SHOP, Some(id)).await.done();
    service.app.later(MINUTE * 60 * 24);
    assert_eq!(service.begins_registration(SHOP, Some(id)).await.refusal(), Refusal::NotEnrolled);
}

#[tokio::test]
async fn a_count_that_does_not_rise_is_refused() {
    let service = Service::of_a_house().await;
    let mut key = Authenticator::new(1);
    let id = service.registers(SHOP, None, &mut key).await.done();
    let mut copy = key.clone();
    service.logs_in(SHOP, &id, &mut key).await.done();
    assert!(matches!(service.logs_in(SHOP, &id, &mut copy).await.refusal(), Refusal::Cloned { .. }));
}

#[tokio::test]
async fn client_may_ask_for_a_key_that_is_not_discoverable() {
    let service = Service::of_a_house().await;
    for (resident_key, expected) in [(ResidentKey::Preferred, "preferred"), (ResidentKey::Discouraged, "discouraged")] {
        let user = RelyingUser { resident_key, ..user(SHOP) };
        let begun = service.app.clients.begin_registration(&service.caller().await, &user, None).await.done();
        let options = serde_json::to_value(begun.1).expect("JSON");
        assert_eq!(options["publicKey"]["authenticatorSelection"]["residentKey"], expected);
    }
}
