//! How often one may be wrong. Sources: RFC 4226 7.3, NIST SP 800-63B-4 3.2.2.

use std::time::Duration;

use crate::model::Timestamp;

/// How often one may be wrong in a row, and what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// From this many failures on there is a wait after each.
    pub free: u32,
    /// The first wait; each further failure doubles it …
    pub first_wait: Duration,
    /// … up to this.
    pub longest_wait: Duration,
    /// From this many failures on nothing goes any more.
    pub blocked_at: u32,
    /// The count is forgotten this long after the last failure.
    pub memory: Duration,
}

impl Policy {
    /// The wait that follows failure number `failures`: none below `free`, then `first_wait` doubling up to `longest_wait`.
    pub fn wait_after(&self, failures: u32) -> Duration {
        let Some(doublings) = failures.checked_sub(self.free) else { return Duration::ZERO };
        1_u32
            .checked_shl(doublings)
            .and_then(|times| self.first_wait.checked_mul(times))
            .map_or(self.longest_wait, |wait| wait.min(self.longest_wait))
    }

    /// The rule that every adapter follows. An attempt that may go is counted as a failure at once; a success
    /// resets the count afterwards. One inside a wait, or when blocked, is not counted.
    pub fn attempt(&self, before: Standing, now: Timestamp) -> (Standing, Attempt) {
        if before.failures >= self.blocked_at {
            return (before, Attempt::Blocked);
        }
        if now < before.not_before {
            return (before, Attempt::Wait(before.not_before));
        }
        let failures = before.failures + 1;
        let not_before = now + self.wait_after(failures);
        (Standing { failures, not_before }, Attempt::Go(failures))
    }
}

/// Failures in a row, and when the next attempt may come. A count never begun, or forgotten, is [`Standing::NONE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub failures: u32,
    pub not_before: Timestamp,
}

impl Standing {
    pub const NONE: Self = Self { failures: 0, not_before: Timestamp::from_millis(0) };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// Go on and judge; this is failure number n unless it turns out right.
    Go(u32),
    /// Not before then.
    Wait(Timestamp),
    /// Not at all.
    Blocked,
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy {
        free: 5,
        first_wait: Duration::from_secs(30),
        longest_wait: Duration::from_mins(15),
        blocked_at: 50,
        memory: Duration::from_hours(30 * 24),
    };

    #[test]
    fn waits_double_from_the_fifth_failure_up_to_the_longest() {
        let waits: Vec<u64> = (3..=11).map(|n| POLICY.wait_after(n).as_secs()).collect();
        assert_eq!(waits, [0, 0, 30, 60, 120, 240, 480, 900, 900]);
        assert_eq!(POLICY.wait_after(u32::MAX).as_secs(), 900);
    }

    #[test]
    fn an_attempt_inside_a_wait_is_not_counted_and_the_fiftieth_failure_blocks() {
        let mut now = Timestamp::from_secs(1_000);
        let mut standing = Standing::NONE;
        for n in 1..=50 {
            let (after, answer) = POLICY.attempt(standing, now);
            assert_eq!(answer, Attempt::Go(n));
            if (5..50).contains(&n) {
                assert_eq!(POLICY.attempt(after, now), (after, Attempt::Wait(after.not_before)));
            }
            (standing, now) = (after, after.not_before);
        }
        assert_eq!(POLICY.attempt(standing, now), (standing, Attempt::Blocked));
    }
}
