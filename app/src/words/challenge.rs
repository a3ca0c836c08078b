//! Asked for a second factor: when signing in, and again before changes that matter.

use super::oath::CodeWords;
use super::{Message, hotp, span};

pub const OTHERS: &str = "Another way";
pub const SHUT: &str = "shut: too many wrong ones";
pub const STUCK: &str = "None of these at hand?";

pub const TOTP_CODE: &str = "Code from the app";
pub const HOTP_CODE: &str = "Next code from the token";
pub const HOTP_HINT: &str = "Spaces are fine.";
pub const CONFIRM: &str = "Go on";

pub const RECOVERY_CODE: &str = "Recovery code";
pub const RECOVERY_HINT: &str =
    "Five groups of four, such as k7qm-x3fp-9t2w-hc4v-b8nd. Each one works once, and a mail tells you of it.";

pub const KEY_TEXT: &str = "Plug it in or hold it near. It answers this portal alone.";
pub const KEY_USE: &str = "Use the security key";
pub const NO_SCRIPTS_OTHERS: &str = "Browsers speak with security keys only through a script. The ways below work without, or turn scripts on for this portal and load the page again.";
pub const NO_SCRIPTS_ALONE: &str =
    "Browsers speak with security keys only through a script. Turn scripts on for this portal and load the page again.";

pub const MAIL_SEND: &str = "Send the code";

/// Refusals of a counter token's code: nothing can be caught up from here.
pub const COUNTER: CodeWords = CodeWords { wrong: counter_wrong, setting_ignored: hotp::setting_ignored };

pub fn mail_goes_to(masked: &str) -> String {
    format!("A code goes to {masked}, the address of this account.")
}

/// Without a second factor at hand.
pub fn stuck(support: Option<&str>) -> String {
    let who = support.map_or_else(|| "whoever runs this portal".to_owned(), str::to_owned);
    format!("Without one of them nobody gets in, not even with your mailbox. If they are all lost, ask {who}.")
}

fn counter_wrong() -> Message {
    Message::new(
        "That code is not right.",
        "Type the newest one. If you made many without typing them, use another way, and catch up later on the page of the token.",
    )
}

/// Shut until something else was right. `others` are there to be used.
pub fn shut(others: bool) -> Message {
    let then = if others {
        "Use another way below. Once that was right, this one is open again."
    } else {
        "There is no other way left here. Whoever runs this portal can open it again."
    };
    Message::new("This way is shut after too many wrong answers in a row.", then)
}

pub fn recovery_missing() -> Message {
    Message::new("There is no code in the field.", "Type one of the recovery codes you kept.")
}

pub fn recovery_malformed() -> Message {
    Message::new("That is not a recovery code.", "It has 20 letters and digits, in five groups of four.")
}

pub fn recovery_wrong() -> Message {
    Message::new(
        "That code is not right.",
        "Compare it letter by letter. If you renewed your codes, only the newest sheet works.",
    )
}

pub fn recovery_used() -> Message {
    Message::new("That code was used already.", "Each one works once. Strike it out, and take the next one.")
}

pub fn throttled(secs: u64) -> Message {
    Message::new("Too many wrong answers.", format!("Nothing is lost. Wait {}, then try again.", span::long(secs)))
}

pub fn unknown_key() -> Message {
    Message::new("That key does not belong to this account.", "Use the one you added, or another way.")
}

/// Its count did not rise.
pub fn cloned(name: &str) -> Message {
    Message::new(
        format!("There may be a copy of {name}."),
        "A key counts what it signs, and this count did not rise. So nothing was accepted, and the key is best removed. Use another way.",
    )
}
