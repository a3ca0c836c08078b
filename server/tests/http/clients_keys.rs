//! `/api/v1/mfa/api-key`: keys by mail, activated once; who is let in with one, and who is not any more.

use postern_app::client::Clients;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::app::{Place, TestApp};
use crate::browser::raw;
use crate::clients::{service, service_of, totp_user, validation};
use crate::on_each_store;
use crate::service::{ADA, Service};

on_each_store! {
    async fn a_key_comes_by_mail_and_is_activated_once(place: Place) {
        let app = TestApp::open(place).await;
        let mut service = Service::keyless(&app.program());
        service.key = service.mailed_key(&app.mail, ADA).await;
        assert!(!app.mail.received()[0].subject.contains(&service.key), "a subject is shown on lock screens");
        assert!(!service.is_let_in().await);

        let activated = service.activate(ADA).await.expect(200);
        assert_eq!(activated.as_object().map(serde_json::Map::len), Some(1), "{activated}");
        activated["apiSecret"].as_str().expect("text").clone_into(&mut service.secret);
        assert_eq!(data_encoding::BASE64.decode(service.secret.as_bytes()).expect("base64").len(), 32);
        assert!(service.is_let_in().await);
        service.activate(ADA).await.problem(401, "already-activated");
        assert!(service.is_let_in().await);
    }

    async fn a_key_is_activated_by_its_address_alone_under_either_name(place: Place) {
        let app = TestApp::open(place).await;
        let mut service = Service::keyless(&app.program());
        service.key = service.mailed_key(&app.mail, ADA).await;
        let key = service.key.clone();
        for (address, key) in [("bob@example.org", key.as_str()), (ADA, &"0".repeat(40)), (ADA, "nonsense"), (ADA, "")] {
            let body = json!({ "email": address, "apiKey": key });
            service.bare(Method::POST, "/api-key/activate", body).await.problem(404, "no-api-key");
        }
        for body in [json!({ "email": ADA }), json!({ "apiKey": service.key }), json!({ "email": ADA, "apiKey": 7 })] {
            service.bare(Method::POST, "/api-key/activate", body).await.problem(400, "malformed");
        }
        let body = json!({ "email": "nobody", "apiKey": service.key });
        service.bare(Method::POST, "/api-key/activate", body).await.problem(400, "not-an-address");
        let body = json!({ "email": "Ada@Example.org", "apiKeyValue": service.key.to_uppercase() });
        service.bare(Method::POST, "/api-key/activate", body).await.expect(200);
    }

    async fn keys_by_mail_have_the_limits_of_codes_by_mail(place: Place) {
        let app = TestApp::open(place).await;
        let mut service = Service::keyless(&app.program());
        service.mailed_key(&app.mail, ADA).await;
        let again = service.bare(Method::POST, "/api-key", json!({ "email": "ADA@example.org" })).await;
        again.problem(429, "too-many-sends");
        assert_eq!(again.retry_after(), 30);
        app.advance(30);
        service.mailed_key(&app.mail, ADA).await;
        for address in ["", "ada", "ada@", "a\nb@example.org"] {
            let refused = service.bare(Method::POST, "/api-key", json!({ "email": address })).await;
            refused.problem(400, "not-an-address");
        }
        service.bare(Method::POST, "/api-key", json!({})).await.problem(400, "malformed");
    }

    async fn where_there_is_a_gateway_it_alone_asks_for_keys(place: Place) {
        let app = TestApp::with(place, &[("POSTERN_CLIENTS_GATEWAY_KEY", "hunter2hunter2hunter2")]).await;
        let mut service = Service::keyless(&app.program());
        let body = json!({ "email": ADA });
        for wrong in [None, Some(""), Some("hunter2hunter2hunter3"), Some("hunter2"), Some("\u{e9}")] {
            let header: Vec<_> = wrong.iter().map(|key| ("x-api-key", (*key).to_owned())).collect();
            let refused = service.ask_with(Method::POST, "/api-key", body.clone(), &header).await;
            refused.problem(403, "gateway");
        }
        let right = [("X-API-Key", "hunter2hunter2hunter2".to_owned())];
        assert_eq!(service.ask_with(Method::POST, "/api-key", body, &right).await.status, 204);
        assert_eq!(app.mail.wait_for(1).await.len(), 1);
        // Who has a key needs no gateway.
        service.key = "0".repeat(40);
        service.activate(ADA).await.problem(404, "no-api-key");
    }

    async fn a_key_that_nobody_activates_is_gone_after_a_day(place: Place) {
        let app = TestApp::open(place).await;
        let mut service = Service::keyless(&app.program());
        service.key = service.mailed_key(&app.mail, ADA).await;
        app.advance(24 * 3600);
        service.activate(ADA).await.problem(404, "no-api-key");
    }

    async fn whatever_is_wrong_with_key_or_secret_is_one_answer(place: Place) {
        let app = TestApp::open(place).await;
        let (mut right, other) = (service(&app).await, service(&app).await);
        let mut waiting = Service::keyless(&app.program());
        app.advance(31);
        waiting.key = waiting.mailed_key(&app.mail, ADA).await;
        let mut told = Vec::new();
        for (key, secret) in [
            (right.key.clone(), other.secret.clone()),
            ("0".repeat(40), right.secret.clone()),
            (waiting.key.clone(), right.secret.clone()),
            (right.key.clone(), String::new()),
            (String::new(), right.secret.clone()),
            (right.key.clone(), "\u{e9}".to_owned()),
        ] {
            let mut service = Service { key, secret, ..right.clone() };
            let refused = service.post("/totp", json!({})).await;
            refused.problem(401, "no-client");
            told.push(refused.body);
        }
        // Who is nobody is not told what would be wrong with the rest, nor what is there.
        let bare = right.bare(Method::POST, "/webauthn/register", Value::Null).await;
        bare.problem(401, "no-client");
        told.push(bare.body);
        assert!(told.iter().all(|body| *body == told[0]), "{told:?}");
        assert!(right.is_let_in().await);
    }

    async fn header_names_are_read_in_any_case_and_doubled_ones_are_nobodys(place: Place) {
        let app = TestApp::open(place).await;
        let service = service(&app).await;
        let host = app.origin.split_once("://").expect("an origin").1.to_owned();
        for (names, status) in [
            (&["x-mfa-apikey", "x-mfa-apisecret"][..], "404"),
            (&["X-MFA-ApiKey", "X-MFA-ApiSecret"], "404"),
            (&["X-MFA-APIKEY", "X-MFA-APISECRET"], "404"),
            (&["x-mfa-apikey", "x-mfa-apisecret", "X-Mfa-Apikey"], "401"),
        ] {
            let values = [&service.key, &service.secret].into_iter().cycle();
            let given: Vec<_> = names.iter().zip(values).map(|(name, value)| format!("{name}: {value}\r\n")).collect();
            let given = given.concat();
            let path = "/api/v1/mfa/totp/00000000-0000-4000-8000-000000000000";
            let asked = format!("DELETE {path} HTTP/1.1\r\nHost: {host}\r\n{given}Connection: close\r\n\r\n");
            let answer = raw(app.address, asked.as_bytes()).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{names:?}: {answer}");
        }
    }

    async fn wrong_secrets_wait_by_key_and_network_and_the_right_one_never(place: Place) {
        let app = TestApp::with(place, &[("POSTERN_TRUSTED_PROXIES", "127.0.0.1/32")]).await;
        let mut service = service(&app).await;
        service.network = Some("192.0.2.7".to_owned());
        let mut guessing = service.guessing();
        for _ in 0..20 {
            assert!(!guessing.is_let_in().await);
        }
        let throttled = guessing.post("/totp", json!({})).await;
        throttled.problem(429, "too-many-refusals");
        assert!((1..=600).contains(&throttled.retry_after()), "{throttled:?}");
        assert!(service.is_let_in().await, "nobody shuts a client out by calling in its name");
        guessing.network = Some("192.0.2.8".to_owned());
        assert!(!guessing.is_let_in().await);
        app.advance(throttled.retry_after());
        guessing.network = Some("192.0.2.7".to_owned());
        assert!(!guessing.is_let_in().await);
    }

    async fn a_browsers_cookie_is_nothing_here(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = app.browser();
        browser.open("/").await.page(200, "door");
        let mut service = service(&app).await;
        service.program.cookies.clone_from(&browser.cookies);
        totp_user(&app, &mut service).await;
        // That no answer has a cookie, whoever calls sees to.
        let session = browser.api_get("/session").await.expect(200);
        assert_eq!(session["factors"], json!([]));
    }

    async fn rotation_takes_every_user_along_and_ends_the_old_pair(place: Place) {
        let app = TestApp::open(place).await;
        let (mut old, mut new) = (service(&app).await, service(&app).await);
        let mut users = Vec::new();
        for _ in 0..3 {
            users.push(totp_user(&app, &mut old).await);
        }
        let counts = json!({ "totpComplete": 3, "totpIncomplete": 0, "webauthnComplete": 0, "webauthnIncomplete": 0 });
        assert_eq!(old.rotate_to(&new).await.expect(200), counts);
        assert!(!old.is_let_in().await);
        for (user, phone) in users {
            let used = phone.code_at(app.unix_time());
            new.post(&validation(&user), json!({ "code": used })).await.problem(401, "wrong");
            let next = phone.code_at(app.unix_time() + 30);
            new.post(&validation(&user), json!({ "code": next })).await.expect(200);
        }
        let nothing = json!({ "totpComplete": 0, "totpIncomplete": 0, "webauthnComplete": 0, "webauthnIncomplete": 0 });
        assert_eq!(old.rotate_to(&new).await.expect(200), nothing, "called again there is nothing left to do");
    }

    async fn a_rotation_needs_both_pairs_and_goes_one_way(place: Place) {
        let app = TestApp::open(place).await;
        let (mut old, mut new) = (service(&app).await, service(&app).await);
        let mut third = service_of(&app, "bob@example.org").await;
        old.guessing().rotate_to(&new).await.problem(401, "no-client");
        old.rotate_to(&new.guessing()).await.problem(401, "no-client");
        let same = old.clone();
        old.rotate_to(&same).await.problem(409, "rotated-elsewhere");
        old.bare(Method::POST, "/api-key/rotate", json!({ "oldKeyId": old.key })).await.problem(400, "malformed");
        assert!(old.is_let_in().await && new.is_let_in().await && third.is_let_in().await);
        old.rotate_to(&new).await.expect(200);
        old.rotate_to(&third).await.problem(409, "rotated-elsewhere");
        new.rotate_to(&old).await.problem(409, "rotated-elsewhere");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_session_is_begun() {
    let mut app = TestApp::open(Place::redis()).await;
    let mut service = service(&app).await;
    totp_user(&app, &mut service).await;
    service.bare(Method::POST, "/totp", Value::Null).await.problem(401, "no-client");
    // Sessions' keys are those without a colon.
    let mut begun = || app.redis().cli(&["--scan"]).lines().filter(|key| !key.contains(':')).count();
    assert_eq!(begun(), 0);
    service.program.get("/").await.page(200, "door");
    assert_ne!(begun(), 0, "this test looks for what is not there");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_activations_at_two_processes_on_one_redis_one_gets_the_secret() {
    let mut app = TestApp::open(Place::redis()).await;
    let second = app.another_process().await;
    let mut service = Service::keyless(&app.program());
    service.key = service.mailed_key(&app.mail, ADA).await;
    let both = [service.clone(), service.at(second)];
    let mut sending = JoinSet::new();
    for service in both.iter().cycle().take(50) {
        let mut service = service.clone();
        sending.spawn(async move { service.activate(ADA).await });
    }
    let answers = sending.join_all().await;
    let (given, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!(given.len(), 1);
    for answer in refused {
        assert!(matches!(answer.status, 401 | 429), "{answer:?}");
    }
    given[0].json()["apiSecret"].as_str().expect("a secret").clone_into(&mut service.secret);
    assert!(service.is_let_in().await && service.at(second).is_let_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_disabled_is_refused_at_once_by_every_process() {
    let mut app = TestApp::open(Place::redis()).await;
    let second = app.another_process().await;
    let mut service = service(&app).await;
    let mut elsewhere = service.at(second);
    assert!(service.is_let_in().await && elsewhere.is_let_in().await);
    let operators = Clients::new(postern::app::portal(&app.config()).await.expect("a portal"));
    operators.disable_for_operator(&service.key).await.expect("it is disabled");
    assert!(!service.is_let_in().await && !elsewhere.is_let_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_pair_is_refused_at_once_by_every_process() {
    let mut app = TestApp::open(Place::redis()).await;
    let second = app.another_process().await;
    let (mut old, new) = (service(&app).await, service(&app).await);
    let (user, phone) = totp_user(&app, &mut old).await;
    assert!(old.at(second).is_let_in().await);
    old.rotate_to(&new).await.expect(200);
    assert!(!old.is_let_in().await && !old.at(second).is_let_in().await);
    let next = phone.code_at(app.unix_time() + 30);
    new.at(second).post(&validation(&user), json!({ "code": next })).await.expect(200);
}
