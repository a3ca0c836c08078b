//! `/api/v1/mfa/webauthn`: any relying party that the client names, in headers.

use data_encoding::BASE64URL_NOPAD;
use postern_core::testing::Authenticator;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::app::TestApp;
use crate::browser::Answer;
use crate::clients::{service, service_of};
use crate::on_each_store;
use crate::service::{BANK, SHOP, Service, headers};

const REGISTER: &str = "/webauthn/register";
const LOGIN: &str = "/webauthn/login";
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

pub async fn begin(service: &mut Service, route: &str, origin: &str, user: Option<&str>) -> Answer {
    service.ask_with(Method::POST, route, Value::Null, &headers(origin, user)).await
}

pub async fn finish(service: &mut Service, route: &str, origin: &str, user: &str, answer: Value) -> Answer {
    service.ask_with(Method::PUT, route, answer, &headers(origin, Some(user))).await
}

/// Registers a key; answers its user and the key's hash.
async fn registered(
    service: &mut Service,
    origin: &str,
    user: Option<&str>,
    key: &mut Authenticator,
) -> (String, String) {
    let begun = begin(service, REGISTER, origin, user).await.expect(200);
    let user = begun["uuid"].as_str().expect("a uuid").to_owned();
    let answer = key.create(&begun, origin, |_| {});
    let done = finish(service, REGISTER, origin, &user, answer).await.expect(200);
    assert_eq!(done.as_object().map(serde_json::Map::len), Some(1), "{done}");
    (user, done["key_handle_hash"].as_str().expect("a hash").to_owned())
}

async fn log_in(service: &mut Service, origin: &str, user: &str, key: &mut Authenticator) -> Answer {
    let asked = begin(service, LOGIN, origin, Some(user)).await.expect(200);
    let answer = key.get(&asked, origin, |_| {});
    finish(service, LOGIN, origin, user, answer).await
}

fn hash_of(key: &Authenticator) -> String {
    BASE64URL_NOPAD.encode(&Sha256::digest(&key.id))
}

on_each_store! {
    async fn one_user_registers_and_logs_in_at_two_relying_parties(place: Place) {
        let app = TestApp::open(place).await;
        let mut service = service(&app).await;
        let (mut of_shop, mut of_bank) = (Authenticator::new(1), Authenticator::new(2));
        let begun = begin(&mut service, REGISTER, SHOP, None).await.expect(200);
        assert_eq!(begun["publicKey"]["rp"], json!({ "id": "shop.example", "name": "Shop" }));
        let named = &begun["publicKey"]["user"];
        assert_eq!((&named["name"], &named["displayName"]), (&json!("byron"), &json!("Lord Byron")));
        assert_ne!(named["id"], begun["uuid"], "a handle says nothing of whom it is");

        let (user, hash) = registered(&mut service, SHOP, None, &mut of_shop).await;
        assert_eq!(hash, hash_of(&of_shop));
        let (same, other_hash) = registered(&mut service, BANK, Some(&user), &mut of_bank).await;
        assert_eq!((same, other_hash), (user.clone(), hash_of(&of_bank)));
        for (origin, key) in [(SHOP, &mut of_shop), (BANK, &mut of_bank)] {
            let passed = log_in(&mut service, origin, &user, key).await.expect(200);
            let (id, hash) = (BASE64URL_NOPAD.encode(&key.id), hash_of(key));
            assert_eq!(passed, json!({ "credentialId": id, "key_handle_hash": hash }));
        }
        let asked = begin(&mut service, LOGIN, BANK, Some(&user)).await.expect(200);
        assert_eq!(asked["publicKey"]["rpId"], "login.bank.example");
        assert_eq!(asked["publicKey"]["allowCredentials"].as_array().map(Vec::len), Some(1));
    }

    async fn every_header_that_is_needed_is_asked_for_by_name(place: Place) {
        let app = TestApp::open(place).await;
        let mut service = service(&app).await;
        let all = headers(SHOP, Some(NOBODY));
        let named = |refused: Answer, name: &str| {
            let problem = refused.problem(400, "bad-setting");
            let detail = problem["detail"].as_str().expect("text");
            assert!(detail.to_lowercase().contains(&name.to_lowercase()), "{name}: {detail}");
        };
        for at in 0..5 {
            let mut some = all.clone();
            let (name, _) = some.remove(at);
            named(service.ask_with(Method::POST, REGISTER, Value::Null, &some).await, name);
            named(service.ask_with(Method::POST, LOGIN, Value::Null, &some).await, name);
            some.insert(at, (name, "  ".to_owned()));
            named(service.ask_with(Method::POST, LOGIN, Value::Null, &some).await, name);
            some[at].1 = "x".repeat(300);
            named(service.ask_with(Method::POST, REGISTER, Value::Null, &some).await, name);
            let twice = [all.clone(), vec![all[at].clone()]].concat();
            named(service.ask_with(Method::POST, REGISTER, Value::Null, &twice).await, name);
        }
        for (name, bad) in [
            ("x-mfa-RPID", "shop.example/"),
            ("x-mfa-RPID", "other.example"),
            ("x-mfa-RPOrigin", "http://shop.example"),
            ("x-mfa-RPOrigin", "https://shop.example/path"),
            ("x-mfa-RPOrigin", "shop.example"),
        ] {
            let mut wrong = headers(SHOP, None);
            bad.clone_into(&mut wrong.iter_mut().find(|(it, _)| *it == name).expect("a header").1);
            let refused = service.ask_with(Method::POST, REGISTER, Value::Null, &wrong).await;
            assert_eq!(refused.status, 400, "{name}: {bad}");
            assert!(refused.body.contains("x-mfa-RP"), "{name}: {bad}: {}", refused.body);
        }
    }

    async fn a_user_has_to_be_named_but_for_the_first_registration(place: Place) {
        let app = TestApp::open(place).await;
        let mut service = service(&app).await;
        let mut key = Authenticator::new(1);
        let begun = begin(&mut service, REGISTER, SHOP, None).await.expect(200);
        let answer = key.create(&begun, SHOP, |_| {});
        for (method, route, body) in [
            (Method::PUT, REGISTER, answer),
            (Method::POST, LOGIN, Value::Null),
            (Method::DELETE, "/webauthn/user", Value::Null),
            (Method::DELETE, "/webauthn/credential/AA", Value::Null),
        ] {
            let refused = service.ask_with(method, route, body, &headers(SHOP, None)).await;
            assert!(refused.problem(400, "bad-setting")["detail"].as_str().expect("text").contains("UserUUID"), "{route}");
        }
        for nobody in [NOBODY, "nonsense"] {
            begin(&mut service, REGISTER, SHOP, Some(nobody)).await.problem(404, "not-enrolled");
            begin(&mut service, LOGIN, SHOP, Some(nobody)).await.problem(404, "not-enrolled");
        }
    }

    async fn names_are_any_text_and_icons_are_ignored(place: Place) {
        let app = TestApp::open(place).await;
        let mut service = service(&app).await;
        let mut given = headers(SHOP, None);
        "Bäh \u{1f511}".clone_into(&mut given[3].1);
        given.extend([("x-mfa-RPIcon", "https://shop.example/i.png".to_owned()), ("X-MFA-UserIcon", "x".repeat(2000))]);
        let begun = service.ask_with(Method::POST, REGISTER, Value::Null, &given).await.expect(200);
        assert_eq!(begun["publicKey"]["user"]["name"], "Bäh \u{1f511}");
    }

    async fn refusals_have_their_status(place: Place) {
        let app = TestApp::open(place).await;
        let mut service = service(&app).await;
        let mut key = Authenticator::new(1);
        let (user, _) = registered(&mut service, SHOP, None, &mut key).await;

        let begun = begin(&mut service, REGISTER, SHOP, Some(&user)).await.expect(200);
        assert_eq!(begun["publicKey"]["excludeCredentials"].as_array().map(Vec::len), Some(1));
        let again = key.create(&begun, SHOP, |_| {});
        finish(&mut service, REGISTER, SHOP, &user, again.clone()).await.problem(409, "already-enrolled");
        finish(&mut service, REGISTER, SHOP, &user, again).await.problem(422, "key-refused");
        let begun = begin(&mut service, REGISTER, SHOP, Some(&user)).await.expect(200);
        let elsewhere = Authenticator::new(2).create(&begun, "https://evil.example", |_| {});
        finish(&mut service, REGISTER, SHOP, &user, elsewhere).await.problem(422, "key-refused");

        let asked = begin(&mut service, LOGIN, SHOP, Some(&user)).await.expect(200);
        let mut copy = key.clone();
        let answer = key.get(&asked, SHOP, |_| {});
        finish(&mut service, LOGIN, SHOP, &user, answer.clone()).await.expect(200);
        finish(&mut service, LOGIN, SHOP, &user, answer).await.problem(401, "key-refused");
        log_in(&mut service, SHOP, &user, &mut copy).await.problem(401, "key-cloned");
        let asked = begin(&mut service, LOGIN, SHOP, Some(&user)).await.expect(200);
        let answer = key.get(&asked, SHOP, |_| {});
        finish(&mut service, LOGIN, BANK, &user, answer).await.problem(401, "key-refused");

        for route in [REGISTER, LOGIN] {
            for body in [json!({}), json!([]), json!("x"), json!({ "id": "AA", "rawId": 7 })] {
                finish(&mut service, route, SHOP, &user, body).await.problem(400, "malformed");
            }
        }
        begin(&mut service, LOGIN, BANK, Some(&user)).await.problem(404, "not-enrolled");
    }

    async fn another_clients_user_is_nobody(place: Place) {
        let app = TestApp::open(place).await;
        let (mut service, mut other) = (service(&app).await, service_of(&app, "bob@example.org").await);
        let mut key = Authenticator::new(1);
        let (user, hash) = registered(&mut service, SHOP, None, &mut key).await;
        let headers = headers(SHOP, Some(&user));
        begin(&mut other, REGISTER, SHOP, Some(&user)).await.problem(404, "not-enrolled");
        begin(&mut other, LOGIN, SHOP, Some(&user)).await.problem(404, "not-enrolled");
        let asked = begin(&mut service, LOGIN, SHOP, Some(&user)).await.expect(200);
        let answer = key.get(&asked, SHOP, |_| {});
        finish(&mut other, LOGIN, SHOP, &user, answer.clone()).await.problem(404, "not-enrolled");
        let path = format!("/webauthn/credential/{hash}");
        other.ask_with(Method::DELETE, &path, Value::Null, &headers).await.problem(404, "not-enrolled");
        other.ask_with(Method::DELETE, "/webauthn/user", Value::Null, &headers).await.expect(204);
        finish(&mut service, LOGIN, SHOP, &user, answer).await.expect(200);
    }

    async fn keys_are_removed_one_by_one_and_all_with_their_user(place: Place) {
        let app = TestApp::open(place).await;
        let mut service = service(&app).await;
        let (mut one, mut two) = (Authenticator::new(1), Authenticator::new(2));
        let (user, hash) = registered(&mut service, SHOP, None, &mut one).await;
        registered(&mut service, SHOP, Some(&user), &mut two).await;
        // Nothing but the user is read there.
        let named = [("x-mfa-UserUUID", user.clone())];
        let path = format!("/webauthn/credential/{hash}");
        service.ask_with(Method::DELETE, &path, Value::Null, &named).await.expect(204);
        service.ask_with(Method::DELETE, &path, Value::Null, &named).await.problem(404, "not-enrolled");
        for nothing in ["nonsense", "%00", "%F0%9F%94%91"] {
            let path = format!("/webauthn/credential/{nothing}");
            service.ask_with(Method::DELETE, &path, Value::Null, &named).await.problem(404, "not-enrolled");
        }
        log_in(&mut service, SHOP, &user, &mut two).await.expect(200);
        let asked = begin(&mut service, LOGIN, SHOP, Some(&user)).await.expect(200);
        assert_eq!(asked["publicKey"]["allowCredentials"].as_array().map(Vec::len), Some(1));
        for _ in 0..2 {
            service.ask_with(Method::DELETE, "/webauthn/user", Value::Null, &named).await.expect(204);
        }
        begin(&mut service, LOGIN, SHOP, Some(&user)).await.problem(404, "not-enrolled");
        registered(&mut service, SHOP, None, &mut two).await;
    }
}
