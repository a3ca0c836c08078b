//! Keys: by mail, activated once.

use std::time::Duration;

use futures::future::join_all;
use postern_core::model::Refusal;

use crate::app::{ADA, MINUTE, TestApp, Told, network};

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn a_key_comes_by_mail_and_gets_its_secret_once() {
    let app = TestApp::open().await;
    let key = app.mailed_key(ADA).await;
    let secret = app.clients.activate(network(1), ADA, &key).await.done();
    assert!(app.clients.caller(network(1), &key, secret.to_text().expose()).await.is_ok());
    assert_eq!(app.clients.activate(network(1), ADA, &key).await.refusal(), Refusal::AlreadyActivated);
}

#[tokio::test]
async fn a_key_is_activated_with_its_own_address_alone_however_it_is_spelt() {
    let app = TestApp::open().await;
    let key = app.mailed_key(ADA).await;
    for address in ["bob@example.org", "ada@example.net"] {
        assert_eq!(app.clients.activate(network(1), address, &key).await.refusal(), Refusal::NoApiKey, "{address}");
    }
    let other = "0".repeat(40);
    assert_eq!(app.clients.activate(network(1), ADA, &other).await.refusal(), Refusal::NoApiKey);
    app.clients.activate(network(1), "ADA@Example.org", &key.to_uppercase()).await.done();
}

#[tokio::test]
async fn a_key_that_nobody_activates_is_gone_after_a_day_and_one_that_somebody_did_stays() {
    let app = TestApp::open().await;
    let (one, other) = (app.mailed_key(ADA).await, app.mailed_key(ADA).await);
    let secret = app.clients.activate(network(1), ADA, &one).await.done();
    app.later(DAY);
    assert_eq!(app.clients.activate(network(1), ADA, &other).await.refusal(), Refusal::NoApiKey);
    assert!(app.clients.caller(network(1), &one, secret.to_text().expose()).await.is_ok());
}

#[tokio::test]
async fn of_fifty_activations_at_once_one_gets_the_secret() {
    let app = TestApp::open().await;
    let key = app.mailed_key(ADA).await;
    let all = join_all((0..50).map(|at| app.clients.activate(network(at), ADA, &key))).await;
    assert_eq!(all.into_iter().flatten().count(), 1);
}

#[tokio::test]
async fn letters_with_keys_are_limited_like_letters_with_codes() {
    let app = TestApp::open().await;
    app.clients.ask_key(network(1), ADA, None).await.done();
    let soon = app.clients.ask_key(network(1), "Ada@EXAMPLE.org", None).await.refusal();
    assert!(matches!(soon, Refusal::SendTooSoon { until } if until == app.now() + Duration::from_secs(30)));
    for _ in 0..4 {
        app.later(MINUTE);
        app.clients.ask_key(network(1), ADA, None).await.done();
    }
    app.later(MINUTE);
    assert!(matches!(app.clients.ask_key(network(1), ADA, None).await.refusal(), Refusal::TooManySends { .. }));
    app.clients.ask_key(network(2), ADA, None).await.done();
    for at in 0..14 {
        app.later(MINUTE);
        app.clients.ask_key(network(100 + at), ADA, None).await.done();
    }
    assert!(matches!(app.clients.ask_key(network(3), ADA, None).await.refusal(), Refusal::TooManySends { .. }));
}

#[tokio::test]
async fn an_address_has_fifty_keys_at_most_and_one_that_is_gone_makes_room() {
    let app = TestApp::open().await;
    let mut first = None;
    for _ in 0..50 {
        app.later(Duration::from_hours(1));
        let service = app.service(ADA).await;
        first.get_or_insert(service);
    }
    app.later(Duration::from_hours(1));
    let key = app.mailed_key(ADA).await;
    assert_eq!(app.clients.activate(network(1), ADA, &key).await.refusal(), Refusal::TooManyApiKeys);
    app.clients.delete_for_operator(&first.expect("a service").key).await.done();
    app.clients.activate(network(1), ADA, &key).await.done();
}
