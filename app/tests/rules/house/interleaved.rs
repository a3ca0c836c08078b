//! A store far away: between any two calls of one task all others get their turn. On a test's single thread that is
//! the worst order for a check followed by a write, and the same in every run.

use std::sync::Arc;

use async_trait::async_trait;
use postern_app::model::Timestamp;
use postern_app::port::{Count, Expect, Key, LeasedJob, LogEntry, Store, StoreFault, Stored, Window, Write, Written};
use postern_app::rules::throttle::{Attempt, Policy, Standing};
use postern_app::testing::MemoryStore;
use tokio::task::yield_now;

type Result<T> = std::result::Result<T, StoreFault>;

pub struct Interleaved(pub Arc<MemoryStore>);

#[async_trait]
impl Store for Interleaved {
    async fn load(&self, key: &Key, now: Timestamp) -> Result<Option<Stored>> {
        yield_now().await;
        self.0.load(key, now).await
    }

    async fn write(&self, write: Write, now: Timestamp) -> Result<Written> {
        yield_now().await;
        self.0.write(write, now).await
    }

    async fn delete(&self, key: &Key, expect: Expect, now: Timestamp) -> Result<bool> {
        yield_now().await;
        self.0.delete(key, expect, now).await
    }

    async fn take(&self, key: &Key, now: Timestamp) -> Result<Option<Vec<u8>>> {
        yield_now().await;
        self.0.take(key, now).await
    }

    async fn attempt(
        &self,
        count: &Key,
        policy: &Policy,
        record: &Key,
        now: Timestamp,
    ) -> Result<(Attempt, Option<Stored>)> {
        yield_now().await;
        self.0.attempt(count, policy, record, now).await
    }

    async fn standing(&self, count: &Key, now: Timestamp) -> Result<Standing> {
        yield_now().await;
        self.0.standing(count, now).await
    }

    async fn forgive(&self, count: &Key) -> Result<()> {
        yield_now().await;
        self.0.forgive(count).await
    }

    async fn count(&self, key: &Key, window: &Window, now: Timestamp) -> Result<Count> {
        yield_now().await;
        self.0.count(key, window, now).await
    }

    async fn append(&self, entry: LogEntry, now: Timestamp) -> Result<()> {
        yield_now().await;
        self.0.append(entry, now).await
    }

    async fn recent(&self, log: &Key, most: usize, now: Timestamp) -> Result<Vec<Vec<u8>>> {
        yield_now().await;
        self.0.recent(log, most, now).await
    }

    async fn enqueue(&self, value: Vec<u8>, ends: Timestamp, now: Timestamp) -> Result<()> {
        yield_now().await;
        self.0.enqueue(value, ends, now).await
    }

    async fn lease(&self, until: Timestamp, now: Timestamp) -> Result<Option<LeasedJob>> {
        yield_now().await;
        self.0.lease(until, now).await
    }

    async fn finish(&self, job: u64) -> Result<()> {
        yield_now().await;
        self.0.finish(job).await
    }

    async fn postpone(&self, job: u64, due: Timestamp) -> Result<()> {
        yield_now().await;
        self.0.postpone(job, due).await
    }

    async fn ping(&self) -> Result<()> {
        yield_now().await;
        self.0.ping().await
    }
}
