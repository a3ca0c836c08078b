//! Session records in whatever store Postern runs on, through its port.

use std::fmt::{self, Debug};
use std::sync::Arc;

use async_trait::async_trait;
use postern_core::port::{Clock, Expect, Key, Store, StoreFault, Write, Written};
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

use super::{COLLISIONS, GONE, timestamp};

/// Keeps each record under the text of its id until its expiry date.
pub struct PortSessions {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl PortSessions {
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    async fn write(&self, record: &Record, expect: Expect) -> Result<Written> {
        let value = rmp_serde::to_vec(record).map_err(|error| Error::Encode(error.to_string()))?;
        let write = Write::new(key(&record.id), expect, value, Some(timestamp(record.expiry_date)));
        self.store.write(write, self.clock.now()).await.map_err(fault)
    }
}

fn key(id: &Id) -> Key {
    Key::new(format_args!("session:{id}"), "record")
}

#[expect(clippy::needless_pass_by_value, reason = "shaped for map_err")]
fn fault(fault: StoreFault) -> Error {
    Error::Backend(fault.to_string())
}

#[async_trait]
impl SessionStore for PortSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        for _ in 0..COLLISIONS {
            if let Written::Done(_) = self.write(record, Expect::Absent).await? {
                return Ok(());
            }
            record.id = Id::default();
        }
        Err(Error::Backend("every new session id is taken".to_owned()))
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let there = self.store.load(&key(&record.id), self.clock.now()).await.map_err(fault)?;
        if let Some(there) = there {
            // On a conflict somebody saved or deleted at the same time, and what he did stands as if it had come
            // just after ours. Trying again could only bring back what he deleted.
            self.write(record, Expect::Revision(there.revision)).await?;
        }
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let there = self.store.load(&key(id), self.clock.now()).await.map_err(fault)?;
        let record = there.map(|there| rmp_serde::from_slice(&there.value));
        record.transpose().map_err(|error| Error::Decode(error.to_string()))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let deleted = self.store.delete(&key(id), Expect::Anything, self.clock.now()).await.map_err(fault)?;
        if deleted { Ok(()) } else { Err(Error::Backend(GONE.to_owned())) }
    }
}

impl Debug for PortSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PortSessions")
    }
}
