//! Moments, in milliseconds since 1970 (UTC). The one way to read the real clock is the `Clock` port.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A moment in milliseconds since the Unix epoch. Good far beyond 2^32 seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, never negative: what RFC 6238 calls Unix time.
    pub fn unix_secs(self) -> u64 {
        u64::try_from(self.0.div_euclid(1000)).unwrap_or(0)
    }

    /// How long it is from `self` until `later`; zero if that is past.
    pub fn until(self, later: Self) -> Duration {
        Duration::from_millis(u64::try_from(later.0.saturating_sub(self.0)).unwrap_or(0))
    }

    /// As [`until`](Self::until), in seconds rounded up: what `Retry-After` says (RFC 9110 10.2.3).
    pub fn secs_until(self, later: Self) -> u64 {
        let wait = self.until(later);
        wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
    }

    /// RFC 3339 in UTC, to the second.
    pub fn rfc3339(self) -> String {
        self.calendar().format(&Rfc3339).unwrap_or_default()
    }

    /// `15 January 2027, 08:00 UTC`
    pub fn for_people(self) -> String {
        let at = self.calendar();
        format!("{} {} {}, {} UTC", at.day(), at.month(), at.year(), self.clock_face())
    }

    /// `HH:MM` in UTC, for people.
    pub fn clock_face(self) -> String {
        let at = self.calendar();
        format!("{:02}:{:02}", at.hour(), at.minute())
    }

    fn calendar(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.0.div_euclid(1000)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;
    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(millis(span)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(millis(span)))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_until_round_up_and_never_go_below_zero() {
        let now = Timestamp::from_millis(1_000);
        assert_eq!(now.secs_until(Timestamp::from_millis(1_001)), 1);
        assert_eq!(now.secs_until(Timestamp::from_millis(3_000)), 2);
        assert_eq!(now.secs_until(Timestamp::from_millis(0)), 0);
    }

    #[test]
    fn times_beyond_32_bits_are_written_out() {
        assert_eq!(Timestamp::from_secs(20_000_000_000).rfc3339(), "2603-10-11T11:33:20Z");
        assert_eq!(Timestamp::from_secs(20_000_000_000).clock_face(), "11:33");
    }
}
