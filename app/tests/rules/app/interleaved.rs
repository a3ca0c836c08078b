//! A store far away: between any two calls of one task all others get a turn or a few. On a test's single thread that
//! brings out a check followed by a write, and it is the same in every run.

use std::sync::Arc;

use async_trait::async_trait;
use postern_core::model::Timestamp;
use postern_core::port::{
    Count, Expect, JobId, Key, Lane, LeasedJob, LogEntry, NewJob, Store, StoreFault, Stored, Tally, Window, Write,
    Written,
};
use postern_core::rules::throttle::{Attempt, Policy, ThrottleState};
use postern_core::testing::{MemoryStore, SeededEntropy};
use tokio::task::yield_now;

type Result<T> = std::result::Result<T, StoreFault>;

pub struct Interleaved {
    store: Arc<MemoryStore>,
    distances: SeededEntropy,
}

impl Interleaved {
    pub fn new(store: Arc<MemoryStore>, seed: u64) -> Self {
        Self { store, distances: SeededEntropy::new(seed) }
    }

    /// One to three turns of everybody else.
    async fn travel(&self) {
        for _ in 0..=self.distances.below(3) {
            yield_now().await;
        }
    }
}

#[async_trait]
impl Store for Interleaved {
    async fn load(&self, key: &Key, now: Timestamp) -> Result<Option<Stored>> {
        self.travel().await;
        self.store.load(key, now).await
    }

    async fn write(&self, write: Write, now: Timestamp) -> Result<Written> {
        self.travel().await;
        self.store.write(write, now).await
    }

    async fn delete(&self, key: &Key, expect: Expect, now: Timestamp) -> Result<bool> {
        self.travel().await;
        self.store.delete(key, expect, now).await
    }

    async fn take(&self, key: &Key, now: Timestamp) -> Result<Option<Vec<u8>>> {
        self.travel().await;
        self.store.take(key, now).await
    }

    async fn attempt(
        &self,
        count: &Key,
        policy: &Policy,
        record: &Key,
        now: Timestamp,
    ) -> Result<(Attempt, Option<Stored>)> {
        self.travel().await;
        self.store.attempt(count, policy, record, now).await
    }

    async fn take_back(&self, count: &Key, attempt: u32, now: Timestamp) -> Result<()> {
        self.travel().await;
        self.store.take_back(count, attempt, now).await
    }

    async fn tally(&self, tally: &Tally) -> Result<Option<u64>> {
        self.travel().await;
        self.store.tally(tally).await
    }

    async fn standing(&self, count: &Key, now: Timestamp) -> Result<ThrottleState> {
        self.travel().await;
        self.store.standing(count, now).await
    }

    async fn reset_attempts(&self, count: &Key) -> Result<()> {
        self.travel().await;
        self.store.reset_attempts(count).await
    }

    async fn count(&self, key: &Key, window: &Window, now: Timestamp) -> Result<Count> {
        self.travel().await;
        self.store.count(key, window, now).await
    }

    async fn full_until(&self, key: &Key, window: &Window, now: Timestamp) -> Result<Option<Timestamp>> {
        self.travel().await;
        self.store.full_until(key, window, now).await
    }

    async fn append(&self, entry: LogEntry, now: Timestamp) -> Result<()> {
        self.travel().await;
        self.store.append(entry, now).await
    }

    async fn recent(&self, log: &Key, most: usize, now: Timestamp) -> Result<Vec<Vec<u8>>> {
        self.travel().await;
        self.store.recent(log, most, now).await
    }

    async fn enqueue(&self, job: NewJob, now: Timestamp) -> Result<()> {
        self.travel().await;
        self.store.enqueue(job, now).await
    }

    async fn lease(&self, lane: Lane, until: Timestamp, now: Timestamp) -> Result<Option<LeasedJob>> {
        self.travel().await;
        self.store.lease(lane, until, now).await
    }

    async fn finish(&self, job: JobId) -> Result<()> {
        self.travel().await;
        self.store.finish(job).await
    }

    async fn postpone(&self, job: JobId, due: Timestamp) -> Result<()> {
        self.travel().await;
        self.store.postpone(job, due).await
    }

    async fn slots(&self, name: &str, now: Timestamp) -> Result<Vec<String>> {
        self.travel().await;
        self.store.slots(name, now).await
    }

    async fn is_vacant(&self, but: &[Key]) -> Result<bool> {
        self.travel().await;
        self.store.is_vacant(but).await
    }

    async fn ping(&self) -> Result<()> {
        self.travel().await;
        self.store.ping().await
    }
}
