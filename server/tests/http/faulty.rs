//! A store that breaks at a call of the test's choice, in a way of its choice, and is whole again afterwards.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use postern_core::model::Timestamp;
use postern_core::port::{
    Count, Expect, JobId, Key, Lane, LeasedJob, LogEntry, NewJob, Store, StoreFault, Stored, Tally, Window, Write,
    Written,
};
use postern_core::rules::throttle::{Attempt, Policy, ThrottleState};
use postern_core::testing::MemoryStore;

type Result<T> = std::result::Result<T, StoreFault>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// It does not answer, and did nothing.
    Away,
    /// It did it, but the answer is lost.
    AnswerLost,
    /// A bug of ours.
    Panic,
    /// What it gives back is not what it was given.
    Garbled,
}

#[derive(Default)]
pub struct FaultyStore {
    pub inner: MemoryStore,
    /// After so many calls more.
    armed: Mutex<Option<(usize, Break)>>,
}

impl FaultyStore {
    /// Breaks once, at call number `call` from now on, counted from 0.
    pub fn break_at(&self, call: usize, how: Break) {
        *self.armed.lock().unwrap_or_else(PoisonError::into_inner) = Some((call, how));
    }

    /// Whether it broke since it was armed; it is whole from now on.
    pub fn mend(&self) -> bool {
        self.armed.lock().unwrap_or_else(PoisonError::into_inner).take().is_none()
    }

    fn due(&self) -> Option<Break> {
        let mut armed = self.armed.lock().unwrap_or_else(PoisonError::into_inner);
        let (left, how) = (*armed)?;
        *armed = left.checked_sub(1).map(|left| (left, how));
        (left == 0).then_some(how)
    }

    async fn perhaps<T>(&self, act: impl Future<Output = Result<T>> + Send, garble: fn(T) -> T) -> Result<T> {
        let lost = || StoreFault("the store is down".to_owned());
        match self.due() {
            None => act.await,
            Some(Break::Away) => Err(lost()),
            Some(Break::AnswerLost) => act.await.and(Err(lost())),
            Some(Break::Panic) => panic!("a bug in the store"),
            Some(Break::Garbled) => act.await.map(garble),
        }
    }
}

fn garbled(stored: Option<Stored>) -> Option<Stored> {
    stored.map(|stored| Stored { value: vec![0xc1; 40], ..stored })
}

fn same<T>(answer: T) -> T {
    answer
}

#[async_trait]
impl Store for FaultyStore {
    async fn load(&self, key: &Key, now: Timestamp) -> Result<Option<Stored>> {
        self.perhaps(self.inner.load(key, now), garbled).await
    }

    async fn write(&self, write: Write, now: Timestamp) -> Result<Written> {
        self.perhaps(self.inner.write(write, now), same).await
    }

    async fn delete(&self, key: &Key, expect: Expect, now: Timestamp) -> Result<bool> {
        self.perhaps(self.inner.delete(key, expect, now), same).await
    }

    async fn take(&self, key: &Key, now: Timestamp) -> Result<Option<Vec<u8>>> {
        self.perhaps(self.inner.take(key, now), |taken| taken.map(|_| vec![0xc1; 40])).await
    }

    async fn attempt(
        &self,
        count: &Key,
        policy: &Policy,
        record: &Key,
        now: Timestamp,
    ) -> Result<(Attempt, Option<Stored>)> {
        let garble = |(attempt, stored)| (attempt, garbled(stored));
        self.perhaps(self.inner.attempt(count, policy, record, now), garble).await
    }

    async fn take_back(&self, count: &Key, attempt: u32, now: Timestamp) -> Result<()> {
        self.perhaps(self.inner.take_back(count, attempt, now), same).await
    }

    async fn tally(&self, tally: &Tally) -> Result<Option<u64>> {
        self.perhaps(self.inner.tally(tally), same).await
    }

    async fn standing(&self, count: &Key, now: Timestamp) -> Result<ThrottleState> {
        self.perhaps(self.inner.standing(count, now), same).await
    }

    async fn reset_attempts(&self, count: &Key) -> Result<()> {
        self.perhaps(self.inner.reset_attempts(count), same).await
    }

    async fn count(&self, key: &Key, window: &Window, now: Timestamp) -> Result<Count> {
        self.perhaps(self.inner.count(key, window, now), same).await
    }

    async fn full_until(&self, key: &Key, window: &Window, now: Timestamp) -> Result<Option<Timestamp>> {
        self.perhaps(self.inner.full_until(key, window, now), same).await
    }

    async fn append(&self, entry: LogEntry, now: Timestamp) -> Result<()> {
        self.perhaps(self.inner.append(entry, now), same).await
    }

    async fn recent(&self, log: &Key, most: usize, now: Timestamp) -> Result<Vec<Vec<u8>>> {
        let garble = |entries: Vec<Vec<u8>>| entries.into_iter().map(|_| vec![0xc1; 40]).collect();
        self.perhaps(self.inner.recent(log, most, now), garble).await
    }

    async fn enqueue(&self, job: NewJob, now: Timestamp) -> Result<()> {
        self.perhaps(self.inner.enqueue(job, now), same).await
    }

    async fn lease(&self, lane: Lane, until: Timestamp, now: Timestamp) -> Result<Option<LeasedJob>> {
        self.perhaps(self.inner.lease(lane, until, now), same).await
    }

    async fn finish(&self, job: JobId) -> Result<()> {
        self.perhaps(self.inner.finish(job), same).await
    }

    async fn postpone(&self, job: JobId, due: Timestamp) -> Result<()> {
        self.perhaps(self.inner.postpone(job, due), same).await
    }

    async fn slots(&self, name: &str, now: Timestamp) -> Result<Vec<String>> {
        self.perhaps(self.inner.slots(name, now), same).await
    }

    async fn is_vacant(&self, but: &[Key]) -> Result<bool> {
        self.perhaps(self.inner.is_vacant(but), same).await
    }

    async fn ping(&self) -> Result<()> {
        self.perhaps(self.inner.ping(), same).await
    }
}
