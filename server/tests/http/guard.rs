//! Who may send what, and from where: every unsafe route, every host, every forwarding header.

use std::sync::Arc;

use postern_core::testing::MemoryStore;
use reqwest::Method;
use reqwest::header::HOST;

use crate::app::TestApp;
use crate::browser::{Answer, Browser, raw};
use crate::journey::{enrol_totp, visitor};
use crate::on_each_store;
use crate::wired::{Wired, is_of_clients, table};

const OURS: &str = "http://localhost:3000";

/// What a sender says of itself: `Sec-Fetch-Site`, `Origin`.
type Sender = (Option<&'static str>, Option<&'static str>);

const FROM_ELSEWHERE: [Sender; 12] = [
    (Some("cross-site"), None),
    (Some("same-site"), None),
    (Some("cross-site"), Some(OURS)),
    (Some("SAME-ORIGIN"), Some("https://evil.example")),
    (Some(""), None),
    (None, Some("https://evil.example")),
    (None, Some("null")),
    (None, Some("")),
    (None, Some("https://localhost:3000")),
    (None, Some("http://localhost:3001")),
    (None, Some("http://localhost:3000.evil.example")),
    (None, Some("http://localhost")),
];

async fn unsafe_routes() -> Vec<(Method, String)> {
    let each = |(path, methods): (String, Vec<Method>)| {
        methods.into_iter().filter(|method| !method.is_safe()).map(move |method| (method, path.clone()))
    };
    let routes: Vec<_> = table(true).await.into_iter().flat_map(each).collect();
    assert!(routes.iter().any(|(method, path)| *method == Method::DELETE && path == "/api/v1/session"), "{routes:?}");
    assert!(routes.iter().any(|(method, path)| *method == Method::POST && path == "/forms/session/end"));
    routes
}

async fn send(browser: &mut Browser, method: &Method, path: &str, sender: Sender) -> Answer {
    let mut request = browser.request(method.clone(), path);
    for (name, value) in [("sec-fetch-site", sender.0), ("origin", sender.1)] {
        if let Some(value) = value {
            request = request.header(name, value);
        }
    }
    let kind = if path.starts_with("/api/") { "application/json" } else { "application/x-www-form-urlencoded" };
    let body = if path.starts_with("/api/") { "{}" } else { "" };
    browser.send(request.header("content-type", kind).body(body)).await
}

#[tokio::test]
async fn every_unsafe_route_refuses_what_comes_from_elsewhere() {
    let mut browser = Wired::over(Arc::new(MemoryStore::default()), true).await.browser().await;
    browser.get("/").await.page(200, "door");
    for (method, path) in unsafe_routes().await {
        let neither = (!path.starts_with("/api/")).then_some((None, None));
        for sender in FROM_ELSEWHERE.into_iter().chain(neither) {
            let answer = send(&mut browser, &method, &path, sender).await;
            if path.starts_with("/api/") {
                answer.problem(403, "origin");
            } else {
                answer.page(403, "did not come from this portal");
            }
            assert!(answer.cookies().is_empty());
        }
    }
    browser.get("/").await.page(200, "door");
}

#[tokio::test]
async fn every_unsafe_route_takes_what_comes_from_our_own_pages() {
    let store = Arc::new(MemoryStore::default());
    let mut visitor = Wired::over(store.clone(), true).await.browser().await;
    visitor.get("/").await.page(200, "door");
    let before = store.snapshot();
    for (method, path) in unsafe_routes().await {
        let neither = path.starts_with("/api/").then_some((None, None));
        let ours =
            [(Some("same-origin"), Some(OURS)), (Some("same-origin"), None), (Some("none"), None), (None, Some(OURS))];
        for sender in ours.into_iter().chain(neither) {
            store.go_back(&before);
            let answer = send(&mut visitor.clone(), &method, &path, sender).await;
            // Who calls is asked first where only clients may.
            let refused = if is_of_clients(&path) { vec![403, 421] } else { vec![403, 421, 401] };
            assert!(!refused.contains(&answer.status) && answer.status < 500, "{method} {path}: {answer:?}");
        }
    }
}

on_each_store! {
    async fn a_cross_site_request_changes_nothing(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        enrol_totp(&app, &mut browser).await;
        let before = browser.api_get("/session").await.body;
        for (method, path) in unsafe_routes().await {
            if path.starts_with("/forms/phone/") {
                continue;
            }
            assert_eq!(send(&mut browser, &method, &path, (Some("cross-site"), None)).await.status, 403);
        }
        assert_eq!(browser.api_get("/session").await.body, before);
    }

    async fn another_name_for_us_is_misdirected(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let others = ["evil.example", "localhost", "localhost:3001", "localhost:3000.", "localhost:3000@evil.example", ""];
        for host in others {
            browser.origin = format!("http://{host}");
            for (method, path) in [(Method::GET, "/"), (Method::GET, "/totp"), (Method::POST, "/forms/session/end")] {
                let answer = send(&mut browser, &method, path, (Some("same-origin"), None)).await;
                answer.page(421, "another address");
                assert_eq!(answer.attribute("main a", "href").as_deref(), Some("http://localhost:3000/"));
                assert!(answer.cookies().is_empty() && answer.location().is_none());
            }
            let answer = browser.get("/api/v1/session").await;
            assert_eq!(answer.problem(421, "host")["detail"], "This portal is at http://localhost:3000.");
            for path in ["/healthz", "/readyz"] {
                assert_eq!(browser.get(path).await.status, 200, "{host}");
            }
        }
        for host in ["LOCALHOST:3000", "localhost.:3000"] {
            browser.origin = format!("http://{host}");
            browser.get("/").await.page(200, "door");
        }
    }

    async fn a_request_with_no_host_or_two_is_misdirected(place: Place) {
        let app = TestApp::open(place).await;
        for request in [
            "GET / HTTP/1.0\r\n\r\n",
            "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
            "GET http://evil.example/ HTTP/1.1\r\nHost: localhost:3000\r\nConnection: close\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: localhost:3000\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: localhost:3000, evil.example\r\nConnection: close\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: \u{fc}\r\nConnection: close\r\n\r\n",
        ] {
            let answer = raw(app.address, request.as_bytes()).await;
            let status = answer.split(' ').nth(1).unwrap_or_default();
            assert!(["400", "421"].contains(&status), "{request:?}: {answer}");
            assert!(!answer.contains("evil.example"), "{answer}");
        }
        let ours = "GET http://localhost:3000/ HTTP/1.1\r\nHost: localhost:3000\r\nConnection: close\r\n\r\n";
        assert!(raw(app.address, ours.as_bytes()).await.starts_with("HTTP/1.1 200"));
    }

    async fn an_address_of_this_machine_is_sent_to_localhost(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = app.browser();
        for host in ["127.0.0.1:3000", "127.0.0.1", "[::1]:3000", "[::1]"] {
            for (path, led_to) in [
                ("/", "http://localhost:3000/"),
                ("/totp?a=b&c=%2F%0D%0A", "http://localhost:3000/totp?a=b&c=%2F%0D%0A"),
                ("//evil.example/x", "http://localhost:3000//evil.example/x"),
                ("/@evil.example", "http://localhost:3000/@evil.example"),
            ] {
                for method in [Method::GET, Method::HEAD] {
                    let request = browser.request(method, path);
                    let mut request = request.build().expect("a request");
                    request.headers_mut().insert(HOST, host.parse().expect("a host"));
                    let answer = browser.execute(request).await;
                    assert_eq!((answer.status, answer.location().as_deref()), (307, Some(led_to)), "{host}");
                    assert!(answer.cookies().is_empty());
                }
            }
            browser.origin = format!("http://{host}");
            let answer = send(&mut browser, &Method::POST, "/forms/session/begin", (Some("same-origin"), None)).await;
            answer.page(421, "another address");
            OURS.clone_into(&mut browser.origin);
        }
    }

    async fn behind_a_name_of_its_own_no_address_is_redirected(place: Place) {
        let app = TestApp::https(place).await;
        let mut browser = app.browser();
        "https://127.0.0.1:3000".clone_into(&mut browser.origin);
        browser.get("/").await.page(421, "another address");
    }

    async fn a_forwarding_header_from_anybody_buys_no_new_sessions(place: Place) {
        let app = TestApp::open(place).await;
        for n in 0..120 {
            let mut browser = app.browser();
            let request = browser.request(Method::HEAD, "/").header("x-forwarded-for", format!("203.0.113.{n}"));
            assert_eq!(browser.send(request).await.status, 200, "{n}");
        }
        let mut browser = app.browser();
        for name in ["x-forwarded-for", "forwarded", "x-real-ip"] {
            let value = if name == "forwarded" { "for=203.0.113.200" } else { "203.0.113.200" };
            let request = browser.request(Method::GET, "/").header(name, value);
            browser.send(request).await.page(429, "Too many");
        }
    }

    async fn what_a_client_writes_in_front_of_our_proxy_s_word_does_not_count(place: Place) {
        let app = TestApp::with(place, &[("POSTERN_TRUSTED_PROXIES", "127.0.0.1")]).await;
        for n in 0..121_u8 {
            let mut browser = app.browser();
            let request = browser.request(Method::HEAD, "/");
            // The last line is our proxy's, which adds the peer it saw to what the client sent.
            let claimed = [&[b'9', b'.', n % 2 * 0x7f + 0x80], b", 203.0.113.9".as_slice()].concat();
            let request = request.header("x-forwarded-for", claimed);
            assert_eq!(browser.send(request).await.status, if n < 120 { 200 } else { 429 }, "{n}");
        }
        // The proxy itself has begun none.
        app.browser().get("/").await.page(200, "door");
    }
}
