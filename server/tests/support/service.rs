//! A service of somebody else's, from outside: it asks for a key by mail, activates it, and calls with key and secret.
//! Needs `browser.rs` and `smtp.rs` beside it, as modules `browser` and `smtp`.

#![allow(dead_code, reason = "each test binary uses its own part of it")]

use std::net::SocketAddr;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::browser::{Answer, Browser};
use crate::smtp::SmtpServer;

pub const ADA: &str = "ada@example.org";
pub const SHOP: &str = "https://shop.example";
pub const BANK: &str = "https://login.bank.example";

/// A service, with what it keeps.
#[derive(Clone)]
pub struct Service {
    pub program: Browser,
    pub key: String,
    pub secret: String,
    /// Where it calls from, told by the proxy in front; else from where it runs.
    pub network: Option<String>,
}

/// A route of the API, as it is asked for.
fn path(route: &str) -> String {
    format!("/api/v1/mfa{route}")
}

/// Whom a WebAuthn ceremony is for: everything that is needed, and the user where there is one.
pub fn headers(origin: &str, user: Option<&str>) -> Vec<(&'static str, String)> {
    let host = origin.strip_prefix("https://").expect("an https origin");
    let needed = [
        ("x-mfa-RPDisplayName", "Shop"),
        ("x-mfa-RPID", host),
        ("x-mfa-RPOrigin", origin),
        ("x-mfa-Username", "byron"),
        ("x-mfa-UserDisplayName", "Lord Byron"),
    ];
    let user = user.map(|user| ("x-mfa-UserUUID", user));
    needed.into_iter().chain(user).map(|(name, value)| (name, value.to_owned())).collect()
}

impl Service {
    /// Asks for a key, reads it in the letter, and activates it.
    pub async fn of(program: &Browser, mail: &SmtpServer, address: &str) -> Self {
        let mut service = Self::keyless(program);
        service.key = service.mailed_key(mail, address).await;
        let activated = service.activate(address).await.expect(200);
        activated["apiSecret"].as_str().expect("a secret").clone_into(&mut service.secret);
        service
    }

    /// One that has no key yet.
    pub fn keyless(program: &Browser) -> Self {
        Self { program: program.clone(), key: String::new(), secret: String::new(), network: None }
    }

    /// The same at another process.
    pub fn at(&self, address: SocketAddr) -> Self {
        Self { program: self.program.at(address), ..self.clone() }
    }

    /// The same with none of its connections.
    pub fn reconnected(&self) -> Self {
        Self { program: self.program.reconnected(), ..self.clone() }
    }

    /// The same key with a secret that is not its own.
    pub fn guessing(&self) -> Self {
        Self { secret: data_encoding::BASE64.encode(&[9; 32]), ..self.clone() }
    }

    /// Asks for a key and reads it in the letter, the next to this address.
    pub async fn mailed_key(&mut self, mail: &SmtpServer, address: &str) -> String {
        let before = mail.received().len();
        assert_eq!(self.bare(Method::POST, "/api-key", json!({ "email": address })).await.status, 204);
        let letter = mail.wait_for(before + 1).await.pop().expect("a letter");
        assert_eq!(letter.to, [address]);
        let is_key = |line: &&str| line.len() == 40 && line.bytes().all(|byte| byte.is_ascii_hexdigit());
        letter.text.lines().find(is_key).expect("a key on a line of its own").to_owned()
    }

    pub async fn activate(&mut self, address: &str) -> Answer {
        let body = json!({ "email": address, "apiKey": self.key });
        self.bare(Method::POST, "/api-key/activate", body).await
    }

    pub async fn rotate_to(&mut self, new: &Self) -> Answer {
        self.bare(Method::POST, "/api-key/rotate", self.rotation(new)).await
    }

    /// The same of somebody who may be gone before the answer is whole.
    pub async fn try_rotate_to(&mut self, new: &Self) -> Option<Answer> {
        let request = self.program.request(Method::POST, &path("/api-key/rotate")).json(&self.rotation(new));
        self.program.try_execute(request.build().expect("a request")).await.ok()
    }

    fn rotation(&self, new: &Self) -> Value {
        json!({
            "oldKeyId": self.key, "oldKeySecret": self.secret,
            "newKeyId": new.key, "newKeySecret": new.secret,
        })
    }

    /// Without key and secret.
    pub async fn bare(&mut self, method: Method, route: &str, body: Value) -> Answer {
        self.send(method, route, body, |request| request).await
    }

    pub async fn ask(&mut self, method: Method, route: &str, body: Value) -> Answer {
        self.ask_with(method, route, body, &[]).await
    }

    pub async fn post(&mut self, route: &str, body: Value) -> Answer {
        self.ask(Method::POST, route, body).await
    }

    pub async fn put(&mut self, route: &str, body: Value) -> Answer {
        self.ask(Method::PUT, route, body).await
    }

    pub async fn delete(&mut self, route: &str) -> Answer {
        self.ask(Method::DELETE, route, Value::Null).await
    }

    /// With further headers; `null` sends no body.
    pub async fn ask_with(
        &mut self,
        method: Method,
        route: &str,
        body: Value,
        headers: &[(&'static str, String)],
    ) -> Answer {
        let (key, secret) = (self.key.clone(), self.secret.clone());
        self.send(method, route, body, |request| {
            let request = request.header("x-mfa-apikey", key).header("x-mfa-apisecret", secret);
            headers.iter().fold(request, |request, (name, value)| request.header(*name, value))
        })
        .await
    }

    async fn send(
        &mut self,
        method: Method,
        route: &str,
        body: Value,
        with: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Answer {
        let path = path(route);
        let request = with(self.program.request(method.clone(), &path));
        let request = if body.is_null() { request } else { request.json(&body) };
        let request = self.network.iter().fold(request, |request, from| request.header("x-forwarded-for", from));
        let answer = self.program.send(request).await;
        assert_eq!(answer.cookies().len(), 0, "programs get no cookies: {answer:?}");
        self.program.description().await.check(&method, &path, &answer);
        answer
    }

    /// Whether its key and secret are taken: it asks for a user whom nobody has.
    pub async fn is_let_in(&mut self) -> bool {
        let answer = self.delete("/totp/00000000-0000-4000-8000-000000000000").await;
        match answer.status {
            404 => true,
            401 => answer.problem(401, "no-client").is_null(),
            _ => panic!("{answer:?}"),
        }
    }
}
