//! `/api/v1/mfa/u2f`: raw U2F keys, and such a key in WebAuthn.

use data_encoding::BASE64URL_NOPAD;
use postern_core::testing::{Authenticator, U2fRegistering, U2fSigning, U2fToken};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::browser::Answer;
use crate::clients::{service, service_of};
use crate::clients_webauthn::{begin, finish};
use crate::on_each_store;
use crate::service::{SHOP, Service};

const APP: &str = "https://shop.example/app-id.json";
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// Where a user stands, and what it is to register.
async fn begun(service: &mut Service) -> (String, Value) {
    let begun = service.post("/u2f", json!({ "appId": APP })).await.expect(200);
    (format!("/u2f/{}", begun["uuid"].as_str().expect("a uuid")), begun["challenge"].clone())
}

async fn put(service: &mut Service, path: &str, answer: Value) -> Answer {
    service.put(path, json!({ "signResult": answer })).await
}

/// A user with this key, as a path.
async fn u2f_user(service: &mut Service, token: &U2fToken) -> String {
    let (user, challenge) = begun(service).await;
    put(service, &user, token.register(&challenge, SHOP, |_| {})).await.expect(204);
    user
}

async fn asked(service: &mut Service, user: &str) -> Value {
    service.post(&format!("{user}/auth"), Value::Null).await.expect(200)
}

async fn sign(service: &mut Service, user: &str, token: &mut U2fToken) -> Answer {
    let asked = asked(service, user).await;
    put(service, &format!("{user}/auth"), token.sign(&asked, SHOP, |_| {})).await
}

on_each_store! {
    async fn a_key_registers_and_signs_each_challenge_once(place: Place) {
        let app = TestApp::open(place).await;
        let mut service = service(&app).await;
        let mut token = U2fToken::new(1);
        let (user, challenge) = begun(&mut service).await;
        assert_eq!((&challenge["version"], &challenge["appId"]), (&json!("U2F_V2"), &json!(APP)));
        let random = BASE64URL_NOPAD.decode(challenge["challenge"].as_str().expect("text").as_bytes());
        assert_eq!(random.expect("base64").len(), 32);
        let answer = token.register(&challenge, SHOP, |_| {});
        put(&mut service, &user, answer.clone()).await.expect(204);
        put(&mut service, &user, answer).await.problem(400, "key-refused");

        let asked = asked(&mut service, &user).await;
        assert_eq!((&asked["version"], &asked["appId"]), (&json!("U2F_V2"), &json!(APP)));
        assert_eq!(asked["keyHandle"], BASE64URL_NOPAD.encode(&token.key.id));
        assert_eq!(format!("/u2f/{}", asked["uuid"].as_str().expect("a uuid")), user);
        let (path, signed) = (format!("{user}/auth"), token.sign(&asked, SHOP, |_| {}));
        let valid = put(&mut service, &path, signed.clone()).await.expect(200);
        assert_eq!(valid, json!({ "message": "Valid", "status": 200 }));
        put(&mut service, &path, signed).await.problem(400, "key-refused");
    }

    async fn what_does_not_hold_is_400_and_says_why(place: Place) {
        let app = TestApp::open(place).await;
        let mut service = service(&app).await;
        let mut token = U2fToken::new(1);
        let mut reasons = Vec::new();
        let changes: [fn(&mut U2fRegistering); 5] = [
            |made| made.reserved = 4,
            |made| "https://other.example".clone_into(&mut made.app_id),
            |made| made.client["origin"] = json!("https://evil.example"),
            |made| made.client["typ"] = json!("navigator.id.getAssertion"),
            |made| made.attester = vec![7; 32],
        ];
        for change in changes {
            let (user, challenge) = begun(&mut service).await;
            let refused = put(&mut service, &user, token.register(&challenge, SHOP, change)).await;
            assert_eq!(refused.status, 400, "{refused:?}");
            reasons.push(refused.json()["detail"].as_str().expect("text").to_owned());
        }
        let user = u2f_user(&mut service, &token).await;
        let path = format!("{user}/auth");
        let changes: [fn(&mut U2fSigning); 3] = [
            |made| made.presence = 0,
            |made| "https://other.example".clone_into(&mut made.app_id),
            |made| made.client["challenge"] = json!("AAAA"),
        ];
        for change in changes {
            let asked = asked(&mut service, &user).await;
            let refused = put(&mut service, &path, token.sign(&asked, SHOP, change)).await;
            assert_eq!(refused.status, 400, "{refused:?}");
            reasons.push(refused.json()["detail"].as_str().expect("text").to_owned());
        }
        reasons.sort();
        reasons.dedup();
        assert!(reasons.len() >= 5, "{reasons:?}");
        let mut copy = token.clone();
        sign(&mut service, &user, &mut token).await.expect(200);
        sign(&mut service, &user, &mut copy).await.problem(400, "key-cloned");
        for bad in [json!({}), json!({ "signResult": {} }), json!({ "signResult": 7 }), json!([])] {
            service.put(&user, bad.clone()).await.problem(400, "malformed");
            service.put(&path, bad).await.problem(400, "malformed");
        }
        for bad in [json!({}), json!({ "appId": 7 })] {
            service.post("/u2f", bad).await.problem(400, "malformed");
        }
        for bad in ["", "http://shop.example", "shop.example", "https://ada@shop.example"] {
            let refused = service.post("/u2f", json!({ "appId": bad })).await.problem(400, "bad-setting");
            assert!(refused["detail"].as_str().expect("text").contains("appId"), "{refused}");
        }
    }

    async fn a_u2f_key_logs_in_by_webauthn_with_its_app_id(place: Place) {
        let app = TestApp::open(place).await;
        let mut service = service(&app).await;
        let mut token = U2fToken::new(1);
        let path = u2f_user(&mut service, &token).await;
        let user = path.strip_prefix("/u2f/").expect("a path");
        let login = begin(&mut service, "/webauthn/login", SHOP, Some(user)).await.expect(200);
        assert_eq!(login["publicKey"]["extensions"]["appid"], APP);
        let answer = token.get(&login, SHOP, |_| {});
        let passed = finish(&mut service, "/webauthn/login", SHOP, user, answer).await.expect(200);
        assert_eq!(passed["credentialId"], BASE64URL_NOPAD.encode(&token.key.id));
        // One count for both ways.
        sign(&mut service, &path, &mut token).await.expect(200);
        // And a key of WebAuthn beside it.
        let mut key = Authenticator::new(2);
        let register = begin(&mut service, "/webauthn/register", SHOP, Some(user)).await.expect(200);
        let answer = key.create(&register, SHOP, |_| {});
        finish(&mut service, "/webauthn/register", SHOP, user, answer).await.expect(200);
        let login = begin(&mut service, "/webauthn/login", SHOP, Some(user)).await.expect(200);
        finish(&mut service, "/webauthn/login", SHOP, user, key.get(&login, SHOP, |_| {})).await.expect(200);
    }

    async fn who_is_not_there_is_404_and_so_is_who_was_removed(place: Place) {
        let app = TestApp::open(place).await;
        let (mut service, mut other) = (service(&app).await, service_of(&app, "bob@example.org").await);
        let mut token = U2fToken::new(1);
        let user = u2f_user(&mut service, &token).await;
        let signed = token.sign(&asked(&mut service, &user).await, SHOP, |_| {});
        let (unknown, nonsense) = (format!("/u2f/{NOBODY}"), "/u2f/nonsense".to_owned());
        for (service, user) in [(&mut other, &user), (&mut service.clone(), &unknown), (&mut service.clone(), &nonsense)] {
            service.post(&format!("{user}/auth"), Value::Null).await.problem(404, "not-enrolled");
            put(service, &format!("{user}/auth"), signed.clone()).await.problem(404, "not-enrolled");
            service.delete(user).await.problem(404, "not-enrolled");
        }
        put(&mut service, &format!("{user}/auth"), signed).await.expect(200);
        service.delete(&user).await.expect(204);
        service.delete(&user).await.problem(404, "not-enrolled");
        service.post(&format!("{user}/auth"), Value::Null).await.problem(404, "not-enrolled");
        u2f_user(&mut service, &token).await;
    }
}
