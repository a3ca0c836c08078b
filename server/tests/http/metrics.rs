//! `/metrics`: figures that rise by what was done, at an address of their own, in series that nobody can multiply.

use std::net::SocketAddr;

use reqwest::Method;
use serde_json::json;

use crate::app::{Place, TestApp};
use crate::browser::Browser;
use crate::journey::{ADDRESS, begin_totp, forms, prove_address, verify_totp, visitor};
use crate::on_each_store;
use crate::process::Process;
use crate::prometheus::Scrape;

const REQUESTS: &str = "postern_http_requests_total";
const TIMES: &str = "postern_http_request_duration_seconds_count";
const ATTEMPTS: &str = "postern_attempts_total";
const LETTERS: &str = "postern_letters_total";
const STORE: &str = "postern_store_duration_seconds_count";

async fn measured(place: Place) -> TestApp {
    TestApp::with(place, &[("POSTERN_METRICS_ADDRESS", "127.0.0.1:0")]).await
}

fn address(app: &TestApp) -> SocketAddr {
    app.metrics.expect("metrics are served")
}

on_each_store! {
    async fn figures_rise_by_what_was_done_and_no_more(place: Place) {
        let app = measured(place).await;
        let mut ada = app.program();
        ada.api_get("/session").await.expect(200);
        prove_address(&app, &mut ada, 1).await;
        let phone = begin_totp(&mut ada).await;
        let (right, wrong) = (phone.code_at(app.unix_time()), phone.wrong_code_at(app.unix_time()));
        assert_eq!(verify_totp(&mut ada, &wrong).await.expect(200)["status"], false);
        assert_eq!(verify_totp(&mut ada, &right).await.expect(200)["status"], true);
        assert_eq!(verify_totp(&mut ada, &right).await.expect(200)["status"], false);
        ada.api_get("/totp").await.problem(405, "method");
        ada.api_delete("/session").await.expect(204);

        let mut scrape = Scrape::of(address(&app)).await;
        // The letter is counted after it has arrived.
        while scrape.sum(LETTERS, &[]) < 1 {
            scrape = Scrape::of(address(&app)).await;
        }
        let sum = |name, labels: &[(&str, &str)]| scrape.sum(name, labels);
        for (method, route, status, count) in [
            ("GET", "/api/v1/session", "200", 1),
            ("DELETE", "/api/v1/session", "204", 1),
            ("POST", "/api/v1/otp", "202", 1),
            ("POST", "/api/v1/totp/verify", "200", 3),
            ("GET", "/api/v1/totp", "405", 1),
        ] {
            let labels = [("method", method), ("route", route), ("status", status)];
            assert_eq!(sum(REQUESTS, &labels), count, "{labels:?}");
        }
        // Beside these the description was asked for.
        assert_eq!((sum(REQUESTS, &[]), sum(TIMES, &[])), (10, 10));
        assert_eq!(sum(TIMES, &[("route", "/api/v1/totp/verify")]), 3);
        let attempts = |factor, result| sum(ATTEMPTS, &[("factor", factor), ("result", result)]);
        assert_eq!((attempts("email", "passed"), attempts("totp", "passed")), (1, 1));
        assert_eq!((attempts("totp", "wrong"), attempts("totp", "replayed")), (1, 1));
        assert_eq!(sum(ATTEMPTS, &[]), 4, "asking for a code is no attempt");
        assert_eq!((sum(LETTERS, &[("result", "delivered")]), sum(LETTERS, &[])), (1, 1));
        for told in ["postern_sessions_begun_total", "postern_sessions_ended_total"] {
            assert_eq!((sum(told, &[("kind", "visitor")]), sum(told, &[])), (1, 1), "{told}");
        }
        assert!(sum(STORE, &[("operation", "attempt")]) >= 4);
        let session_loads = if matches!(app.place, Place::Redis(_)) { "session_load" } else { "load" };
        assert!(sum(STORE, &[("operation", session_loads)]) >= 6);
        assert_eq!(sum("postern_store_faults_total", &[]), 0);
        assert_eq!(sum("postern_mail_up", &[]), 1);
        assert_eq!(sum("postern_build_info", &[("version", env!("CARGO_PKG_VERSION"))]), 1);
        assert_eq!(sum("process_start_time_seconds", &[]), 1_000_000_000);
        assert_eq!(scrape.kind("postern_http_request_duration_seconds"), "histogram");
    }

    async fn what_a_page_does_is_counted_as_what_a_program_does(place: Place) {
        let app = measured(place).await;
        let mut ada = visitor(&app).await;
        let page = ada.open("/email-code").await;
        let page = ada.submit(&page, forms::SEND, &[("address", ADDRESS)]).await;
        let code = app.code_of_letter(1).await;
        ada.submit(&page, forms::CHECK, &[("code", &code)]).await.page(200, "proved");
        let scrape = Scrape::of(address(&app)).await;
        assert_eq!(scrape.sum(ATTEMPTS, &[("factor", "email"), ("result", "passed")]), 1);
        assert_eq!(scrape.sum("postern_sessions_begun_total", &[("kind", "visitor")]), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_portals_in_one_process_count_each_their_own() {
    let mut app = measured(Place::redis()).await;
    let first = address(&app);
    app.another_process().await;
    app.browser().get("/healthz").await;
    let count = async |address| Scrape::of(address).await.sum(REQUESTS, &[]);
    assert_eq!((count(first).await, count(address(&app)).await), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_makes_up_paths_methods_and_names_makes_no_new_series() {
    let app = measured(Place::Embedded).await;
    let mut stranger = app.program();
    let strange = |n: u32| {
        let mut letters = std::iter::repeat_with(fastrand::alphanumeric);
        let name: String = letters.by_ref().take(12).collect();
        match n % 4 {
            0 => (Method::GET, format!("/{name}")),
            1 => (Method::from_bytes(name.to_uppercase().as_bytes()).expect("a token"), "/healthz".to_owned()),
            2 => (Method::DELETE, format!("/api/v1/security-keys/{name}")),
            _ => (Method::GET, format!("/assets/{name}.css?{name}={name}")),
        }
    };
    let mut series = Vec::new();
    for round in 0..3 {
        for n in 0..100 {
            let (method, path) = strange(n);
            let request = stranger.request(method, &path);
            let answer = stranger.send(request).await;
            assert!(matches!(answer.status, 401 | 403..=405), "{path}: {}", answer.status);
        }
        let scrape = Scrape::of(address(&app)).await;
        assert_eq!(scrape.sum(REQUESTS, &[]), (round + 1) * 100);
        assert!(scrape.values("method").is_subset(&["GET", "DELETE", "other"].into()), "{:?}", scrape.values("method"));
        for route in scrape.values("route") {
            let known = ["none", "/healthz", "/api/v1/security-keys/{id}"];
            assert!(known.contains(&route) || route.starts_with("/assets/"), "{route}");
        }
        series.push(scrape.len());
    }
    assert!(series.iter().all(|count| *count == series[0]), "{series:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_address_serves_no_metrics_and_the_other_nothing_else() {
    let app = measured(Place::Embedded).await;
    app.browser().get("/metrics").await.page(404, "no page here");
    let mut aside = Browser::program(address(&app), &app.origin);
    for path in ["/", "/healthz", "/api/v1/session", "/metrics/"] {
        let answer = aside.get(path).await;
        assert_eq!((answer.status, answer.cookies().len()), (404, 0), "{path}");
    }
    let posted = aside.send(aside.request(Method::POST, "/metrics")).await;
    assert_eq!((posted.status, posted.cookies().len()), (405, 0));
    assert!(TestApp::open(Place::Embedded).await.metrics.is_none(), "off unless asked for");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_away_shows() {
    let mut app = measured(Place::redis()).await;
    let faults = async |address| Scrape::of(address).await.sum("postern_store_faults_total", &[]);
    let metrics = address(&app);
    assert_eq!(faults(metrics).await, 0);
    app.redis().stop();
    app.program().api_get("/session").await.problem(503, "store-away");
    assert!(faults(metrics).await >= 1);
    let scrape = Scrape::of(metrics).await;
    assert_eq!(scrape.sum(REQUESTS, &[("route", "/api/v1/session"), ("status", "503")]), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_is_away_shows() {
    let app = TestApp::with(
        Place::Embedded,
        &[
            ("POSTERN_METRICS_ADDRESS", "127.0.0.1:0"),
            // Nobody listens there.
            ("POSTERN_SMTP_URL", "smtp://127.0.0.1:1"),
        ],
    )
    .await;
    let mut ada = app.program();
    ada.api_get("/session").await.expect(200);
    ada.api_post("/otp", json!({ "email": ADDRESS })).await.expect(202);
    let mut scrape = Scrape::of(address(&app)).await;
    while scrape.sum("postern_mail_up", &[]) > 0 {
        scrape = Scrape::of(address(&app)).await;
    }
    while scrape.sum(LETTERS, &[("result", "deferred")]) < 1 {
        scrape = Scrape::of(address(&app)).await;
    }
    assert_eq!(scrape.sum(LETTERS, &[("result", "delivered")]), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_process_tells_where_metrics_are_and_serves_them_there() {
    let process = Process::start(&[("POSTERN_METRICS_ADDRESS", "127.0.0.1:0"), ("POSTERN_LOG_FORMAT", "json")]);
    let told = process.seen().iter().find(|line| line.contains("metrics can be read")).expect("it tells").clone();
    let told: serde_json::Value = serde_json::from_str(&told).expect("JSON");
    let address = told["address"].as_str().expect("an address").parse().expect("an address");
    assert_eq!(Scrape::of(address).await.sum("postern_build_info", &[]), 1);
}
