//! Somebody who enrols and proves factors until nobody answers any more, and who remembers what was acknowledged.

use std::sync::atomic::{AtomicBool, Ordering};

use reqwest::Method;
use reqwest::header::HeaderName;
use serde_json::{Value, json};

use crate::browser::{Answer, Browser};
use crate::phone::Phone;

/// Codes a visitor uses of his token, before the next visitor comes. Some are left for the checks after a kill.
const USES: usize = 12;
const CODES: u64 = 400;
/// Wrong codes in a row that are judged, less one that a kill may have left counted.
const JUDGED: usize = 4;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// What nobody answered to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doubt {
    None,
    Begin,
    ConfirmHotp,
    VerifyHotp,
    ConfirmTotp,
    VerifyTotp,
}

/// What came of a request: an answer, or the kill.
enum Came {
    Answer(Answer),
    Nothing,
}

pub struct Visitor {
    browser: Browser,
    network: String,
    token: Option<Vec<String>>,
    /// The token's first code not known to be accepted.
    next: usize,
    token_confirmed: bool,
    app: Option<Phone>,
    app_confirmed: bool,
    /// What the app showed and was accepted, oldest first.
    app_used: Vec<String>,
    /// What it showed last, for which there is no answer.
    app_asked: String,
    /// How many of its codes have been replayed since they were accepted.
    app_replayed: usize,
    app_refused: usize,
    /// How many of the token's codes have been replayed since they were accepted.
    replayed: usize,
    doubt: Doubt,
    lost: bool,
}

/// Sums over all visitors.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sums {
    pub accepted: usize,
    pub confirmed: usize,
    pub in_doubt: usize,
    pub replayed: usize,
    pub sessions_lost: usize,
}

impl Visitor {
    /// From a network of his own, so that many may come.
    pub fn new(browser: Browser, number: usize) -> Self {
        Self {
            browser,
            network: format!("198.18.{}.{}", number / 250, number % 250 + 1),
            token: None,
            next: 0,
            token_confirmed: false,
            app: None,
            app_confirmed: false,
            app_used: Vec::new(),
            app_asked: String::new(),
            app_replayed: 0,
            app_refused: 0,
            replayed: 0,
            doubt: Doubt::None,
            lost: false,
        }
    }

    /// Whether there is a session to look at.
    pub fn is_known(&self) -> bool {
        !self.lost && !self.browser.cookies.is_empty()
    }

    pub fn is_done(&self) -> bool {
        self.lost || self.next >= USES
    }

    pub fn add_to(&self, sums: &mut Sums) {
        sums.accepted += self.next + self.app_used.len();
        sums.confirmed += usize::from(self.token_confirmed) + usize::from(self.app_confirmed);
        sums.sessions_lost += usize::from(self.lost);
    }

    async fn ask(&mut self, method: Method, path: &str, body: Value) -> Came {
        let request = self.browser.request(method, &format!("/api/v1{path}")).header(FORWARDED_FOR, &self.network);
        let request = if body.is_null() { request } else { request.json(&body) };
        match self.browser.try_execute(request.build().expect("a request")).await {
            // The store is gone, and with it the answer.
            Ok(answer) if answer.status == 503 => Came::Nothing,
            Ok(answer) => Came::Answer(answer),
            Err(_) => Came::Nothing,
        }
    }

    /// Goes on until done, until nobody answers, or until it is over.
    pub async fn walk(&mut self, over: &AtomicBool) {
        while !self.is_done() && !over.load(Ordering::Relaxed) && self.step().await {}
    }

    /// One step of the walk; answers whether it was acknowledged.
    async fn step(&mut self) -> bool {
        if self.browser.cookies.is_empty() {
            return self.acknowledged(Doubt::Begin, Method::GET, "/session", Value::Null, 200).await.is_some();
        }
        let Some(codes) = &self.token else {
            let asked = json!({ "digits": 8, "initial_count": 0 });
            let begun = self.acknowledged(Doubt::Begin, Method::POST, "/hotp", asked, 201).await;
            self.token = begun.as_ref().map(|begun| phone(begun).first_codes(CODES));
            return begun.is_some();
        };
        if self.token_confirmed && self.next >= 3 && self.app_used.len() < 2 {
            return self.use_app().await;
        }
        let (doubt, otp) =
            (if self.token_confirmed { Doubt::VerifyHotp } else { Doubt::ConfirmHotp }, codes[self.next].clone());
        let verified = self.acknowledged(doubt, Method::POST, "/hotp/verify", json!({ "otp": otp }), 200).await;
        let Some(verified) = verified else { return false };
        self.next += 1;
        self.token_confirmed = true;
        assert_eq!(verified, json!({ "status": true, "counter": self.next }));
        true
    }

    /// The code of now confirms the app, that of the next step is right as well.
    async fn use_app(&mut self) -> bool {
        let Some(app) = &self.app else {
            let begun = self.acknowledged(Doubt::Begin, Method::POST, "/totp", json!({ "digits": 8 }), 201).await;
            self.app = begun.as_ref().map(phone);
            return begun.is_some();
        };
        let (doubt, ahead) = if self.app_confirmed { (Doubt::VerifyTotp, 30) } else { (Doubt::ConfirmTotp, 0) };
        let otp = app.code_at(unix_time() + ahead);
        self.app_asked.clone_from(&otp);
        let verified = self.acknowledged(doubt, Method::POST, "/totp/verify", json!({ "otp": otp }), 200).await;
        let Some(verified) = verified else { return false };
        assert_eq!(verified, json!({ "status": true }));
        self.app_confirmed = true;
        self.app_used.push(otp);
        true
    }

    /// The answer that acknowledges a request, or none, and then its outcome is in doubt.
    async fn acknowledged(
        &mut self,
        doubt: Doubt,
        method: Method,
        path: &str,
        body: Value,
        status: u16,
    ) -> Option<Value> {
        match self.ask(method, path, body).await {
            Came::Answer(answer) => Some(answer.expect(status)),
            Came::Nothing => {
                self.doubt = doubt;
                None
            }
        }
    }

    /// After a restart: everything acknowledged is there, and nothing is accepted a second time.
    pub async fn check(&mut self, sums: &mut Sums) {
        self.browser = self.browser.reconnected();
        let doubt = std::mem::replace(&mut self.doubt, Doubt::None);
        sums.in_doubt += usize::from(doubt != Doubt::None);
        let session = self.browser.api_get("/session").await;
        if session.status == 401 && matches!(doubt, Doubt::ConfirmHotp | Doubt::ConfirmTotp) {
            // The id rose, and the new one was lost on the way.
            self.lost = true;
            return;
        }
        let session = session.expect(200);
        let factors = session["factors"].as_array().expect("a list");
        let [token, app] = ["hotp", "totp"].map(|kind| factors.iter().any(|factor| factor["kind"] == kind));
        assert!(token || !self.token_confirmed, "the token is lost: {session}");
        assert!(app || !self.app_confirmed, "the app is lost: {session}");
        if self.token.is_some() {
            let may_be_used = token && matches!(doubt, Doubt::ConfirmHotp | Doubt::VerifyHotp);
            self.check_token(may_be_used, sums).await;
        }
        if app {
            self.check_app(doubt, sums).await;
        }
    }

    /// The counter stands where it was acknowledged, or one further where the answer was lost.
    async fn check_token(&mut self, may_be_used: bool, sums: &mut Sums) {
        if !self.use_next().await {
            assert!(may_be_used, "code {} is lost", self.next);
            self.next += 1;
            assert!(self.use_next().await, "codes {} and {} are lost", self.next - 1, self.next);
        }
        let used = self.next;
        while self.replayed < used {
            let again = self.replayed..(self.replayed + JUDGED).min(used);
            for code in again.clone() {
                assert!(!self.use_code(code).await, "code {code} is accepted twice");
                sums.replayed += 1;
            }
            self.replayed = again.end;
            // A right code in between lets more be judged.
            assert!(self.use_next().await, "code {} is lost", self.next);
        }
    }

    /// Every code ever accepted, once more.
    pub async fn replay_everything(&mut self, sums: &mut Sums) {
        (self.replayed, self.app_replayed) = (0, 0);
        self.check(sums).await;
    }

    async fn use_next(&mut self) -> bool {
        let accepted = self.use_code(self.next).await;
        self.next += usize::from(accepted);
        self.token_confirmed |= accepted;
        accepted
    }

    async fn use_code(&mut self, code: usize) -> bool {
        let otp = &self.token.as_ref().expect("a token")[code];
        let answer = self.browser.api_post("/hotp/verify", json!({ "otp": otp })).await.expect(200);
        answer["status"].as_bool().expect("yes or no")
    }

    async fn check_app(&mut self, doubt: Doubt, sums: &mut Sums) {
        let asked = self.app_asked.clone();
        if doubt == Doubt::ConfirmTotp {
            self.app_confirmed = true;
            self.app_used.push(asked);
        } else if doubt == Doubt::VerifyTotp {
            // Accepted then or now, or its time is over: whichever, it is used up.
            let answer = self.use_app_code(&asked).await;
            self.app_refused += usize::from(answer.expect(200)["status"] == false);
            self.app_used.push(asked);
        }
        for otp in self.app_used.clone().into_iter().skip(self.app_replayed) {
            let answer = self.use_app_code(&otp).await;
            if answer.status == 429 && self.app_refused >= JUDGED {
                return;
            }
            assert_eq!(answer.expect(200), json!({ "status": false }), "a code of the app is accepted twice");
            self.app_refused += 1;
            sums.replayed += 1;
        }
        self.app_replayed = self.app_used.len();
    }

    async fn use_app_code(&mut self, otp: &str) -> Answer {
        self.browser.api_post("/totp/verify", json!({ "otp": otp })).await
    }
}

fn phone(begun: &Value) -> Phone {
    Phone::scan(begun["uri"].as_str().expect("a link"))
}

fn unix_time() -> u64 {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed();
    since.expect("after 1970").as_secs()
}
