//! A house with accounts: a stopped clock, its letters, and people who sign in.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use postern_app::portal::operator::Reason;
use postern_app::portal::{Answer, Outside, Portal, Settings, SignIn, SignedIn, UseCaseError};
use postern_core::factor::email_code::Purpose;
use postern_core::factor::totp::Setting;
use postern_core::model::{Browser, Code, Letter, MailAddress, Network, Refusal, Secret, Timestamp, Visit};
use postern_core::port::{Clock, Lane, Store};
use postern_core::testing::{AtOnce, MemoryStore, SeededEntropy, StoppedClock};

use crate::phone::Phone;

pub const ADA: &str = "ada@example.org";
pub const HOME: &str = "192.0.2.7";

pub struct TestApp {
    pub store: Arc<MemoryStore>,
    pub clock: Arc<StoppedClock>,
    pub portal: Portal,
}

/// One browser.
pub struct Person<'h> {
    pub app: &'h TestApp,
    pub visit: Visit,
}

pub fn address(text: &str) -> MailAddress {
    text.parse().expect("an address")
}

fn code(digits: &str) -> Code {
    digits.parse().expect("a code")
}

pub fn refusal<T: std::fmt::Debug>(answer: Answer<T>) -> Refusal {
    match answer {
        Err(UseCaseError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

impl TestApp {
    pub async fn open() -> Self {
        Self::with(Settings::default()).await
    }

    pub async fn with(settings: Settings) -> Self {
        let (store, clock) = (Arc::new(MemoryStore::default()), Arc::new(StoppedClock::default()));
        let outside = Outside {
            store: store.clone(),
            clock: clock.clone(),
            entropy: Arc::new(SeededEntropy::new(1)),
            heavy: Arc::new(AtOnce),
            letter_waits: Arc::new(|| {}),
        };
        let portal = Portal::open(outside, &[Secret::new([1; 32])], settings).await.expect("a house that opens");
        Self { store, clock, portal }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    /// The letters that wait, oldest first. They are gone afterwards.
    pub async fn letters(&self) -> Vec<Letter> {
        let mut letters = Vec::new();
        let (until, now) = (self.now() + Duration::from_mins(1), self.now());
        for lane in Lane::ALL {
            while let Some(job) = self.store.lease(lane, until, now).await.expect("a store") {
                letters.extend(self.portal.open_letter(&job).await.expect("a letter of this house"));
                self.store.finish(job.id).await.expect("a store");
            }
        }
        letters
    }

    /// The one letter that waits.
    pub async fn letter(&self) -> Letter {
        let mut letters = self.letters().await;
        assert_eq!(letters.len(), 1, "letters");
        letters.remove(0)
    }

    pub async fn person(&self) -> Person<'_> {
        let network = Network::from(HOME.parse::<IpAddr>().expect("an address"));
        let session = self.portal.begin_visit(network).await.expect("a session");
        let browser = Browser { name: "Firefox on Linux".to_owned(), devices: Vec::new() };
        Person { app: self, visit: Visit { session, network, browser } }
    }

    /// Somebody with an account, signed in. What was mailed meanwhile is read.
    pub async fn account(&self, address: &str) -> Person<'_> {
        let mut person = self.person().await;
        let SignIn::In(signed_in) = person.signs_in(address).await.expect("they get in") else {
            panic!("a second factor is asked for")
        };
        person.is_in(signed_in);
        self.letters().await;
        person
    }

    pub async fn why(&self, text: &str) -> Vec<Reason> {
        self.portal.why(&address(text), None).await.expect("an answer").reasons
    }
}

impl Person<'_> {
    pub async fn asks_for_code(&self, address: &str) -> Answer<String> {
        self.app.portal.send_mail_code(&self.visit, Purpose::SignIn, address).await?;
        let letters = self.app.letters().await;
        let text = letters.last().expect("a letter").text.expose().clone();
        Ok(text.lines().find(|line| line.parse::<Code>().is_ok()).expect("a code").to_owned())
    }

    pub async fn signs_in(&self, address: &str) -> Answer<SignIn> {
        let digits = self.asks_for_code(address).await?;
        self.app.portal.answer_sign_in_code(&self.visit, &code(&digits)).await
    }

    /// Changes the account's address. What was mailed meanwhile is read.
    pub async fn moves_to(&self, address: &str) {
        let portal = &self.app.portal;
        // The pause between two letters that a session asks for.
        self.app.advance(Duration::from_secs(30));
        portal.send_change_code(&self.visit, address).await.expect("a letter");
        let text = self.app.letter().await.text.expose().clone();
        let digits = text.lines().find(|line| line.parse::<Code>().is_ok()).expect("a code").to_owned();
        portal.answer_change_code(&self.visit, &code(&digits)).await.expect("it is right");
        self.app.letters().await;
    }

    pub fn is_in(&mut self, signed_in: SignedIn) {
        self.visit.session = signed_in.session;
        self.visit.browser.devices = signed_in.devices;
    }

    /// Pairs an authenticator app. What was mailed meanwhile is read.
    pub async fn pairs_app(&self) -> Phone {
        let portal = &self.app.portal;
        let enrolment = portal.begin_totp(&self.visit, Setting::default(), None).await.expect("an enrolment");
        let phone = Phone::scans(&enrolment);
        let right = phone.code(self.app.now());
        portal.answer_totp(&self.visit, &code(&right)).await.expect("it is right");
        self.app.letters().await;
        phone
    }

    /// A wrong code for the app; what comes of it.
    pub async fn mistypes(&self, phone: &Phone) -> Refusal {
        let wrong = code(&phone.wrong_code(self.app.now()));
        refusal(self.app.portal.answer_totp(&self.visit, &wrong).await)
    }

    /// Whether the session still opens anything.
    pub async fn is_signed_in(&self) -> bool {
        self.app.portal.admit(&self.visit).await.is_ok()
    }
}
