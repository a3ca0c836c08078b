//! A house with a stopped clock, and vaults in it.

use std::sync::Arc;
use std::time::Duration;

use postern_app::portal::{Outside, Portal, Settings};
use postern_app::vault::{Added, EncSecret, Entry, Name, Refusal, Replacement, UseCaseError, UserHash, Vaults};
use postern_core::model::{Network, Secret, Timestamp};
use postern_core::port::Clock as _;
use postern_core::seal::MasterBytes;
use postern_core::testing::{AtOnce, MemoryStore, SeededEntropy, StoppedClock};

/// What an entry of a short text weighs.
pub const LIGHT: u64 = 512;

pub struct TestApp {
    pub vaults: Vaults,
    pub store: Arc<MemoryStore>,
    pub clock: Arc<StoppedClock>,
}

pub fn master() -> MasterBytes {
    Secret::new([1; 32])
}

pub fn network(last: u8) -> Network {
    std::net::IpAddr::from([192, 0, 2, last]).into()
}

pub fn user(hash: &str) -> UserHash {
    UserHash::read(hash).expect("a hash")
}

pub fn blob(text: &str) -> EncSecret {
    EncSecret::read(text.to_owned()).expect("an entry")
}

pub fn entry(text: &str, name: Option<&str>) -> Entry {
    Entry { enc_secret: blob(text), name: name.map(|name| Name::read(name.to_owned()).expect("a name")) }
}

pub fn entries(texts: &[&str]) -> Vec<Entry> {
    texts.iter().map(|text| entry(text, None)).collect()
}

/// `blob`, or `blob=name`, of each.
pub fn shown(entries: &[Entry]) -> Vec<String> {
    let one = |entry: &Entry| match &entry.name {
        Some(name) => format!("{}={}", entry.enc_secret.expose(), name.expose()),
        None => entry.enc_secret.expose().to_owned(),
    };
    entries.iter().map(one).collect()
}

/// What came of it, where nothing may break.
pub fn told<T>(answer: Result<T, UseCaseError>) -> Result<T, Refusal> {
    answer.map_err(|no| match no {
        UseCaseError::Refused(refusal) => refusal,
        UseCaseError::InternalError(fault) => panic!("{fault}"),
    })
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
        let portal = Portal::open(outside, &[master()], Settings::default()).await.expect("a house that opens");
        Self { vaults: Vaults::new(Arc::new(portal)), store, clock }
    }

    /// All vaults together weigh no more than so much.
    pub async fn within(most: u64) -> Self {
        let app = Self::open().await;
        Self { vaults: app.vaults.clone().within(most), ..app }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn later(&self, span: Duration) {
        self.clock.advance(span);
    }

    pub async fn tries_to_add(&self, hash: &str, from: u8, entries: Vec<Entry>) -> Result<Added, Refusal> {
        told(self.vaults.add(&user(hash), network(from), entries).await)
    }

    /// Adds entries without names; whether that made the vault.
    pub async fn adds(&self, hash: &str, texts: &[&str]) -> bool {
        self.tries_to_add(hash, 1, entries(texts)).await.expect("it is added").user_created
    }

    pub async fn lists(&self, hash: &str) -> Result<Vec<String>, Refusal> {
        Ok(shown(&told(self.vaults.list(&user(hash), network(1)).await)?))
    }

    pub async fn replaces(&self, hash: &str, old: &str, new: &str, name: Option<&str>) -> Result<String, Refusal> {
        let Entry { enc_secret, name } = entry(new, name);
        let replacement = Replacement { replaces: blob(old), enc_secret, name };
        Ok(shown(&[told(self.vaults.replace(&user(hash), network(1), &replacement).await)?]).concat())
    }

    pub async fn removes(&self, hash: &str, texts: &[&str]) -> usize {
        let secrets: Vec<_> = texts.iter().map(|text| blob(text)).collect();
        told(self.vaults.remove(&user(hash), &secrets).await).expect("an answer")
    }
}
