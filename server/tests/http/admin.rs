//! `/api/v1/admin`: what operators see, by name and password, and nobody else.

use std::net::SocketAddr;

use data_encoding::BASE64;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Place, TestApp};
use crate::browser::{Answer, Browser};
use crate::on_each_store;
use crate::process::Process;
use crate::prometheus::Scrape;

const USER: &str = "root";
const PASSWORD: &str = "correct horse";
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$AdweBLwcflnNX2HVW8i1Mtu7frrn4Ki7h/rYSGuU7Is";
const SETTINGS: [(&str, &str); 4] = [
    ("POSTERN_ADMIN_USER", USER),
    ("POSTERN_ADMIN_PASSWORD_HASH", HASH),
    ("POSTERN_METRICS_ADDRESS", "127.0.0.1:0"),
    ("POSTERN_TRUSTED_PROXIES", "127.0.0.1"),
];
const ROUTES: [(Method, &str); 4] =
    [(Method::GET, "/server"), (Method::GET, "/database"), (Method::GET, "/logging"), (Method::PUT, "/logging")];

async fn run(place: Place) -> TestApp {
    TestApp::with(place, &SETTINGS).await
}

/// Somebody at the operators' door.
struct Operator {
    program: Browser,
    password: &'static str,
    from: &'static str,
}

impl Operator {
    fn of(app: &TestApp) -> Self {
        Self::at(app, app.address)
    }

    fn at(app: &TestApp, address: SocketAddr) -> Self {
        Self { program: Browser::program(address, &app.origin), password: PASSWORD, from: "192.0.2.7" }
    }

    fn with(self, password: &'static str) -> Self {
        Self { password, ..self }
    }

    fn from(self, from: &'static str) -> Self {
        Self { from, ..self }
    }

    /// The answer, which is as it is described, sets no cookie and is not to be kept.
    async fn asks(&mut self, method: Method, path: &str, body: &Value) -> Answer {
        let path = format!("/api/v1/admin{path}");
        let request = self.program.request(method.clone(), &path).basic_auth(USER, Some(self.password));
        let request = request.header("x-forwarded-for", self.from);
        let request = if body.is_null() { request } else { request.json(body) };
        let answer = self.program.send(request).await;
        self.program.description().await.check(&method, &path, &answer);
        assert!(answer.cookies().is_empty(), "{answer:?}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        answer
    }

    async fn sees(&mut self, path: &str) -> Answer {
        self.asks(Method::GET, path, &Value::Null).await
    }

    async fn logs(&mut self, level: &str) -> Answer {
        self.asks(Method::PUT, "/logging", &json!({ "level": level })).await
    }
}

#[track_caller]
fn refused(answer: &Answer) {
    answer.problem(401, "not-admitted");
    assert_eq!(answer.header("www-authenticate"), Some("Basic realm=\"Postern operators\", charset=\"UTF-8\""));
}

on_each_store! {
    async fn operators_see_how_process_and_store_are_doing(place: Place) {
        let app = run(place).await;
        let mut operator = Operator::of(&app);
        app.advance(90);
        assert_eq!(operator.sees("/server").await.expect(200), json!({
            "status": "up",
            "version": env!("CARGO_PKG_VERSION"),
            "datetime": "2001-09-09T01:48:10Z",
            "uptime": 90,
        }));
        let database = operator.sees("/database").await.expect(200);
        let kind = if matches!(app.place, Place::Redis(_)) { "redis" } else { "embedded" };
        assert_eq!((&database["status"], &database["kind"]), (&json!("up"), &json!(kind)));
        assert_eq!(database["datetime"], "2001-09-09T01:48:10Z");
        let numbers: Vec<_> = database["version"].as_str().expect("a version").split('.').collect();
        assert!(numbers.len() == 3 && numbers.iter().all(|number| number.parse::<u32>().is_ok()), "{database}");
        assert_eq!(operator.sees("/logging").await.expect(200), json!({ "level": "info" }));
    }

    async fn whoever_does_not_know_the_password_sees_nothing_and_waits_after_five_tries(place: Place) {
        let app = run(place).await;
        let mut stranger = Operator::of(&app).with("battery staple");
        for (method, path) in ROUTES {
            refused(&stranger.asks(method, path, &json!({ "level": "off" })).await);
        }
        refused(&stranger.sees("/server").await);
        let waits = stranger.sees("/server").await;
        waits.problem(429, "throttled");
        assert_eq!(waits.retry_after(), 30);
        Operator::of(&app).sees("/server").await.problem(429, "throttled");
        let mut operator = Operator::of(&app).from("198.51.100.7");
        assert_eq!(operator.sees("/logging").await.expect(200)["level"], "info", "nothing was changed");
        app.advance(30);
        Operator::of(&app).sees("/server").await.expect(200);

        let attempts = Scrape::of(app.metrics.expect("metrics")).await;
        let count = |result| attempts.sum("postern_attempts_total", &[("factor", "admin"), ("result", result)]);
        // The last one was known.
        assert_eq!((count("passed"), count("wrong"), count("throttled")), (1, 5, 2));
    }

    async fn without_a_password_there_is_no_door(place: Place) {
        let app = TestApp::open(place).await;
        let mut operator = Operator::of(&app);
        for (method, path) in ROUTES {
            operator.asks(method, path, &json!({ "level": "off" })).await.problem(404, "not-found");
        }
        let description = operator.program.description().await;
        assert!(!description.0.to_string().contains("admin"), "nor is there a word of it");
    }

    async fn what_is_logged_is_changed_or_refused_and_then_stays_as_it_was(place: Place) {
        let app = run(place).await;
        let mut operator = Operator::of(&app);
        assert_eq!(operator.logs("postern=debug,warn").await.expect(200), json!({ "level": "postern=debug,warn" }));
        let long = "a=info,".repeat(200);
        for bad in ["inof", "postern=loud", "postern=[{", "", long.as_str()] {
            operator.logs(bad).await.problem(400, "bad-setting");
        }
        for body in [json!({}), json!({ "level": 3 }), json!({ "level": ["info"] }), json!(["info"])] {
            operator.asks(Method::PUT, "/logging", &body).await.problem(400, "malformed");
        }
        assert_eq!(operator.sees("/logging").await.expect(200)["level"], "postern=debug,warn");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_count_together() {
    let mut app = run(Place::redis()).await;
    let other = app.another_process().await;
    for address in [app.address, other, app.address, other, app.address] {
        refused(&Operator::at(&app, address).with("battery staple").sees("/server").await);
    }
    for address in [app.address, other] {
        Operator::at(&app, address).sees("/server").await.problem(429, "throttled");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_away_is_told_and_keeps_no_operator_out() {
    let mut app = run(Place::redis()).await;
    let mut operator = Operator::of(&app);
    // The description is had before.
    operator.sees("/database").await.expect(200);
    app.advance(120);
    app.redis().stop();
    let down = json!({ "status": "down", "kind": "redis", "version": null, "datetime": "2001-09-09T01:48:40Z" });
    assert_eq!(operator.sees("/database").await.expect(200), down);
    operator.sees("/server").await.expect(200);
    let mut stranger = Operator { program: operator.program.clone(), password: "battery staple", from: "192.0.2.8" };
    refused(&stranger.sees("/server").await);
    app.redis().start_again();
    while operator.sees("/database").await.expect(200)["status"] != "up" {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_given_otherwise_is_nobody_and_counts_nothing() {
    let app = run(Place::Embedded).await;
    let mut program = app.program();
    let right = BASE64.encode(format!("{USER}:{PASSWORD}").as_bytes());
    let (bearer, broken) = (format!("Bearer {right}"), format!("Basic {right}\u{e4}"));
    for header in ["", "Basic", "Basic !", "Basic cm9vdA==", bearer.as_str(), broken.as_str()].repeat(2) {
        let request = program.request(Method::GET, "/api/v1/admin/server").header("authorization", header);
        refused(&program.send(request).await);
    }
    let request =
        program.request(Method::GET, "/api/v1/admin/server").header("authorization", format!("basic {right}"));
    program.send(request).await.expect(200);
    let elsewhere = program.request(Method::PUT, "/api/v1/admin/logging").basic_auth(USER, Some(PASSWORD));
    let elsewhere = elsewhere.header("origin", "https://evil.example").json(&json!({ "level": "off" }));
    program.send(elsewhere).await.problem(403, "origin");
    program.get("/api/v1/admin").await.problem(404, "not-found");
    let request = program.request(Method::DELETE, "/api/v1/admin/logging").basic_auth(USER, Some(PASSWORD));
    program.send(request).await.problem(405, "method");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_routes_are_described_where_they_are() {
    let app = run(Place::Embedded).await;
    let description = app.program().description().await;
    let mut routes: Vec<_> = description
        .operations()
        .filter_map(|(method, path, said)| Some((method, path.strip_prefix("/api/v1/admin")?, said)))
        .collect();
    routes.sort_by_key(|(method, path, _)| (ROUTES.iter().position(|it| (&it.0, it.1) == (method, path)), path.len()));
    assert_eq!(routes.iter().map(|(method, path, _)| (method.clone(), *path)).collect::<Vec<_>>(), ROUTES);
    for (_, path, said) in routes {
        assert_eq!((&said["security"], &said["tags"]), (&json!([{ "operator": [] }]), &json!(["Operators"])), "{path}");
    }
    assert_eq!(description.0["components"]["securitySchemes"]["operator"]["scheme"], "basic");
    assert!(description.0["tags"].as_array().expect("tags").iter().any(|tag| tag["name"] == "Operators"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_process_logs_what_it_is_told_to_and_never_the_password() {
    let settings =
        [&SETTINGS[..2], &[("POSTERN_LOG", "error,postern::serve=info"), ("POSTERN_LOG_FORMAT", "json")]].concat();
    let process = Process::start(&settings);
    let mut operator = Operator {
        program: Browser::program(process.address, &process.origin()),
        password: PASSWORD,
        from: "192.0.2.7",
    };
    operator.program.get("/healthz").await;
    operator.logs("trace").await.expect(200);
    operator.program.get("/healthz").await;
    operator.logs("error").await.expect(200);
    operator.program.get("/readyz").await;
    let lines = process.stop();
    let told = |path: &str| lines.iter().filter(|line| line.contains(&format!("\"route\":\"{path}\""))).count();
    assert_eq!((told("/healthz"), told("/readyz")), (1, 0), "{lines:#?}");
    let basic = BASE64.encode(format!("{USER}:{PASSWORD}").as_bytes());
    for secret in [PASSWORD, &HASH[40..], basic.as_str()] {
        assert!(lines.iter().all(|line| !line.contains(secret)), "{secret} in {lines:#?}");
    }
}
