//! A fail-over of Redis may lose writes that were answered. This process remembers its own, so that what it accepted
//! once is not accepted again: whatever it replaced or removed is known by its revision, and when that comes back, the
//! lost write is made again before anybody is answered.
//!
//! What another process accepted is not known here; for that there is `redis.wait_replicas`.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use postern_core::model::Timestamp;
use postern_core::port::{
    Count, Expect, JobId, Key, Lane, LeasedJob, LogEntry, NewJob, Revision, Store, StoreFault, Stored, Tally, Window,
    Write, Written,
};
use postern_core::rules::throttle::{Attempt, Policy, ThrottleState};

use crate::figures::LOST_WRITES;

type Result<T> = std::result::Result<T, StoreFault>;

/// Longer than any code, challenge or pending sign-in can be answered, and than a fail-over takes.
const LASTS: Duration = Duration::from_hours(1);
/// What was written over or removed is remembered of so many records, a few hundred bytes each; the oldest go first.
const MOST: usize = 200_000;
/// Bytes that the values kept may take together. Of what is beyond only the marker stays: a loss is then a fault until
/// its time is over, but nothing is accepted again.
const MOST_BYTES: usize = 64 << 20;
/// How often a record that is behind is brought up to date before it is a fault: others may be about the same.
const ROUNDS: u32 = 4;
/// A larger value is not kept.
const LARGEST: usize = 64 << 10;

/// A store whose answered writes stay answered over a fail-over, as far as this process made them.
pub struct FailOverStore {
    inner: Arc<dyn Store>,
    memory: Mutex<Memory>,
}

/// What became of a writing of a record.
#[derive(Clone)]
enum Successor {
    /// Written over by this, which got this revision.
    Written(Arc<Write>, Revision),
    /// Written over by what was too large, or too much, to keep.
    NotKept,
    Removed,
}

#[derive(Default)]
struct Memory {
    /// Each with its place in the order in which they were remembered.
    successors: HashMap<Place, (Successor, u64)>,
    /// How many were remembered so far.
    remembered: u64,
    /// Oldest first.
    order: VecDeque<(Timestamp, Place)>,
    /// Those of which values are kept, oldest first, and the bytes of these.
    kept: VecDeque<(Place, usize)>,
    bytes: usize,
}

/// A writing of a record.
type Place = (Key, u64);

impl Memory {
    fn remember(&mut self, place: Place, successor: Successor, now: Timestamp) {
        if let Successor::Written(write, _) = &successor {
            let bytes = size(write);
            self.bytes += bytes;
            self.kept.push_back((place.clone(), bytes));
        }
        self.remembered += 1;
        self.successors.insert(place.clone(), (successor, self.remembered));
        self.order.push_back((now, place));
        while self.bytes > MOST_BYTES
            && let Some((place, bytes)) = self.kept.pop_front()
        {
            self.bytes -= bytes;
            self.successors.entry(place).and_modify(|(successor, _)| *successor = Successor::NotKept);
        }
        while let Some((since, _)) = self.order.front()
            && (*since + LASTS <= now || self.order.len() > MOST)
        {
            let Some((_, place)) = self.order.pop_front() else { break };
            self.successors.remove(&place);
            if self.kept.front().is_some_and(|(kept, _)| *kept == place)
                && let Some((_, bytes)) = self.kept.pop_front()
            {
                self.bytes -= bytes;
            }
        }
    }
}

fn size(write: &Write) -> usize {
    let others = write.effects.records.iter().filter_map(|(_, value)| value.as_ref()).map(Vec::len);
    let event = write.effects.event.as_ref().map_or(0, |event| event.value.len());
    write.value.len() + event + others.sum::<usize>()
}

impl FailOverStore {
    pub fn new(inner: Arc<dyn Store>) -> Self {
        Self { inner, memory: Mutex::default() }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn successor(&self, key: &Key, revision: Revision) -> Option<Successor> {
        let place = (key.clone(), revision.0);
        self.memory().successors.get(&place).map(|(successor, _)| successor.clone())
    }

    /// How much was remembered so far; to be asked before the store is.
    fn remembered(&self) -> u64 {
        self.memory().remembered
    }

    /// Whether what was found should not be there: it was written over or removed before the store was asked, when so
    /// much was `remembered`. What came to be written over while the store was asked is merely no longer the newest.
    fn is_behind(&self, key: &Key, found: Option<&Stored>, remembered: u64) -> bool {
        let Some(stored) = found else { return false };
        let place = (key.clone(), stored.revision.0);
        self.memory().successors.get(&place).is_some_and(|(_, at)| *at <= remembered)
    }

    /// The record, after the writes that came after it were made again if they were lost.
    async fn current(
        &self,
        key: &Key,
        found: Option<Stored>,
        remembered: u64,
        now: Timestamp,
    ) -> Result<Option<Stored>> {
        let (mut found, mut remembered) = (found, remembered);
        for _ in 0..ROUNDS {
            let Some(stored) = found.as_ref().filter(|_| self.is_behind(key, found.as_ref(), remembered)) else {
                return Ok(found);
            };
            self.restore(key, stored.revision, now).await?;
            remembered = self.remembered();
            found = self.inner.load(key, now).await?;
        }
        if self.is_behind(key, found.as_ref(), remembered) {
            return Err(StoreFault("the store went back behind what was accepted".to_owned()));
        }
        Ok(found)
    }

    /// Makes the writes again that came after `lost_at`, each under its own revision: whoever finds the record in between
    /// knows that it is behind, and what is broken off here is gone on with there.
    async fn restore(&self, key: &Key, lost_at: Revision, now: Timestamp) -> Result<()> {
        tracing::error!("the store lost a write that was answered, as in a fail-over; making it again");
        metrics::counter!(LOST_WRITES).increment(1);
        let mut standing = lost_at;
        while let Some(successor) = self.successor(key, standing) {
            match successor {
                Successor::Removed => {
                    self.inner.delete(key, Expect::Revision(standing), now).await?;
                    return Ok(());
                }
                Successor::NotKept => return Ok(()),
                Successor::Written(write, revision) => {
                    let expect = Expect::Revision(standing);
                    let again = Write { expect, revision: Some(revision), ..(*write).clone() };
                    let Written::Done(_) = self.inner.write(again, now).await? else { return Ok(()) };
                    standing = revision;
                }
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Store for FailOverStore {
    async fn load(&self, key: &Key, now: Timestamp) -> Result<Option<Stored>> {
        let remembered = self.remembered();
        let found = self.inner.load(key, now).await?;
        self.current(key, found, remembered, now).await
    }

    async fn write(&self, write: Write, now: Timestamp) -> Result<Written> {
        let Expect::Revision(former) = write.expect else { return self.inner.write(write, now).await };
        if self.successor(&write.key, former).is_some() {
            return Ok(Written::Conflict);
        }
        let key = write.key.clone();
        let kept = (size(&write) <= LARGEST).then(|| Arc::new(write.clone()));
        let written = self.inner.write(write, now).await?;
        if let Written::Done(revision) = written {
            let successor = kept.map_or(Successor::NotKept, |kept| Successor::Written(kept, revision));
            self.memory().remember((key, former.0), successor, now);
        }
        Ok(written)
    }

    async fn delete(&self, key: &Key, expect: Expect, now: Timestamp) -> Result<bool> {
        let Expect::Revision(former) = expect else { return self.inner.delete(key, expect, now).await };
        if self.successor(key, former).is_some() {
            return Ok(false);
        }
        let deleted = self.inner.delete(key, expect, now).await?;
        if deleted {
            self.memory().remember((key.clone(), former.0), Successor::Removed, now);
        }
        Ok(deleted)
    }

    /// In two steps: which writing was taken has to be known.
    async fn take(&self, key: &Key, now: Timestamp) -> Result<Option<Vec<u8>>> {
        while let Some(stored) = self.load(key, now).await? {
            if self.delete(key, Expect::Revision(stored.revision), now).await? {
                return Ok(Some(stored.value));
            }
        }
        Ok(None)
    }

    async fn attempt(
        &self,
        count: &Key,
        policy: &Policy,
        record: &Key,
        now: Timestamp,
    ) -> Result<(Attempt, Option<Stored>)> {
        let remembered = self.remembered();
        let (attempt, found) = self.inner.attempt(count, policy, record, now).await?;
        Ok((attempt, self.current(record, found, remembered, now).await?))
    }

    async fn take_back(&self, count: &Key, attempt: u32, now: Timestamp) -> Result<()> {
        self.inner.take_back(count, attempt, now).await
    }

    async fn tally(&self, tally: &Tally) -> Result<Option<u64>> {
        self.inner.tally(tally).await
    }

    async fn standing(&self, count: &Key, now: Timestamp) -> Result<ThrottleState> {
        self.inner.standing(count, now).await
    }

    async fn reset_attempts(&self, count: &Key) -> Result<()> {
        self.inner.reset_attempts(count).await
    }

    async fn count(&self, key: &Key, window: &Window, now: Timestamp) -> Result<Count> {
        self.inner.count(key, window, now).await
    }

    async fn full_until(&self, key: &Key, window: &Window, now: Timestamp) -> Result<Option<Timestamp>> {
        self.inner.full_until(key, window, now).await
    }

    async fn append(&self, entry: LogEntry, now: Timestamp) -> Result<()> {
        self.inner.append(entry, now).await
    }

    async fn recent(&self, log: &Key, most: usize, now: Timestamp) -> Result<Vec<Vec<u8>>> {
        self.inner.recent(log, most, now).await
    }

    async fn enqueue(&self, job: NewJob, now: Timestamp) -> Result<()> {
        self.inner.enqueue(job, now).await
    }

    async fn lease(&self, lane: Lane, until: Timestamp, now: Timestamp) -> Result<Option<LeasedJob>> {
        self.inner.lease(lane, until, now).await
    }

    async fn finish(&self, job: JobId) -> Result<()> {
        self.inner.finish(job).await
    }

    async fn postpone(&self, job: JobId, due: Timestamp) -> Result<()> {
        self.inner.postpone(job, due).await
    }

    async fn slots(&self, name: &str, now: Timestamp) -> Result<Vec<String>> {
        self.inner.slots(name, now).await
    }

    async fn is_vacant(&self, but: &[Key]) -> Result<bool> {
        self.inner.is_vacant(but).await
    }

    async fn ping(&self) -> Result<()> {
        self.inner.ping().await
    }
}

#[cfg(test)]
mod tests {
    use postern_core::testing::MemoryStore;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_000_000_000);

    #[tokio::test]
    async fn record_that_is_written_over_while_it_is_loaded_is_no_loss() {
        let inner = Arc::new(MemoryStore::default());
        let (store, key) = (FailOverStore::new(inner.clone()), Key::new("slot", "record"));
        let write = |expect, value: &[u8]| Write::new(key.clone(), expect, value.to_vec(), None);
        let Ok(Written::Done(first)) = store.write(write(Expect::Absent, b"1"), NOW).await else { panic!("a write") };
        let remembered = store.remembered();
        let found = inner.load(&key, NOW).await.expect("an answer");
        let over = store.write(write(Expect::Revision(first), b"2"), NOW).await.expect("an answer");
        let loaded = store.current(&key, found, remembered, NOW).await.expect("no fault").expect("a record");
        assert_eq!((loaded.revision, loaded.value), (first, b"1".to_vec()));
        let there = inner.load(&key, NOW).await.expect("an answer").expect("a record");
        assert_eq!(over, Written::Done(there.revision), "nothing was written again");
    }
}
