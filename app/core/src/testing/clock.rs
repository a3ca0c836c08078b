//! A clock that moves only when it is told to.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::model::Timestamp;
use crate::port::Clock;

/// Share it as `Arc<StoppedClock>`: the test keeps one handle and moves the time under everybody else.
#[derive(Debug)]
pub struct StoppedClock(AtomicI64);

impl StoppedClock {
    pub const fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.as_millis()))
    }

    pub fn set(&self, now: Timestamp) {
        self.0.store(now.as_millis(), Ordering::SeqCst);
    }

    /// Moves on and answers the new time.
    pub fn advance(&self, span: Duration) -> Timestamp {
        let now = self.now() + span;
        self.set(now);
        now
    }
}

impl Default for StoppedClock {
    /// 2001-09-09T01:46:40Z: far from any real time, so that whoever asks the machine's clock instead is found out.
    fn default() -> Self {
        Self::at(Timestamp::from_secs(1_000_000_000))
    }
}

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_stands_until_it_is_moved() {
        let clock = StoppedClock::default();
        assert_eq!(clock.now().rfc3339(), "2001-09-09T01:46:40Z");
        assert_eq!(clock.advance(Duration::from_secs(20)), clock.now());
        assert_eq!(clock.now().rfc3339(), "2001-09-09T01:47:00Z");
    }
}
