//! A browser without a screen: keeps cookies, fills forms by field name, follows redirects one by one, and says where a
//! request comes from, as browsers do. Nothing of Postern's own code is in it.

#![allow(dead_code, reason = "each test binary uses its own part of it")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use reqwest::header::{HOST, LOCATION, ORIGIN, REFERER, SET_COOKIE};
use reqwest::{Method, RequestBuilder, StatusCode};
use scraper::{ElementRef, Html, Selector};
use serde_json::Value;

use crate::described_by::Description;

#[derive(Clone)]
pub struct Browser {
    client: reqwest::Client,
    pub address: SocketAddr,
    pub origin: String,
    /// What browsers alone send: `Origin`, `Sec-Fetch-Site`, `Referer`.
    manners: bool,
    pub cookies: BTreeMap<String, String>,
    /// What the portal says of its routes for programs, once one was asked.
    described: OnceLock<Arc<Description>>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
    /// Where it was asked.
    pub path: String,
}

impl Browser {
    pub fn new(address: SocketAddr, origin: &str) -> Self {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build();
        Self {
            client: client.expect("a client"),
            address,
            origin: origin.to_owned(),
            manners: true,
            cookies: BTreeMap::new(),
            described: OnceLock::new(),
        }
    }

    pub fn program(address: SocketAddr, origin: &str) -> Self {
        Self { manners: false, ..Self::new(address, origin) }
    }

    /// The same cookies, and none of the connections.
    pub fn reconnected(&self) -> Self {
        Self { client: Self::new(self.address, &self.origin).client, ..self.clone() }
    }

    /// The same cookies at another process.
    pub fn at(&self, address: SocketAddr) -> Self {
        Self { address, ..self.clone() }
    }

    fn session_cookie(&self) -> &'static str {
        if self.origin.starts_with("https:") { "__Host-postern" } else { "postern" }
    }

    /// The session cookie, whatever it is called.
    pub fn session_id(&self) -> &str {
        self.cookies.get(self.session_cookie()).map_or("", String::as_str)
    }

    pub fn name_session(&mut self, id: &str) {
        self.cookies.insert(self.session_cookie().to_owned(), id.to_owned());
    }

    /// By which it is known again.
    pub fn device(&self) -> Option<&str> {
        self.cookies.get(&format!("{}-device", self.session_cookie())).map(String::as_str)
    }

    pub fn name_device(&mut self, id: &str) {
        self.cookies.insert(format!("{}-device", self.session_cookie()), id.to_owned());
    }

    /// A request with the cookies and the right `Host`, to be sent by [`send`](Self::send).
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let host = self.origin.split_once("://").map_or("", |(_, host)| host);
        let request = self.client.request(method, format!("http://{}{path}", self.address)).header(HOST, host);
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if cookies.is_empty() { request } else { request.header("cookie", cookies.join("; ")) }
    }

    /// Sends, and keeps the cookies that come back.
    pub async fn send(&mut self, request: RequestBuilder) -> Answer {
        self.execute(request.build().expect("a request")).await
    }

    pub async fn execute(&mut self, request: reqwest::Request) -> Answer {
        self.try_execute(request).await.expect("an answer")
    }

    /// Sends to somebody who may be gone before the answer is whole.
    pub async fn try_execute(&mut self, request: reqwest::Request) -> reqwest::Result<Answer> {
        let path = request.url().path().to_owned();
        let response = self.client.execute(request).await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let answer = Answer { status, headers, body: response.text().await?, path };
        for cookie in answer.cookies() {
            let (pair, rules) = cookie.split_once(';').unwrap_or((&cookie, ""));
            let (name, value) = pair.split_once('=').expect("a cookie");
            if rules.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(answer)
    }

    /// One page, without following where it leads.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// An answer that comes bit by bit.
    pub async fn stream(&self, path: &str) -> reqwest::Response {
        self.request(Method::GET, path).send().await.expect("an answer")
    }

    /// A page, wherever it leads.
    pub async fn open(&mut self, path: &str) -> Answer {
        let answer = self.get(path).await;
        self.follow(answer).await
    }

    pub async fn follow(&mut self, mut answer: Answer) -> Answer {
        for _ in 0..5 {
            let Some(next) = answer.location() else { return answer };
            answer = self.get(&next).await;
        }
        panic!("it leads in circles: {answer:?}");
    }

    /// Fills the form of a page that posts to `action`, and follows where it leads.
    pub async fn submit(&mut self, page: &Answer, action: &str, typed: &[(&str, &str)]) -> Answer {
        let answer = self.post(page, action, typed).await;
        assert_eq!(answer.status, 303, "{action}: {}", answer.text());
        self.follow(answer).await
    }

    /// Fills the form of a page that posts to `action`; its other fields go along as they stand.
    pub async fn post(&mut self, page: &Answer, action: &str, typed: &[(&str, &str)]) -> Answer {
        let mut fields = page.form(action);
        for (name, value) in typed {
            let field = fields.iter_mut().find(|(known, _)| known == name);
            let (_, stands) = field.unwrap_or_else(|| panic!("the form of {action} has no field {name}"));
            (*value).clone_into(stands);
        }
        let request = self.request(Method::POST, action).form(&fields);
        self.send(self.sent_from(request, &page.path)).await
    }

    /// As if a form of ours had been sent with these fields and no others.
    pub async fn post_form(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.request(Method::POST, path).form(fields);
        self.send(self.sent_from(request, "/")).await
    }

    pub fn sent_from(&self, request: RequestBuilder, page: &str) -> RequestBuilder {
        if !self.manners {
            return request;
        }
        let referer = format!("{}{page}", self.origin);
        request.header(ORIGIN, &self.origin).header("sec-fetch-site", "same-origin").header(REFERER, referer)
    }

    /// A route for programs; `null` sends no body. Whatever it answers is as it is described.
    pub async fn api(&mut self, method: Method, path: &str, body: Value) -> Answer {
        let path = format!("/api/v1{path}");
        let request = self.request(method.clone(), &path);
        let request = if body.is_null() { request } else { request.json(&body) };
        let answer = self.send(self.sent_from(request, "/")).await;
        // Under another name than its own the portal tells nothing of itself.
        if answer.status != 421 {
            self.description().await.check(&method, &path, &answer);
        }
        answer
    }

    /// What the portal says of its routes for programs.
    pub async fn description(&mut self) -> Arc<Description> {
        if self.described.get().is_none() {
            let document = self.get("/api/openapi.json").await.expect(200);
            let _ = self.described.set(Arc::new(Description(document)));
        }
        Arc::clone(self.described.get().expect("it was set"))
    }

    pub async fn api_get(&mut self, path: &str) -> Answer {
        self.api(Method::GET, path, Value::Null).await
    }

    pub async fn api_post(&mut self, path: &str, body: Value) -> Answer {
        self.api(Method::POST, path, body).await
    }

    pub async fn api_delete(&mut self, path: &str) -> Answer {
        self.api(Method::DELETE, path, Value::Null).await
    }
}

/// Sends bytes as they are, and answers what comes back until the other side is done.
pub async fn raw(address: SocketAddr, bytes: &[u8]) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("it listens");
    // Who refuses early may have hung up by then.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("ASCII"))
    }

    /// Every `Set-Cookie`.
    pub fn cookies(&self) -> Vec<String> {
        self.headers.get_all(SET_COOKIE).iter().map(|cookie| cookie.to_str().expect("ASCII").to_owned()).collect()
    }

    /// Where it leads.
    /// What is the same of a page however often it is rendered.
    pub fn body_without_token(&self) -> String {
        let mut parts = self.body.split("name=\"submission\" value=\"");
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |body, part| body + part.split_once('"').map_or("", |(_, rest)| rest))
    }

    pub fn location(&self) -> Option<String> {
        let leads = StatusCode::from_u16(self.status).is_ok_and(|status| status.is_redirection());
        leads.then(|| self.headers[LOCATION].to_str().expect("ASCII").to_owned())
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Right, and JSON.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.path, self.body);
        if self.body.is_empty() { Value::Null } else { self.json() }
    }

    /// A problem as RFC 9457 has it, with our own `message`.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.path, self.body);
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        let problem = self.json();
        assert_eq!(problem["type"], format!("urn:postern:{code}"), "{problem}");
        assert_eq!(problem["status"], status);
        assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty()), "{problem}");
        assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{problem}");
        assert_eq!(problem["message"], problem["detail"]);
        let passes = matches!(status, 429 | 503) || code == "frozen";
        assert_eq!(self.header("retry-after").is_some(), passes, "{self:?}");
        problem
    }

    /// How many seconds to wait.
    #[track_caller]
    pub fn retry_after(&self) -> u64 {
        self.header("retry-after").expect("Retry-After").parse().expect("whole seconds")
    }

    /// One of our own pages, with this status and this in its heading.
    #[track_caller]
    pub fn page(&self, status: u16, heading: &str) {
        assert_eq!(self.status, status, "{}: {}", self.path, self.text());
        assert_eq!(self.header("content-type"), Some("text/html; charset=utf-8"));
        let found = self.texts("h1").concat();
        assert!(found.contains(heading), "{found:?}, not {heading:?}");
    }

    pub fn html(&self) -> Html {
        Html::parse_document(&self.body)
    }

    /// What a person reads, in one line.
    pub fn text(&self) -> String {
        self.texts("body").concat()
    }

    /// The text of everything that a selector finds.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let (html, selector) = (self.html(), select(selector));
        html.select(&selector).map(words).collect()
    }

    /// What the page says of the request before.
    pub fn note(&self) -> Option<String> {
        self.texts(".note").into_iter().next()
    }

    /// The attribute of the first thing that a selector finds.
    pub fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        let html = self.html();
        html.select(&select(selector)).next()?.attr(name).map(str::to_owned)
    }

    /// That attribute of everything a selector finds.
    pub fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let (html, selector) = (self.html(), select(selector));
        html.select(&selector).filter_map(|found| found.attr(name)).map(str::to_owned).collect()
    }

    pub fn has_form(&self, action: &str) -> bool {
        self.attribute(&format!("form[action='{action}']"), "method").is_some()
    }

    /// Names and values of the fields that a form would send as it stands.
    #[track_caller]
    pub fn form(&self, action: &str) -> Vec<(String, String)> {
        let html = self.html();
        let form = html.select(&select(&format!("form[method='post'][action='{action}']"))).next();
        let form = form.unwrap_or_else(|| panic!("no form posts to {action}: {}", self.text()));
        form.select(&select("[name]")).filter_map(field).collect()
    }
}

fn select(selector: &str) -> Selector {
    Selector::parse(selector).expect("a selector")
}

fn words(element: ElementRef<'_>) -> String {
    let mut text = String::new();
    gather(element, &mut text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Elements stand apart, but for those that only say where a word breaks.
fn gather(element: ElementRef<'_>, text: &mut String) {
    let of_a_word = element.value().name() == "wbr" || element.value().classes().any(|class| class == "whole");
    let gap = if of_a_word { "" } else { " " };
    text.push_str(gap);
    for child in element.children() {
        match (child.value().as_text(), ElementRef::wrap(child)) {
            (Some(said), _) => text.push_str(said),
            (_, Some(inner)) => gather(inner, text),
            _ => {}
        }
    }
    text.push_str(gap);
}

fn field(field: ElementRef<'_>) -> Option<(String, String)> {
    let name = field.attr("name")?.to_owned();
    let value = match (field.value().name(), field.attr("type")) {
        ("button", _) => return None,
        ("input", Some("radio" | "checkbox")) => {
            field.attr("checked")?;
            field.attr("value").unwrap_or("on")
        }
        ("textarea", _) => return Some((name, field.text().collect())),
        ("select", _) => return Some((name, chosen(field))),
        _ => field.attr("value").unwrap_or_default(),
    };
    Some((name, value.to_owned()))
}

fn chosen(list: ElementRef<'_>) -> String {
    let option = list.select(&select("option[selected]")).next().or_else(|| list.select(&select("option")).next());
    option.and_then(|option| option.attr("value")).unwrap_or_default().to_owned()
}
