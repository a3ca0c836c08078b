//! The store port: bytes under keys, each method one atomic promise.
//!
//! Expiry is judged against the `now` that is passed in. An adapter's own time-outs are garbage collection: they may
//! remove what has ended by then, never decide that it has. `testing::store_suite` holds every adapter to this page.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use super::job::{JobId, Lane, LeasedJob, NewJob};
use crate::model::Timestamp;
use crate::rules::throttle::{Attempt, Policy, ThrottleState};

/// Where something stands. Keys with one `slot` live together: a write may touch several of them at once
/// (on Redis Cluster the slot is the hash tag). `name` says what it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    slot: String,
    name: String,
}

impl Key {
    pub fn new(slot: impl fmt::Display, name: impl fmt::Display) -> Self {
        Self { slot: slot.to_string(), name: name.to_string() }
    }

    pub fn slot(&self) -> &str {
        &self.slot
    }

    pub fn name(&self) -> &str {
        &self.name
    }
}

/// `{slot}:name`, as Redis Cluster wants it.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}:{}", self.slot, self.name)
    }
}

/// Which writing of a record this is. Never used twice for one key, not even after a delete, so that a slow writer
/// cannot mistake a later record for the one it read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision(pub u64);

/// A record as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub value: Vec<u8>,
    pub revision: Revision,
}

/// What must be there for a write to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Nothing, or something that has ended.
    Absent,
    /// Exactly this writing.
    Revision(Revision),
    /// Whatever there is.
    Anything,
}

impl Expect {
    /// The rule that every adapter follows: `there` is the writing of the live record, if there is one.
    pub fn is_met_by(self, there: Option<Revision>) -> bool {
        match self {
            Self::Absent => there.is_none(),
            Self::Revision(expected) => there == Some(expected),
            Self::Anything => true,
        }
    }
}

/// One write, all of it or nothing.
#[derive(Clone, Debug)]
pub struct Write {
    pub key: Key,
    pub expect: Expect,
    pub value: Vec<u8>,
    /// `None`: stays for good.
    pub ends: Option<Timestamp>,
    pub effects: SideEffects,
    /// The revision that it gets, where a lost write is made again; else the store draws one.
    pub revision: Option<Revision>,
}

impl Write {
    pub fn new(key: Key, expect: Expect, value: Vec<u8>, ends: Option<Timestamp>) -> Self {
        Self { key, expect, value, ends, effects: SideEffects::default(), revision: None }
    }

    #[must_use]
    pub fn effects(mut self, effects: SideEffects) -> Self {
        self.effects = effects;
        self
    }
}

/// What happens in the same atomic write. Every key here has the slot of the record.
#[derive(Clone, Debug, Default)]
pub struct SideEffects {
    /// This attempt count goes back to nothing.
    pub reset: Option<Key>,
    /// This is appended to a log.
    pub event: Option<LogEntry>,
    /// Other records, each once: written over whatever stands there, to stay for good; or, without a value, deleted.
    pub records: Vec<(Key, Option<Vec<u8>>)>,
    /// This sum changes; if it has no room, nothing does.
    pub tally: Option<Tally>,
}

impl SideEffects {
    /// An event alone, if there is one.
    pub fn event(event: Option<LogEntry>) -> Self {
        Self { event, ..Self::default() }
    }
}

/// A change of a sum that is kept in the store. It is as true as the writes that carry it: each counts once, whoever
/// dies on the way.
#[derive(Clone, Debug)]
pub struct Tally {
    pub key: Key,
    pub by: i64,
    /// The sum may not rise beyond; falling it always may.
    pub most: u64,
}

impl Tally {
    /// The rule that every adapter follows: what `sum` becomes, if it may. A sum that is not there is nothing.
    pub fn after(&self, sum: u64) -> Option<u64> {
        let after = sum.saturating_add_signed(self.by);
        (self.by <= 0 || after <= self.most).then_some(after)
    }
}

/// An entry for a log that keeps its newest `most` entries until `ends` (which the newest entry decides).
#[derive(Clone, Debug)]
pub struct LogEntry {
    pub log: Key,
    pub value: Vec<u8>,
    pub most: usize,
    pub ends: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    Done(Revision),
    /// What was expected is not there; nothing changed.
    Conflict,
    /// What was expected is there, but the tally has no room; nothing changed.
    Full,
}

/// The slot of what the portal keeps of itself, whoever uses it: its identity, and what it writes to see that it can.
pub const PORTAL_SLOT: &str = "postern";

/// At most `limit` within any `span`. One key is always counted by one window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub limit: u32,
    pub span: Duration,
}

impl Window {
    /// The rule that every adapter follows: drops the times that have left the window, then counts if there is room.
    /// `times` are oldest first. What is counted at `t` stands until `t + span`, that moment excluded. A time that is
    /// still to come was left by a clock that was ahead: it is now, and is kept as such also where there is no room.
    pub fn count(&self, times: &mut Vec<Timestamp>, now: Timestamp) -> Count {
        for time in times.iter_mut() {
            *time = (*time).min(now);
        }
        times.retain(|time| *time + self.span > now);
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let Some(surplus) = times.len().checked_sub(limit) else {
            times.insert(times.partition_point(|time| *time <= now), now);
            return Count::Within(u32::try_from(times.len()).unwrap_or(u32::MAX));
        };
        // There is room again once the surplus and one more have left; a limit of nothing never has room.
        Count::Over(times.get(surplus).copied().unwrap_or(now) + self.span)
    }
}

impl Window {
    /// When there is room again, if there is none now. `deciding` is the time at place `limit`, counted from the newest,
    /// as [`deciding`](Self::deciding) finds it.
    pub fn full_until(&self, deciding: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
        let leaves = if self.limit == 0 { now } else { deciding?.min(now) } + self.span;
        (leaves > now).then_some(leaves)
    }

    /// Of times that are oldest first, the one that decides whether the window is full.
    pub fn deciding(&self, times: &[Timestamp]) -> Option<Timestamp> {
        let newer = usize::try_from(self.limit.checked_sub(1)?).unwrap_or(usize::MAX);
        times.iter().rev().nth(newer).copied()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Counted; this many now stand in the window.
    Within(u32),
    /// Full, not counted; there is room again then.
    Over(Timestamp),
}

/// The store did not answer, or not with sense. Nothing can be said about whether a write happened.
#[derive(Debug, thiserror::Error)]
#[error("store: {0}")]
pub struct StoreFault(pub String);

type Result<T> = std::result::Result<T, StoreFault>;

/// Where everything lives. A write is answered when it is as durable as the store is set up to make it.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// The record, unless there is none or it has ended.
    async fn load(&self, key: &Key, now: Timestamp) -> Result<Option<Stored>>;

    /// Writes if what is expected is there, else changes nothing.
    async fn write(&self, write: Write, now: Timestamp) -> Result<Written>;

    /// Deletes if what is expected is there ([`Expect::Anything`]: if there is a live record at all).
    /// Answers whether it did; of several callers at once, one hears `true`.
    async fn delete(&self, key: &Key, expect: Expect, now: Timestamp) -> Result<bool>;

    /// Loads and deletes in one: at most one caller ever gets a record. Finding none costs no write.
    async fn take(&self, key: &Key, now: Timestamp) -> Result<Option<Vec<u8>>>;

    /// Counts an attempt by [`Policy::attempt`] and, when it may go, loads `record` in the same step.
    /// `record` has the slot of `count`.
    async fn attempt(
        &self,
        count: &Key,
        policy: &Policy,
        record: &Key,
        now: Timestamp,
    ) -> Result<(Attempt, Option<Stored>)>;

    /// Takes back an attempt that went as number `attempt` and was not judged, by [`ThrottleState::without`].
    async fn take_back(&self, count: &Key, attempt: u32, now: Timestamp) -> Result<()>;

    /// Where a count stands, without counting. Forgotten ones are [`ThrottleState::NONE`].
    async fn standing(&self, count: &Key, now: Timestamp) -> Result<ThrottleState>;

    /// Sets a count back to nothing.
    async fn reset_attempts(&self, count: &Key) -> Result<()>;

    /// Changes a sum by itself, by [`Tally::after`], and answers what it is then; by nothing, to read it. `None`: it has
    /// no room, and did not change.
    async fn tally(&self, tally: &Tally) -> Result<Option<u64>>;

    /// Counts in a sliding window, unless it is full.
    async fn count(&self, key: &Key, window: &Window, now: Timestamp) -> Result<Count>;

    /// When a full window has room again, without counting; `None`: it has room.
    async fn full_until(&self, key: &Key, window: &Window, now: Timestamp) -> Result<Option<Timestamp>>;

    /// Appends to a log and drops what is beyond its `most`.
    async fn append(&self, entry: LogEntry, now: Timestamp) -> Result<()>;

    /// The newest entries of a log, newest first, at most `most`.
    async fn recent(&self, log: &Key, most: usize, now: Timestamp) -> Result<Vec<Vec<u8>>>;

    /// Adds a job to its lane of the queue.
    async fn enqueue(&self, job: NewJob, now: Timestamp) -> Result<()>;

    /// The job of a lane that has been due longest, if one is due: hidden from everybody else until `until`. One that is
    /// put off beyond [`LONGEST_PUT_OFF`](super::LONGEST_PUT_OFF) is due. Ended ones are dropped.
    async fn lease(&self, lane: Lane, until: Timestamp, now: Timestamp) -> Result<Option<LeasedJob>>;

    /// Removes a job: done, or given up.
    async fn finish(&self, job: JobId) -> Result<()>;

    /// Makes a job due again at `due`; for a leased one that is when its lease runs out.
    async fn postpone(&self, job: JobId, due: Timestamp) -> Result<()>;

    /// The slots in which a live record of that name stands, each once, in no order. For operators' lists: it walks the
    /// whole store.
    async fn slots(&self, name: &str, now: Timestamp) -> Result<Vec<String>>;

    /// Whether nothing is kept but these records, ended or not. Looks at the whole store where there is nothing, so it is
    /// for a start alone.
    async fn is_vacant(&self, but: &[Key]) -> Result<bool>;

    /// Answers if the store is fit for what requests ask of it. The fault says why not, in words that name no machine.
    async fn ping(&self) -> Result<()>;
}
