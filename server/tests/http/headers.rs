//! What every answer of every route carries, whatever becomes of the request. The routes are the router's own.

use std::collections::BTreeSet;
use std::sync::Arc;

use postern_core::testing::MemoryStore;
use reqwest::{Method, RequestBuilder};

use crate::app::{Place, TestApp};
use crate::browser::{Answer, Browser};
use crate::journey::visitor;
use crate::vault::{naming, too_much};
use crate::wired::{Wired, is_of_clients, table};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; \
                      frame-ancestors 'none'; base-uri 'none'";

/// The names that every answer has.
pub const COMMON: [&str; 6] = [
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
];

#[track_caller]
pub fn assert_headers(answer: &Answer, what: &str) {
    // The pages whose script asks for something.
    let asks = ["/security-keys", "/sign-in", "/step-up", "/vault", "/api/docs"].contains(&answer.path.as_str())
        || answer.path.starts_with("/quorum/");
    let policy = POLICY.replace("form-action", if asks { "connect-src 'self'; form-action" } else { "form-action" });
    for (name, value) in [
        ("content-security-policy", policy.as_str()),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        let values: Vec<_> = answer.headers.get_all(name).iter().collect();
        assert_eq!(values, [value], "{what}: {name}");
    }
    let permissions = answer.header("permissions-policy").expect("a policy");
    for denied in ["camera=()", "geolocation=()", "microphone=()", "usb=()", "publickey-credentials-get=(self)"] {
        assert!(permissions.contains(denied), "{permissions}");
    }
    assert!(answer.header("x-request-id").is_some_and(|id| id.len() == 16), "{what}");
    let is_asset = answer.path.starts_with("/assets/") && answer.status == 200;
    let kept = if is_asset { "public, max-age=31536000, immutable" } else { "no-store" };
    assert_eq!(answer.header("cache-control"), Some(kept), "{what}");
    let of_nobody = ["/healthz", "/readyz", "/api/docs", "/api/openapi.json"];
    if answer.path.starts_with("/assets/") || of_nobody.contains(&answer.path.as_str()) {
        assert!(answer.cookies().is_empty(), "{what}");
    }
    for told in ["server", "x-powered-by", "access-control-allow-origin"] {
        assert!(answer.header(told).is_none(), "{what}: {told}");
    }
}

/// What may become of a request on a route: its name, the request, and the status if it is the same everywhere.
fn fates(browser: &Browser, method: &Method, path: &str) -> Vec<(&'static str, RequestBuilder, Option<u16>)> {
    let ours = || naming(browser.sent_from(browser.request(method.clone(), path), "/"), path);
    let kind = if path.starts_with("/api/") { "application/json" } else { "application/x-www-form-urlencoded" };
    let bodiless = [
        "/forms/session/start-over",
        "/forms/account/recovery-codes",
        "/forms/account/export",
        "/forms/sign-in/key-options",
        "/api/v1/security-keys/authentication",
    ];
    let takes_body =
        [Method::POST, Method::PUT].contains(method) && !(*method == Method::POST && bodiless.contains(&path));
    // Who calls is asked before the body is read.
    let if_read = |status| takes_body.then_some(if is_of_clients(path) { 401 } else { status });
    let odd = Method::from_bytes(b"PURGE").expect("a method");
    let is_for_all = ["/healthz", "/readyz"].contains(&path) || path.starts_with("/assets/");
    let somewhere = (!is_for_all).then_some(421);
    let mut fates = vec![
        ("as it is meant", ours().header("content-type", kind), None),
        ("two hosts", ours().header("host", "evil.example"), somewhere),
        ("an odd method", browser.sent_from(browser.request(odd, path), "/"), Some(405)),
        ("another odd method", browser.request(Method::TRACE, path), Some(405)),
    ];
    if !method.is_safe() {
        fates.push((
            "from elsewhere",
            browser.request(method.clone(), path).header("sec-fetch-site", "cross-site"),
            Some(403),
        ));
        fates.push(("an odd type", ours().header("content-type", "text/plain").body("x"), if_read(415)));
        fates.push(("too much", ours().header("content-type", kind).body("x".repeat(too_much(path))), Some(413)));
        fates.push(("nonsense", ours().header("content-type", kind).body("{\u{0}=%ff&&"), None));
    }
    fates
}

async fn walk(demo: bool) {
    let store = Arc::new(MemoryStore::default());
    let stranger = Wired::over(store.clone(), demo).await.browser().await;
    let mut visitor = stranger.clone();
    visitor.get("/").await.page(200, "door");
    let before = store.snapshot();
    let mut table = table(demo).await;
    // The modules differ in nothing but their names: one stands for all, and `modules.rs` asks for each.
    table.retain(|path, _| !path.starts_with("/assets/modules.") || path.ends_with("/vault/flaw.js"));
    let mut walked = BTreeSet::new();
    for (path, methods) in &table {
        assert!(!path.contains('{'), "{path}: nothing stands for a part of it");
        for method in methods {
            for (known, browser) in [(true, &visitor), (false, &stranger)] {
                for (fate, request, status) in fates(browser, method, path) {
                    store.go_back(&before);
                    let answer = browser.clone().send(request).await;
                    let what = format!("{method} {path}, {fate}, session {known}: {}", answer.status);
                    assert!(answer.status < 500, "{what}: {}", answer.body);
                    let expected = status.filter(|status| known || [403, 421].contains(status));
                    assert!(expected.is_none_or(|status| status == answer.status), "{what}");
                    if answer.status == 405 {
                        assert!(answer.header("allow").is_some_and(|allow| !allow.is_empty()), "{what}");
                    }
                    assert_headers(&answer, &what);
                }
            }
        }
        walked.insert(path.clone());
    }
    assert_eq!(walked, table.keys().cloned().collect(), "every route was walked");
    assert_eq!(walked.contains("/phone"), demo);
}

#[tokio::test]
async fn every_route_of_the_portal_answers_with_every_header_whatever_happens() {
    walk(false).await;
}

#[tokio::test]
async fn every_route_of_the_demo_answers_with_every_header_whatever_happens() {
    walk(true).await;
}

#[tokio::test]
async fn what_is_no_route_has_every_header_too() {
    let mut browser = Wired::over(Arc::new(MemoryStore::default()), false).await.browser().await;
    for path in
        ["/nowhere", "/api/nowhere", "/api/v1/nowhere", "/assets/nowhere.css", "/forms/nowhere", "//", "/%00", "/%ff"]
    {
        for method in [Method::GET, Method::POST, Method::DELETE, Method::OPTIONS] {
            let request = browser.sent_from(browser.request(method.clone(), path), "/");
            let answer = browser.send(request).await;
            if path.starts_with("/api/") {
                answer.problem(404, "not-found");
            } else {
                answer.page(404, "There is no page here");
            }
            assert_headers(&answer, path);
            assert!(answer.cookies().is_empty(), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn misdirected_and_redirected_answers_have_every_header_too() {
    let mut browser = Wired::over(Arc::new(MemoryStore::default()), false).await.browser().await;
    for (host, status) in [("evil.example", 421), ("127.0.0.1:3000", 307)] {
        browser.origin = format!("http://{host}");
        for path in ["/", "/totp", "/api/v1/session", "/nowhere", "/session-ended"] {
            let answer = browser.get(path).await;
            assert_eq!(answer.status, status, "{host} {path}");
            assert_headers(&answer, path);
            assert!(answer.cookies().is_empty());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn browsers_are_told_to_come_by_https_where_there_is_https() {
    let app = TestApp::https(Place::Embedded).await;
    let mut browser = app.browser();
    for path in ["/", "/nowhere", "/healthz", "/api/v1/session"] {
        assert_eq!(browser.get(path).await.header("strict-transport-security"), Some("max-age=63072000"), "{path}");
    }
    let app = TestApp::open(Place::Embedded).await;
    assert_eq!(visitor(&app).await.get("/").await.header("strict-transport-security"), None);
}

#[tokio::test]
async fn pages_load_only_files_that_are_there_and_are_kept_for_good() {
    let wired = Wired::over(Arc::new(MemoryStore::default()), true).await;
    let mut browser = wired.browser().await;
    let mut loaded = BTreeSet::new();
    let pages = ["/", "/email-code", "/totp", "/sign-in", "/not-me", "/outbox", "/phone", "/session-ended", "/nowhere"];
    for path in pages {
        let page = browser.get(path).await;
        for (selector, attribute) in [("link[href]", "href"), ("script", "src")] {
            loaded.extend(page.attributes(selector, attribute));
        }
    }
    for path in &loaded {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        let kind = answer.header("content-type").expect("a type");
        let right = match path.rsplit('.').next() {
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            _ => "image/svg+xml",
        };
        assert_eq!(kind, right, "{path}");
        assert_headers(&answer, path);
    }
    let table = table(true).await;
    let served: BTreeSet<String> = table.into_keys().filter(|path| path.starts_with("/assets/")).collect();
    assert!(served.is_superset(&loaded) && loaded.len() >= 4, "{loaded:?}");
}
