//! The authenticator app page.

use super::oath::CodeWords;
use super::{Counting, Message, span};

pub const TITLE: &str = "Authenticator app";

pub const CHOOSE_HEADING: &str = "Pair an authenticator app";
pub const CHOOSE_LEDE: &str =
    "An app on your phone and this portal share one key. From it, both make the same code every few seconds.";
pub const STEPS: [&str; 3] = [
    "Show the QR code on this screen.",
    "Scan it with your authenticator app, or type the key.",
    "Type the code that the app makes.",
];
pub const ADVANCED: &str = "Advanced: algorithm, digits, interval";
pub const ADVANCED_WARNING: &str = "Some apps ignore these settings and go on with SHA1, 6 digits and 30 seconds. Change them only if you know that yours does not. The code you type at the end shows it.";
pub const INTERVAL: &str = "Seconds between codes";
pub const INTERVAL_HINT: &str = "30 to 60.";

pub const SCAN_HEADING: &str = "Scan, then type the code";
pub const NEXT_CODE: Counting =
    Counting { before: "Spaces are fine. The next code comes in ", after: ".", over: "Spaces are fine." };

pub const CONFIRMED_HEADING: &str = "The authenticator app is paired";
pub const CONFIRMED_LEDE: &str = "Verify with it as often as you want. Each code opens the door once.";
pub const REMOVE_NOW: &str = "Remove the authenticator app";

/// Of refusals that only codes by time have their own words for.
pub const CODES: CodeWords = CodeWords { wrong, setting_ignored };

pub fn scan_lede(period: u64) -> String {
    format!(
        "Your authenticator app takes the picture once. From then on it makes a new code every {period} seconds, without a network."
    )
}

/// `SHA1, 6 digits, every 30 seconds`.
pub fn setting(algorithm: &str, digits: u8, period: u64) -> String {
    format!("{algorithm}, {digits} digits, every {period} seconds")
}

pub fn bad_setting() -> Message {
    Message::new("That setting does not exist.", "Take 6 or 8 digits and an interval of 30 to 60 seconds.")
}

pub fn wrong() -> Message {
    Message::new("That code is not right.", "Read the newest one from your app and type it before it changes.")
}

/// The code belongs to another moment: the phone's clock is off.
pub fn clock_off(secs: u64, ahead: bool) -> Message {
    let direction = if ahead { "ahead" } else { "behind" };
    Message::new(
        format!("Your phone\u{2019}s clock is about {} {direction}.", span::long(secs)),
        "The code was made at another time. Let the phone set its clock by itself, then type the next code.",
    )
}

/// The code is right for another setting: the app ignored ours. `ignored` says which part, as in `SHA256`.
pub fn setting_ignored(ignored: &str) -> Message {
    Message::new(
        format!("Your app ignored the setting: {ignored}."),
        "Its codes will not fit. Start over with SHA1, 6 digits and 30 seconds, or use another app.",
    )
}

pub fn paired() -> Message {
    Message::new("The door is open.", "Your app and this portal make the same codes. This one is spent.")
}

pub fn verified() -> Message {
    Message::new("That code is right.", "It is spent now. The next one works again.")
}

pub fn removed() -> Message {
    Message::new("The authenticator app is removed.", "Remove its entry from your app too.")
}
