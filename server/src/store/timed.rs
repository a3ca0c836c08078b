//! A store whose every operation is timed, and its faults counted. For a further operation: its name in the list below,
//! and its method.

use std::fmt::{self, Debug};
use std::sync::Arc;

use async_trait::async_trait;
use postern_core::model::Timestamp;
use postern_core::port::{
    Count, Expect, JobId, Key, Lane, LeasedJob, LogEntry, NewJob, Store, StoreFault, Stored, Tally, Window, Write,
    Written,
};
use postern_core::rules::throttle::{Attempt, Policy, ThrottleState};
use tower_sessions::session::{Id, Record};
use tower_sessions::{SessionStore, session_store};

use super::sessions::GONE;
use crate::figures::{Figures, Operation};

type Result<T> = std::result::Result<T, StoreFault>;

/// One [`Operation`] each, under its own name.
macro_rules! operations {
    ($($name:ident),*) => {
        #[derive(Clone)]
        struct Operations { $($name: Operation),* }

        impl Operations {
            fn of(figures: &Figures) -> Self {
                Self { $($name: figures.operation(stringify!($name))),* }
            }
        }
    };
}

operations!(
    load,
    write,
    delete,
    take,
    attempt,
    take_back,
    tally,
    standing,
    reset_attempts,
    count,
    full_until,
    append,
    recent,
    enqueue,
    lease,
    finish,
    postpone,
    slots,
    is_vacant,
    ping
);

pub struct TimedStore {
    inner: Arc<dyn Store>,
    of: Operations,
    figures: Figures,
}

impl TimedStore {
    pub fn new(inner: Arc<dyn Store>, figures: &Figures) -> Self {
        Self { inner, of: Operations::of(figures), figures: figures.clone() }
    }
}

/// Whatever a store does not do is its fault.
const fn any(_: &StoreFault) -> bool {
    true
}

#[async_trait]
impl Store for TimedStore {
    async fn load(&self, key: &Key, now: Timestamp) -> Result<Option<Stored>> {
        self.of.load.timed(self.inner.load(key, now), any).await
    }

    async fn write(&self, write: Write, now: Timestamp) -> Result<Written> {
        self.of.write.timed(self.inner.write(write, now), any).await
    }

    async fn delete(&self, key: &Key, expect: Expect, now: Timestamp) -> Result<bool> {
        self.of.delete.timed(self.inner.delete(key, expect, now), any).await
    }

    async fn take(&self, key: &Key, now: Timestamp) -> Result<Option<Vec<u8>>> {
        self.of.take.timed(self.inner.take(key, now), any).await
    }

    async fn attempt(
        &self,
        count: &Key,
        policy: &Policy,
        record: &Key,
        now: Timestamp,
    ) -> Result<(Attempt, Option<Stored>)> {
        self.of.attempt.timed(self.inner.attempt(count, policy, record, now), any).await
    }

    async fn take_back(&self, count: &Key, attempt: u32, now: Timestamp) -> Result<()> {
        self.of.take_back.timed(self.inner.take_back(count, attempt, now), any).await
    }

    async fn tally(&self, tally: &Tally) -> Result<Option<u64>> {
        self.of.tally.timed(self.inner.tally(tally), any).await
    }

    async fn standing(&self, count: &Key, now: Timestamp) -> Result<ThrottleState> {
        self.of.standing.timed(self.inner.standing(count, now), any).await
    }

    async fn reset_attempts(&self, count: &Key) -> Result<()> {
        self.of.reset_attempts.timed(self.inner.reset_attempts(count), any).await
    }

    async fn count(&self, key: &Key, window: &Window, now: Timestamp) -> Result<Count> {
        self.of.count.timed(self.inner.count(key, window, now), any).await
    }

    async fn full_until(&self, key: &Key, window: &Window, now: Timestamp) -> Result<Option<Timestamp>> {
        self.of.full_until.timed(self.inner.full_until(key, window, now), any).await
    }

    async fn append(&self, entry: LogEntry, now: Timestamp) -> Result<()> {
        self.of.append.timed(self.inner.append(entry, now), any).await
    }

    async fn recent(&self, log: &Key, most: usize, now: Timestamp) -> Result<Vec<Vec<u8>>> {
        self.of.recent.timed(self.inner.recent(log, most, now), any).await
    }

    async fn enqueue(&self, job: NewJob, now: Timestamp) -> Result<()> {
        self.of.enqueue.timed(self.inner.enqueue(job, now), any).await
    }

    async fn lease(&self, lane: Lane, until: Timestamp, now: Timestamp) -> Result<Option<LeasedJob>> {
        // What it counts by itself is counted here, too: nobody else is above the queue.
        self.of.lease.timed(self.figures.within(self.inner.lease(lane, until, now)), any).await
    }

    async fn finish(&self, job: JobId) -> Result<()> {
        self.of.finish.timed(self.inner.finish(job), any).await
    }

    async fn postpone(&self, job: JobId, due: Timestamp) -> Result<()> {
        self.of.postpone.timed(self.inner.postpone(job, due), any).await
    }

    async fn slots(&self, name: &str, now: Timestamp) -> Result<Vec<String>> {
        self.of.slots.timed(self.inner.slots(name, now), any).await
    }

    async fn is_vacant(&self, but: &[Key]) -> Result<bool> {
        self.of.is_vacant.timed(self.inner.is_vacant(but), any).await
    }

    async fn ping(&self) -> Result<()> {
        self.of.ping.timed(self.inner.ping(), any).await
    }
}

/// Records of sessions, where they do not go through the store's port.
pub struct TimedSessions<S> {
    inner: S,
    create: Operation,
    save: Operation,
    load: Operation,
    delete: Operation,
}

impl<S> TimedSessions<S> {
    pub fn new(inner: S, figures: &Figures) -> Self {
        let of = |name| figures.operation(name);
        let [create, save, load, delete] = ["session_create", "session_save", "session_load", "session_delete"].map(of);
        Self { inner, create, save, load, delete }
    }
}

/// That another request was first is none.
fn is_fault(error: &session_store::Error) -> bool {
    !matches!(error, session_store::Error::Backend(why) if why == GONE)
}

#[async_trait]
impl<S: SessionStore> SessionStore for TimedSessions<S> {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        self.create.timed(self.inner.create(record), is_fault).await
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.save.timed(self.inner.save(record), is_fault).await
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        self.load.timed(self.inner.load(id), is_fault).await
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.delete.timed(self.inner.delete(id), is_fault).await
    }
}

impl<S> Debug for TimedSessions<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TimedSessions")
    }
}
