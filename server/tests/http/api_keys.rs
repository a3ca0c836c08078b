//! `/api/v1/security-keys`: every status, every body.

use postern_core::testing::Authenticator;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::browser::{Answer, Browser};
use crate::journey::{accepted, level, prove_address, visitor};
use crate::on_each_store;

const REGISTRATION: &str = "/security-keys/registration";
const AUTHENTICATION: &str = "/security-keys/authentication";

/// What the key answers to what is asked, on the page of that origin.
async fn created(browser: &mut Browser, key: &mut Authenticator, name: Value) -> Value {
    let options = browser.api_post(REGISTRATION, json!({ "name": name })).await.expect(200);
    key.create(&options, &browser.origin, |_| {})
}

async fn signed(browser: &mut Browser, key: &mut Authenticator) -> Value {
    let options = browser.api_post(AUTHENTICATION, json!({})).await.expect(200);
    key.get(&options, &browser.origin, |_| {})
}

async fn put(browser: &mut Browser, path: &str, body: Value) -> Answer {
    browser.api(Method::PUT, path, body).await
}

/// A key that is registered, and its id.
async fn registered(browser: &mut Browser, key: &mut Authenticator) -> String {
    let answer = created(browser, key, Value::Null).await;
    let told = put(browser, REGISTRATION, answer).await.expect(201);
    told["id"].as_str().expect("an id").to_owned()
}

on_each_store! {
    async fn a_key_is_registered_passes_is_renamed_and_removed(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        prove_address(&app, &mut browser, 1).await;
        let mut key = Authenticator::new(1);
        let answer = created(&mut browser, &mut key, json!("  Blue key ")).await;
        let told = put(&mut browser, REGISTRATION, answer).await.expect(201);
        let id = told["id"].as_str().expect("an id").to_owned();
        assert_eq!(told, json!({ "id": id, "name": "Blue key" }));
        assert_eq!(level(&mut browser).await, 1, "registering proves nothing");

        let answer = signed(&mut browser, &mut key).await;
        let passed = put(&mut browser, AUTHENTICATION, answer.clone()).await;
        assert_eq!(passed.expect(200), json!({ "status": true, "id": id }));
        assert_eq!(passed.cookies().len(), 1, "the level rose");
        assert_eq!(level(&mut browser).await, 3);
        put(&mut browser, AUTHENTICATION, answer).await.problem(401, "key-refused");

        let path = format!("/security-keys/{id}");
        let renamed = browser.api(Method::PATCH, &path, json!({ "name": "Green key" })).await;
        assert_eq!(renamed.expect(200), json!({ "id": id, "name": "Green key" }));
        for bad in [json!(""), json!("x".repeat(41)), json!("a\nb")] {
            browser.api(Method::PATCH, &path, json!({ "name": bad })).await.problem(400, "bad-setting");
        }
        browser.api(Method::PATCH, &path, json!({ "name": "\u{202e}yek" })).await.problem(400, "bad-setting");
        let seen = browser.api(Method::PATCH, &path, json!({ "name": "Green\u{200b} key\u{feff}" })).await;
        assert_eq!(seen.expect(200), json!({ "id": id, "name": "Green key" }));
        let factors = browser.api_get("/session").await.expect(200)["factors"].clone();
        let email = format!("/security-keys/{}", factors[0]["id"].as_str().expect("an id"));
        let fixed = browser.api(Method::PATCH, &email, json!({ "name": "eve@example.org" })).await;
        assert!(fixed.problem(409, "fixed-name")["detail"].as_str().expect("words").contains("address"));
        let (kind, name) = (&factors[1]["kind"], &factors[1]["name"]);
        assert_eq!((kind, name), (&json!("security-key"), &json!("Green key")));
        assert_eq!(browser.api_delete(&path).await.status, 204);
        browser.api_delete(&path).await.problem(404, "not-enrolled");
        browser.api(Method::PATCH, &path, json!({ "name": "Red key" })).await.problem(404, "not-enrolled");
        browser.api_post(AUTHENTICATION, json!({})).await.problem(404, "not-enrolled");
        assert_eq!(level(&mut browser).await, 1);
    }

    async fn what_is_no_key_is_neither_renamed_nor_removed_as_one(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        prove_address(&app, &mut browser, 1).await;
        let factors = browser.api_get("/session").await.expect(200)["factors"].clone();
        let mail = factors[0]["id"].as_str().expect("an id").to_owned();
        let mail = format!("/security-keys/{mail}");
        browser.api_delete(&mail).await.problem(404, "not-enrolled");
        browser.api(Method::PATCH, &mail, json!({ "name": "Key" })).await.problem(409, "fixed-name");
        for id in ["AAAAAAAAAAAAAAAAAAAAAA", "nonsense", "%00", "%F0%9F%94%91"] {
            let path = format!("/security-keys/{id}");
            browser.api_delete(&path).await.problem(404, "not-enrolled");
            browser.api(Method::PATCH, &path, json!({ "name": "Key" })).await.problem(404, "not-enrolled");
        }
        assert_eq!(level(&mut browser).await, 1);
    }

    async fn refusals_have_their_status(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let mut key = Authenticator::new(1);
        let answer = created(&mut browser, &mut key, Value::Null).await;
        put(&mut browser, REGISTRATION, answer.clone()).await.expect(201);
        put(&mut browser, REGISTRATION, answer).await.problem(422, "key-refused");
        let again = created(&mut browser, &mut key, Value::Null).await;
        put(&mut browser, REGISTRATION, again).await.problem(409, "already-enrolled");
        for path in [REGISTRATION, AUTHENTICATION] {
            for body in [json!({}), json!([]), json!("x"), json!({ "id": "AA", "rawId": 7 })] {
                put(&mut browser, path, body).await.problem(400, "malformed");
            }
        }
        let mut copy = key.clone();
        let answer = signed(&mut browser, &mut key).await;
        put(&mut browser, AUTHENTICATION, answer).await.expect(200);
        let answer = signed(&mut browser, &mut copy).await;
        put(&mut browser, AUTHENTICATION, answer).await.problem(401, "key-cloned");
        let mut other = visitor(&app).await;
        registered(&mut other, &mut Authenticator::new(2)).await;
        let answer = signed(&mut browser, &mut key).await;
        put(&mut other, AUTHENTICATION, answer).await.problem(401, "key-refused");
    }

    async fn of_fifty_copies_of_one_answer_at_once_one_is_accepted(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let mut key = Authenticator { counts: false, ..Authenticator::new(1) };
        registered(&mut browser, &mut key).await;
        let answer = signed(&mut browser, &mut key).await;
        let sent = (0..50).map(|_| {
            let (mut browser, answer) = (browser.clone(), answer.clone());
            tokio::spawn(async move { put(&mut browser, AUTHENTICATION, answer).await })
        });
        let mut answers = Vec::new();
        for task in sent.collect::<Vec<_>>() {
            answers.push(task.await.expect("no panic"));
        }
        assert_eq!(accepted(&answers), 1);
        assert!(answers.iter().all(|answer| [200, 401, 429].contains(&answer.status)));
    }
}
