//! Steps that journeys to accounts have in common.

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::browser::{Answer, Browser};
use crate::journey::enrol_totp;
use crate::phone::Phone;

pub const ADA: &str = "ada.byron@example.org";
pub const GRACE: &str = "grace.hopper@example.org";

pub mod forms {
    pub const SEND: &str = "/forms/sign-in/send";
    pub const CHECK: &str = "/forms/sign-in/check";
    pub const RESEND: &str = "/forms/sign-in/resend";
    pub const ANOTHER: &str = "/forms/sign-in/another";
    pub const TOTP: &str = "/forms/sign-in/totp";
    pub const RECOVERY: &str = "/forms/sign-in/recovery";
    pub const OUT: &str = "/forms/sign-out";
    pub const STEP_UP: &str = "/forms/step-up/totp";
    pub const STEP_UP_SEND: &str = "/forms/step-up/send";
    pub const STEP_UP_CHECK: &str = "/forms/step-up/check";
    pub const KEEP: &str = "/forms/account/keep";
    pub const RENAME: &str = "/forms/account/rename";
    pub const REMOVE: &str = "/forms/account/remove";
    pub const END_ONE: &str = "/forms/account/end-session";
    pub const END_OTHERS: &str = "/forms/account/end-others";
    pub const NEW_CODES: &str = "/forms/account/recovery-codes";
    pub const KEEP_CODES: &str = "/forms/account/keep-codes";
    pub const EXPORT: &str = "/forms/account/export";
    pub const ADDRESS_SEND: &str = "/forms/account/address/send";
    pub const ADDRESS_CHECK: &str = "/forms/account/address/check";
    pub const DELETE: &str = "/forms/account/delete";
}

/// The codes that an address was sent so far, oldest first.
pub fn codes_to(app: &TestApp, address: &str) -> Vec<String> {
    let of_letter = |subject: &str| {
        let digits = |word: &&str| word.len() >= 6 && word.bytes().all(|b| b.is_ascii_digit());
        subject.split_whitespace().find(digits).map(str::to_owned)
    };
    let letters = app.mail.received().into_iter().filter(|letter| letter.raw.contains(address));
    letters.filter_map(|letter| of_letter(&letter.subject)).collect()
}

/// The code of the letter that comes after so many others with codes.
pub async fn code_after(app: &TestApp, address: &str, before: usize) -> String {
    loop {
        let letters = app.mail.received().len();
        if let Some(code) = codes_to(app, address).into_iter().nth(before) {
            return code;
        }
        app.mail.wait_for(letters + 1).await;
    }
}

/// Waits until a letter to this address has this in its subject, so many times in all.
pub async fn told(app: &TestApp, address: &str, subject: &str, times: usize) {
    loop {
        let letters = app.mail.received();
        let told = |letter: &&crate::smtp::Received| letter.raw.contains(address) && letter.subject.contains(subject);
        if letters.iter().filter(told).count() >= times {
            return;
        }
        app.mail.wait_for(letters.len() + 1).await;
    }
}

/// Asks for a sign-in code on the page; answers the page after it, and the code of the letter.
pub async fn ask(app: &TestApp, browser: &mut Browser, address: &str) -> (Answer, String) {
    let before = codes_to(app, address).len();
    let page = browser.open("/sign-in").await;
    let page = browser.submit(&page, forms::SEND, &[("address", address)]).await;
    page.page(200, "mail");
    (page, code_after(app, address, before).await)
}

/// As far as the code by mail leads.
pub async fn enter(app: &TestApp, browser: &mut Browser, address: &str) -> Answer {
    let (page, code) = ask(app, browser, address).await;
    browser.submit(&page, forms::CHECK, &[("code", &code)]).await
}

/// A browser that is signed in to an account without a second factor; a new one where there was none.
pub async fn signed_in(app: &TestApp, address: &str) -> Browser {
    let mut browser = app.browser();
    enter(app, &mut browser, address).await.page(200, "Your account");
    browser
}

/// Somebody with an account and an authenticator app.
pub struct Owner {
    pub browser: Browser,
    pub phone: Phone,
}

impl Owner {
    pub async fn of(app: &TestApp, address: &str) -> Self {
        let mut browser = signed_in(app, address).await;
        let phone = enrol_totp(app, &mut browser).await;
        Self { browser, phone }
    }

    /// A code that was not used yet. It takes a while.
    pub fn next_code(&self, app: &TestApp) -> String {
        app.advance(30);
        self.phone.code_at(app.unix_time())
    }

    /// Another browser of the same person.
    pub async fn again(&self, app: &TestApp, address: &str) -> Browser {
        let mut browser = pending(app, address).await;
        let page = browser.open("/sign-in").await;
        let code = self.next_code(app);
        browser.submit(&page, forms::TOTP, &[("code", &code)]).await.page(200, "Your account");
        browser
    }

    /// The session of `browser` passes the app once more.
    pub async fn refresh(&mut self, app: &TestApp) {
        let code = self.next_code(app);
        let verified = self.browser.api_post("/totp/verify", json!({ "otp": code })).await;
        assert_eq!(verified.expect(200), json!({ "status": true }));
    }
}

/// A browser whose code by mail was right, and of which a second factor is asked.
pub async fn pending(app: &TestApp, address: &str) -> Browser {
    let mut browser = app.browser();
    enter(app, &mut browser, address).await.page(200, "One more step");
    browser
}

/// How many sessions the account of this browser has.
pub async fn sessions(browser: &mut Browser) -> usize {
    let page = browser.open("/account").await;
    page.page(200, "Your account");
    1 + page.attributes(&format!("form[action='{}'] input[name='session']", forms::END_ONE), "value").len()
}

/// Whether a session id opens an account.
pub async fn is_in(browser: &Browser, id: &str) -> bool {
    let mut browser = browser.clone();
    browser.name_session(id);
    let answer = browser.get("/account").await;
    assert!([200, 303, 401].contains(&answer.status), "{answer:?}");
    answer.status == 200
}

/// The factors of this browser's session, as programs are told.
pub async fn factors(browser: &mut Browser) -> Vec<Value> {
    let session = browser.api_get("/session").await.expect(200);
    session["factors"].as_array().expect("a list").clone()
}

/// The id of the factor of a kind.
pub async fn factor(browser: &mut Browser, kind: &str) -> String {
    let factors = factors(browser).await;
    let found = factors.iter().find(|factor| factor["kind"] == kind);
    found.and_then(|factor| factor["id"].as_str()).expect("an id").to_owned()
}

/// The session id that an answer gives out, if it does.
pub fn given(answer: &Answer) -> Option<String> {
    let cookies = answer.cookies();
    let mut ids = cookies.iter().filter_map(|cookie| {
        let (name, rest) = cookie.split_once('=')?;
        let is_session = ["postern", "__Host-postern"].contains(&name) && !rest.contains("Max-Age=0");
        is_session.then(|| rest.split(';').next().unwrap_or_default().to_owned())
    });
    ids.next()
}

/// Ten new recovery codes, from the page that shows them once.
pub async fn new_codes(browser: &mut Browser) -> Vec<String> {
    let page = browser.open("/account").await;
    let shown = browser.post(&page, forms::NEW_CODES, &[]).await;
    shown.page(200, "Your recovery codes");
    let codes = shown.texts("#codes code");
    assert_eq!(codes.len(), 10, "{codes:?}");
    if shown.has_form(forms::KEEP_CODES) {
        // They replace others.
        let page = browser.submit(&shown, forms::KEEP_CODES, &[]).await;
        assert!(page.note().expect("a note").contains("Your recovery codes are new."), "{}", page.text());
    }
    codes
}
