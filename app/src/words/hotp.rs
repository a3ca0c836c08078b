//! The counter token page.

use super::Message;
use super::oath::CodeWords;

pub const TITLE: &str = "Counter token";

pub const CHOOSE_HEADING: &str = "Pair a counter token";
pub const CHOOSE_LEDE: &str =
    "An app or a token and this portal share one key, and both count. Each press makes the next code.";
pub const STEPS: [&str; 3] = [
    "Show the QR code on this screen.",
    "Scan it with an authenticator app that can count, or type the key.",
    "Press for a code, and type it here.",
];
pub const ADVANCED: &str = "Advanced: algorithm, digits, counter, look-ahead";
pub const ADVANCED_WARNING: &str = "Some apps ignore these settings and go on with SHA1, 6 digits and a counter from 0. Change them only if you know that yours does not. The code you type at the end shows it.";
pub const COUNTER: &str = "First counter";
pub const COUNTER_HINT: &str = "A whole number, 0 or more. The first code is made from it.";
pub const LOOK_AHEAD: &str = "Look-ahead";
pub const LOOK_AHEAD_HINT: &str = "5 to 10. So many codes may be made and not typed.";

pub const SCAN_HEADING: &str = "Scan, then type the code";
pub const SCAN_LEDE: &str =
    "Your authenticator app takes the picture once. From then on each press makes a new code, without a network.";
pub const NEXT_CODE: &str = "Spaces are fine. A code waits until you type it.";

pub const CONFIRMED_HEADING: &str = "The counter token is paired";
pub const CONFIRMED_LEDE: &str =
    "Verify with it as often as you want. Each code opens the door once, and ends those before it.";
pub const COUNTER_NEXT: &str = "Next counter";
pub const REMOVE_NOW: &str = "Remove the counter token";

pub const RESYNC: &str = "Out of step? Catch up";
pub const RESYNC_TEXT: &str = "Each press moves your token on, typed or not. After too many presses its codes are no longer found here. Make two codes, one right after the other, and type both: they are looked for among the next 100.";
pub const RESYNC_FIRST: &str = "First code";
pub const RESYNC_SECOND: &str = "The code after it";
pub const RESYNC_TRY: &str = "The two count as one try.";
pub const RESYNC_NOW: &str = "Catch up";

/// Refusals of the first code of all, of any later one, and of two in a row.
pub const ENROLLING: CodeWords = CodeWords { wrong: wrong_first, setting_ignored };
pub const VERIFYING: CodeWords = CodeWords { wrong, setting_ignored };
pub const CATCHING_UP: CodeWords = CodeWords { wrong: not_in_a_row, setting_ignored };

/// `SHA1, 6 digits, look-ahead 10`.
pub fn setting(algorithm: &str, digits: u8, look_ahead: u64) -> String {
    format!("{algorithm}, {digits} digits, look-ahead\u{a0}{look_ahead}")
}

/// `SHA1, 6 digits, from counter 36`.
pub fn scan_setting(algorithm: &str, digits: u8, counter: u64) -> String {
    format!("{algorithm}, {digits} digits, from counter {counter}")
}

pub fn bad_setting() -> Message {
    Message::new(
        "That setting does not exist.",
        "Take 6 or 8 digits, a whole number to count from, and a look-ahead of 5 to 10.",
    )
}

pub fn wrong_first() -> Message {
    Message::new("That code is not right.", "Type the newest one that your app made from this key.")
}

pub fn wrong() -> Message {
    Message::new(
        "That code is not right.",
        "Type the newest one that your app made. If you made many without typing them, catch up below.",
    )
}

/// Two codes that are not found one after the other.
pub fn not_in_a_row() -> Message {
    Message::new(
        "Those two codes do not follow each other here.",
        "Make two new ones, the second right after the first, and type them in that order.",
    )
}

/// The app is `codes` ahead of what is expected: unconfirmed only.
pub fn ahead(codes: u64) -> Message {
    Message::new(
        format!("Your app is {codes} codes ahead."),
        "That is more than the look-ahead. Make two more codes and type both below to catch up.",
    )
}

/// The app did not begin at `expected`: unconfirmed only.
pub fn counter_ignored(expected: u64) -> Message {
    Message::new(
        format!("Your app ignored the setting: first counter {expected}."),
        "It counts from 0. Start over with 0 as the first counter, or use another app.",
    )
}

/// The code is right for another setting: the app ignored ours.
pub fn setting_ignored(ignored: &str) -> Message {
    Message::new(
        format!("Your app ignored the setting: {ignored}."),
        "Its codes will not fit. Start over with SHA1 and 6 digits, or use another app.",
    )
}

pub fn paired() -> Message {
    Message::new("The door is open.", "Your app and this portal count alike. This code is spent.")
}

pub fn verified() -> Message {
    Message::new("That code is right.", "It is spent now, and so are those before it. The next one works again.")
}

pub fn in_step() -> Message {
    Message::new("Your token is in step again.", "Both codes are spent now. The next one works.")
}

pub fn removed() -> Message {
    Message::new("The counter token is removed.", "Remove its entry from your app too.")
}
