//! The store that was chosen, and what else follows from the choice: how sessions are kept, and who removes what has ended.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use postern_app::portal::Portal;
use postern_core::port::{Clock, Store};
use tower_sessions::session::{Id, Record};
use tower_sessions::{SessionStore, session_store};

use super::sessions::{PortSessions, RedisSessions, SealedSessions, SessionSeal};
use super::timed::TimedSessions;
use super::{EmbeddedStore, FailOverStore, OpenError, RedisSettings, RedisStore, TimedStore};
use crate::config::Config;
use crate::figures::Figures;

/// How often the embedded store removes what has ended.
const SWEEP: Duration = Duration::from_mins(1);

/// Sweeps in a row without a write by anybody that make a quiet time.
const IDLE: u32 = 5;

/// Sweeps between two compactions.
const REST: u32 = 6 * 60;

/// How often the file of the embedded store is looked for.
const LOOK: Duration = Duration::from_secs(1);

/// One of the two, open.
#[derive(Clone)]
pub struct OpenStore {
    adapter: Adapter,
    /// The same, as everybody else sees it.
    store: Arc<dyn Store>,
    figures: Option<Figures>,
}

#[derive(Clone)]
enum Adapter {
    Embedded(Arc<EmbeddedStore>),
    Redis(Arc<RedisStore>),
}

/// What the store is, for operators.
#[derive(Clone, Debug)]
pub struct About {
    /// Redis, which several processes can have open at once.
    pub is_shared: bool,
    /// Of redb or of Redis, if it answers.
    pub version: Option<String>,
    pub is_up: bool,
}

/// Opens the store that the configuration names, for a command: it tells at once what is wrong.
pub async fn open(config: &Config) -> Result<OpenStore, OpenError> {
    open_by(config, RedisSettings { start_wait: Duration::ZERO, ..config.redis }).await
}

/// Opens it for serving: what starts together with us may take its time.
pub async fn await_open(config: &Config) -> Result<OpenStore, OpenError> {
    open_by(config, config.redis).await
}

async fn open_by(config: &Config, redis: RedisSettings) -> Result<OpenStore, OpenError> {
    let adapter = match &config.redis_url {
        Some(url) => Adapter::Redis(Arc::new(RedisStore::open(url.expose(), redis).await?)),
        None => Adapter::Embedded(Arc::new(EmbeddedStore::open(&config.data_dir)?)),
    };
    Ok(OpenStore { store: adapter.store(), adapter, figures: None })
}

/// Whether several processes can have the store open at once.
pub fn is_shared(config: &Config) -> bool {
    config.redis_url.is_some()
}

/// Whether there is a store already that opening would not have to make.
pub fn is_there(config: &Config) -> bool {
    is_shared(config) || EmbeddedStore::is_in(&config.data_dir)
}

impl Adapter {
    fn store(&self) -> Arc<dyn Store> {
        match self {
            Self::Embedded(store) => Arc::clone(store) as Arc<dyn Store>,
            Self::Redis(store) => Arc::new(FailOverStore::new(Arc::clone(store) as Arc<dyn Store>)),
        }
    }
}

impl OpenStore {
    /// Timed from now on.
    #[must_use]
    pub fn measured(self, figures: &Figures) -> Self {
        let store = Arc::new(TimedStore::new(self.store, figures));
        Self { adapter: self.adapter, store, figures: Some(figures.clone()) }
    }

    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    pub async fn about(&self) -> About {
        let is_up = self.store.ping().await.is_ok();
        let (is_shared, version) = match &self.adapter {
            Adapter::Embedded(_) => (false, Some(EmbeddedStore::VERSION.to_owned())),
            Adapter::Redis(redis) if is_up => (true, redis.version().await.ok()),
            Adapter::Redis(_) => (true, None),
        };
        About { is_shared, version, is_up }
    }

    /// How sessions are kept: sealed, by tower-sessions' own Redis store or in the embedded one.
    pub fn sessions(&self, portal: &Arc<Portal>, clock: &Arc<dyn Clock>) -> Sessions {
        let Adapter::Redis(redis) = &self.adapter else { return Sessions::in_store(self.store(), portal, clock) };
        let records = RedisSessions::new(redis, Arc::clone(clock));
        match &self.figures {
            Some(figures) => Sessions::sealed(TimedSessions::new(records, figures), portal, clock),
            None => Sessions::sealed(records, portal, clock),
        }
    }

    /// Ends when the store is lost to this process for good, and tells why. Redis comes back.
    pub async fn lost(self) -> String {
        let Adapter::Embedded(store) = self.adapter else { return std::future::pending().await };
        let mut ticks = tokio::time::interval(LOOK);
        loop {
            ticks.tick().await;
            if let Some(why) = store.loss() {
                return why;
            }
        }
    }

    /// Removes what has ended, until `stop`. Redis does so by itself.
    pub async fn run_garbage_collector(self, clock: Arc<dyn Clock>, stop: impl Future<Output = ()> + Send) {
        let Adapter::Embedded(store) = self.adapter else { return };
        let sweeping = async {
            let mut ticks = tokio::time::interval(SWEEP);
            let mut quiet = Quiet::default();
            loop {
                ticks.tick().await;
                if quiet.is_due(store.was_idle()) {
                    match store.compact().await {
                        Ok(0) => {}
                        Ok(bytes) => tracing::info!(bytes, "free room of the embedded store was given back"),
                        Err(fault) => tracing::warn!(%fault, "the embedded store could not be compacted"),
                    }
                }
                match store.sweep(clock.now()).await {
                    Ok(0) => {}
                    Ok(swept) => tracing::debug!(swept, "removed what has ended"),
                    Err(fault) => tracing::warn!(%fault, "what has ended could not be removed"),
                }
            }
        };
        tokio::select! {
            () = sweeping => {}
            () = stop => {}
        }
    }
}

/// When to compact: after [`IDLE`] sweeps between which nobody wrote, and then not for [`REST`] sweeps.
#[derive(Debug, Default)]
struct Quiet {
    idle: u32,
    rest: u32,
}

impl Quiet {
    fn is_due(&mut self, was_idle: bool) -> bool {
        self.idle = if was_idle { self.idle + 1 } else { 0 };
        self.rest = self.rest.saturating_sub(1);
        let is_due = self.idle >= IDLE && self.rest == 0;
        if is_due {
            *self = Self { idle: 0, rest: REST };
        }
        is_due
    }
}

/// The one session store of the process, whichever it is.
#[derive(Clone, Debug)]
pub struct Sessions(Arc<dyn SessionStore>);

impl Sessions {
    /// In any store, through its port.
    pub fn in_store(store: Arc<dyn Store>, portal: &Arc<Portal>, clock: &Arc<dyn Clock>) -> Self {
        Self::sealed(PortSessions::new(store, Arc::clone(clock)), portal, clock)
    }

    fn sealed(inner: impl SessionStore, portal: &Arc<Portal>, clock: &Arc<dyn Clock>) -> Self {
        let seal = Arc::new(ByPortal(Arc::clone(portal)));
        Self(Arc::new(SealedSessions::new(inner, seal, Arc::clone(clock))))
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        self.0.create(record).await
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.0.save(record).await
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        self.0.load(id).await
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.0.delete(id).await
    }
}

/// The portal's own sealing, for sessions.
struct ByPortal(Arc<Portal>);

impl SessionSeal for ByPortal {
    fn seal(&self, plain: &[u8], place: &[u8; 16]) -> Vec<u8> {
        self.0.seal_session(plain, place)
    }

    fn open(&self, sealed: &[u8], place: &[u8; 16]) -> Option<Vec<u8>> {
        self.0.open_session(sealed, place)
    }
}

impl fmt::Debug for ByPortal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ByPortal")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compaction_waits_for_a_quiet_time_and_rests_after_it() {
        let mut quiet = Quiet::default();
        assert!((1..IDLE).all(|_| !quiet.is_due(true)));
        assert!(!quiet.is_due(false), "somebody wrote");
        assert!((1..IDLE).all(|_| !quiet.is_due(true)));
        assert!(quiet.is_due(true));
        assert!((1..REST).all(|_| !quiet.is_due(true)));
        assert!(quiet.is_due(true));
    }
}
