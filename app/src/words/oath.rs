//! What the pages of authenticator apps and counter tokens share.

use super::{Counting, Message, Pause, span};

/// Where the two say a refusal differently.
#[derive(Clone, Copy)]
pub struct CodeWords {
    pub wrong: fn() -> Message,
    /// Says which part was ignored, as in `SHA256`.
    pub setting_ignored: fn(&str) -> Message,
}

pub const SHOW: &str = "Show the QR code";
pub const ALGORITHM: &str = "Algorithm";
pub const DIGITS: &str = "Digits";

pub const QR_LABEL: &str = "QR code for your authenticator app. The same key stands beside it as text.";
pub const NO_CAMERA: &str = "No camera? Type this key";
pub const COPY: &str = "Copy the key";
pub const COPIED: &str = "Copied.";
pub const NOT_COPIED: &str = "The browser did not allow it. Select the key instead.";
pub const OPEN_IN_APP: &str = "open in an app on this device";
pub const CODE: &str = "Code from the app";
pub const CONFIRM: &str = "Confirm";
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

pub fn secret_expired() -> Message {
    Message::new(
        "That key is not here any more.",
        "It waited 10 minutes for its first code, or it was removed in another tab. Show a new one, and remove the old entry from your app.",
    )
}

pub fn no_code() -> Message {
    Message::new("There is no code in the field.", "Type the digits that your app shows.")
}

pub fn malformed(digits: u8) -> Message {
    Message::new("That is not a code from the app.", format!("The code has {digits} digits and nothing else."))
}

/// The next code comes by itself, in so many seconds.
pub const fn replayed(secs: u64) -> Pause {
    let text = Counting {
        before: "Each one opens the door once. Wait for the next, about ",
        after: ".",
        over: "Each one opens the door once. Your app shows the next by now.",
    };
    Pause { title: "That code was used already.", text, secs }
}

/// The next code comes at a press.
pub fn spent() -> Message {
    Message::new(
        "That code was used or skipped already.",
        "Each one opens the door once, and ends those before it. Press for the next one.",
    )
}

pub const fn throttled(secs: u64) -> Pause {
    let text = Counting {
        before: "Nothing is lost. Wait ",
        after: ", then type the code your app shows then.",
        over: "Nothing is lost. Type the code your app shows now.",
    };
    Pause { title: "Too many wrong codes.", text, secs }
}

pub fn blocked() -> Message {
    Message::new(
        "This factor is locked.",
        "Too many wrong codes in a row. Pass another of your factors or use a recovery code to unlock it, or ask whoever runs this portal.",
    )
}

pub fn renamed() -> Message {
    Message::new("The name is saved.", "You see it here only; your app keeps its own.")
}

pub fn bad_name() -> Message {
    Message::new(
        "That name does not fit.",
        "A name has 1 to 40 characters, on one line, without characters that change the direction of text.",
    )
}
