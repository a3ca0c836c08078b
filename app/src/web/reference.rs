//! References of faults: short enough to read out, different within a process's life. They name a line of the log and
//! open nothing, so they need no randomness.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

static PROCESS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
static COUNT: AtomicU64 = AtomicU64::new(0);

/// `7F3A-09BC`
pub fn next() -> String {
    let hash = PROCESS.hash_one(COUNT.fetch_add(1, Ordering::Relaxed));
    format!("{:04X}-{:04X}", hash >> 48, (hash >> 32) & 0xffff)
}
