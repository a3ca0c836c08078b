//! `/api/v1/vault` from outside: what is answered to whom, with which status, and what stands afterwards.

use std::net::SocketAddr;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::app::{Place, TestApp};
use crate::browser::{Answer, Browser};
use crate::on_each_store;

pub const TOTPS: &str = "/api/v1/vault/totps";
pub const HASH: &str = "2NEpo7TZRRrLZSi2U0vQ8k";
pub const BLOB: &str = "8rBiAZ5WvqVUtaDQnN9mJn";

/// A request, with a vault named where one has to be.
pub fn naming(request: RequestBuilder, path: &str) -> RequestBuilder {
    if path == TOTPS { request.header("X-User-Hash", HASH) } else { request }
}

/// So many bytes are too much at a path: elsewhere than here nobody sends many at once.
pub fn too_much(path: &str) -> usize {
    if path == TOTPS { 5_000_000 } else { 70_000 }
}

/// A program of somebody who has a vault.
#[derive(Clone)]
pub struct Keeper {
    pub program: Browser,
    pub hash: String,
}

impl Keeper {
    pub fn of(app: &TestApp, hash: &str) -> Self {
        Self { program: app.program(), hash: hash.to_owned() }
    }

    /// The same at another process.
    pub fn at(&self, address: SocketAddr) -> Self {
        Self { program: self.program.at(address), ..self.clone() }
    }

    /// `null` sends no body. The answer is as its description has it.
    pub async fn ask(&mut self, method: Method, body: Value) -> Answer {
        let request = self.program.request(method.clone(), TOTPS).header("X-User-Hash", &self.hash);
        let request = if body.is_null() { request } else { request.json(&body) };
        let answer = self.program.send(request).await;
        assert!(answer.cookies().is_empty(), "programs get no cookies: {answer:?}");
        self.program.description().await.check(&method, TOTPS, &answer);
        answer
    }

    pub async fn list(&mut self) -> Answer {
        self.ask(Method::GET, Value::Null).await
    }

    pub async fn add(&mut self, totps: Value) -> Answer {
        self.ask(Method::POST, json!({ "totps": totps })).await
    }

    pub async fn replace(&mut self, old: &str, new: &str) -> Answer {
        self.ask(Method::PUT, json!({ "replaces": old, "enc_secret": new })).await
    }

    pub async fn remove(&mut self, totps: Value) -> Answer {
        self.ask(Method::DELETE, json!({ "totps": totps })).await
    }
}

fn entry(text: &str) -> Value {
    json!({ "enc_secret": text })
}

on_each_store! {
    async fn a_vault_is_filled_listed_changed_and_emptied(place: Place) {
        let mut app = TestApp::open(place).await;
        for path in ["/api/v1/vault", "/api/v1/vault/"] {
            assert_eq!(app.program().get(path).await.expect(200), json!({ "status": "ok" }));
        }
        let mut ada = Keeper::of(&app, HASH);
        ada.list().await.problem(404, "no-vault");
        let added = ada.add(json!([{ "enc_secret": BLOB, "name": "Shop" }, { "enc_secret": "v2.AAAA", "name": null }])).await;
        let kept = json!([{ "enc_secret": BLOB, "name": "Shop" }, { "enc_secret": "v2.AAAA", "name": null }]);
        assert_eq!(added.expect(200), json!({ "user_created": true, "totps": kept }));
        assert_eq!(ada.list().await.expect(200), json!({ "totps": kept }));
        let again = ada.add(json!([{ "enc_secret": BLOB, "name": "Bank" }])).await.expect(200);
        assert_eq!((&again["user_created"], &again["totps"][0]["name"]), (&json!(false), &json!("Bank")));

        let replaced = ada.replace("v2.AAAA", "v2.BBBB").await.expect(200);
        assert_eq!(replaced, json!({ "enc_secret": "v2.BBBB", "name": null }));
        ada.replace("v2.AAAA", "v2.CCCC").await.problem(409, "entry-gone");
        let mut stranger = Keeper::of(&app, "nobody");
        stranger.replace(BLOB, "C").await.problem(409, "entry-gone");
        assert_eq!(stranger.remove(json!([entry(BLOB)])).await.expect(200), json!({ "deleted": 0 }));

        app.restart().await;
        ada = Keeper::of(&app, HASH);
        let kept = json!([{ "enc_secret": BLOB, "name": "Bank" }, { "enc_secret": "v2.BBBB", "name": null }]);
        assert_eq!(ada.list().await.expect(200), json!({ "totps": kept }));
        let gone = ada.remove(json!([{ "enc_secret": BLOB, "name": "whatever" }, entry("never"), entry(BLOB)])).await;
        assert_eq!(gone.expect(200), json!({ "deleted": 1 }));
        assert_eq!(ada.remove(json!([entry("v2.BBBB")])).await.expect(200), json!({ "deleted": 1 }));
        ada.list().await.problem(404, "no-vault");
        assert_eq!(ada.add(json!([entry("A")])).await.expect(200)["user_created"], json!(true));
    }

    async fn who_names_no_vault_is_told_so_before_anything_else(place: Place) {
        let app = TestApp::open(place).await;
        let mut program = app.program();
        let odd: [&[&[u8]]; 8] = [&[], &[b""], &[b" "], &[b"a", b"a"], &[b"a b"], &[&[b'a'; 129]], &[b"\xc3\xa9"], &[b"a\tb"]];
        for hashes in odd {
            for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
                let mut request = program.request(method.clone(), TOTPS);
                for hash in hashes {
                    request = request.header("X-User-Hash", *hash);
                }
                let request = if method == Method::GET { request } else { request.body("no JSON") };
                let refused = program.send(request).await;
                let told = refused.problem(400, "bad-setting");
                assert!(told["detail"].as_str().expect("text").starts_with("X-User-Hash"), "{hashes:?}: {told}");
                program.description().await.check(&method, TOTPS, &refused);
            }
        }
        let mut longest = Keeper::of(&app, &"~".repeat(128));
        longest.add(json!([entry("A")])).await.expect(200);
        longest.list().await.expect(200);
    }

    async fn what_is_out_of_its_range_is_refused_by_name_and_changes_nothing(place: Place) {
        let app = TestApp::open(place).await;
        let mut ada = Keeper::of(&app, HASH);
        let longest = "x".repeat(4096);
        ada.add(json!([{ "enc_secret": longest, "name": "ß".repeat(512) }])).await.expect(200);
        ada.replace(&longest, "A").await.expect(200);
        let before = ada.list().await.body;
        let (long, long_name) = ("x".repeat(4097), "ß".repeat(513));
        for (odd, field) in [
            (json!({ "enc_secret": "" }), "enc_secret"),
            (json!({ "enc_secret": long }), "enc_secret"),
            (json!({ "enc_secret": "a b" }), "enc_secret"),
            (json!({ "enc_secret": "é" }), "enc_secret"),
            (json!({ "enc_secret": "a\u{0}" }), "enc_secret"),
            (json!({ "enc_secret": "B", "name": long_name }), "name"),
            (json!({ "enc_secret": "B", "name": "a\r\nb" }), "name"),
        ] {
            let refused = [
                ada.add(json!([entry("B"), odd])).await,
                ada.remove(json!([entry("A"), odd])).await,
                ada.ask(Method::PUT, json!({ "replaces": "A", "enc_secret": odd["enc_secret"], "name": odd["name"] })).await,
            ];
            for refused in refused {
                let told = refused.problem(400, "bad-setting");
                assert!(told["detail"].as_str().expect("text").starts_with(field), "{odd}: {told}");
            }
        }
        let told = ada.replace("a b", "B").await.problem(400, "bad-setting");
        assert!(told["detail"].as_str().expect("text").starts_with("replaces"), "{told}");
        for body in [
            json!({}), json!({ "totps": null }), json!({ "totps": {} }), json!({ "totps": ["A"] }), json!({ "totps": [null] }), json!([]),
            json!({ "totps": [{ "name": "A" }] }), json!({ "totps": [{ "enc_secret": 7 }] }), json!({ "totps": [["A"], { "enc_secret": "A" }] }),
            json!({ "totps": [{ "enc_secret": "B", "name": 7 }] }), json!({ "enc_secret": "B" }), json!({ "replaces": "A" }),
        ] {
            for method in [Method::POST, Method::PUT, Method::DELETE] {
                let refused = ada.ask(method, body.clone()).await;
                refused.problem(400, "malformed");
            }
        }
        let many: Vec<Value> = (0..1_001).map(|_| entry("A")).collect();
        for method in [Method::POST, Method::DELETE] {
            let told = ada.ask(method, json!({ "totps": many })).await.problem(400, "bad-setting");
            assert!(told["detail"].as_str().expect("text").starts_with("totps"), "{told}");
        }
        let many: Vec<Value> = (0..1_000).map(|number| entry(&number.to_string())).collect();
        ada.add(many.into()).await.problem(409, "too-many-entries");
        assert_eq!(ada.list().await.body, before);
    }

    async fn a_network_makes_ten_vaults_an_hour(place: Place) {
        let app = TestApp::open(place).await;
        for number in 0..10 {
            Keeper::of(&app, &format!("user-{number}")).add(json!([entry("A")])).await.expect(200);
        }
        let mut eleventh = Keeper::of(&app, "user-10");
        let refused = eleventh.add(json!([entry("A")])).await;
        refused.problem(429, "too-many-vaults");
        assert_eq!(refused.retry_after(), 3_600);
        Keeper::of(&app, "user-0").add(json!([entry("B")])).await.expect(200);
        app.advance(3_600);
        eleventh.add(json!([entry("A")])).await.expect(200);
    }

    async fn all_vaults_together_have_so_much_room_and_no_more(place: Place) {
        let app = TestApp::with(place, &[("POSTERN_VAULT_MOST_BYTES", "1024")]).await;
        let mut ada = Keeper::of(&app, HASH);
        ada.add(json!([entry("A"), entry("B"), entry("C")])).await.problem(507, "vaults-full");
        ada.list().await.problem(404, "no-vault");
        ada.add(json!([entry("A"), entry("B")])).await.expect(200);
        Keeper::of(&app, "bob").add(json!([entry("A")])).await.problem(507, "vaults-full");
        ada.replace("A", &"x".repeat(4096)).await.problem(507, "vaults-full");
        ada.replace("A", "a").await.expect(200);
        ada.remove(json!([entry("B")])).await.expect(200);
        Keeper::of(&app, "bob").add(json!([entry("A")])).await.expect(200);
    }

    async fn what_stands_in_the_store_names_nobody_and_shows_nothing(place: Place) {
        let app = TestApp::open(place).await;
        let mut ada = Keeper::of(&app, HASH);
        ada.add(json!([{ "enc_secret": BLOB, "name": "Shop of Ada" }, entry("5fXrK1w4kD2mYdB3aPzQ7c")])).await.expect(200);
        ada.replace("5fXrK1w4kD2mYdB3aPzQ7c", "3vQB7B6MrGQZaxCuFg4oh").await.expect(200);
        let stored = app.stored();
        let holds = |text: &str| stored.windows(text.len()).any(|window| window == text.as_bytes());
        for text in [HASH, BLOB, "Shop of Ada", "5fXrK1w4kD2mYdB3aPzQ7c", "3vQB7B6MrGQZaxCuFg4oh"] {
            assert!(!holds(text), "{text}");
        }
        assert!(holds("vault"), "this is where vaults stand, or this test reads nothing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_for_nobody_s_vaults_has_to_wait() {
    let app = TestApp::open(Place::redis()).await;
    let mut ada = Keeper::of(&app, HASH);
    ada.add(json!([entry("A")])).await.expect(200);
    let mut walker = Keeper::of(&app, "nobody");
    for _ in 0..600 {
        assert_eq!(walker.list().await.status, 404);
    }
    let refused = walker.list().await;
    refused.problem(429, "too-many-unknown");
    assert_eq!(refused.retry_after(), 3_600);
    ada.list().await.expect(200);
}
