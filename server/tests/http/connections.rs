//! Connections that take too long, are too many, or say what cannot be read.

use std::net::SocketAddr;
use std::time::Duration;

use postern::connections::Timeouts;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::app::{Place, TestApp};
use crate::browser::raw;
use crate::headers::COMMON;
use crate::prometheus::Scrape;

const CLOSED: &str = "postern_connections_closed_total";

/// Long enough for a machine that is busy to send what it has, and short enough to wait for.
const SHORT: Duration = Duration::from_millis(200);

/// A client that writes what it likes and reads answer after answer.
struct Client {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Client {
    async fn of(app: &TestApp) -> Self {
        Self { stream: TcpStream::connect(app.address).await.expect("it listens"), read: Vec::new() }
    }

    async fn send(&mut self, bytes: &str) {
        self.stream.write_all(bytes.as_bytes()).await.expect("it reads");
    }

    /// The next answer's header and body; `None`: the connection has ended.
    async fn answer(&mut self) -> Option<(String, String)> {
        loop {
            let text = String::from_utf8_lossy(&self.read).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                let length: usize = length.map_or(0, |length| length.parse().expect("a number"));
                if body.len() >= length {
                    let all = head.len() + 4 + length;
                    self.read.drain(..all);
                    return Some((head.to_owned(), body[..length].to_owned()));
                }
            }
            let mut part = [0; 4096];
            match self.stream.read(&mut part).await {
                Ok(0) | Err(_) => return None,
                Ok(count) => self.read.extend_from_slice(&part[..count]),
            }
        }
    }

    async fn has_ended(&mut self) -> bool {
        self.answer().await.is_none()
    }
}

fn host(app: &TestApp) -> String {
    format!("Host: {}\r\n", app.origin.trim_start_matches("http://"))
}

fn healthz(app: &TestApp) -> String {
    format!("GET /healthz HTTP/1.1\r\n{}\r\n", host(app))
}

/// A form from elsewhere, which is refused before its body is read.
fn from_elsewhere(app: &TestApp, more: &str) -> String {
    format!(
        "POST /forms/session/end HTTP/1.1\r\n{}Sec-Fetch-Site: cross-site\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n{more}\r\n",
        host(app)
    )
}

async fn hurried(timeouts: Timeouts, settings: &[(&str, &str)]) -> TestApp {
    let measured = [("POSTERN_METRICS_ADDRESS", "127.0.0.1:0")];
    TestApp::hurried(Place::Embedded, &[&measured, settings].concat(), timeouts).await
}

async fn count(app: &TestApp, reason: &str) -> u64 {
    let metrics: SocketAddr = app.metrics.expect("metrics are served");
    Scrape::of(metrics).await.sum(CLOSED, &[("reason", reason)])
}

#[track_caller]
fn assert_common_headers(head: &str) {
    for name in COMMON.iter().chain(&["x-request-id", "cache-control"]) {
        assert!(head.lines().any(|line| line.starts_with(&format!("{name}: "))), "{name} in {head}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connection_that_sends_no_header_or_half_of_one_is_closed() {
    let app = hurried(Timeouts { header: SHORT, ..Timeouts::default() }, &[]).await;
    for begun in ["", "G", "GET /healthz HTTP/1.1\r\nHost: loc"] {
        let mut client = Client::of(&app).await;
        client.send(begun).await;
        assert!(client.has_ended().await, "{begun:?}");
    }
    assert_eq!(count(&app, "header_timeout").await, 3);
    // The next request on a connection has the same limit.
    let mut client = Client::of(&app).await;
    client.send(&healthz(&app)).await;
    assert!(client.answer().await.is_some());
    client.send("GET /healthz HTTP/1.1\r\n").await;
    assert!(client.has_ended().await);
    assert_eq!((count(&app, "header_timeout").await, count(&app, "idle_timeout").await), (4, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_connection_is_closed_and_serves_until_then() {
    // No other limit wakes the connection.
    let timeouts = Timeouts { idle: SHORT, header: Duration::from_hours(1), ..Timeouts::default() };
    let app = hurried(timeouts, &[]).await;
    let mut client = Client::of(&app).await;
    for _ in 0..2 {
        client.send(&healthz(&app)).await;
        assert!(client.answer().await.is_some());
    }
    assert!(client.has_ended().await);
    assert_eq!(count(&app, "idle_timeout").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_body_is_answered_408_and_the_connection_closed() {
    let timeouts = Timeouts { body: SHORT, linger: SHORT, ..Timeouts::default() };
    let app = hurried(timeouts, &[]).await;
    for (path, length) in [("/api/v1/otp", 20), ("/api/v1/mfa/api-key", 20), ("/api/v1/vault/totps", 4_000_000)] {
        let mut client = Client::of(&app).await;
        let header = format!("Content-Type: application/json\r\nContent-Length: {length}\r\n");
        client.send(&format!("POST {path} HTTP/1.1\r\n{}{header}\r\n{{", host(&app))).await;
        let (head, body) = client.answer().await.expect("an answer");
        assert!(head.starts_with("HTTP/1.1 408") && head.contains("connection: close"), "{path}: {head}");
        assert!(body.contains("urn:postern:too-slow"), "{path}: {body}");
        assert_common_headers(&head);
        assert!(client.has_ended().await, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reader_that_never_reads_is_cut_off() {
    let app = hurried(Timeouts { write: SHORT, ..Timeouts::default() }, &[]).await;
    let client = Client::of(&app).await;
    // More than both ends' operating systems keep.
    let page = format!("GET /api/openapi.json HTTP/1.1\r\n{}\r\n", host(&app));
    let all = page.repeat(200);
    let mut sent = all.as_bytes();
    while count(&app, "write_timeout").await == 0 {
        if let Ok(count) = client.stream.try_write(sent) {
            sent = &sent[count..];
            if sent.is_empty() {
                sent = all.as_bytes();
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connection_beyond_the_limit_is_refused_and_an_idle_one_gives_way() {
    let app = hurried(Timeouts::default(), &[("POSTERN_LIMITS_CONNECTIONS", "8")]).await;
    let mut busy = Vec::new();
    for _ in 0..7 {
        let mut client = Client::of(&app).await;
        client.send("GET /healthz HTTP/1.1\r\n").await;
        busy.push(client);
    }
    let mut idle = Client::of(&app).await;
    idle.send(&healthz(&app)).await;
    assert!(idle.answer().await.is_some());
    // It is idle once its answer is with the operating system, which may be a moment later.
    let (mut newcomer, mut refused) = (Client::of(&app).await, 0);
    newcomer.send(&healthz(&app)).await;
    while !newcomer.answer().await.is_some_and(|(head, _)| head.starts_with("HTTP/1.1 200")) {
        refused += 1;
        newcomer = Client::of(&app).await;
        newcomer.send(&healthz(&app)).await;
    }
    assert!(idle.has_ended().await);
    newcomer.send("GET /healthz HTTP/1.1\r\n").await;
    // All eight have begun a request now, as soon as its first bytes have arrived.
    loop {
        let once = healthz(&app).replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
        let answer = raw(app.address, once.as_bytes()).await;
        if answer.starts_with("HTTP/1.1 503") {
            assert!(answer.contains("retry-after: 5") && answer.contains("Too many connections"), "{answer}");
            break;
        }
        newcomer = Client::of(&app).await;
        newcomer.send("GET /healthz HTTP/1.1\r\n").await;
    }
    assert!(count(&app, "replaced").await >= 1 && count(&app, "refused").await > refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_answered_with_every_header_and_in_words() {
    let app = hurried(Timeouts::default(), &[]).await;
    let long = "x".repeat(60_000);
    for (request, status, words) in [
        ("NONSENSE\r\n\r\n".to_owned(), "400 Bad Request", "could not be read"),
        (format!("GET / HTTP/1.1\r\n{}bad header\r\n\r\n", host(&app)), "400 Bad Request", "could not be read"),
        (format!("GET /{long} HTTP/1.1\r\n\r\n"), "431 Request Header Fields Too Large", "too large"),
        (
            format!("GET / HTTP/1.1\r\nx: {long}{long}{long}\r\n\r\n"),
            "431 Request Header Fields Too Large",
            "too large",
        ),
        (
            format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(200)),
            "431 Request Header Fields Too Large",
            "too large",
        ),
    ] {
        let answer = raw(app.address, request.as_bytes()).await;
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
        assert!(head.starts_with(&format!("HTTP/1.1 {status}")), "{head}");
        assert!(body.contains(words) && head.contains("connection: close"), "{answer}");
        assert_common_headers(head);
    }
    assert_eq!(count(&app, "unreadable").await, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn address_that_is_too_long_is_answered_414() {
    let app = TestApp::open(Place::Embedded).await;
    let mut browser = app.browser();
    let at = |length: usize| format!("/{}", "x".repeat(length - 1));
    browser.get(&at(8_000)).await.page(404, "no page here");
    let answer = browser.get(&at(8_001)).await;
    answer.page(414, "could not be read");
    browser.get(&format!("/api{}", at(8_000))).await.problem(414, "address-too-long");
    browser.get(&format!("/totp?{}", at(8_000))).await.page(414, "could not be read");
}

#[tokio::test(flavor = "multi_thread")]
async fn client_that_is_refused_before_its_body_is_read_keeps_its_connection() {
    let app = TestApp::open(Place::Embedded).await;
    let mut client = Client::of(&app).await;
    for length in [1, 10_000, 300_000, 2_000_000] {
        client.send(&from_elsewhere(&app, &format!("Content-Length: {length}\r\n"))).await;
        client.send(&"x".repeat(length)).await;
        let (head, _) = client.answer().await.expect("an answer");
        assert!(head.starts_with("HTTP/1.1 403") && !head.contains("connection: close"), "{length}: {head}");
        client.send(&healthz(&app)).await;
        let (head, _) = client.answer().await.expect("the connection is still there");
        assert!(head.starts_with("HTTP/1.1 200"), "{length}: {head}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn client_whose_body_is_too_much_to_read_is_told_that_the_connection_ends() {
    let timeouts = Timeouts { linger: SHORT, ..Timeouts::default() };
    let app = hurried(timeouts, &[]).await;
    for more in ["Content-Length: 100000000\r\n", "Expect: 100-continue\r\nContent-Length: 1000\r\n"] {
        let mut client = Client::of(&app).await;
        client.send(&from_elsewhere(&app, more)).await;
        let (head, _) = client.answer().await.expect("an answer");
        assert!(head.starts_with("HTTP/1.1 403") && head.contains("connection: close"), "{more}: {head}");
        assert_common_headers(&head);
        assert!(client.has_ended().await, "{more}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_body_is_answered_with_the_end_of_its_connection() {
    let app = TestApp::open(Place::Embedded).await;
    let mut client = Client::of(&app).await;
    let host = host(&app);
    let head = format!(
        "POST /api/v1/mfa/api-key HTTP/1.1\r\n{host}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    client.send(&format!("{head}2\r\n{{}}\r\nnonsense\r\n\r\n")).await;
    let (head, _) = client.answer().await.expect("an answer");
    assert!(head.starts_with("HTTP/1.1 400") && head.contains("connection: close"), "{head}");
    assert_common_headers(&head);
    assert!(client.has_ended().await);
}
