//! Session records at rest: under a hash of their id, sealed, ended by our clock, and never brought back from the dead.
//!
//! `tower-sessions` keeps the cookie and the life cycle of ids; [`SealedSessions`] stands between it and whatever keeps
//! the records: [`RedisSessions`] or [`PortSessions`].
//!
//! A new id is given by a [`handover`], within which the old record goes last. What this layer cannot meet, the handlers
//! have to:
//! - `Session::flush` answers [`GONE`] to all but one of several racers; so does `Session::cycle_id` outside a handover.
//! - Saving a session that is gone is no error and does nothing, although the layer still sends its cookie.

pub mod handover;
mod port;
mod redis;
mod trouble;

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use data_encoding::BASE64_NOPAD;
use postern_core::model::Timestamp;
use postern_core::port::Clock;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{SessionStore, session};

pub use self::port::PortSessions;
pub use self::redis::RedisSessions;
pub use self::trouble::{Trouble, watched};

pub use postern_app::web::session::{ENDS_AT, GONE};

/// The one field of a record at rest.
const SEALED: &str = "sealed";

/// How often a new id may turn out to be taken. 128 random bits are not; a store that says so is broken.
const COLLISIONS: usize = 8;

/// Seals what a session holds. `place` is where it is kept, so that one record does not open in another's place.
pub trait SessionSeal: Send + Sync + Debug {
    fn seal(&self, plain: &[u8], place: &[u8; 16]) -> Vec<u8>;
    /// `None`: not sealed by us, or not here.
    fn open(&self, sealed: &[u8], place: &[u8; 16]) -> Option<Vec<u8>>;
}

/// Keeps records sealed in another session store.
pub struct SealedSessions<S> {
    inner: S,
    seal: Arc<dyn SessionSeal>,
    clock: Arc<dyn Clock>,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Content {
    data: std::collections::HashMap<String, Value>,
    ends: Timestamp,
}

impl<S: SessionStore> SealedSessions<S> {
    pub fn new(inner: S, seal: Arc<dyn SessionSeal>, clock: Arc<dyn Clock>) -> Self {
        Self { inner, seal, clock }
    }

    /// The record as it is kept for `record`.
    fn sealed(&self, record: &Record) -> Result<Record> {
        let ends = end_of(record);
        let id = kept_under(&record.id);
        let content = Content { data: record.data.clone(), ends };
        let plain = serde_json::to_vec(&content).map_err(|error| Error::Encode(error.to_string()))?;
        let sealed = BASE64_NOPAD.encode(&self.seal.seal(&plain, &place(&id)));
        let data = [(SEALED.to_owned(), Value::String(sealed))].into();
        Ok(Record { id, data, expiry_date: calendar(ends) })
    }

    /// Writes a new record, under another id if this one is taken.
    async fn write_new(&self, record: &mut Record) -> Result<()> {
        for _ in 0..COLLISIONS {
            let mut kept = self.sealed(record)?;
            let place = kept.id;
            self.inner.create(&mut kept).await?;
            if kept.id == place {
                return Ok(());
            }
            // The place was taken, and the store chose another, at which the record does not open.
            self.inner.delete(&kept.id).await?;
            record.id = Id::default();
        }
        Err(Error::Backend("every new session id is taken".to_owned()))
    }

    /// Lets the old record go, now that its successor stands. Where another request was first, that one's counts: what
    /// it gave an id has one, what it ended stays ended.
    async fn succeed(&self, old: &Id, new: &Id) -> Result<()> {
        match self.inner.delete(&kept_under(old)).await {
            Err(Error::Backend(why)) if why == GONE => {
                handover::is_off();
                self.inner.delete(&kept_under(new)).await
            }
            done => done,
        }
    }

    /// What is in the record kept there, whatever place it names itself. One that does not open opens nothing:
    /// its owner begins anew.
    fn opened(&self, kept: &Record, id: &Id) -> Option<Content> {
        let sealed = BASE64_NOPAD.decode(kept.data.get(SEALED)?.as_str()?.as_bytes()).ok()?;
        let content = self.seal.open(&sealed, &place(id)).and_then(|plain| serde_json::from_slice(&plain).ok());
        if content.is_none() {
            tracing::warn!("a session record does not open");
        }
        content
    }
}

/// The first 128 bits of SHA-256 over the id: all that an [`Id`] holds, and as many as the id itself has, so that
/// guessing one that hashes to a known place is no easier than guessing the id.
fn kept_under(id: &Id) -> Id {
    let digest: [u8; 32] = Sha256::digest(id.0.to_le_bytes()).into();
    let (first, _) = digest.as_chunks();
    Id(first.first().copied().map_or(0, i128::from_le_bytes))
}

fn place(id: &Id) -> [u8; 16] {
    id.0.to_le_bytes()
}

fn end_of(record: &Record) -> Timestamp {
    let own = record.data.get(ENDS_AT).and_then(Value::as_i64).map(Timestamp::from_millis);
    own.unwrap_or_else(|| timestamp(record.expiry_date))
}

fn timestamp(date: OffsetDateTime) -> Timestamp {
    Timestamp::from_millis(i64::try_from(date.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX))
}

/// A date beyond the calendar is as good as its last day.
fn calendar(at: Timestamp) -> OffsetDateTime {
    let nanos = i128::from(at.as_millis()) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap_or(time::macros::datetime!(9999-12-31 0:00 UTC))
}

#[async_trait]
impl<S: SessionStore> SessionStore for SealedSessions<S> {
    async fn create(&self, record: &mut Record) -> Result<()> {
        trouble::noted(self.write_new(record).await)?;
        match handover::take_outgoing() {
            Some(old) => trouble::noted(self.succeed(&old, &record.id).await),
            None => Ok(()),
        }
    }

    async fn save(&self, record: &Record) -> Result<()> {
        trouble::noted(self.inner.save(&self.sealed(record)?).await)
    }

    async fn load(&self, id: &session::Id) -> Result<Option<Record>> {
        let place = kept_under(id);
        let kept = trouble::noted(self.inner.load(&place).await)?;
        let content = kept.and_then(|kept| self.opened(&kept, &place));
        let live = content.filter(|content| content.ends > self.clock.now());
        Ok(live.map(|content| Record { id: *id, data: content.data, expiry_date: calendar(content.ends) }))
    }

    async fn delete(&self, id: &session::Id) -> Result<()> {
        if handover::is_outgoing(id) {
            return Ok(());
        }
        trouble::noted(self.inner.delete(&kept_under(id)).await)
    }
}

impl<S: Debug> Debug for SealedSessions<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealedSessions").field("inner", &self.inner).finish_non_exhaustive()
    }
}
