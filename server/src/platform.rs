//! The machine's clock and randomness.

use std::time::{SystemTime, UNIX_EPOCH};

use postern_core::model::Timestamp;
use postern_core::port::{Clock, Entropy};

/// The clock that everybody else is to ask for the time.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "this is the adapter")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            // Nothing that we do without randomness is safe.
            tracing::error!(%error, "the operating system gives no randomness");
            std::process::abort();
        }
    }
}
