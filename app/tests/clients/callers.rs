//! Who calls: one refusal for everything that is wrong, and nobody is shut out by others.

use std::time::Duration;

use postern_core::model::Refusal;

use crate::app::{ADA, Service, TestApp, Told, network};

#[tokio::test]
async fn whatever_is_wrong_with_key_or_secret_is_one_and_the_same_refusal() {
    let app = TestApp::open().await;
    let (right, other) = (app.service(ADA).await, app.service(ADA).await);
    let waiting = app.mailed_key(ADA).await;
    let unknown = "0".repeat(40);
    let zeros = data_encoding::BASE64.encode(&[0; 32]);
    for (at, (key, secret)) in [
        (&right.key, &other.secret),
        (&unknown, &right.secret),
        (&waiting, &right.secret),
        (&waiting, &zeros),
        (&right.key, &String::new()),
        (&String::new(), &right.secret),
        (&right.key, &"x".repeat(5000)),
    ]
    .into_iter()
    .enumerate()
    {
        let refusal = app.clients.caller(network(1), key, secret).await.map(drop).refusal();
        assert_eq!(refusal, Refusal::NoClient, "case {at}");
    }
    right.calls().await.map(drop).done();
}

#[tokio::test]
async fn a_disabled_client_is_refused_like_any_stranger() {
    let service = Service::of_a_house().await;
    let phone = service.totp_user().await;
    let caller = service.caller().await;
    service.app.clients.disable_by_secret(network(1), &service.key, &service.secret).await.done();
    assert_eq!(service.calls().await.map(drop).refusal(), Refusal::NoClient);
    assert_eq!(
        service.app.clients.disable_by_secret(network(1), &service.key, &service.secret).await.refusal(),
        Refusal::NoClient
    );
    // Who was let in a moment before comes to an end.
    let _ = (caller, phone);
}

#[tokio::test]
async fn wrong_secrets_are_throttled_by_key_and_network_and_the_right_one_never_waits() {
    let service = Service::of_a_house().await;
    let clients = &service.app.clients;
    let wrong = data_encoding::BASE64.encode(&[9; 32]);
    for _ in 0..20 {
        assert_eq!(clients.caller(network(7), &service.key, &wrong).await.map(drop).refusal(), Refusal::NoClient);
    }
    let until = match clients.caller(network(7), &service.key, &wrong).await.map(drop).refusal() {
        Refusal::TooManyRefusals { until } => until,
        other => panic!("{other:?}"),
    };
    assert_eq!(until, service.app.now() + Duration::from_mins(10));
    assert_eq!(clients.caller(network(8), &service.key, &wrong).await.map(drop).refusal(), Refusal::NoClient);
    clients.caller(network(7), &service.key, &service.secret).await.map(drop).done();
}

#[tokio::test]
async fn a_network_that_makes_keys_up_is_throttled_as_a_whole_and_leaves_little_behind() {
    let app = TestApp::open().await;
    let before = app.store.keys(app.now()).len();
    let mut throttled = 0;
    for number in 0..1_000 {
        let key = format!("{number:040x}");
        let refusal = app.clients.caller(network(7), &key, "wrong").await.map(drop).refusal();
        throttled += usize::from(matches!(refusal, Refusal::TooManyRefusals { .. }));
    }
    assert_eq!(throttled, 800);
    assert!(app.store.keys(app.now()).len() <= before + 201);
}

#[tokio::test]
async fn that_a_client_was_used_is_noted_at_most_once_a_minute() {
    let service = Service::of_a_house().await;
    let seen = || async {
        let own = service.app.clients.own(&ADA.parse().expect("an address")).await.done();
        own[0].client.last_used_at
    };
    assert_eq!(seen().await, None);
    service.caller().await;
    let first = seen().await.expect("a use");
    service.app.later(Duration::from_secs(59));
    service.caller().await;
    assert_eq!(seen().await, Some(first));
    service.app.later(Duration::from_secs(1));
    service.caller().await;
    assert_eq!(seen().await, Some(first + Duration::from_mins(1)));
}
