//! Whatever somebody sends to any route for programs: a 4xx as the wire has it, and nothing changed. The routes are those
//! of the served description, so a new one is walked by being described.

use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::browser::{Answer, Browser};
use crate::described_by::Description;
use crate::input::owner;
use crate::on_each_store;
use crate::phone::Phone;
use crate::vault::too_much;
use crate::wired::of_nobody;

const JSON: &str = "application/json";

/// Somebody who may get in at every door, and what there is to lose.
pub struct Sender {
    pub browser: Browser,
    before: String,
    pub description: std::sync::Arc<Description>,
    /// An API client's key and secret, and the validation of a code that its user has not used yet.
    pub client: Vec<(&'static str, String)>,
    unused: (String, Value),
}

impl Sender {
    pub async fn at(app: &TestApp) -> Self {
        let (mut browser, before) = owner(app).await;
        let description = browser.description().await;
        let client = client(app, &mut browser).await;
        let mut sender = Self { browser, before, description, client, unused: (String::new(), Value::Null) };
        let begun = sender.ask(&Method::POST, "/api/v1/mfa/totp", json!({})).await.expect(200);
        let code = Phone::scan(begun["otpAuthUrl"].as_str().expect("a link")).code_at(app.unix_time());
        let uuid = begun["uuid"].as_str().expect("a uuid");
        sender.unused = (format!("/api/v1/mfa/totp/{uuid}/validate"), json!({ "code": code }));
        sender
    }

    /// As the client asks.
    async fn ask(&mut self, method: &Method, path: &str, body: Value) -> Answer {
        let request = self.browser.request(method.clone(), path).json(&body);
        let request = self.client.iter().fold(request, |request, (name, value)| request.header(*name, value));
        let answer = self.browser.send(self.browser.sent_from(request, "/")).await;
        self.description.check(method, path, &answer);
        answer
    }

    /// Every operation under `/api/`, with a path in which everything that differs is nobody's.
    pub fn operations(&self) -> Vec<(Method, String, Value)> {
        let all = self.description.operations().filter(|(_, path, _)| path.starts_with("/api/"));
        all.map(|(method, path, operation)| (method, of_nobody(path), operation.clone())).collect()
    }

    /// Those that read JSON, with the schema of what they read.
    fn reading(&self) -> Vec<(Method, String, Value, Value)> {
        let bodies = self.operations().into_iter().filter_map(|(method, path, operation)| {
            let schema = operation["requestBody"]["content"].get(JSON)?["schema"].clone();
            Some((method, path, operation, schema))
        });
        let bodies: Vec<_> = bodies.collect();
        assert!(bodies.len() >= 10, "{bodies:?}");
        bodies
    }

    async fn send(
        &mut self,
        method: &Method,
        path: &str,
        operation: &Value,
        kind: &str,
        body: impl Into<Vec<u8>>,
    ) -> Answer {
        let request = self.enter(self.browser.request(method.clone(), path), operation);
        let request = request.header(CONTENT_TYPE, kind).body(body.into());
        let answer = self.browser.send(self.browser.sent_from(request, "/")).await;
        self.description.check(method, path, &answer);
        answer
    }

    /// Gets in as the operation wants it, with the headers that it needs. The session's cookie is there already.
    fn enter(&self, mut request: RequestBuilder, operation: &Value) -> RequestBuilder {
        let schemes = operation["security"].as_array().expect("schemes").iter();
        for (scheme, _) in schemes.flat_map(|it| it.as_object().expect("one")) {
            request = match scheme.as_str() {
                // There is no gateway here.
                "session" | "gateway" => request,
                "apiKey" => request.header("x-mfa-apikey", &self.client[0].1),
                "apiSecret" => request.header("x-mfa-apisecret", &self.client[1].1),
                other => panic!("how does one get in by {other}? Give the request its headers here"),
            };
        }
        let needed = headers(operation).filter(|header| header["required"] == true);
        needed.fold(request, |request, header| request.header(name(header), example(header)))
    }

    pub async fn nothing_changed(mut self) {
        assert_eq!(self.browser.api_get("/session").await.body, self.before);
        let (path, code) = self.unused.clone();
        self.ask(&Method::POST, &path, code).await.expect(200);
    }
}

/// The key and the secret of a client that is let in.
async fn client(app: &TestApp, browser: &mut Browser) -> Vec<(&'static str, String)> {
    let email = "ops@shop.example";
    browser.api_post("/mfa/api-key", json!({ "email": email })).await.expect(204);
    let letter = app.mail.wait_for(2).await.pop().expect("a letter");
    let is_key = |word: &&str| word.len() == 40 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let key = letter.text.split_whitespace().find(is_key).expect("a key").to_owned();
    let activated = browser.api_post("/mfa/api-key/activate", json!({ "email": email, "apiKey": key })).await;
    let secret = activated.expect(200)["apiSecret"].as_str().expect("a secret").to_owned();
    vec![("x-mfa-apikey", key), ("x-mfa-apisecret", secret)]
}

/// The headers that an operation reads, beside those that let one in.
pub fn headers(operation: &Value) -> impl Iterator<Item = &Value> {
    operation["parameters"].as_array().into_iter().flatten().filter(|it| it["in"] == "header")
}

pub fn name(header: &Value) -> &str {
    header["name"].as_str().expect("a name")
}

pub fn example(header: &Value) -> &str {
    header["example"].as_str().expect("an example")
}

/// A body as the description has it, each member by its example.
fn sample(description: &Description, schema: &Value) -> Value {
    let schema = description.schema(schema);
    let members = description.members(schema);
    if !members.is_empty() {
        return members.into_iter().map(|(name, it)| (name.to_owned(), sample(description, it))).collect();
    }
    let by_type = || match types(description, schema).first().map(String::as_str) {
        Some("array") => json!([]),
        Some("integer") => schema["minimum"].clone(),
        Some("boolean") => json!(true),
        _ => json!("AAAA"),
    };
    let choice = || schema["oneOf"].as_array().map(|any| description.schema(&any[0])["enum"][0].clone());
    schema.get("example").cloned().or_else(choice).unwrap_or_else(by_type)
}

fn types(description: &Description, schema: &Value) -> Vec<String> {
    let schema = description.schema(schema);
    let any = schema["oneOf"].as_array().into_iter().flatten().flat_map(|one| types(description, one));
    let own = match &schema["type"] {
        Value::String(name) => vec![name.clone()],
        names => names.as_array().into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned)).collect(),
    };
    any.chain(own).collect()
}

/// Where each member of a body is, however deep, with its schema.
fn members(description: &Description, schema: &Value, at: &str) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let is_choice = description.schema(schema)["oneOf"].is_array();
    for (name, member) in description.members(schema) {
        let here = format!("{at}/{name}");
        found.extend(members(description, member, &here));
        let mut member = member.clone();
        if is_choice {
            // Nothing, where another one is chosen.
            member["type"] = json!([member["type"], "null"]);
        }
        found.push((here, member));
    }
    found
}

fn with(body: &Value, at: &str, value: Value) -> String {
    let mut body = body.clone();
    *body.pointer_mut(at).unwrap_or_else(|| panic!("{at} is nowhere")) = value;
    body.to_string()
}

on_each_store! {
    async fn members_of_the_wrong_type_are_malformed_on_every_route(place: Place) {
        let app = TestApp::open(place).await;
        let mut sender = Sender::at(&app).await;
        let wrong = [
            ("null", json!(null)), ("boolean", json!(true)), ("integer", json!(7)), ("number", json!(7.5)), ("number", json!(-1e99)),
            ("string", json!("7")), ("array", json!([])), ("array", json!(["123456"])), ("object", json!({})), ("object", json!({ "a": "b" })),
        ];
        let mut sent = 0;
        for (method, path, operation, schema) in sender.reading() {
            let body = sample(&sender.description, &schema);
            for (at, member) in members(&sender.description, &schema, "") {
                let right = types(&sender.description, &member);
                for (_, value) in wrong.iter().filter(|(name, _)| !right.iter().any(|it| it == name)) {
                    let body = with(&body, &at, value.clone());
                    sender.send(&method, &path, &operation, JSON, body).await.problem(400, "malformed");
                    sent += 1;
                }
            }
        }
        assert!(sent > 200, "{sent}");
        sender.nothing_changed().await;
    }

    async fn repeated_members_are_malformed_on_every_route(place: Place) {
        let app = TestApp::open(place).await;
        let mut sender = Sender::at(&app).await;
        for (method, path, operation, schema) in sender.reading() {
            let body = sample(&sender.description, &schema).to_string();
            for name in sender.description.clone().members(&schema).into_keys() {
                let value = sample(&sender.description, sender.description.members(&schema)[name]);
                let twice = format!("{{\"{name}\":{value},{}", &body[1..]);
                sender.send(&method, &path, &operation, JSON, twice).await.problem(400, "malformed");
            }
        }
        sender.nothing_changed().await;
    }

    async fn what_is_no_json_object_is_malformed_on_every_route(place: Place) {
        let app = TestApp::open(place).await;
        let mut sender = Sender::at(&app).await;
        let deep = "[".repeat(10_000);
        let bodies = [
            b"null".as_slice(), b"true", b"6", b"\"123456\"", b"[]", b"[{}]", b" [[]]", b"{", b"{}}", b"{\"a\"}", b"{'a':1}", b"a=b", b"\xff",
            b"{\"a\":\"\xff\xfe\"}", b"\x00\x01", b"\xef\xbb\xbf{}", b"{\"a\":\"\0\"}", b"{\"a\":\"\\ud800\"}{}", deep.as_bytes(),
        ];
        for (method, path, operation, _) in sender.reading() {
            for body in bodies {
                sender.send(&method, &path, &operation, JSON, body).await.problem(400, "malformed");
            }
        }
        sender.nothing_changed().await;
    }

    async fn odd_texts_are_refused_on_every_route(place: Place) {
        let app = TestApp::open(place).await;
        let mut sender = Sender::at(&app).await;
        let long = "1".repeat(60_000);
        for (method, path, operation, schema) in sender.reading() {
            let body = sample(&sender.description, &schema);
            let mut texts = members(&sender.description, &schema, "");
            texts.retain(|(_, it)| types(&sender.description, it).iter().any(|it| it == "string"));
            for (at, _) in texts {
                for odd in ["\0", "a\0b", "", &long, "a\r\nb: c", "\u{202e}\u{0}", "\u{85}"] {
                    let body = with(&body, &at, json!(odd));
                    let answer = sender.send(&method, &path, &operation, JSON, body).await;
                    let limited = answer.status == 429 && answer.body.contains("urn:postern:too-many-refusals");
                    let refused = [400, 401, 404, 409, 422].contains(&answer.status) || limited;
                    assert!(refused, "{method} {path} {at} {odd:?}: {answer:?}");
                }
            }
        }
        sender.nothing_changed().await;
    }

    async fn bodies_that_are_too_large_are_refused_on_every_route(place: Place) {
        let app = TestApp::open(place).await;
        let mut sender = Sender::at(&app).await;
        let long = |path: &str| json!("1".repeat(too_much(path).max(1_000_000)));
        for (method, path, operation) in sender.operations() {
            let body = json!({ "otp": long(&path) }).to_string();
            sender.send(&method, &path, &operation, JSON, body).await.problem(413, "too-large");
        }
        for (method, path, operation, schema) in sender.reading() {
            let body = sample(&sender.description, &schema);
            for (at, _) in members(&sender.description, &schema, "") {
                let body = with(&body, &at, long(&path));
                sender.send(&method, &path, &operation, JSON, body).await.problem(413, "too-large");
            }
        }
        sender.nothing_changed().await;
    }

    async fn another_type_of_content_is_told_so_on_every_route(place: Place) {
        let app = TestApp::open(place).await;
        let mut sender = Sender::at(&app).await;
        for (method, path, operation, schema) in sender.reading() {
            let body = sample(&sender.description, &schema).to_string();
            let taken = operation["requestBody"]["content"].clone();
            let others = ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "text/json", "multipart/form-data; boundary=x", "", ";"];
            for kind in others.into_iter().filter(|kind| taken.get(kind).is_none()) {
                sender.send(&method, &path, &operation, kind, body.clone()).await.problem(415, "media-type");
            }
        }
        sender.nothing_changed().await;
    }

    async fn another_method_is_told_so_on_every_path(place: Place) {
        let app = TestApp::open(place).await;
        let mut sender = Sender::at(&app).await;
        for (_, path, operation) in sender.operations() {
            let described: Vec<Method> = sender.operations().into_iter().filter(|it| it.1 == path).map(|it| it.0).collect();
            for name in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE"] {
                let method: Method = name.parse().expect("a method");
                // The health routes answer OPTIONS, which is no operation of theirs.
                let watched = method == Method::OPTIONS && ["/healthz", "/readyz"].contains(&path.as_str());
                if described.contains(&method) || watched {
                    continue;
                }
                let answer = sender.send(&method, &path, &operation, JSON, "{}").await;
                answer.problem(405, "method");
                let allowed = answer.header("allow").expect("Allow");
                assert!(described.iter().all(|method| allowed.contains(method.as_str())), "{name} {path}: {allowed}");
            }
        }
        sender.nothing_changed().await;
    }

    async fn odd_names_in_a_path_are_nobody_s_on_every_route(place: Place) {
        let app = TestApp::open(place).await;
        let mut sender = Sender::at(&app).await;
        let (long, mut sent) = ("A".repeat(7_000), 0);
        let odd = ["%00", "%ff%fe", "..%2f..%2fetc", "%F0%9F%94%91", "a%0d%0ab", "-1", "*", "%25", &long];
        let description = sender.description.clone();
        for (method, template, operation) in description.operations().filter(|(_, path, _)| path.contains('{')) {
            let schema = &operation["requestBody"]["content"][JSON]["schema"];
            let body = if schema.is_null() { json!({}) } else { sample(&description, schema) };
            for name in odd {
                let path: Vec<_> = template.split('/').map(|part| if part.starts_with('{') { name } else { part }).collect();
                let answer = sender.send(&method, &path.join("/"), operation, JSON, body.to_string()).await;
                assert!([400, 404].contains(&answer.status), "{method} {template} {name}: {answer:?}");
                sent += 1;
            }
        }
        assert!(sent > 10, "{sent}");
        sender.nothing_changed().await;
    }
}
