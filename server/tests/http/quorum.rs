//! `/api/v1/quorum`: a secret is dealt, asked for, and codes are made of it; what is refused, and what the store ever has.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::app::{Place, TestApp};
use crate::browser::{Answer, Browser};
use crate::faulty::{Break, FaultyStore};
use crate::on_each_store;
use crate::wired::Wired;

pub const KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
pub const URI: &str = "otpauth://totp/Cloud:root?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Cloud&algorithm=SHA256&digits=8&period=60";

/// What another program makes of the key.
pub fn oathtool(told: &[&str], at: u64) -> String {
    let now = format!("@{at}");
    let output = Command::new("oathtool").arg("-b").args(told).args(["--now", &now, KEY]).output();
    let output = output.expect("oathtool must be installed to run these tests (Debian: apt-get install oathtool)");
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}

/// The code of [`URI`].
pub fn code_of_uri(at: u64) -> String {
    oathtool(&["--totp=SHA256", "-d", "8", "-s", "60s"], at)
}

/// A text as an armored age file, by the program.
pub fn encrypted(text: &str, tek: &str) -> String {
    let mut age = Command::new("age")
        .args(["-a", "-r", tek])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("age must be installed to run these tests (Debian: apt-get install age)");
    age.stdin.take().expect("its input").write_all(text.as_bytes()).expect("it reads");
    String::from_utf8(age.wait_with_output().expect("it ran").stdout).expect("text")
}

/// Somebody with a program, who sends JSON or forms.
#[derive(Clone)]
pub struct Custodian {
    pub program: Browser,
    pub forms: bool,
    /// Where the request comes from, as the proxy in front tells.
    pub network: Option<String>,
}

/// A session, as the one who asks has it.
#[derive(Clone)]
pub struct Session {
    pub id: String,
    pub private: String,
    pub tek: String,
}

impl Custodian {
    pub fn of(app: &TestApp) -> Self {
        Self { program: app.program(), forms: false, network: None }
    }

    fn at(&self, address: SocketAddr) -> Self {
        Self { program: self.program.at(address), ..self.clone() }
    }

    pub async fn send(&mut self, method: Method, route: &str, body: &Value) -> Answer {
        let path = format!("/api/v1/quorum{route}");
        let request = self.program.request(method.clone(), &path);
        let request = match body {
            Value::Null => request,
            body if self.forms => request.form(&fields(body)),
            body => request.json(body),
        };
        let request = self.network.iter().fold(request, |request, from| request.header("x-forwarded-for", from));
        let answer = self.program.send(request).await;
        assert!(answer.cookies().is_empty(), "programs get no cookies: {answer:?}");
        self.program.description().await.check(&method, &path, &answer);
        answer
    }

    pub async fn post(&mut self, route: &str, body: Value) -> Answer {
        self.send(Method::POST, route, &body).await
    }

    pub async fn deal(&mut self, threshold: u64, size: u64) -> Vec<String> {
        let dealt = self.post("/shares", json!({ "secret_key": URI, "shares": size, "threshold": threshold })).await;
        let dealt = dealt.expect(200);
        let shares: Vec<String> = serde_json::from_value(dealt["shares"].clone()).expect("lines");
        let prefix = dealt["prefix"].as_str().expect("a prefix");
        for (at, share) in shares.iter().enumerate() {
            assert!(share.starts_with(&format!("{prefix}${}$", at + 1)), "{share}");
        }
        shares
    }

    pub async fn ask(&mut self, first: &str) -> Session {
        let asked = self.post("/sessions", json!({ "first_share": first })).await.expect(200);
        let text = |name: &str| asked[name].as_str().unwrap_or_else(|| panic!("no {name}: {asked}")).to_owned();
        Session { id: text("id"), private: text("private"), tek: text("tek") }
    }

    pub async fn join(&mut self, session: &Session, share: &str) -> Answer {
        self.post(&format!("/sessions/{}/shares", session.id), json!({ "share": share })).await
    }

    pub async fn join_encrypted(&mut self, session: &Session, text: &str) -> Answer {
        let body = json!({ "encrypted_share": encrypted(text, &session.tek) });
        self.post(&format!("/sessions/{}/shares", session.id), body).await
    }

    pub async fn progress(&mut self, session: &Session) -> Answer {
        self.send(Method::GET, &format!("/sessions/{}", session.id), &Value::Null).await
    }

    pub async fn code(&mut self, session: &Session) -> Answer {
        self.post(&format!("/sessions/{}/totp", session.id), json!({ "private": session.private })).await
    }

    pub async fn end(&mut self, session: &Session) -> Answer {
        let body = json!({ "private": session.private });
        self.send(Method::DELETE, &format!("/sessions/{}", session.id), &body).await
    }
}

/// An object as a form has it: lists once for every item.
fn fields(body: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let members = body.as_object().expect("an object").iter();
    let each = members.flat_map(|(name, value)| match value {
        Value::Array(items) => items.iter().map(|item| (name.clone(), text(item))).collect(),
        value => vec![(name.clone(), text(value))],
    });
    each.collect()
}

#[track_caller]
pub fn assert_joined(answer: &Answer) {
    assert_eq!((answer.status, answer.body.as_str()), (200, "share joined"));
}

#[track_caller]
pub fn assert_waits(answer: &Answer) {
    assert_eq!((answer.status, answer.body.as_str()), (202, "share waiting"));
}

/// Nothing of this may ever stand in the store: the key in any spelling, shares and what they are made of, the private key.
fn assert_hidden(app: &TestApp, shares: &[String], session: Option<&Session>, step: &str) {
    let stored = app.stored();
    let mut hidden = vec![KEY.as_bytes().to_vec(), BASE32_NOPAD.decode(KEY.as_bytes()).expect("a key")];
    for share in shares {
        let data = share.rsplit('$').next().expect("data");
        hidden.push(data.as_bytes()[80..].to_vec());
        let bytes = BASE64URL_NOPAD.decode(data.as_bytes()).expect("base64url");
        hidden.push(bytes[52..bytes.len() - 4].to_vec());
    }
    hidden.extend(session.map(|session| session.private.clone().into_bytes()));
    for secret in hidden {
        let found = stored.windows(secret.len()).any(|window| window == secret);
        assert!(!found, "after {step}: {}", String::from_utf8_lossy(&secret));
    }
}

async fn walk(app: &TestApp, forms: bool) {
    let mut ada = Custodian { forms, ..Custodian::of(app) };
    let shares = ada.deal(3, 5).await;
    assert_hidden(app, &shares, None, "the deal");
    let asked = json!({ "first_share": shares[4], "ttl": 600, "shares": 5, "threshold": 3 });
    let asked = ada.post("/sessions", asked).await.expect(200);
    assert_eq!(asked["threshold"], 3);
    let text = |name: &str| asked[name].as_str().expect("text").to_owned();
    let session = Session { id: text("id"), private: text("private"), tek: text("tek") };
    assert_hidden(app, &shares, Some(&session), "the asking");
    let refused = ada.code(&session).await.problem(409, "incomplete");
    assert_eq!(refused["detail"], "1 of 3 have agreed.");
    assert_joined(&ada.join(&session, &shares[0]).await);
    assert_hidden(app, &shares, Some(&session), "a share");
    assert_waits(&ada.join_encrypted(&session, &shares[2]).await);
    assert_hidden(app, &shares, Some(&session), "an encrypted share");
    let progress = ada.progress(&session).await.expect(200);
    let expected = json!({
        "complete": false, "prefix": shares[0][..8], "provided": 2, "waiting": 1, "threshold": 3,
        "expires_at": asked["expires_at"],
    });
    assert_eq!(progress, expected);
    let code = ada.code(&session).await.expect(200);
    assert_eq!(code["totp"], code_of_uri(app.unix_time()));
    assert_eq!(code["expires_in"], 60 - app.unix_time() % 60);
    assert_hidden(app, &shares, Some(&session), "the code");
    assert_eq!(ada.progress(&session).await.expect(200)["complete"], true);
    app.advance(60);
    assert_eq!(ada.code(&session).await.expect(200)["totp"], code_of_uri(app.unix_time()), "a fresh one");
    ada.end(&session).await.expect(204);
    assert_hidden(app, &shares, Some(&session), "the end");
    ada.code(&session).await.problem(410, "quorum-over");
    ada.progress(&session).await.problem(410, "quorum-over");
    ada.join(&session, &shares[1]).await.problem(410, "quorum-over");
    app.advance(2 * 86_400);
    ada.progress(&session).await.problem(404, "no-quorum-session");
}

on_each_store! {
    async fn three_of_five_make_codes_by_json_and_the_store_never_has_any_of_it(place: Place) {
        walk(&TestApp::open(place).await, false).await;
    }

    async fn three_of_five_make_codes_by_forms_and_the_store_never_has_any_of_it(place: Place) {
        walk(&TestApp::open(place).await, true).await;
    }

    async fn what_does_not_belong_is_refused_by_name_and_honest_shares_still_finish(place: Place) {
        let app = TestApp::open(place).await;
        let mut ada = Custodian::of(&app);
        let (shares, others) = (ada.deal(2, 3).await, ada.deal(2, 3).await);
        let session = ada.ask(&shares[0]).await;
        let flipped = if shares[1].ends_with('A') { 'B' } else { 'A' };
        let damaged = format!("{}{flipped}", &shares[1][..shares[1].len() - 1]);
        for (bad, status, code, said) in [
            (damaged.as_str(), 400, "not-a-share", "damaged"),
            (&shares[1][..60], 400, "not-a-share", ""),
            (&shares[1].replace("$2$", "$0$"), 400, "not-a-share", "between 1 and 255"),
            (&shares[1].replace("$2$", "$3$"), 400, "not-a-share", "contradicts"),
            ("", 400, "not-a-share", "one line"),
            (&shares[0], 409, "share-twice", "1 is in already"),
            (&others[1], 409, "other-group", "another group"),
        ] {
            for forms in [false, true] {
                let refused = Custodian { forms, ..ada.clone() }.join(&session, bad).await.problem(status, code);
                assert!(refused["detail"].as_str().expect("words").contains(said), "{bad}: {refused}");
            }
        }
        let route = format!("/sessions/{}/shares", session.id);
        for body in [json!({}), json!({ "share": shares[1], "encrypted_share": "x" }), json!({ "share": null })] {
            ada.post(&route, body).await.problem(400, "malformed");
        }
        for file in ["", "junk", "-----BEGIN AGE ENCRYPTED FILE-----\nAAAA\n-----END AGE ENCRYPTED FILE-----"] {
            ada.post(&route, json!({ "encrypted_share": file })).await.problem(400, "not-a-share");
        }
        // Encrypted ones are told from each other when they are opened: dropped, and nobody is harmed.
        for text in ["junk", others[1].as_str(), shares[0].as_str()] {
            let from = Some(format!("192.0.2.{}", text.len() % 250));
            assert_waits(&Custodian { network: from, ..ada.clone() }.join_encrypted(&session, text).await);
        }
        ada.code(&session).await.problem(409, "incomplete");
        let progress = ada.progress(&session).await.expect(200);
        assert_eq!((&progress["provided"], &progress["waiting"]), (&json!(1), &json!(0)));
        assert_joined(&ada.join(&session, &shares[2]).await);
        assert_eq!(ada.code(&session).await.expect(200)["totp"], code_of_uri(app.unix_time()));
    }

    async fn what_cannot_be_dealt_or_asked_is_refused_by_name(place: Place) {
        let app = TestApp::open(place).await;
        let mut ada = Custodian::of(&app);
        let key = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
        let body = |secret: &str, shares: u64, threshold: u64, recipients: Value| {
            json!({ "secret_key": secret, "shares": shares, "threshold": threshold, "recipients": recipients })
        };
        for (body, code) in [
            (body(KEY, 5, 1, json!([])), "bad-setting"),
            (body(KEY, 256, 2, json!([])), "bad-setting"),
            (body(KEY, 1, 1, json!([])), "bad-setting"),
            (body(KEY, 2, 3, json!([])), "bad-setting"),
            (body("otpauth://hotp/A?secret=GEZDGNBVGY3TQOJQ&counter=0", 2, 2, json!([])), "not-a-secret"),
            (body("1", 2, 2, json!([])), "not-a-secret"),
            (body(KEY, 2, 2, json!([key])), "not-a-recipient"),
            (body(KEY, 2, 2, json!([key, "age1nobody"])), "not-a-recipient"),
        ] {
            for forms in [false, true] {
                Custodian { forms, ..ada.clone() }.post("/shares", body.clone()).await.problem(400, code);
            }
        }
        let noted = json!({ "secret_key": KEY, "shares": 2, "threshold": 2, "note": "a\nb" });
        ada.post("/shares", noted).await.problem(400, "bad-setting");
        let shares = ada.deal(2, 3).await;
        for ttl in [59, 86_401] {
            ada.post("/sessions", json!({ "first_share": shares[0], "ttl": ttl })).await.problem(400, "bad-setting");
        }
        let other = json!({ "first_share": shares[0], "shares": 5, "threshold": 2 });
        let refused = ada.post("/sessions", other).await.problem(422, "other-numbers");
        assert_eq!(refused["detail"], "The share says 2 of 3.");
    }

    async fn forms_are_read_as_strictly_as_json(place: Place) {
        let app = TestApp::open(place).await;
        let mut ada = Custodian::of(&app);
        let session = ada.ask(&ada.clone().deal(2, 2).await[0]).await;
        let (join, code) = (format!("/sessions/{}/shares", session.id), format!("/sessions/{}/totp", session.id));
        for (route, body, code) in [
            ("/shares", "secret_key=A&shares=5&threshold=3&shares=5", "malformed"),
            ("/shares", "secret_key=A&secret_key=A&shares=5&threshold=3", "malformed"),
            ("/shares", "secret_key=A&shares=five&threshold=3", "malformed"),
            ("/shares", "secret_key=A&shares=&threshold=3", "malformed"),
            ("/shares", "secret_key=A&threshold=3", "malformed"),
            ("/shares", "", "malformed"),
            ("/shares", "{\"secret_key\":\"A\"}", "malformed"),
            ("/shares", "secret_key=%00&shares=5&threshold=3", "not-a-secret"),
            ("/sessions", "first_share=%ff", "malformed"),
            ("/sessions", "first_share=a&first_share=a", "malformed"),
            ("/sessions", "first_share[]=a", "malformed"),
            ("/sessions", "first_share=a&ttl=60.0", "malformed"),
            (&join, "share=a&share=a", "malformed"),
            (&join, "share=a&encrypted_share=a", "malformed"),
            (&code, "private=a&private=a", "malformed"),
            (&code, "other=a", "malformed"),
        ] {
            let request = ada.program.request(Method::POST, &format!("/api/v1/quorum{route}")).body(body);
            let answer = ada.program.send(request.header("content-type", "application/x-www-form-urlencoded")).await;
            answer.problem(400, code);
        }
        let request = ada.program.request(Method::POST, "/api/v1/quorum/shares").body("secret_key=A");
        let refused = ada.program.send(request.header("content-type", "multipart/form-data; boundary=x")).await;
        let refused = refused.problem(415, "media-type");
        assert!(refused["detail"].as_str().expect("words").contains("x-www-form-urlencoded"), "{refused}");
        assert_eq!(ada.progress(&session).await.expect(200)["provided"], 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn shares_arrive_at_two_processes_on_one_redis_at_once() {
    let mut app = TestApp::open(Place::redis()).await;
    let second = app.another_process().await;
    let mut ada = Custodian::of(&app);
    let shares = ada.deal(20, 20).await;
    let session = ada.ask(&shares[0]).await;
    let mut joining = JoinSet::new();
    for (at, share) in shares.iter().enumerate().skip(1) {
        let mut custodian = if at % 2 == 0 { ada.clone() } else { ada.at(second) };
        let (session, share) = (session.clone(), share.clone());
        // Twice each: one counts.
        joining.spawn(async move {
            assert_joined(&custodian.join(&session, &share).await);
            custodian.join(&session, &share).await.problem(409, "share-twice");
        });
    }
    joining.join_all().await;
    assert_eq!(ada.progress(&session).await.expect(200)["provided"], 20);
    let expected = code_of_uri(app.unix_time());
    for custodian in [ada.clone(), ada.at(second)] {
        assert_eq!(custodian.clone().code(&session).await.expect(200)["totp"], expected);
    }
    ada.at(second).end(&session).await.expect(204);
    ada.code(&session).await.problem(410, "quorum-over");
}

#[tokio::test]
async fn wherever_the_store_breaks_a_share_counts_at_most_once_and_the_session_finishes() {
    for how in [Break::Away, Break::AnswerLost] {
        for call in 0.. {
            let store = Arc::new(FaultyStore::default());
            let wired = Wired::over(store.clone(), false).await;
            let program = wired.browser().await;
            let mut ada = Custodian { program, forms: false, network: None };
            let shares = ada.deal(3, 3).await;
            let session = ada.ask(&shares[0]).await;
            assert_waits(&ada.join_encrypted(&session, &shares[1]).await);
            store.break_at(call, how);
            let (joined, code) = (ada.join(&session, &shares[2]).await, ada.code(&session).await);
            let broke = store.mend();
            for answer in [&joined, &code] {
                assert!([200, 409, 503].contains(&answer.status), "{how:?} at {call}: {answer:?}");
            }
            assert_eq!(broke, joined.status == 503 || code.status == 503, "{how:?} at {call}");
            let again = ada.join(&session, &shares[2]).await;
            assert!(again.status == 200 || again.body.contains("share-twice"), "{again:?}");
            let expected = code_of_uri(wired.now());
            assert_eq!(ada.code(&session).await.expect(200)["totp"], expected, "{how:?} at {call}");
            assert_eq!(ada.progress(&session).await.expect(200)["provided"], 3);
            if !broke {
                break;
            }
        }
    }
}
