//! What Postern asks of the outside: a store, a way to send mail, a clock and randomness.
//! Adapters stand in `server/`; the ones for tests in `crate::testing`.

mod job;
mod store;
mod work;

use async_trait::async_trait;

use crate::model::{Letter, Timestamp};

pub use job::{JobId, LONGEST_PUT_OFF, Lane, LeasedJob, NewJob};
pub use store::{
    Count, Expect, Key, LogEntry, PORTAL_SLOT, Revision, SideEffects, Store, StoreFault, Stored, Tally, Window, Write,
    Written,
};
pub use work::{BlockingPool, Work, WorkError, WorkOrder, WorkPriority, WorkSlot};

/// Tells the time. Rules never ask it: they are given `now`.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Timestamp;
}

/// Fills a buffer from a cryptographically secure source. There is no recovery from a machine without one, so
/// an adapter aborts rather than answer with less.
pub trait Entropy: Send + Sync + 'static {
    fn fill(&self, bytes: &mut [u8]);
}

impl dyn Entropy {
    /// 128 random bits as an id.
    pub fn id<T: From<[u8; 16]>>(&self) -> T {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        bytes.into()
    }
}

/// Hands one letter to whatever carries it. Queue and retries are not its business.
#[async_trait]
pub trait Mailer: Send + Sync + 'static {
    /// `id` is the letter's own and the same at every try, so that one that arrives twice can be told to be one.
    async fn deliver(&self, letter: &Letter, id: &str) -> Result<(), Undelivered>;
}

/// Why a letter did not go out.
#[derive(Debug, thiserror::Error)]
pub enum Undelivered {
    /// Worth another try, and no letter goes out now: no connection, no answer in time, a server in trouble.
    #[error("not now: {0}")]
    Transient(String),
    /// The server takes no letter from our sender or with our login. An operator can set it right: worth another try.
    #[error("our sender is refused: {0}")]
    SenderRefused(String),
    /// Worth another try, and about this reader alone: a 4xx reply to one recipient (RFC 5321 4.2.1).
    #[error("not now: {0}")]
    ReaderDeferred(String),
    /// Will never work: a 5xx reply, an address the server refuses.
    #[error("never: {0}")]
    Permanent(String),
}
