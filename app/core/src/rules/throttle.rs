//! How often one may be wrong. Sources: RFC 4226 7.3, NIST SP 800-63B-4 3.2.2.

use std::time::Duration;

use crate::model::Timestamp;

/// How often one may be wrong in a row, and what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// From this many failures on there is a wait after each.
    pub free_attempts: u32,
    /// The first wait; each further failure doubles it …
    pub first_wait: Duration,
    /// … up to this.
    pub longest_wait: Duration,
    /// From this many failures on each doubles `longest_wait` once more (`u32::MAX`: none does) …
    pub escalates_at: u32,
    /// … up to this.
    pub longest_escalated: Duration,
    /// From this many failures on nothing goes any more.
    pub blocked_at: u32,
    /// The count is forgotten this long after the last failure.
    pub memory: Duration,
}

impl Policy {
    /// The wait that follows failure number `failures`: none below `free_attempts`, then `first_wait` doubling up to
    /// `longest_wait`, then from `escalates_at` on doubling up to `longest_escalated`.
    pub fn wait_after(&self, failures: u32) -> Duration {
        if self.escalates_at < u32::MAX
            && let Some(further) = failures.checked_sub(self.escalates_at)
        {
            return doubled(self.longest_wait, further.saturating_add(1), self.longest_escalated);
        }
        let doublings = failures.checked_sub(self.free_attempts);
        doublings.map_or(Duration::ZERO, |doublings| doubled(self.first_wait, doublings, self.longest_wait))
    }

    /// From this many failures on the wait is always the same.
    pub fn settles_at(&self) -> u32 {
        let (from, longest) = match self.escalates_at {
            u32::MAX => (self.free_attempts, self.longest_wait),
            escalates_at => (escalates_at.max(self.free_attempts), self.longest_escalated),
        };
        // After 32 doublings `doubled` answers the longest wait.
        let last = from.saturating_add(32);
        (from..last).find(|failures| self.wait_after(*failures) >= longest).unwrap_or(last)
    }

    /// A count as it may stand now: no wait ends later than one that begins now. A clock that was ahead once left it.
    #[must_use]
    pub fn bounded(&self, standing: ThrottleState, now: Timestamp) -> ThrottleState {
        ThrottleState { not_before: standing.not_before.min(now + self.wait_after(standing.failures)), ..standing }
    }

    /// The rule that every adapter follows. An attempt that may go is counted as a failure at once; a success
    /// resets the count afterwards. One inside a wait, or when blocked, is not counted; what is answered then is kept
    /// where it differs, since the count was [`bounded`](Self::bounded).
    pub fn attempt(&self, before: ThrottleState, now: Timestamp) -> (ThrottleState, Attempt) {
        let before = self.bounded(before, now);
        if before.failures >= self.blocked_at {
            return (before, Attempt::Blocked);
        }
        if now < before.not_before {
            return (before, Attempt::Wait(before.not_before));
        }
        let failures = before.failures + 1;
        let not_before = now + self.wait_after(failures);
        (ThrottleState { failures, not_before }, Attempt::Go(failures))
    }
}

fn doubled(wait: Duration, doublings: u32, longest: Duration) -> Duration {
    let times = 1_u32.checked_shl(doublings);
    times.and_then(|times| wait.checked_mul(times)).map_or(longest, |wait| wait.min(longest))
}

/// Failures in a row, and when the next attempt may come. A count never begun, or forgotten, is [`ThrottleState::NONE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThrottleState {
    pub failures: u32,
    pub not_before: Timestamp,
}

impl ThrottleState {
    pub const NONE: Self = Self { failures: 0, not_before: Timestamp::from_millis(0) };

    /// The rule by which every adapter takes back attempt number `attempt`, which was never judged. With it goes the wait
    /// that it began. Where the count was reset since, or stands lower, there is nothing to take back.
    #[must_use]
    pub fn without(self, attempt: u32) -> Self {
        match self.failures {
            failures if failures < attempt || failures == 0 => self,
            failures if failures == attempt => Self { failures: failures - 1, ..Self::NONE },
            failures => Self { failures: failures - 1, ..self },
        }
    }
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
        free_attempts: 5,
        first_wait: Duration::from_secs(30),
        longest_wait: Duration::from_mins(15),
        escalates_at: u32::MAX,
        longest_escalated: Duration::ZERO,
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
    fn waits_double_again_from_the_escalation_up_to_its_longest_and_settle_there() {
        let policy =
            Policy { escalates_at: 50, longest_escalated: Duration::from_hours(24), blocked_at: u32::MAX, ..POLICY };
        let waits: Vec<u64> = (48..=58).map(|n| policy.wait_after(n).as_secs() / 60).collect();
        assert_eq!(waits, [15, 15, 30, 60, 120, 240, 480, 960, 1_440, 1_440, 1_440]);
        assert_eq!((policy.settles_at(), POLICY.settles_at()), (56, 10));
        assert_eq!(policy.wait_after(u32::MAX), Duration::from_hours(24));
        let standing = ThrottleState { failures: 5_000, not_before: Timestamp::from_secs(0) };
        assert_eq!(policy.attempt(standing, Timestamp::from_secs(1)).1, Attempt::Go(5_001));
    }

    #[test]
    fn wait_from_a_clock_that_was_ahead_lasts_no_longer_than_its_own_length() {
        let now = Timestamp::from_secs(1_000);
        let ahead = now + Duration::from_hours(24 * 365);
        let left = ThrottleState { failures: 6, not_before: ahead + Duration::from_mins(1) };
        let (kept, answer) = POLICY.attempt(left, now);
        let until = now + Duration::from_mins(1);
        assert_eq!((kept, answer), (ThrottleState { failures: 6, not_before: until }, Attempt::Wait(until)));
        assert_eq!(POLICY.attempt(kept, until).1, Attempt::Go(7));
        // A clock that is a moment behind another one ends no wait early.
        let (kept, answer) = POLICY.attempt(kept, now - Duration::from_millis(50));
        assert!(matches!(answer, Attempt::Wait(at) if at == until - Duration::from_millis(50)), "{answer:?} {kept:?}");
    }

    #[test]
    fn attempt_that_is_taken_back_leaves_every_other_failure_and_its_wait() {
        let wait = Timestamp::from_secs(60);
        let standing = |failures| ThrottleState { failures, not_before: wait };
        assert_eq!(standing(6).without(6), ThrottleState { failures: 5, not_before: ThrottleState::NONE.not_before });
        assert_eq!(standing(7).without(6), standing(6));
        assert_eq!(standing(5).without(6), standing(5));
        assert_eq!(ThrottleState::NONE.without(1), ThrottleState::NONE);
    }

    #[test]
    fn an_attempt_inside_a_wait_is_not_counted_and_the_fiftieth_failure_blocks() {
        let mut now = Timestamp::from_secs(1_000);
        let mut standing = ThrottleState::NONE;
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
