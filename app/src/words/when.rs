//! Dates, and how long ago something was. Times are relative when near and absolute when they matter.

use postern_core::model::Timestamp;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `21 September 2026`, in UTC.
pub fn day(at: Timestamp) -> String {
    written(at, |month| month)
}

/// `21 Sep 2026, 14:13 UTC`, kept on one line where it can be.
pub fn day_and_time(at: Timestamp) -> String {
    let day = written(at, |month| month.get(..3).unwrap_or(month)).replace(' ', "\u{a0}");
    format!("{day}, {}\u{a0}UTC", at.clock_face())
}

/// Up to a day ago: `just now`, `12 minutes ago`, `3 hours ago`.
pub fn ago(at: Timestamp, now: Timestamp) -> Option<String> {
    let minutes = at.until(now).as_secs() / 60;
    let counted = |n: u64, one: &str| if n == 1 { format!("1 {one} ago") } else { format!("{n} {one}s ago") };
    match minutes {
        0 => Some("just now".to_owned()),
        1..60 => Some(counted(minutes, "minute")),
        60..1440 => Some(counted(minutes / 60, "hour")),
        _ => None,
    }
}

/// From RFC 3339: the calendar is the model's.
fn written(at: Timestamp, month_name: fn(&'static str) -> &'static str) -> String {
    let whole = at.rfc3339();
    let mut parts = whole.split(['-', 'T']);
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let named = month.and_then(|month| month.parse::<usize>().ok()).and_then(|month| MONTHS.get(month.wrapping_sub(1)));
    match (year, named, day) {
        (Some(year), Some(month), Some(day)) => {
            format!("{} {} {year}", day.trim_start_matches('0'), month_name(month))
        }
        _ => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_out() {
        assert_eq!(day(Timestamp::from_secs(1_790_000_000)), "21 September 2026");
        assert_eq!(day(Timestamp::from_secs(0)), "1 January 1970");
        assert_eq!(day_and_time(Timestamp::from_secs(1_790_000_000)), "21\u{a0}Sep\u{a0}2026, 14:13\u{a0}UTC");
    }

    #[test]
    fn what_is_near_is_told_by_how_long_ago_it_was() {
        let ago = |secs: i64| ago(Timestamp::from_secs(0), Timestamp::from_secs(secs));
        assert_eq!(ago(59).as_deref(), Some("just now"));
        assert_eq!(ago(60).as_deref(), Some("1 minute ago"));
        assert_eq!(ago(3599).as_deref(), Some("59 minutes ago"));
        assert_eq!(ago(7200).as_deref(), Some("2 hours ago"));
        assert_eq!(ago(86_400), None);
    }
}
