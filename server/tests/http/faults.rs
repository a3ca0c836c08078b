//! What a request meets when something of ours breaks under it, at any point: a clear answer, and nothing accepted that
//! was not written down.

use std::io;
use std::sync::{Arc, Mutex, Once, PoisonError};

use reqwest::Method;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::browser::{Answer, Browser};
use crate::faulty::{Break, FaultyStore};
use crate::journey::{begin_totp, forms, verify_totp};
use crate::vault::naming;
use crate::wired::{Wired, is_of_clients, table};

/// More calls than any request makes. Ending a session makes most: what is kept of it stands under many names.
const CALLS: usize = 32;

/// Everything this process logs at `error`.
#[derive(Clone, Copy)]
struct Errors;

static ERRORS: Mutex<Vec<u8>> = Mutex::new(Vec::new());

impl Errors {
    fn listen() {
        static LISTENING: Once = Once::new();
        LISTENING.call_once(|| {
            let lines =
                tracing_subscriber::fmt().with_max_level(tracing::Level::ERROR).with_writer(Self).with_ansi(false);
            tracing::subscriber::set_global_default(lines.finish()).expect("nobody else listens");
        });
    }

    fn holds(text: &str) -> bool {
        Self::count(text) > 0
    }

    fn count(text: &str) -> usize {
        let lines = ERRORS.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&lines).lines().filter(|line| line.contains(text)).count()
    }

    /// How often something failed that follows a change, which stands and is answered as done.
    fn follow_ups() -> usize {
        Self::count("what follows a change that stands failed")
    }
}

impl io::Write for Errors {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        ERRORS.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Errors {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        *self
    }
}

/// Whether a problem is what has to be told: to programs, and to the script that asks for what a sign-in asks a key.
fn is_for_programs(answer: &Answer) -> bool {
    let is_problem = answer.header("content-type") == Some("application/problem+json");
    answer.path.starts_with("/api/") || (answer.path == "/forms/sign-in/key-options" && is_problem)
}

/// A 503 that says so.
#[track_caller]
fn assert_away(answer: &Answer, what: &str) {
    if is_for_programs(answer) {
        answer.problem(503, "store-away");
    } else {
        assert_eq!(answer.texts("h1"), ["Service temporarily unavailable"], "{what}: {answer:?}");
        answer.page(503, "temporarily unavailable");
    }
    assert_eq!(answer.retry_after(), 5, "{what}");
    assert!(answer.cookies().is_empty() && answer.location().is_none(), "{what}: {answer:?}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(!answer.body.contains("the store is down"), "{what}: the cause is ours alone");
}

/// A 500 whose reference stands in the log.
#[track_caller]
fn assert_broken(answer: &Answer, what: &str) {
    let reference = if is_for_programs(answer) {
        let problem = answer.problem(500, "fault");
        problem["detail"]
            .as_str()
            .and_then(|told| told.split_whitespace().last())
            .expect("words")
            .trim_matches('.')
            .to_owned()
    } else {
        assert_eq!(answer.texts("h1"), ["Something broke on our side"], "{what}: {answer:?}");
        answer.page(500, "broke");
        answer.texts(".reference").concat()
    };
    assert!(reference.len() == 9 && reference.as_bytes()[4] == b'-', "{what}: {reference:?}: {}", answer.body);
    assert!(Errors::holds(&reference), "{what}: {reference} is not in the log");
    assert!(!answer.body.contains("a bug in the store"), "{what}: the cause is ours alone");
    assert!(answer.header("content-security-policy").is_some() && answer.header("cache-control") == Some("no-store"));
}

/// What a visitor may ask for: every route, each as its own pages would send it.
async fn requests() -> Vec<(Method, String, &'static str)> {
    let body = |method: &Method, path: &str| match path {
        "/api/v1/vault/totps" if *method == Method::PUT => r#"{"replaces":"A","enc_secret":"B"}"#,
        "/api/v1/vault/totps" => r#"{"totps":[{"enc_secret":"A"}]}"#,
        "/api/v1/otp" | "/api/v1/mfa/api-key" => r#"{"email":"ada@example.org"}"#,
        "/api/v1/totp" | "/api/v1/mfa/totp" => "{}",
        "/api/v1/mfa/api-key/activate" => r#"{"email":"ada@example.org","apiKey":"00"}"#,
        "/api/v1/mfa/api-key/rotate" => r#"{"oldKeyId":"0","oldKeySecret":"0","newKeyId":"1","newKeySecret":"1"}"#,
        "/api/v1/quorum/shares" => r#"{"secret_key":"GEZDGNBVGY3TQOJQ","shares":3,"threshold":2}"#,
        "/api/v1/quorum/sessions" => r#"{"first_share":"A"}"#,
        path if path.starts_with("/api/v1/quorum/") && path.ends_with("/shares") => r#"{"share":"A"}"#,
        path if path.starts_with("/api/v1/quorum/") => r#"{"private":"A"}"#,
        "/api/v1/mfa/u2f" => r#"{"appId":"https://shop.example"}"#,
        path if path.ends_with("/validate") => r#"{"code":"123456"}"#,
        path if path.contains("security-keys") => r#"{"name":"Key"}"#,
        path if path.starts_with("/api/") => r#"{"otp":"123456"}"#,
        "/quorum" => "key=GEZDGNBVGY3TQOJQ&size=3&threshold=2",
        path if path.starts_with("/quorum/") => "share=A&lasts=600",
        "/forms/email-code/send" => "address=ada@example.org",
        "/forms/totp/rename" => "name=Phone",
        "/forms/totp/begin" => "",
        _ => "code=123456&entry=AAAAAAAAAAAAAAAAAAAAAA",
    };
    let table = table(true).await.into_iter();
    let each = table.flat_map(|(path, methods)| methods.into_iter().map(move |method| (method, path.clone())));
    let of_nobody = ["/healthz", "/readyz", "/session-ended", "/api/docs", "/api/openapi.json"];
    let stateless = |path: &str| {
        path.starts_with("/assets/") || of_nobody.contains(&path) || path.trim_end_matches('/') == "/api/v1/vault"
    };
    let of_form = |method: &Method, path: &str| *method == Method::GET && ["/quorum", "/quorum/ask"].contains(&path);
    each.filter(|(method, path)| *method != Method::HEAD && !stateless(path) && !of_form(method, path))
        .map(|(method, path)| (method.clone(), path.clone(), body(&method, &path)))
        .collect()
}

/// As its own pages, or its own client, would send it.
async fn send(
    browser: &mut Browser,
    method: &Method,
    path: &str,
    body: &'static str,
    client: Option<&(String, String)>,
) -> Answer {
    let kind = if path.starts_with("/api/") { "application/json" } else { "application/x-www-form-urlencoded" };
    let mut request = naming(browser.request(method.clone(), path), path).header("content-type", kind).body(body);
    if let Some((key, secret)) = client {
        for (name, value) in [
            ("apikey", key.as_str()),
            ("apisecret", secret),
            ("RPDisplayName", "Shop"),
            ("RPID", "shop.example"),
            ("RPOrigin", "https://shop.example"),
            ("Username", "byron"),
            ("UserDisplayName", "Byron"),
        ] {
            request = request.header(format!("x-mfa-{name}"), value);
        }
        if path.contains("login") || *method == Method::DELETE {
            request = request.header("x-mfa-UserUUID", "6f5a36bb-2f4b-4c1b-8f7e-5d3a1f1c2b0a");
        }
    }
    let request = browser.sent_from(request, "/");
    browser.send(request).await
}

/// Every request, with the store broken at every call it makes.
async fn break_everything(how: Break, assert: fn(&Answer, &str)) {
    Errors::listen();
    let (mut broken, all) = (0, requests().await);
    assert!(all.len() > 20);
    let store = Arc::new(FaultyStore::default());
    let wired = Wired::over(store.clone(), true).await;
    let mut visitor = wired.browser().await;
    visitor.get("/").await.page(200, "door");
    begin_totp(&mut visitor).await;
    visitor.post_form(forms::CHECK, &[("code", "1")]).await;
    let client = wired.client().await;
    let before = store.inner.snapshot();
    for (method, path, body) in all {
        let client = is_of_clients(&path).then_some(&client);
        for call in 0..CALLS {
            store.inner.go_back(&before);
            let mut browser = visitor.clone();
            store.break_at(call, how);
            let follow_ups = Errors::follow_ups();
            let answer = send(&mut browser, &method, &path, body, client).await;
            if !store.mend() {
                assert!(answer.status < 500, "{method} {path}: {answer:?}");
                assert!(call > 0, "{method} {path} does without the store");
                break;
            }
            if answer.status < 400 && Errors::follow_ups() > follow_ups {
                continue;
            }
            // Not every call brings a record, and a session's that is no record at all counts as a store without sense.
            assert!(answer.status != 500 || how != Break::Garbled, "{method} {path}, call {call}: {answer:?}");
            if answer.status >= 500 || how != Break::Garbled {
                broken += 1;
                assert(&answer, &format!("{method} {path}, call {call}"));
            }
            assert!(call < CALLS - 1, "{method} {path} makes more calls");
        }
    }
    assert!(broken > 50, "{broken}");
}

#[tokio::test]
async fn wherever_the_store_goes_away_the_answer_says_so() {
    break_everything(Break::Away, assert_away).await;
}

#[tokio::test]
async fn wherever_an_answer_of_the_store_is_lost_the_answer_says_so() {
    break_everything(Break::AnswerLost, assert_away).await;
}

#[tokio::test]
async fn wherever_we_panic_the_answer_has_a_reference_that_stands_in_the_log() {
    break_everything(Break::Panic, assert_broken).await;
}

#[tokio::test]
async fn wherever_a_record_cannot_be_read_the_answer_is_503_and_the_log_names_its_kind() {
    break_everything(Break::Garbled, assert_away).await;
    assert!(Errors::holds("a record at holder cannot be read"));
}

#[tokio::test]
async fn a_session_outlives_a_store_that_goes_away_while_the_session_gets_a_new_id() {
    Errors::listen();
    for how in [Break::Away, Break::Panic] {
        for call in 0..CALLS {
            let store = Arc::new(FaultyStore::default());
            let wired = Wired::over(store.clone(), true).await;
            let mut browser = wired.browser().await;
            browser.get("/").await.page(200, "door");
            let code = begin_totp(&mut browser).await.code_at(wired.now());
            store.break_at(call, how);
            let follow_ups = Errors::follow_ups();
            let first = browser.post_form(forms::CHECK_TOTP, &[("code", &code)]).await;
            let broke = store.mend();
            let is_done = !broke || Errors::follow_ups() > follow_ups;
            assert_eq!(first.status == 303, is_done, "call {call}: {first:?}");
            browser.get("/totp").await.page(200, "");
            assert!(call < CALLS - 1, "it makes more calls");
            if !broke {
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_right_code_is_accepted_at_most_once_wherever_the_store_breaks() {
    Errors::listen();
    for how in [Break::Away, Break::AnswerLost, Break::Panic, Break::Garbled] {
        for call in 0..CALLS {
            let store = Arc::new(FaultyStore::default());
            let wired = Wired::over(store.clone(), true).await;
            let mut browser = wired.browser().await;
            browser.get("/").await.page(200, "door");
            let code = begin_totp(&mut browser).await.code_at(wired.now());
            store.break_at(call, how);
            let first = verify_totp(&mut browser, &code).await;
            let broke = store.mend();
            let yes = |answer: &Answer| usize::from(answer.status == 200 && answer.json()["status"] == true);
            let mut accepted = yes(&first);
            for _ in 0..3 {
                accepted += yes(&verify_totp(&mut browser, &code).await);
            }
            assert!(accepted <= 1, "{how:?} at {call}");
            if !broke {
                assert_eq!((accepted, yes(&first)), (1, 1), "{how:?} at {call}");
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_healthy_process_says_so_and_one_without_its_store_is_not_ready() {
    let store = Arc::new(FaultyStore::default());
    let wired = Wired::over(store.clone(), true).await;
    let mut browser = wired.browser().await;
    browser.name_session("not an id");
    let asked = async |browser: &mut Browser, path: &str| {
        let answer = browser.get(path).await;
        assert!(answer.cookies().is_empty());
        assert_eq!(answer.header("content-type"), Some("application/json"));
        (answer.status, answer.json())
    };
    assert_eq!(asked(&mut browser, "/healthz").await, (200, json!({ "status": "up" })));
    assert_eq!(asked(&mut browser, "/readyz").await, (200, json!({ "store": "up", "mail": "up", "draining": false })));
    store.break_at(0, Break::Away);
    assert_eq!(asked(&mut browser, "/healthz").await, (200, json!({ "status": "up" })));
    assert_eq!(
        asked(&mut browser, "/readyz").await,
        (503, json!({ "store": "down", "mail": "up", "draining": false, "reason": "the store is down" }))
    );
    assert_eq!(asked(&mut browser, "/readyz").await, (200, json!({ "store": "up", "mail": "up", "draining": false })));
    assert_eq!(browser.send(browser.request(Method::HEAD, "/readyz")).await.status, 200);
}
