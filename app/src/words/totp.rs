//! The authenticator app page.

use super::{Counting, Said, span};

pub const TITLE: &str = "Authenticator app";

pub const CHOOSE_HEADING: &str = "Pair an authenticator app";
pub const CHOOSE_LEDE: &str =
    "An app on your phone and this portal share one key. From it, both make the same code every few seconds.";
pub const STEPS: [&str; 3] = [
    "Show the QR code on this screen.",
    "Scan it with your authenticator app, or type the key.",
    "Type the code that the app makes.",
];
pub const SHOW: &str = "Show the QR code";
pub const ADVANCED: &str = "Advanced: algorithm, digits, interval";
pub const ADVANCED_WARNING: &str = "Some apps ignore these settings and go on with SHA1, 6 digits and 30 seconds. Change them only if you know that yours does not. The code you type at the end shows it.";
pub const ALGORITHM: &str = "Algorithm";
pub const DIGITS: &str = "Digits";
pub const INTERVAL: &str = "Seconds between codes";
pub const INTERVAL_HINT: &str = "30 to 60.";

pub const SCAN_HEADING: &str = "Scan, then type the code";
pub const QR_LABEL: &str = "QR code for your authenticator app. The same key stands beside it as text.";
pub const NO_CAMERA: &str = "No camera? Type this key";
pub const COPY: &str = "Copy the key";
pub const COPIED: &str = "Copied.";
pub const NOT_COPIED: &str = "The browser did not allow it. Select the key instead.";
pub const OPEN_IN_APP: &str = "open in an app on this device";
pub const CODE: &str = "Code from the app";
pub const CONFIRM: &str = "Confirm";
pub const NEXT_CODE: Counting =
    Counting { before: "Spaces are fine. The next code comes in ", after: ".", over: "Spaces are fine." };
pub const TRY_IN: Counting = Counting { before: "You can try again in ", after: ".", over: "You can try again now." };
pub const KEY_LASTS: Counting = Counting {
    before: "This key waits another ",
    after: " for its first code.",
    over: "This key has run out by now. Start over.",
};
pub const OVER_AGAIN: &str = "Another setting, or start over";
pub const OVER_AGAIN_TEXT: &str =
    "This key is thrown away, and you choose again. Remove its entry from your app if you scanned it.";
pub const START_OVER: &str = "Start over";

pub const CONFIRMED_HEADING: &str = "The authenticator app is paired";
pub const CONFIRMED_LEDE: &str = "Verify with it as often as you want. Each code opens the door once.";
pub const VERIFY: &str = "Verify";
pub const NAME: &str = "Name";
pub const SETTING: &str = "Setting";
pub const ADDED: &str = "Added at";
pub const LAST_USED: &str = "Last used at";
pub const NOT_USED: &str = "not since it was added";
pub const RENAME: &str = "Rename it";
pub const NEW_NAME: &str = "New name";
pub const SAVE_NAME: &str = "Save the name";
pub const REMOVE: &str = "Remove it";
pub const REMOVE_TEXT: &str = "Its codes stop working here at once, and the door closes. Remove the entry from your app too: nothing does that for you.";
pub const REMOVE_NOW: &str = "Remove the authenticator app";

pub fn scan_lede(period: u64) -> String {
    format!(
        "Your authenticator app takes the picture once. From then on it makes a new code every {period} seconds, without a network."
    )
}

/// `SHA1, 6 digits, every 30 seconds`.
pub fn setting(algorithm: &str, digits: u8, period: u64) -> String {
    format!("{algorithm}, {digits} digits, every {period} seconds")
}

/// `8 digits`.
pub fn digits(n: u8) -> String {
    format!("{n} digits")
}

/// `60 seconds`.
pub fn seconds(n: u64) -> String {
    format!("{n} seconds")
}

pub fn tries_left(n: u32) -> String {
    format!("{} left before a short wait.", span::tries(n))
}

pub fn bad_setting() -> Said {
    Said::new("That setting does not exist.", "Take 6 or 8 digits and an interval of 30 to 60 seconds.")
}

pub fn secret_expired() -> Said {
    Said::new(
        "That key is not here any more.",
        "It waited 10 minutes for its first code, or it was removed in another tab. Show a new one, and remove the old entry from your app.",
    )
}

pub fn no_code() -> Said {
    Said::new("There is no code in the field.", "Type the digits that your app shows.")
}

pub fn malformed(digits: u8) -> Said {
    Said::new("That is not a code from the app.", format!("The code has {digits} digits and nothing else."))
}

pub fn wrong() -> Said {
    Said::new("That code is not right.", "Read the newest one from your app and type it before it changes.")
}

pub fn replayed(secs: u64) -> Said {
    Said::new(
        "That code was used already.",
        format!("Each one opens the door once. Wait for the next, about {}.", span::long(secs)),
    )
}

pub fn throttled(secs: u64) -> Said {
    Said::new(
        "Too many wrong codes.",
        format!("Nothing is lost. Wait {}, then type the code your app shows then.", span::long(secs)),
    )
}

pub fn blocked() -> Said {
    Said::new(
        "This door is blocked.",
        "Too many wrong codes in a row. Pass another door to open it again, or end the session.",
    )
}

/// The code belongs to another moment: the phone's clock is off.
pub fn clock_off(secs: u64, ahead: bool) -> Said {
    let direction = if ahead { "ahead" } else { "behind" };
    Said::new(
        format!("Your phone\u{2019}s clock is about {} {direction}.", span::long(secs)),
        "The code was made at another time. Let the phone set its clock by itself, then type the next code.",
    )
}

/// The code is right for another setting: the app ignored ours. `ignored` says which part, as in `SHA256`.
pub fn setting_ignored(ignored: &str) -> Said {
    Said::new(
        format!("Your app ignored the setting: {ignored}."),
        "Its codes will not fit. Start over with SHA1, 6 digits and 30 seconds, or use another app.",
    )
}

pub fn paired() -> Said {
    Said::new("The door is open.", "Your app and this portal make the same codes. This one is spent.")
}

pub fn verified() -> Said {
    Said::new("That code is right.", "It is spent now. The next one works again.")
}

pub fn renamed() -> Said {
    Said::new("The name is saved.", "You see it here only; your app keeps its own.")
}

pub fn bad_name() -> Said {
    Said::new("That name does not fit.", "A name has 1 to 40 characters, on one line.")
}

pub fn removed() -> Said {
    Said::new("The authenticator app is removed.", "Remove its entry from your app too.")
}
