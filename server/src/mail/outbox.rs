//! Where letters go in the demo: a log per session, sealed, which only that session reads.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use postern_app::model::{Letter, SessionHandle, Timestamp};
use postern_app::port::{Key, LogEntry, Mailer, Store, StoreFault, Undelivered};

use super::Carrier;

/// As long as a visitor's session lives.
const KEPT: Duration = Duration::from_hours(1);

/// The newest are enough for a walk.
const MOST: usize = 20;

type Seal = Box<dyn Fn(SessionHandle, &Letter) -> Vec<u8> + Send + Sync>;
type Open = Box<dyn Fn(SessionHandle, &[u8]) -> Option<Letter> + Send + Sync>;

/// The demo's mail. Letters are sealed for the session that asked for them.
pub struct Outbox {
    store: Arc<dyn Store>,
    seal: Seal,
    open: Open,
}

impl Outbox {
    pub fn new(
        store: Arc<dyn Store>,
        seal: impl Fn(SessionHandle, &Letter) -> Vec<u8> + Send + Sync + 'static,
        open: impl Fn(SessionHandle, &[u8]) -> Option<Letter> + Send + Sync + 'static,
    ) -> Self {
        Self { store, seal: Box::new(seal), open: Box::new(open) }
    }

    /// The letters that this session asked for, newest first.
    pub async fn letters(&self, asked_by: SessionHandle, now: Timestamp) -> Result<Vec<Letter>, StoreFault> {
        let sealed = self.store.recent(&log(asked_by), MOST, now).await?;
        Ok(sealed.iter().filter_map(|bytes| (self.open)(asked_by, bytes)).collect())
    }
}

fn log(asked_by: SessionHandle) -> Key {
    Key::new(asked_by, "outbox")
}

#[async_trait]
impl Mailer for Outbox {
    async fn deliver(&self, letter: &Letter, now: Timestamp) -> Result<(), Undelivered> {
        let Some(asked_by) = letter.asked_by else {
            tracing::info!(to = ?letter.to, "a letter that no session asked for is dropped in the demo");
            return Ok(());
        };
        let value = (self.seal)(asked_by, letter);
        let entry = LogEntry { log: log(asked_by), value, most: MOST, ends: Some(now + KEPT) };
        self.store.append(entry, now).await.map_err(|fault| Undelivered::Transient(fault.to_string()))
    }
}

#[async_trait]
impl Carrier for Outbox {
    async fn reach(&self) -> Result<(), Undelivered> {
        self.store.ping().await.map_err(|fault| Undelivered::Transient(fault.to_string()))
    }
}
