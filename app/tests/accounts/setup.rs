//! Somebody with an account: signing up, coming back, and what they hold in their hands.

use std::time::Duration;

use postern_app::portal::{Answer, FactorAnswer, RecoveryCodes, Sent, SignIn, SignedIn};
use postern_core::factor::email_code::Purpose;
use postern_core::factor::security_key::{AssertionAnswer, RegistrationAnswer};
use postern_core::model::{FactorId, FactorKind, Letter, Refusal};
use postern_core::testing::Authenticator;

use crate::app::{ADA, ORIGIN, Phone, TestApp, Token, Told, Visitor, code};

pub const BOB: &str = "bob@example.net";
pub const MINUTE: Duration = Duration::from_mins(1);
pub const HOUR: Duration = Duration::from_hours(1);
/// How long a factor that was passed is fresh.
pub const FRESH: Duration = Duration::from_mins(10);
pub const MOMENT: Duration = Duration::from_millis(1);

pub fn totp(digits: &str) -> FactorAnswer {
    FactorAnswer::Totp(code(digits))
}

pub fn hotp(digits: &str) -> FactorAnswer {
    FactorAnswer::Hotp(code(digits))
}

pub fn recovery(text: &str) -> FactorAnswer {
    FactorAnswer::Recovery(text.parse().expect("a recovery code"))
}

/// The codes of a set, as they are shown.
pub fn on_paper(set: &RecoveryCodes) -> Vec<String> {
    set.codes.iter().map(|code| code.expose().clone()).collect()
}

/// An account that has nothing but its mail.
pub async fn with_mail(app: &TestApp) -> Visitor {
    app.visitor().await.signs_in(ADA).await
}

/// An account with an authenticator app, which shows a code that was not used yet.
pub async fn with_totp(app: &TestApp) -> (Visitor, Phone) {
    let ada = with_mail(app).await;
    let phone = ada.enrols_totp().await;
    (ada, phone)
}

pub async fn with_hotp(app: &TestApp) -> (Visitor, Token) {
    let ada = with_mail(app).await;
    let token = ada.enrols_hotp().await;
    (ada, token)
}

pub async fn with_key(app: &TestApp) -> (Visitor, Authenticator) {
    let ada = with_mail(app).await;
    let mut key = Authenticator::new(1);
    ada.registers(&mut key).await;
    // Without attestation registering passes nothing.
    ada.steps_up_with(&mut key).await;
    (ada, key)
}

/// An account with an app and a set of recovery codes.
pub async fn with_paper(app: &TestApp) -> (Visitor, Phone, Vec<String>) {
    let (ada, phone) = with_totp(app).await;
    let set = app.portal.renew_recovery_codes(&ada.visit).await.done();
    (ada, phone, on_paper(&set))
}

/// The ticket of a letter's link "this was not me".
pub fn ticket_of(letter: &Letter) -> Option<String> {
    let text = letter.text.expose();
    text.lines().find_map(|line| line.strip_prefix("https://door.example.org/not-me?ticket=")).map(str::to_owned)
}

/// The ticket in the newest letter that has one.
pub async fn ticket(app: &TestApp) -> String {
    app.news().await.iter().rev().find_map(ticket_of).expect("a link in a letter")
}

/// The ticket in the newest letter to an address that has one.
pub async fn ticket_to(app: &TestApp, address: &str) -> String {
    let news = app.news().await;
    let mut to = news.iter().rev().filter(|letter| letter.to.to_string() == address);
    to.find_map(ticket_of).expect("a link in a letter")
}

impl TestApp {
    /// A moment less than so long later.
    pub fn almost(&self, span: Duration) {
        self.clock.set(self.now() + span - MOMENT);
    }

    /// The letters that tell of something, oldest first.
    pub async fn news(&self) -> Vec<Letter> {
        let news = |letter: &Letter| !letter.subject.expose().contains("is your code for");
        self.letters().await.into_iter().filter(news).collect()
    }

    /// What was told by what this does.
    pub async fn news_of<T>(&self, act: impl Future<Output = T>) -> Vec<Letter> {
        let before = self.news().await.len();
        act.await;
        self.news().await.split_off(before)
    }
}

impl Visitor {
    /// Another session in the browser in which somebody signed in before.
    pub async fn again(&self) -> Self {
        let mut next = self.app.visitor().await;
        next.visit.browser = self.visit.browser.clone();
        next
    }

    pub async fn asks_to_sign_in(&self, address: &str) -> Answer<Sent> {
        self.app.portal.send_mail_code(&self.visit, Purpose::SignIn, address).await
    }

    pub async fn answers_sign_in_mail(&self, digits: &str) -> Answer<SignIn> {
        self.app.portal.answer_sign_in_code(&self.visit, &code(digits)).await
    }

    /// Reads the mail and types the code.
    pub async fn tries_to_sign_in(&self, address: &str) -> Answer<SignIn> {
        self.asks_to_sign_in(address).await.done();
        self.answers_sign_in_mail(&self.mailed_code().await).await
    }

    /// What this browser is once it is signed in.
    pub fn inside(&self, signed_in: SignedIn) -> Self {
        let mut inside = self.clone();
        inside.visit.session = signed_in.session;
        inside.visit.browser.devices = signed_in.devices;
        inside
    }

    /// Signs in where mail is enough.
    pub async fn signs_in(&self, address: &str) -> Self {
        match self.tries_to_sign_in(address).await.done() {
            SignIn::In(signed_in) => self.inside(signed_in),
            SignIn::Second => panic!("a second factor is asked for"),
        }
    }

    /// Passes the mail of an account that asks for more.
    pub async fn waits(&self, address: &str) {
        assert!(matches!(self.tries_to_sign_in(address).await.done(), SignIn::Second), "let in by mail alone");
    }

    pub async fn answers_second(&self, chosen: &FactorAnswer) -> Answer<SignedIn> {
        self.app.portal.answer_sign_in(&self.visit, chosen).await
    }

    pub async fn signs_in_with(&self, address: &str, chosen: &FactorAnswer) -> Self {
        self.waits(address).await;
        self.inside(self.answers_second(chosen).await.done())
    }

    /// Signs in with what the phone shows, and waits until it shows something else.
    pub async fn signs_in_with_phone(&self, phone: &Phone) -> Self {
        let inside = self.signs_in_with(ADA, &totp(&phone.code(self.app.now()))).await;
        self.app.advance(Duration::from_secs(phone.setting.period));
        inside
    }

    /// What a key answers to a sign-in that waits.
    pub async fn touches(&self, key: &mut Authenticator) -> FactorAnswer {
        let options = self.app.portal.ask_sign_in_keys(&self.visit).await.done();
        let options = serde_json::to_value(options).expect("JSON");
        assertion(key, &options)
    }

    pub async fn steps_up_with(&self, key: &mut Authenticator) {
        let options = self.app.portal.begin_authentication(&self.visit).await.done();
        let options = serde_json::to_value(options).expect("JSON");
        self.app.portal.answer_step_up(&self.visit, &assertion(key, &options)).await.done();
    }

    pub async fn tries_to_register(&self, key: &mut Authenticator) -> Answer<FactorId> {
        let options = self.app.portal.begin_registration(&self.visit, None).await?;
        let options = serde_json::to_value(options).expect("JSON");
        let answer = key.create(&options, ORIGIN, |_| {}).to_string();
        let answer = RegistrationAnswer::read(&answer).map_err(Refusal::BadRegistration)?;
        Ok(self.app.portal.finish_registration(&self.visit, &answer, None).await?.id)
    }

    pub async fn registers(&self, key: &mut Authenticator) -> FactorId {
        self.tries_to_register(key).await.done()
    }

    pub async fn enrols_hotp(&self) -> Token {
        let mut token = self.begins_hotp().await;
        assert!(self.answers_hotp(&token.press()).await.done().confirmed_now);
        token
    }

    /// Gives the account another address, once the last letter is long enough ago.
    pub async fn moves_to(&self, address: &str) {
        self.app.advance(MINUTE / 2);
        self.app.portal.send_change_code(&self.visit, address).await.done();
        let digits = code(&self.mailed_code().await);
        self.app.portal.answer_change_code(&self.visit, &digits).await.done();
    }

    pub async fn removes(&self, kind: &FactorKind) -> Answer<()> {
        let id = self.factor(kind).await.expect("a factor");
        self.app.portal.remove_factor(&self.visit, id).await
    }

    /// Whether the next request of this session is answered.
    pub async fn is_admitted(&self) -> bool {
        match self.app.portal.admit(&self.visit).await {
            Ok(_) => true,
            refused => {
                assert_eq!(refused.refusal(), Refusal::NoSession);
                false
            }
        }
    }

    /// How many sessions the account has.
    pub async fn sessions(&self) -> usize {
        self.app.portal.load_visit_state(&self.visit).await.done().sessions().len()
    }
}

fn assertion(key: &mut Authenticator, options: &serde_json::Value) -> FactorAnswer {
    let answer = key.get(options, ORIGIN, |_| {}).to_string();
    FactorAnswer::Key(Box::new(AssertionAnswer::read(&answer).expect("an answer")))
}
