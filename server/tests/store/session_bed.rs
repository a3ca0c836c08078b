//! A session store over each of the stores that keep sessions, on a stopped clock.

use std::sync::Arc;

use postern::store::sessions::{PortSessions, RedisSessions, SealedSessions, SessionSeal};
use postern::store::{EmbeddedStore, RedisStore};
use postern_core::testing::StoppedClock;
use tempfile::TempDir;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::Result;

use crate::redis_server::RedisServer;

/// Hides nothing from an attacker, but everything from a search.
#[derive(Debug)]
struct Flipped;

impl SessionSeal for Flipped {
    fn seal(&self, plain: &[u8], place: &[u8; 16]) -> Vec<u8> {
        place.iter().chain(plain).map(|byte| byte ^ 0x5a).collect()
    }

    fn open(&self, sealed: &[u8], place: &[u8; 16]) -> Option<Vec<u8>> {
        let opened: Vec<u8> = sealed.iter().map(|byte| byte ^ 0x5a).collect();
        opened.strip_prefix(place).map(<[u8]>::to_vec)
    }
}

/// A session store over one of the stores, on a stopped clock.
#[derive(Clone)]
pub struct Bed {
    pub sessions: Arc<dyn SessionStore>,
    pub clock: Arc<StoppedClock>,
    pub under: Arc<Under>,
}

pub enum Under {
    Redis(RedisServer),
    Embedded(TempDir),
}

impl Under {
    pub fn dump(&self) -> Vec<u8> {
        match self {
            Self::Redis(server) => server.dump(),
            Self::Embedded(folder) => std::fs::read(folder.path().join("postern.redb")).expect("the file"),
        }
    }
}

pub fn sealed(inner: impl SessionStore, clock: &Arc<StoppedClock>) -> Arc<dyn SessionStore> {
    Arc::new(SealedSessions::new(inner, Arc::new(Flipped), clock.clone()))
}

pub async fn on_redis() -> Bed {
    let server = RedisServer::start();
    let clock = Arc::new(StoppedClock::default());
    let store = RedisStore::connect(&server.url()).await.expect("a connection");
    let sessions = sealed(RedisSessions::new(&store, clock.clone()), &clock);
    Bed { sessions, clock, under: Arc::new(Under::Redis(server)) }
}

fn embedded() -> Bed {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = Arc::new(StoppedClock::default());
    let store = Arc::new(EmbeddedStore::open(folder.path()).expect("a store"));
    let sessions = sealed(PortSessions::new(store, clock.clone()), &clock);
    Bed { sessions, clock, under: Arc::new(Under::Embedded(folder)) }
}

pub async fn on_both(test: impl AsyncFn(Bed)) {
    test(embedded()).await;
    test(on_redis().await).await;
}

/// `Session` wants to know the type of its store.
#[derive(Debug)]
pub struct Shared(pub Arc<dyn SessionStore>);

#[async_trait::async_trait]
impl SessionStore for Shared {
    async fn create(&self, record: &mut Record) -> Result<()> {
        self.0.create(record).await
    }
    async fn save(&self, record: &Record) -> Result<()> {
        self.0.save(record).await
    }
    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        self.0.load(id).await
    }
    async fn delete(&self, id: &Id) -> Result<()> {
        self.0.delete(id).await
    }
}
