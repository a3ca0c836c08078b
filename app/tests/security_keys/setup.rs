//! A house with a stopped clock, and somebody with keys.

use std::sync::Arc;

use postern_app::portal::{Answer, Key, KeyAdded, Outside, Passed, Portal, Settings, UseCaseError};
use postern_core::factor::security_key::{AnswerError, AssertionAnswer, RegistrationAnswer};
use postern_core::model::{Browser, FactorId, KeyFlaw, Network, Refusal, Secret, Visit};
use postern_core::port::Store;
use postern_core::testing::{Asserting, AtOnce, Authenticator, MemoryStore, Registering, SeededEntropy, StoppedClock};
use serde_json::Value;

pub const ORIGIN: &str = "https://door.example.org";

#[derive(Clone)]
pub struct TestApp {
    pub portal: Arc<Portal>,
    pub clock: Arc<StoppedClock>,
    pub store: Arc<MemoryStore>,
}

/// One browser's session. Clones are further tabs.
#[derive(Clone)]
pub struct Visitor {
    pub app: TestApp,
    pub visit: Visit,
}

impl TestApp {
    pub async fn open() -> Self {
        let (store, clock) = (Arc::new(MemoryStore::default()), Arc::new(StoppedClock::default()));
        let outside = Outside {
            store: store.clone(),
            clock: clock.clone(),
            entropy: Arc::new(SeededEntropy::new(1)),
            heavy: Arc::new(AtOnce),
            letter_waits: Arc::new(|| {}),
        };
        let settings = Settings { origin: ORIGIN.to_owned(), ..Settings::default() };
        let portal = Portal::open(outside, &[Secret::new([1; 32])], settings).await.expect("a house that opens");
        Self { portal: Arc::new(portal), clock, store }
    }

    pub async fn visitor(&self) -> Visitor {
        let session = self.portal.begin_visit(Network::LOCAL).await.expect("a session");
        Visitor { app: self.clone(), visit: Visit { session, network: Network::LOCAL, browser: Browser::default() } }
    }
}

impl Visitor {
    pub async fn of_a_house() -> Self {
        TestApp::open().await.visitor().await
    }

    fn portal(&self) -> &Portal {
        &self.app.portal
    }

    pub async fn begins_registration(&self) -> Value {
        let options = done(self.portal().begin_registration(&self.visit, None).await);
        serde_json::to_value(options).expect("JSON")
    }

    pub async fn begins_sign_in(&self) -> Value {
        let options = done(self.portal().begin_authentication(&self.visit).await);
        serde_json::to_value(options).expect("JSON")
    }

    pub async fn finishes_registration(&self, answer: &Value) -> Answer<KeyAdded> {
        let answer = RegistrationAnswer::read(&answer.to_string()).map_err(Refusal::BadRegistration)?;
        self.portal().finish_registration(&self.visit, &answer, None).await
    }

    pub async fn finishes_sign_in(&self, answer: &Value) -> Answer<Passed> {
        let answer = AssertionAnswer::read(&answer.to_string()).map_err(Refusal::BadAssertion)?;
        self.portal().finish_authentication(&self.visit, &answer).await
    }

    /// Registers with one part of the answer changed.
    pub async fn tries_to_register(
        &self,
        key: &mut Authenticator,
        change: impl FnOnce(&mut Registering),
    ) -> Answer<KeyAdded> {
        let options = self.begins_registration().await;
        self.finishes_registration(&key.create(&options, ORIGIN, change)).await
    }

    pub async fn registers(&self, key: &mut Authenticator) -> FactorId {
        done(self.tries_to_register(key, |_| {}).await).id
    }

    /// Signs in with one part of the answer changed.
    pub async fn tries_to_sign_in(
        &self,
        key: &mut Authenticator,
        change: impl FnOnce(&mut Asserting),
    ) -> Answer<Passed> {
        let options = self.begins_sign_in().await;
        self.finishes_sign_in(&key.get(&options, ORIGIN, change)).await
    }

    pub async fn signs_in(&self, key: &mut Authenticator) -> Passed {
        done(self.tries_to_sign_in(key, |_| {}).await)
    }

    pub async fn keys(&self) -> Vec<Key> {
        let look = done(self.portal().load_visit_state(&self.visit).await);
        done(self.portal().keys(&look))
    }

    /// How many things have happened to this holder.
    pub async fn events(&self) -> usize {
        let log = postern_core::port::Key::new(self.visit.session.holder, "activity");
        self.app.store.recent(&log, 100, self.portal().now()).await.expect("a store").len()
    }

    pub async fn removes(&self, id: FactorId) {
        done(self.portal().remove_key(&self.visit, id).await);
    }
}

pub fn done<T>(answer: Answer<T>) -> T {
    match answer {
        Ok(done) => done,
        Err(UseCaseError::Refused(refusal)) => panic!("refused: {refusal:?}"),
        Err(UseCaseError::InternalError(fault)) => panic!("fault: {fault}"),
    }
}

pub fn refusal<T: std::fmt::Debug>(answer: Answer<T>) -> Refusal {
    match answer {
        Err(UseCaseError::Refused(refusal)) => refusal,
        Err(UseCaseError::InternalError(fault)) => panic!("fault: {fault}"),
        Ok(done) => panic!("not refused: {done:?}"),
    }
}

/// Why an answer was refused.
pub fn flaw<T: std::fmt::Debug>(answer: Answer<T>) -> KeyFlaw {
    match refusal(answer) {
        Refusal::BadRegistration(flaw) | Refusal::BadAssertion(flaw) => flaw,
        other => panic!("refused for something else: {other:?}"),
    }
}

/// The flaw that an answer was refused for.
pub fn flaw_of(error: AnswerError) -> KeyFlaw {
    match error {
        AnswerError::Flawed(flaw) => flaw,
        AnswerError::Library(error) => panic!("{error}"),
    }
}
