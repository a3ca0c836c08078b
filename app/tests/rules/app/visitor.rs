//! Somebody with a browser.

use std::net::IpAddr;

use postern_app::portal::{Answer, Passed, Sent, TotpEnrolment};
use postern_core::factor::email_code::Purpose;
use postern_core::factor::hotp;
use postern_core::factor::totp::Setting;
use postern_core::model::{
    Browser, Code, FactorId, FactorKind, Hint, Letter, Network, NextTry, Refusal, Session, Visit,
};

use super::{Phone, TestApp, Token, Told};

pub const ADA: &str = "Ada.Byron@Example.org";

/// One browser's session. Clones are further tabs of it.
#[derive(Clone)]
pub struct Visitor {
    pub app: TestApp,
    pub visit: Visit,
}

/// Digits as somebody types them.
pub fn code(digits: &str) -> Code {
    digits.parse().expect("a code")
}

impl Visitor {
    pub fn new(app: TestApp, session: Session, network: Network) -> Self {
        Self { app, visit: Visit { session, network, browser: Browser::default() } }
    }

    /// The same session, answered by another process.
    pub fn through(&self, app: &TestApp) -> Self {
        Self { app: app.clone(), ..self.clone() }
    }

    /// The same session from elsewhere.
    pub fn moved_to(&self, address: &str) -> Self {
        let network = address.parse::<IpAddr>().expect("an address").into();
        Self { visit: Visit { network, ..self.visit.clone() }, ..self.clone() }
    }

    pub async fn asks_for_mail(&self, address: &str) -> Answer<Sent> {
        self.app.portal.send_mail_code(&self.visit, Purpose::Prove, address).await
    }

    /// The newest letter that this session asked for.
    pub async fn letter(&self) -> Letter {
        let letters = self.app.letters().await;
        let mine = letters.into_iter().rev().find(|letter| letter.asked_by == Some(self.visit.session.handle));
        mine.expect("a letter")
    }

    /// The code in the newest letter that has one.
    pub async fn mailed_code(&self) -> String {
        let letters = self.app.letters().await;
        let mut mine = letters.iter().rev().filter(|letter| letter.asked_by == Some(self.visit.session.handle));
        let codes =
            |letter: &Letter| letter.text.expose().lines().find(|line| line.parse::<Code>().is_ok()).map(str::to_owned);
        mine.find_map(codes).expect("a code")
    }

    /// A code of as many digits that is not the right one.
    pub async fn wrong_mailed_code(&self) -> String {
        let right = self.mailed_code().await;
        let first = if right.starts_with('0') { "1" } else { "0" };
        format!("{first}{}", &right[1..])
    }

    pub async fn answers_mail(&self, digits: &str) -> Answer<Passed> {
        self.app.portal.answer_mail_code(&self.visit, &code(digits)).await
    }

    /// Reads the mail and types the code.
    pub async fn proves(&self, address: &str) -> Passed {
        self.asks_for_mail(address).await.done();
        self.answers_mail(&self.mailed_code().await).await.done()
    }

    /// Guesses wrong, and hears what may follow.
    pub async fn mistypes_mail(&self) -> NextTry {
        next(self.answers_mail(&self.wrong_mailed_code().await).await.refusal())
    }

    /// How the code that waits stands.
    pub async fn mail_tries(&self) -> NextTry {
        self.app.portal.mail_code(&self.visit, Purpose::Prove).await.done().expect("a code that waits").next
    }

    pub async fn begins_totp(&self) -> Phone {
        self.begins_totp_with(Setting::default()).await
    }

    pub async fn begins_totp_with(&self, setting: Setting) -> Phone {
        Phone::scans(&self.tries_to_begin_totp(setting).await.done())
    }

    pub async fn tries_to_begin_totp(&self, setting: Setting) -> Answer<TotpEnrolment> {
        self.app.portal.begin_totp(&self.visit, setting, None).await
    }

    pub async fn answers_totp(&self, digits: &str) -> Answer<Passed> {
        self.app.portal.answer_totp(&self.visit, &code(digits)).await
    }

    /// Enrols an app, confirms it, and waits until it shows another code.
    pub async fn enrols_totp(&self) -> Phone {
        let phone = self.begins_totp().await;
        assert!(self.answers_totp(&phone.code(self.app.now())).await.done().confirmed_now);
        self.app.advance(std::time::Duration::from_secs(phone.setting.period));
        phone
    }

    pub async fn passes_totp(&self, phone: &Phone) -> Answer<Passed> {
        self.answers_totp(&phone.code(self.app.now())).await
    }

    /// Guesses wrong, and hears what may follow.
    pub async fn mistypes_totp(&self, phone: &Phone) -> NextTry {
        next(self.answers_totp(&phone.wrong_code(self.app.now())).await.refusal())
    }

    /// Guesses wrong, and hears why it may be.
    pub async fn hint_for(&self, digits: &str) -> Option<Hint> {
        match self.answers_totp(digits).await.refusal() {
            Refusal::Wrong { hint, .. } => hint,
            other => panic!("not wrong: {other:?}"),
        }
    }

    pub async fn begins_hotp(&self) -> Token {
        self.begins_hotp_with(hotp::Setting::default()).await
    }

    pub async fn begins_hotp_with(&self, setting: hotp::Setting) -> Token {
        Token::scans(&self.app.portal.begin_hotp(&self.visit, setting, None).await.done())
    }

    pub async fn answers_hotp(&self, digits: &str) -> Answer<Passed> {
        self.app.portal.answer_hotp(&self.visit, &code(digits)).await
    }

    /// Types two codes to catch up.
    pub async fn resyncs(&self, first: &str, second: &str) -> Answer<Passed> {
        self.app.portal.resync_hotp(&self.visit, &code(first), &code(second)).await
    }

    pub async fn level(&self) -> u8 {
        self.app.portal.load_visit_state(&self.visit).await.done().level.number()
    }

    /// The kinds of the factors that count.
    pub async fn enrolled(&self) -> Vec<FactorKind> {
        self.app
            .portal
            .load_visit_state(&self.visit)
            .await
            .done()
            .enrolled()
            .map(|factor| factor.kind.clone())
            .collect()
    }

    /// The one factor of a kind, confirmed or not.
    pub async fn factor(&self, kind: &FactorKind) -> Option<FactorId> {
        let look = self.app.portal.load_visit_state(&self.visit).await.done();
        look.factors().find(|factor| factor.kind == *kind).map(|factor| factor.id)
    }
}

fn next(refusal: Refusal) -> NextTry {
    match refusal {
        Refusal::Wrong { next, .. } => next,
        other => panic!("not wrong: {other:?}"),
    }
}
