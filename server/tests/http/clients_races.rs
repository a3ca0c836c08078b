//! Many calls at once through two processes, and that nobody learns whether another client's user is there.

use postern_core::testing::Authenticator;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::accounts_alike::{measured, store_calls_of};
use crate::app::{Place, TestApp};
use crate::browser::Answer;
use crate::clients::{service, service_of, totp_user, validation};
use crate::clients_webauthn::{begin, finish};
use crate::on_each_store;
use crate::service::{SHOP, Service, headers};

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// Pairs of another client's user and one that nobody has, in turn.
const PAIRS: usize = 4;

/// Sends one and the same fifty times at once, in turn by each of these.
async fn fifty_at_once(
    services: &[Service],
    method: &Method,
    path: &str,
    body: &Value,
    headers: &[(&'static str, String)],
) -> Vec<Answer> {
    let mut sending = JoinSet::new();
    for service in services.iter().cycle().take(50) {
        let (mut service, method, path) = (service.clone(), method.clone(), path.to_owned());
        let (body, headers) = (body.clone(), headers.to_vec());
        sending.spawn(async move { service.ask_with(method, &path, body, &headers).await });
    }
    sending.join_all().await
}

#[track_caller]
fn assert_one_passed(answers: &[Answer]) {
    let passed = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(passed, 1);
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 401 | 429)), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_validations_of_one_code_at_two_processes_on_one_redis_one_passes() {
    let mut app = TestApp::open(Place::redis()).await;
    let second = app.another_process().await;
    let mut service = service(&app).await;
    let (user, phone) = totp_user(&app, &mut service).await;
    app.advance(30);
    let body = json!({ "code": phone.code_at(app.unix_time()) });
    let both = [service.clone(), service.at(second)];
    assert_one_passed(&fifty_at_once(&both, &Method::POST, &validation(&user), &body, &[]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_copies_of_one_keys_answer_at_two_processes_on_one_redis_one_passes() {
    let mut app = TestApp::open(Place::redis()).await;
    let second = app.another_process().await;
    let mut service = service(&app).await;
    // One that does not count signatures: nothing but the ceremony is burned.
    let mut key = Authenticator { counts: false, ..Authenticator::new(1) };
    let begun = begin(&mut service, "/webauthn/register", SHOP, None).await.expect(200);
    let user = begun["uuid"].as_str().expect("a uuid").to_owned();
    let answer = key.create(&begun, SHOP, |_| {});
    finish(&mut service, "/webauthn/register", SHOP, &user, answer).await.expect(200);
    let asked = begin(&mut service, "/webauthn/login", SHOP, Some(&user)).await.expect(200);
    let answer = key.get(&asked, SHOP, |_| {});
    let both = [service.clone(), service.at(second)];
    let headers = headers(SHOP, Some(&user));
    assert_one_passed(&fifty_at_once(&both, &Method::PUT, "/webauthn/login", &answer, &headers).await);
}

on_each_store! {
    async fn of_fifty_first_validations_of_one_code_one_passes(place: Place) {
        let app = TestApp::open(place).await;
        let mut service = service(&app).await;
        let (user, phone) = crate::clients::begin_totp(&mut service, json!({})).await;
        let body = json!({ "code": phone.code_at(app.unix_time()) });
        assert_one_passed(&fifty_at_once(&[service], &Method::POST, &validation(&user), &body, &[]).await);
    }

    async fn foreign_user_id_returns_404_after_equal_store_calls(place: Place) {
        let app = measured(place).await;
        let (mut owner, mut other) = (service(&app).await, service_of(&app, "bob@example.org").await);
        let (user, _) = totp_user(&app, &mut owner).await;
        // Its first call also notes that it was used.
        other.post(&validation(NOBODY), json!({ "code": "000000" })).await.problem(404, "not-enrolled");
        for pair in 0..PAIRS {
            let mut two = [user.as_str(), NOBODY];
            two.rotate_left(pair % 2);
            let mut told = Vec::new();
            for user in two {
                let path = validation(user);
                let asked = other.post(&path, json!({ "code": "000000" }));
                let (calls, answer) = store_calls_of(&app, asked).await;
                answer.problem(404, "not-enrolled");
                assert!(!calls.is_empty());
                told.push((answer.body, answer.headers.len(), calls));
            }
            assert_eq!(told[0], told[1]);
        }
    }
}
