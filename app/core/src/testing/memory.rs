//! A store in memory: what tests run on. It passes the suite like any other adapter.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::model::Timestamp;
use crate::port::{
    Count, Expect, JobId, Key, LONGEST_PUT_OFF, Lane, LeasedJob, LogEntry, NewJob, Revision, SideEffects, Store,
    StoreFault, Stored, Tally, Window, Write, Written,
};
use crate::rules::throttle::{Attempt, Policy, ThrottleState};

type Result<T> = std::result::Result<T, StoreFault>;

/// One lock around everything makes each method one step.
#[derive(Default)]
pub struct MemoryStore {
    rows: Mutex<Rows>,
    down: AtomicBool,
    no_tallies: AtomicBool,
    full: AtomicBool,
    calls: AtomicU64,
    /// Every call after so many is a fault; 0: none is.
    last_call: AtomicU64,
}

#[derive(Clone, Default)]
struct Rows {
    records: HashMap<Key, (Stored, Option<Timestamp>)>,
    /// With the moment at which a count is forgotten.
    counts: HashMap<Key, (ThrottleState, Timestamp)>,
    /// Oldest first.
    windows: HashMap<Key, Vec<Timestamp>>,
    tallies: HashMap<Key, u64>,
    logs: HashMap<Key, Log>,
    jobs: HashMap<JobId, Job>,
    /// By lane, then by when they are due.
    due: BTreeSet<(Lane, Timestamp, u64)>,
    last_number: u64,
}

#[derive(Clone, Default)]
struct Log {
    newest_first: VecDeque<Vec<u8>>,
    ends: Option<Timestamp>,
}

#[derive(Clone)]
struct Job {
    value: Vec<u8>,
    due: Timestamp,
    lease: u32,
    ends: Timestamp,
}

/// All that a store held at a moment.
#[derive(Clone)]
pub struct Snapshot(Rows);

impl MemoryStore {
    pub fn snapshot(&self) -> Snapshot {
        Snapshot(self.rows.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// As if nothing had happened since then.
    pub fn go_back(&self, to: &Snapshot) {
        *self.rows.lock().unwrap_or_else(PoisonError::into_inner) = to.0.clone();
    }

    /// While `down`, every call is a fault, as with a server that has gone away.
    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
        self.last_call.store(0, Ordering::SeqCst);
    }

    /// While `full`, records are neither written nor deleted, as on a disk that has room for small rows alone: counts are
    /// kept.
    pub fn set_full(&self, full: bool) {
        self.full.store(full, Ordering::SeqCst);
    }

    fn room(&self) -> Result<()> {
        if self.full.load(Ordering::SeqCst) { Err(StoreFault("the disk is full".to_owned())) } else { Ok(()) }
    }

    /// While set, sums are not changed by themselves: what is counted beside a request fails alone.
    pub fn set_tallies_down(&self, down: bool) {
        self.no_tallies.store(down, Ordering::SeqCst);
    }

    /// So many calls are answered from now on; every further one is a fault, until [`set_down`](Self::set_down) says
    /// otherwise.
    pub fn go_down_after(&self, calls: u64) {
        self.last_call.store((self.calls() + calls).max(1), Ordering::SeqCst);
    }

    /// Every record as it stands, ended or not.
    pub fn records(&self) -> Vec<(Key, Vec<u8>)> {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        rows.records.iter().map(|(key, (stored, _))| (key.clone(), stored.value.clone())).collect()
    }

    /// How often the store was called so far: each call is a round trip elsewhere.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    /// Whether these bytes stand anywhere in what a thief of the store would hold, keys included.
    pub fn holds(&self, bytes: &[u8]) -> bool {
        let found = |text: &[u8]| !bytes.is_empty() && text.windows(bytes.len()).any(|window| window == bytes);
        let named = |key: &Key| found(key.slot().as_bytes()) || found(key.name().as_bytes());
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        rows.records.iter().any(|(key, (stored, _))| named(key) || found(&stored.value))
            || rows.logs.iter().any(|(key, log)| named(key) || log.newest_first.iter().any(|value| found(value)))
            || rows.jobs.values().any(|job| found(&job.value))
            || rows.counts.keys().chain(rows.windows.keys()).any(named)
    }

    /// Everything that has not ended, by where it stands.
    pub fn keys(&self, now: Timestamp) -> BTreeSet<Key> {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let records = rows.records.iter().filter(|(_, (_, ends))| lives(*ends, now)).map(|(key, _)| key);
        let counts = rows.counts.iter().filter(|(_, (_, forgotten))| *forgotten > now).map(|(key, _)| key);
        let logs = rows.logs.iter().filter(|(_, log)| lives(log.ends, now)).map(|(key, _)| key);
        records.chain(counts).chain(logs).chain(rows.windows.keys()).cloned().collect()
    }

    fn rows(&self) -> Result<MutexGuard<'_, Rows>> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        let last = self.last_call.load(Ordering::SeqCst);
        if self.down.load(Ordering::SeqCst) || (last > 0 && call >= last) {
            return Err(StoreFault("the store is down".to_owned()));
        }
        Ok(self.rows.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Rows {
    fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    fn live(&self, key: &Key, now: Timestamp) -> Option<&Stored> {
        self.records.get(key).filter(|(_, ends)| lives(*ends, now)).map(|(stored, _)| stored)
    }

    fn standing(&self, count: &Key, now: Timestamp) -> ThrottleState {
        self.counts
            .get(count)
            .filter(|(_, forgotten)| *forgotten > now)
            .map_or(ThrottleState::NONE, |(standing, _)| *standing)
    }

    /// Whether the sum could change.
    fn tally(&mut self, tally: Option<&Tally>) -> bool {
        let Some(tally) = tally else { return true };
        let sum = self.tallies.entry(tally.key.clone()).or_default();
        let after = tally.after(*sum);
        *sum = after.unwrap_or(*sum);
        after.is_some()
    }

    fn effects(&mut self, effects: SideEffects, revision: Revision, now: Timestamp) {
        for (key, value) in effects.records {
            match value {
                Some(value) => _ = self.records.insert(key, (Stored { value, revision }, None)),
                None => _ = self.records.remove(&key),
            }
        }
        if let Some(count) = effects.reset {
            self.counts.remove(&count);
        }
        if let Some(entry) = effects.event {
            self.append(entry, now);
        }
    }

    fn append(&mut self, entry: LogEntry, now: Timestamp) {
        let log = self.logs.entry(entry.log).or_default();
        if !lives(log.ends, now) {
            log.newest_first.clear();
        }
        log.newest_first.push_front(entry.value);
        log.newest_first.truncate(entry.most);
        log.ends = entry.ends;
    }

    fn remove_job(&mut self, id: JobId) {
        if let Some(job) = self.jobs.remove(&id) {
            self.due.remove(&(id.lane, job.due, id.number));
        }
    }

    fn move_job(&mut self, id: JobId, due: Timestamp) {
        if let Some(job) = self.jobs.get_mut(&id) {
            self.due.remove(&(id.lane, job.due, id.number));
            self.due.insert((id.lane, due, id.number));
            job.due = due;
        }
    }

    /// The job of a lane that has been due longest; or else one that is put off too far.
    fn next_due(&self, lane: Lane, now: Timestamp) -> Option<JobId> {
        let of_lane = |at: i64| (lane, Timestamp::from_millis(at), 0);
        let mut waiting = self.due.range(of_lane(i64::MIN)..of_lane(i64::MAX));
        let is_due = |(_, due, _): &&(Lane, Timestamp, u64)| *due <= now || *due > now + LONGEST_PUT_OFF;
        let (_, _, number) = waiting.next().filter(is_due).or_else(|| waiting.next_back().filter(is_due))?;
        Some(JobId { lane, number: *number })
    }
}

fn lives(ends: Option<Timestamp>, now: Timestamp) -> bool {
    ends.is_none_or(|ends| ends > now)
}

#[async_trait]
impl Store for MemoryStore {
    async fn load(&self, key: &Key, now: Timestamp) -> Result<Option<Stored>> {
        Ok(self.rows()?.live(key, now).cloned())
    }

    async fn write(&self, write: Write, now: Timestamp) -> Result<Written> {
        let mut rows = self.rows()?;
        self.room()?;
        if !write.expect.is_met_by(rows.live(&write.key, now).map(|stored| stored.revision)) {
            return Ok(Written::Conflict);
        }
        if !rows.tally(write.effects.tally.as_ref()) {
            return Ok(Written::Full);
        }
        let revision = write.revision.unwrap_or_else(|| Revision(rows.next_number()));
        rows.records.insert(write.key, (Stored { value: write.value, revision }, write.ends));
        rows.effects(write.effects, revision, now);
        Ok(Written::Done(revision))
    }

    async fn delete(&self, key: &Key, expect: Expect, now: Timestamp) -> Result<bool> {
        let mut rows = self.rows()?;
        self.room()?;
        let there = rows.live(key, now).map(|stored| stored.revision);
        let delete = there.is_some() && expect.is_met_by(there);
        if delete {
            rows.records.remove(key);
        }
        Ok(delete)
    }

    async fn take(&self, key: &Key, now: Timestamp) -> Result<Option<Vec<u8>>> {
        let taken = self.rows()?.records.remove(key);
        Ok(taken.filter(|(_, ends)| lives(*ends, now)).map(|(stored, _)| stored.value))
    }

    async fn attempt(
        &self,
        count: &Key,
        policy: &Policy,
        record: &Key,
        now: Timestamp,
    ) -> Result<(Attempt, Option<Stored>)> {
        let mut rows = self.rows()?;
        let (after, answer) = policy.attempt(rows.standing(count, now), now);
        let forgotten = now + policy.memory;
        if !matches!(answer, Attempt::Go(_)) {
            if let Some((standing, ends)) = rows.counts.get_mut(count) {
                (*standing, *ends) = (after, (*ends).min(forgotten));
            }
            return Ok((answer, None));
        }
        rows.counts.insert(count.clone(), (after, forgotten));
        Ok((answer, rows.live(record, now).cloned()))
    }

    async fn take_back(&self, count: &Key, attempt: u32, _: Timestamp) -> Result<()> {
        if let Some((standing, _)) = self.rows()?.counts.get_mut(count) {
            *standing = standing.without(attempt);
        }
        Ok(())
    }

    async fn standing(&self, count: &Key, now: Timestamp) -> Result<ThrottleState> {
        Ok(self.rows()?.standing(count, now))
    }

    async fn reset_attempts(&self, count: &Key) -> Result<()> {
        self.rows()?.counts.remove(count);
        Ok(())
    }

    async fn tally(&self, tally: &Tally) -> Result<Option<u64>> {
        if self.no_tallies.load(Ordering::SeqCst) {
            return Err(StoreFault("sums are away".to_owned()));
        }
        let mut rows = self.rows()?;
        let could = rows.tally(Some(tally));
        Ok(could.then(|| rows.tallies.get(&tally.key).copied().unwrap_or_default()))
    }

    async fn count(&self, key: &Key, window: &Window, now: Timestamp) -> Result<Count> {
        Ok(window.count(self.rows()?.windows.entry(key.clone()).or_default(), now))
    }

    async fn full_until(&self, key: &Key, window: &Window, now: Timestamp) -> Result<Option<Timestamp>> {
        let deciding = self.rows()?.windows.get(key).and_then(|times| window.deciding(times));
        Ok(window.full_until(deciding, now))
    }

    async fn append(&self, entry: LogEntry, now: Timestamp) -> Result<()> {
        self.rows()?.append(entry, now);
        Ok(())
    }

    async fn recent(&self, log: &Key, most: usize, now: Timestamp) -> Result<Vec<Vec<u8>>> {
        let rows = self.rows()?;
        let log = rows.logs.get(log).filter(|log| lives(log.ends, now));
        Ok(log.map_or_else(Vec::new, |log| log.newest_first.iter().take(most).cloned().collect()))
    }

    async fn enqueue(&self, job: NewJob, _now: Timestamp) -> Result<()> {
        let mut rows = self.rows()?;
        let NewJob { lane, value, due, ends } = job;
        let number = rows.next_number();
        rows.jobs.insert(JobId { lane, number }, Job { value, due, lease: 0, ends });
        rows.due.insert((lane, due, number));
        Ok(())
    }

    async fn lease(&self, lane: Lane, until: Timestamp, now: Timestamp) -> Result<Option<LeasedJob>> {
        let mut rows = self.rows()?;
        while let Some(id) = rows.next_due(lane, now) {
            match rows.jobs.get_mut(&id) {
                Some(job) if job.ends > now => {
                    job.lease += 1;
                    let leased = LeasedJob { id, value: job.value.clone(), lease: job.lease, ends: job.ends };
                    rows.move_job(id, until);
                    return Ok(Some(leased));
                }
                _ => rows.remove_job(id),
            }
        }
        Ok(None)
    }

    async fn finish(&self, job: JobId) -> Result<()> {
        self.rows()?.remove_job(job);
        Ok(())
    }

    async fn postpone(&self, job: JobId, due: Timestamp) -> Result<()> {
        self.rows()?.move_job(job, due);
        Ok(())
    }

    async fn slots(&self, name: &str, now: Timestamp) -> Result<Vec<String>> {
        let rows = self.rows()?;
        let live = rows.records.iter().filter(|(key, (_, ends))| key.name() == name && lives(*ends, now));
        Ok(live.map(|(key, _)| key.slot().to_owned()).collect())
    }

    async fn is_vacant(&self, but: &[Key]) -> Result<bool> {
        let rows = self.rows()?;
        let others = rows.records.keys().any(|key| !but.contains(key));
        Ok(!others
            && rows.counts.is_empty()
            && rows.windows.is_empty()
            && rows.tallies.is_empty()
            && rows.logs.is_empty()
            && rows.jobs.is_empty())
    }

    async fn ping(&self) -> Result<()> {
        self.rows().map(drop)
    }
}
