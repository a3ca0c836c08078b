//! A house with a stopped clock, and services that call it.

use std::sync::Arc;
use std::time::Duration;

use postern_app::client::{Caller, ClientTotp, Clients, KeyPassed, Pair, RelyingUser, ResidentKey, Rotation};
use postern_app::portal::{Answer, Outside, Portal, Settings, UseCaseError};
use postern_core::factor::security_key::{AssertionAnswer, RegistrationAnswer, RelyingParty};
use postern_core::factor::totp::Setting;
use postern_core::model::{KeyFlaw, Network, Refusal, Secret, SubjectId, Timestamp};
use postern_core::port::{Lane, Store};
use postern_core::seal::MasterBytes;
use postern_core::testing::{AtOnce, Authenticator, MemoryStore, SeededEntropy, StoppedClock};
use serde_json::Value;

use crate::interleaved::Interleaved;

pub const ADA: &str = "ada@example.org";
pub const SHOP: &str = "https://shop.example";
pub const BANK: &str = "https://login.bank.example";
pub const MINUTE: Duration = Duration::from_mins(1);

#[derive(Clone)]
pub struct TestApp {
    pub clients: Clients,
    pub portal: Arc<Portal>,
    pub clock: Arc<StoppedClock>,
    pub store: Arc<MemoryStore>,
}

/// A service, with what it keeps.
#[derive(Clone)]
pub struct Service {
    pub app: TestApp,
    pub key: String,
    pub secret: String,
}

pub fn master() -> MasterBytes {
    Secret::new([1; 32])
}

pub fn network(last: u8) -> Network {
    std::net::IpAddr::from([192, 0, 2, last]).into()
}

impl TestApp {
    pub async fn open() -> Self {
        let store = Arc::new(MemoryStore::default());
        Self::over(store.clone(), store).await
    }

    /// Whose calls of the store are interleaved with those of all other tasks.
    pub async fn interleaved(seed: u64) -> Self {
        let store = Arc::new(MemoryStore::default());
        Self::over(Arc::new(Interleaved::new(store.clone(), seed)), store).await
    }

    async fn over(through: Arc<dyn Store>, store: Arc<MemoryStore>) -> Self {
        let clock = Arc::new(StoppedClock::default());
        let outside = Outside {
            store: through,
            clock: clock.clone(),
            entropy: Arc::new(SeededEntropy::new(1)),
            heavy: Arc::new(AtOnce),
            letter_waits: Arc::new(|| {}),
        };
        let portal = Portal::open(outside, &[master()], Settings::default()).await.expect("a house that opens");
        let portal = Arc::new(portal);
        Self { clients: Clients::new(Arc::clone(&portal)), portal, clock, store }
    }

    pub fn now(&self) -> Timestamp {
        self.portal.now()
    }

    pub fn later(&self, span: Duration) {
        self.clock.set(self.now() + span);
    }

    /// The text of the letter that went out last.
    pub async fn letter(&self) -> String {
        let mut text = None;
        while let Some(job) = self.store.lease(Lane::Urgent, self.now() + MINUTE, self.now()).await.expect("a store") {
            let letter = self.portal.open_letter(&job).await.expect("a letter").expect("something to say");
            text = Some(letter.text.expose().clone());
            self.store.finish(job.id).await.expect("a store");
        }
        text.expect("a letter")
    }

    /// Asks for a key and reads it in the letter.
    pub async fn mailed_key(&self, address: &str) -> String {
        self.clients.ask_key(network(1), address, None).await.done();
        self.later(MINUTE);
        let letter = self.letter().await;
        let key = letter.lines().find(|line| line.len() == 40 && line.bytes().all(|byte| byte.is_ascii_hexdigit()));
        key.expect("a key on a line of its own").to_owned()
    }

    pub async fn service(&self, address: &str) -> Service {
        let key = self.mailed_key(address).await;
        let secret = self.clients.activate(network(1), address, &key).await.done().to_text().expose().clone();
        Service { app: self.clone(), key, secret }
    }
}

impl Service {
    pub async fn of_a_house() -> Self {
        TestApp::open().await.service(ADA).await
    }

    pub fn pair(&self) -> Pair<'_> {
        Pair { key: &self.key, secret: &self.secret }
    }

    pub async fn calls(&self) -> Answer<Caller> {
        self.app.clients.caller(network(1), &self.key, &self.secret).await
    }

    pub async fn caller(&self) -> Caller {
        self.calls().await.done()
    }

    pub async fn begins_totp(&self) -> ClientTotp {
        self.app.clients.begin_totp(&self.caller().await, Setting::default(), None, Some("Byron")).await.done()
    }

    /// A user with a confirmed secret.
    pub async fn totp_user(&self) -> Phone {
        let begun = self.begins_totp().await;
        let phone = Phone::of(&begun);
        self.validates(&phone.id, &phone.code(self.app.now())).await.done();
        phone
    }

    pub async fn validates(&self, id: &SubjectId, code: &str) -> Answer<()> {
        self.app.clients.answer_totp(&self.caller().await, id, &code.parse().expect("a code")).await
    }

    pub async fn begins_registration(&self, origin: &str, id: Option<SubjectId>) -> Answer<(SubjectId, Value)> {
        let begun = self.app.clients.begin_registration(&self.caller().await, &user(origin), id).await?;
        Ok((begun.0, serde_json::to_value(begun.1).expect("JSON")))
    }

    pub async fn finishes_registration(&self, origin: &str, id: &SubjectId, answer: &Value) -> Answer<KeyPassed> {
        let answer = RegistrationAnswer::read(&answer.to_string()).map_err(Refusal::BadRegistration)?;
        self.app.clients.finish_registration(&self.caller().await, &party(origin), id, &answer).await
    }

    pub async fn registers(&self, origin: &str, id: Option<SubjectId>, key: &mut Authenticator) -> Answer<SubjectId> {
        let (id, options) = self.begins_registration(origin, id).await?;
        let answer = key.create(&options, origin, |_| {});
        self.finishes_registration(origin, &id, &answer).await.map(|_| id)
    }

    pub async fn begins_login(&self, origin: &str, id: &SubjectId) -> Answer<Value> {
        let options = self.app.clients.begin_login(&self.caller().await, &party(origin), id).await?;
        Ok(serde_json::to_value(options).expect("JSON"))
    }

    pub async fn finishes_login(&self, origin: &str, id: &SubjectId, answer: &Value) -> Answer<KeyPassed> {
        let answer = AssertionAnswer::read(&answer.to_string()).map_err(Refusal::BadAssertion)?;
        self.app.clients.finish_login(&self.caller().await, &party(origin), id, &answer).await
    }

    pub async fn logs_in(&self, origin: &str, id: &SubjectId, key: &mut Authenticator) -> Answer<KeyPassed> {
        let options = self.begins_login(origin, id).await?;
        self.finishes_login(origin, id, &key.get(&options, origin, |_| {})).await
    }

    pub async fn rotates_to(&self, new: &Self) -> Answer<Rotation> {
        self.app.clients.rotate(network(1), self.pair(), new.pair()).await
    }

    /// How the address sees this client.
    pub async fn usage(&self) -> (u64, u64, u64) {
        let own = self.app.clients.own(&ADA.parse().expect("an address")).await.done();
        let own = own.into_iter().find(|own| own.client.key.to_string() == self.key).expect("this client");
        (own.usage.totp, own.usage.keys, own.usage.failures)
    }
}

pub fn party(origin: &str) -> RelyingParty {
    let host = origin.strip_prefix("https://").expect("an https origin");
    RelyingParty::named("Shop", host, origin).expect("a relying party")
}

pub fn user(origin: &str) -> RelyingUser {
    RelyingUser {
        rp: party(origin),
        name: "byron".to_owned(),
        display_name: "Lord Byron".to_owned(),
        resident_key: ResidentKey::Preferred,
    }
}

/// An authenticator app with one secret.
#[derive(Clone)]
pub struct Phone {
    pub id: SubjectId,
    secret: Vec<u8>,
}

impl Phone {
    pub fn of(begun: &ClientTotp) -> Self {
        let secret = data_encoding::BASE32_NOPAD.decode(begun.provisioning.key.expose().as_bytes()).expect("base32");
        Self { id: begun.id, secret }
    }

    pub fn secret(&self) -> &[u8] {
        &self.secret
    }

    pub fn code(&self, at: Timestamp) -> String {
        let secret = Secret::new(self.secret.clone());
        let state = postern_core::factor::totp::State::new(Setting::default(), secret, String::new());
        state.code_at(at).expose().clone()
    }

    /// A code that is not right now.
    pub fn wrong_code(&self, at: Timestamp) -> String {
        let near: Vec<String> = [-30, 0, 30].map(|secs| self.code(Timestamp::from_secs(secs + secs_of(at)))).into();
        ["000000", "111111", "222222", "333333"]
            .into_iter()
            .find(|code| !near.iter().any(|near| near == code))
            .expect("one")
            .to_owned()
    }
}

fn secs_of(at: Timestamp) -> i64 {
    i64::try_from(at.unix_secs()).expect("a time")
}

/// What a use case answered, for tests.
pub trait Told<T> {
    fn done(self) -> T;
    fn refusal(self) -> Refusal;
    fn flaw(self) -> KeyFlaw;
}

impl<T> Told<T> for Answer<T> {
    fn done(self) -> T {
        match self {
            Ok(done) => done,
            Err(UseCaseError::Refused(refusal)) => panic!("refused: {refusal:?}"),
            Err(UseCaseError::InternalError(fault)) => panic!("fault: {fault}"),
        }
    }

    fn refusal(self) -> Refusal {
        match self {
            Err(UseCaseError::Refused(refusal)) => refusal,
            Err(UseCaseError::InternalError(fault)) => panic!("fault: {fault}"),
            Ok(_) => panic!("not refused"),
        }
    }

    fn flaw(self) -> KeyFlaw {
        match self.refusal() {
            Refusal::BadRegistration(flaw) | Refusal::BadAssertion(flaw) => flaw,
            other => panic!("refused for something else: {other:?}"),
        }
    }
}
