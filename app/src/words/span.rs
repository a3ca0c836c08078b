//! Lengths of time and small counts in words.

/// The four forms that a countdown needs: one second, seconds, one minute, minutes. `{n}` is the number.
pub type Forms = [&'static str; 4];

pub const LONG: Forms = ["1 second", "{n} seconds", "1 minute", "{n} minutes"];
pub const SHORT: Forms = ["1 s", "{n} s", "1 min", "{n} min"];

/// Up to 90 seconds in seconds, longer in minutes rounded up. `public/countdown.js` follows the same rule.
pub fn left(secs: u64, forms: Forms) -> String {
    let [second, seconds, minute, minutes] = forms;
    let (n, one, many) = if secs > 90 { (secs.div_ceil(60), minute, minutes) } else { (secs, second, seconds) };
    if n == 1 { one.to_owned() } else { many.replace("{n}", &n.to_string()) }
}

/// `12 seconds`, `2 minutes`.
pub fn long(secs: u64) -> String {
    left(secs, LONG)
}

/// `1 try`, `4 tries`.
pub fn tries(n: u32) -> String {
    if n == 1 { "1 try".to_owned() } else { format!("{n} tries") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_spans_are_told_in_seconds_and_long_ones_in_minutes_rounded_up() {
        assert_eq!(long(1), "1 second");
        assert_eq!(long(90), "90 seconds");
        assert_eq!(long(91), "2 minutes");
        assert_eq!(left(2430, SHORT), "41 min");
        assert_eq!(left(0, SHORT), "0 s");
    }
}
