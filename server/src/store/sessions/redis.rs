//! Session records in Redis, by `tower-sessions-redis-store`, but for what that leaves open.
//!
//! Its keys are the text of the id and nothing before it: fred does not let anybody else implement a client, which is
//! what a prefix would take. They are told from ours by having no colon.

use std::fmt::{self, Debug};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use fred::clients::WithOptions;
use fred::interfaces::KeysInterface;
use fred::prelude::Pool;
use postern_core::port::Clock;
use time::OffsetDateTime;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

use super::{GONE, timestamp};
use crate::store::RedisStore;

/// Real time that Redis keeps a record beyond its end, for clocks that do not quite agree.
const GRACE: Duration = Duration::from_mins(1);

/// Keeps each record under the text of its id.
pub struct RedisSessions {
    store: RedisStore,
    clock: Arc<dyn Clock>,
}

impl RedisSessions {
    /// Over the connections of `store`.
    pub fn new(store: &RedisStore, clock: Arc<dyn Clock>) -> Self {
        Self { store: store.clone(), clock }
    }

    fn commands(&self) -> Result<WithOptions<Pool>> {
        self.store.commands().map_err(|error| Error::Backend(error.to_string()))
    }

    /// Over the connections that are good at the moment.
    fn records(&self) -> Result<tower_sessions_redis_store::RedisStore<WithOptions<Pool>>> {
        Ok(tower_sessions_redis_store::RedisStore::new(self.commands()?))
    }

    /// When Redis is to forget a record, by its own clock, which is the real one whatever ours says.
    fn for_redis(&self, record: &Record) -> Record {
        let left = self.clock.now().until(timestamp(record.expiry_date));
        #[expect(
            clippy::disallowed_methods,
            reason = "Redis counts in real time; that a record has ended is judged by the clock port"
        )]
        let now = OffsetDateTime::now_utc();
        Record {
            expiry_date: now.saturating_add((left + GRACE).try_into().unwrap_or(time::Duration::DAY)),
            ..record.clone()
        }
    }
}

#[async_trait]
impl SessionStore for RedisSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let mut kept = self.for_redis(record);
        self.records()?.create(&mut kept).await?;
        record.id = kept.id;
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        self.records()?.save(&self.for_redis(record)).await
    }

    /// The expiry date of what is loaded is Redis's.
    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        self.records()?.load(id).await
    }

    /// The store underneath does not tell whether there was anything to delete; of racing DELs Redis answers 1 to one.
    async fn delete(&self, id: &Id) -> Result<()> {
        let deleted: i64 =
            self.commands()?.del(id.to_string()).await.map_err(|error| Error::Backend(error.to_string()))?;
        if deleted == 1 { Ok(()) } else { Err(Error::Backend(GONE.to_owned())) }
    }
}

impl Debug for RedisSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RedisSessions")
    }
}
