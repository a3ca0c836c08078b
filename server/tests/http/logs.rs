//! What the real process writes to its log at `trace` while somebody walks through everything: what happened, and
//! nothing that opens a door.

use postern::platform::SystemClock;
use postern_core::port::Clock as _;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::Place;
use crate::browser::Browser;
use crate::journey::{ADDRESS, begin_totp, forms, verify_totp};
use crate::on_each_store;
use crate::process::Process;
use crate::smtp::SmtpServer;
use crate::vault::{BLOB, HASH, Keeper};

fn now() -> u64 {
    SystemClock.now().unix_secs()
}

/// Every session id that this browser ever had, while it does what it is told.
struct Watched {
    browser: Browser,
    secrets: Vec<String>,
}

impl Watched {
    fn note(&mut self, secret: &str) {
        assert!(secret.len() >= 6, "{secret:?} would be found by chance");
        self.secrets.push(secret.to_owned());
    }

    fn note_cookie(&mut self) {
        let id = self.browser.session_id().to_owned();
        self.note(&id);
    }
}

on_each_store! {
    async fn a_whole_walk_at_trace_leaves_nothing_in_the_log_that_opens_a_door(place: Place) {
        let mail = SmtpServer::start().await;
        let url = mail.url();
        let redis = match &place {
            Place::Redis(server) => server.url(),
            Place::Embedded => String::new(),
        };
        let process = Process::start(&[
            ("POSTERN_LOG", "trace"),
            ("POSTERN_LOG_FORMAT", "json"),
            ("POSTERN_SMTP_URL", &url),
            ("POSTERN_MAIL_FROM", "mfa@example.org"),
            ("POSTERN_REDIS_URL", &redis),
        ]);
        let mut walk = Watched { browser: Browser::new(process.address, &process.origin()), secrets: Vec::new() };

        let page = walk.browser.open("/email-code").await;
        walk.note_cookie();
        walk.note(ADDRESS);
        let page = walk.browser.submit(&page, forms::SEND, &[("address", ADDRESS)]).await;
        let subject = mail.wait_for(1).await.remove(0).subject;
        let code = subject.split(' ').find(|word| word.bytes().all(|b| b.is_ascii_digit())).expect("a code");
        walk.note(code);
        walk.note("271828");
        walk.browser.submit(&page, forms::CHECK, &[("code", "271828")]).await;
        walk.browser.api_post("/otp/verify", json!({ "otp": [code] })).await.problem(400, "malformed");
        walk.browser.api_post("/otp/verify", json!({ "otp": format!("{code}x") })).await.problem(400, "not-a-code");
        walk.browser.submit(&page, forms::CHECK, &[("code", code)]).await.page(200, "proved");
        walk.note_cookie();

        let phone = begin_totp(&mut walk.browser).await;
        walk.note(phone.secret());
        let wrong = phone.wrong_code_at(now());
        walk.note(&wrong);
        verify_totp(&mut walk.browser, &wrong).await.expect(200);
        let right = phone.code_at(now());
        walk.note(&right);
        assert_eq!(verify_totp(&mut walk.browser, &right).await.expect(200)["status"], true);
        walk.note_cookie();
        assert_eq!(verify_totp(&mut walk.browser, &right).await.expect(200)["status"], false);
        let twice = [("code", right.as_str()), ("code", right.as_str())];
        walk.browser.post_form(forms::CHECK_TOTP, &twice).await.page(400, "could not be read");
        walk.browser.get(&format!("/totp?code={right}&address={ADDRESS}")).await.page(200, "paired");

        let mut stranger = walk.browser.clone();
        stranger.name_session("c2Vzc2lvbi1vZi1vdGhlcnM");
        walk.note("c2Vzc2lvbi1vZi1vdGhlcnM");
        stranger.get("/").await.page(401, "over");
        stranger.name_session("malformed-session-cookie");
        walk.note("malformed-session-cookie");
        stranger.get("/").await.page(401, "over");
        let elsewhere = walk.browser.request(Method::POST, forms::CHECK_TOTP).header("origin", "https://evil.example");
        stranger.send(elsewhere.form(&[("code", &right)])).await.page(403, "did not come");
        walk.browser.api(Method::DELETE, "/session", Value::Null).await.expect(204);

        let mut keeper = Keeper { program: Browser::program(process.address, &process.origin()), hash: HASH.to_owned() };
        keeper.add(json!([{ "enc_secret": BLOB, "name": "Shop of Ada" }])).await.expect(200);
        keeper.replace(BLOB, "5fXrK1w4kD2mYdB3aPzQ7c").await.expect(200);
        keeper.replace(BLOB, "3vQB7B6MrGQZaxCuFg4oh").await.problem(409, "entry-gone");
        keeper.list().await.expect(200);
        keeper.add(json!([{ "enc_secret": format!("{BLOB} ") }])).await.problem(400, "bad-setting");
        keeper.remove(json!([{ "enc_secret": "5fXrK1w4kD2mYdB3aPzQ7c" }])).await.expect(200);
        keeper.list().await.problem(404, "no-vault");
        for kept in [HASH, BLOB, "Shop of Ada", "5fXrK1w4kD2mYdB3aPzQ7c", "3vQB7B6MrGQZaxCuFg4oh"] {
            walk.note(kept);
        }

        let asked = walk.browser.get(&format!("/quorum/AAAAAAAAAAAAAAAAAAAAAA?{}", "x".repeat(7_000))).await;
        let request_id = asked.header("x-request-id").expect("an id").to_owned();
        let claimed = walk.browser.request(Method::GET, "/healthz").header("x-request-id", "0000000000000000");
        assert_ne!(walk.browser.send(claimed).await.header("x-request-id"), Some("0000000000000000"));

        let log = process.stop();
        assert_requests_are_told(&log, &request_id);
        let events: Vec<&String> = log.iter().filter(|line| line.contains("postern::auth")).collect();
        assert!(events.len() >= 6, "the walk is told: {events:#?}");
        assert!(log.iter().filter(|line| line.contains("postern::http")).count() > 15);
        for line in &log {
            serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            let lower = line.to_ascii_lowercase();
            for secret in &walk.secrets {
                assert!(!told(&lower, &secret.to_ascii_lowercase()), "{secret:?} stands in the log: {line}");
            }
        }
    }
}

/// One line a request, whose id the events of the request have too; with the route as a template, and everything short.
fn assert_requests_are_told(log: &[String], request_id: &str) {
    let lines: Vec<Value> = log.iter().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let of = |target: &str| lines.iter().filter(move |line| line["target"] == target).collect::<Vec<_>>();
    let id = |line: &Value| line["span"]["request_id"].as_str().map(str::to_owned);
    let requests = of("postern::http");
    for line in &requests {
        assert!(id(line).is_some_and(|id| id.len() == 16), "{line}");
        assert!(line["duration_ms"].is_f64() && line["status"].is_u64() && line["network"] == "127.0.0.1", "{line}");
        assert!(line["route"].is_string() && line["method"].is_string() && line.get("path").is_none(), "{line}");
    }
    let asked: Vec<_> = requests.iter().filter(|line| id(line).as_deref() == Some(request_id)).collect();
    assert_eq!(asked.len(), 1, "one line a request");
    assert_eq!(asked[0]["route"], "/quorum/{id}");
    for event in of("postern::auth") {
        let of_request = requests.iter().filter(|line| id(line).is_some() && id(line) == id(event)).count();
        assert_eq!(of_request, 1, "{event}");
        assert!(!event["result"].as_str().is_some_and(|result| result.contains('{')), "{event}");
    }
    let refused = of("postern::auth").into_iter().find(|event| event["result"] == "replayed").expect("a refusal");
    assert_eq!(refused["problem"], "wrong");
    assert!(log.iter().filter(|line| line.contains("postern")).all(|line| line.len() < 1_000));
}

/// Whether a secret stands in a line. Digits alone may be a part of a time or a longer number.
fn told(line: &str, secret: &str) -> bool {
    let is_code = secret.bytes().all(|b| b.is_ascii_digit());
    line.match_indices(secret).any(|(at, _)| {
        let around = [line[..at].bytes().next_back(), line[at + secret.len()..].bytes().next()];
        !is_code
            || around.into_iter().flatten().all(|b| !b.is_ascii_digit() && b != b'.' && b != b':')
            || line[..at].ends_with("code=")
    })
}

#[test]
fn a_code_is_found_in_a_line_but_not_in_a_time_or_a_longer_number() {
    assert!(
        told("the code 482913 is wrong", "482913") && told("?code=482913&x", "482913") && told("[482913]", "482913")
    );
    assert!(!told("10:00:00.482913z", "482913") && !told("1482913", "482913") && !told("4829134", "482913"));
    assert!(told("id=abcdefgh1", "abcdefgh"));
}
