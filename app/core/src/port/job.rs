//! The nouns of the queue: jobs in two lanes.

use std::time::Duration;

use crate::model::Timestamp;

/// The longest that a job is put off: the ceiling of letters counts by the hour. A job that is due later than this after
/// now was queued or leased by a clock that was ahead, and is due at once.
pub const LONGEST_PUT_OFF: Duration = Duration::from_hours(2);

/// Which of the queue's lanes a job waits in. A worker leases from each by itself, so that it decides which goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Somebody waits for it.
    Urgent,
    /// Nobody waits for it.
    Bulk,
}

impl Lane {
    /// The one that goes first comes first.
    pub const ALL: [Self; 2] = [Self::Urgent, Self::Bulk];
}

/// A job to be queued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    pub lane: Lane,
    pub value: Vec<u8>,
    /// From when on it can be leased.
    pub due: Timestamp,
    /// When it is dropped if nobody finished it.
    pub ends: Timestamp,
}

/// Names a job to [`Store::finish`](super::Store::finish) and [`Store::postpone`](super::Store::postpone).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct JobId {
    pub lane: Lane,
    /// Never used twice in one store.
    pub number: u64,
}

/// A job that this caller alone may work on until its lease runs out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeasedJob {
    pub id: JobId,
    pub value: Vec<u8>,
    /// How often it was leased, this time included: 1, 2, …
    pub lease: u32,
    pub ends: Timestamp,
}
