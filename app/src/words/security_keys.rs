//! The security key page.

use super::{Counting, Message, Pause};

pub const TITLE: &str = "Security key";

pub const EMPTY_HEADING: &str = "Register a security key";
pub const EMPTY_LEDE: &str = "You touch it, and it answers this site alone. A copy of this page elsewhere gets nothing from it, so nobody can talk you out of it.";
pub const KINDS: &str = "A key for USB or NFC will do, your phone, or the fingerprint, face or PIN of this device.";
pub const UNPROVED_HEADING: &str = "Now try the key";
pub const UNPROVED_LEDE: &str = "Registering proves nothing by itself. Touch the key once more, and the door opens.";
pub const PROVED_HEADING: &str = "Your security keys";
pub const PROVED_LEDE: &str = "Any of them opens this door, as often as you want.";

pub const NAME: &str = "Name of the key";
pub const NAME_HINT: &str = "So that you know which one it is. Only you see it.";
pub const WITHOUT_PASSKEY: &str = "Without a passkey: for a key that has no PIN and cannot know you";
pub const REGISTER: &str = "Register a key";
pub const REGISTER_ANOTHER: &str = "Register another key";
pub const TRY: &str = "Try it now";
pub const VERIFY: &str = "Verify with a key";

const TRY_IN: Counting =
    Counting { before: "Nothing is lost. Try again in ", after: ".", over: "Nothing is lost. You can try again now." };

pub const LIST: &str = "Registered keys";
pub const SECOND: &str = "One key can be lost. Register a second one and keep it somewhere else.";
pub const FULL: &str = "There are as many keys here as there may be. Remove one to register another.";
pub const REACHED: &str = "Reached by";
pub const ADDED: &str = "Added at";
pub const LAST_USED: &str = "Last used at";
pub const NOT_USED: &str = "not yet";
pub const HOLDER: &str = "Holder";
pub const VERIFIED: &str = "verified by the key, with a PIN, a finger or a face";
pub const TOUCHED: &str = "not verified: a touch was enough";
pub const RENAME: &str = "Rename it";
pub const NEW_NAME: &str = "New name";
pub const SAVE_NAME: &str = "Save the name";
pub const REMOVE: &str = "Remove it";
pub const REMOVE_TEXT: &str =
    "It opens nothing here any more, at once. It can come back: register it again whenever you want.";
pub const REMOVE_NOW: &str = "Remove the key";

pub const NO_SCRIPTS: &str = "Scripts are off in this browser.";
pub const NO_SCRIPTS_TEXT: &str = "Browsers speak with security keys only through a script, so this door needs one: a short one, from this portal alone. The other doors work without. ";
pub const NO_SCRIPTS_WAY: &str = "Go to the other doors";

/// `Security key 2`: what a new key is called unless its owner says otherwise.
pub fn suggestion(n: usize) -> String {
    format!("Security key {n}")
}

/// `USB, NFC`: how a key is reached, from the names that browsers give.
pub fn reached(transports: &[String]) -> String {
    let mut known: Vec<&str> = transports.iter().filter_map(|name| transport(name)).collect();
    known.dedup();
    if known.is_empty() { "the browser did not say".to_owned() } else { known.join(", ") }
}

fn transport(name: &str) -> Option<&'static str> {
    Some(match name {
        "usb" => "USB",
        "nfc" => "NFC",
        "ble" => "Bluetooth",
        "smart-card" => "card reader",
        "internal" => "built into a device",
        "hybrid" | "cable" => "phone nearby",
        _ => return None,
    })
}

pub fn rename_label(name: &str) -> String {
    format!("{SAVE_NAME} of {name}")
}

pub fn remove_label(name: &str) -> String {
    format!("{REMOVE_NOW} {name}")
}

pub fn registered(name: &str) -> Message {
    Message::new(format!("{name} is registered."), "You will know it here by that name.")
}

pub fn passed(name: &str, verified: bool) -> Message {
    let how = if verified {
        "It also made sure that it is you, with a PIN, a finger or a face."
    } else {
        "It asked for a touch only, so whoever holds it could have done the same."
    };
    Message::new(format!("{name} opened the door."), how)
}

pub fn renamed() -> Message {
    Message::new("The name is saved.", "You see it here only; the key itself keeps its own.")
}

pub fn removed() -> Message {
    Message::new(
        "The key is removed.",
        "It may still list this site among its passkeys; nothing here can take that from it.",
    )
}

pub fn bad_name() -> Message {
    Message::new(
        "That name does not fit.",
        "A name has 1 to 40 characters, on one line, without characters that change the direction of text.",
    )
}

pub fn no_answer() -> Message {
    Message::new(
        "No key was asked.",
        "The form came without a key\u{2019}s answer. Use the button on this page, with scripts on.",
    )
}

pub fn ceremony_over() -> Message {
    Message::new(
        "That answer came too late, or a second time.",
        "What a key is asked lasts 5 minutes and counts once. Try it again.",
    )
}

pub fn for_elsewhere() -> Message {
    Message::new(
        "That answer was made for another site.",
        "Nothing was accepted. Open this portal by its own address and try again.",
    )
}

pub fn unknown_key() -> Message {
    Message::new("That key is not registered here.", "Use one of the keys below, or register this one.")
}

pub fn kind_not_known() -> Message {
    Message::new(
        "That kind of key does not work here.",
        "It signs in a way that this portal cannot check. Use another key.",
    )
}

pub fn not_touched() -> Message {
    Message::new("The key was not touched.", "Nothing was accepted. Try again, and touch it when it blinks.")
}

pub fn no_longer_synced() -> Message {
    Message::new(
        "That key says that it cannot be synced any more.",
        "It could be before, so this may be another key. Pass another factor, remove this key, and register it again.",
    )
}

pub fn bad_answer() -> Message {
    Message::new(
        "That answer does not hold together.",
        "Nothing was accepted. Try again; if it comes again, use another browser or another key.",
    )
}

pub fn bad_signature() -> Message {
    Message::new("That signature is not this key\u{2019}s.", "Nothing was accepted. Try again, or use another key.")
}

pub fn already_registered() -> Message {
    Message::new("That key is registered already.", "It stands in the list below. Take another key, or try this one.")
}

pub fn cloned(name: &str) -> Message {
    Message::new(
        format!("There may be a copy of {name}."),
        "A key counts what it signs, and this count did not rise. So nothing was accepted. If you cannot explain it, remove the key and use another.",
    )
}

pub const fn too_many_challenges(secs: u64) -> Pause {
    Pause { title: "Keys were asked too often.", text: TRY_IN, secs }
}

pub const fn throttled(secs: u64) -> Pause {
    Pause { title: "Too many wrong answers.", text: TRY_IN, secs }
}

pub fn blocked() -> Message {
    Message::new(
        "Your security keys are locked.",
        "Too many wrong answers in a row. Pass another of your factors or use a recovery code to unlock them, or ask whoever runs this portal.",
    )
}

pub fn full() -> Message {
    Message::new("There is no room for another key.", FULL)
}

pub fn gone() -> Message {
    Message::new("That key is not here any more.", "It was removed, perhaps in another tab.")
}

/// What `public/security-key.js` says, by the names it knows.
pub fn from_the_browser(origin: &str) -> [(&'static str, Message); 10] {
    [
        (
            "waiting",
            Message::new("Your browser asks for the key.", "Plug it in or hold it near, and touch it when it blinks."),
        ),
        (
            "cancelled-new",
            Message::new(
                "No key answered.",
                "It was cancelled, or took too long. If the key has no PIN, tick the box below and try again. Nothing has changed.",
            ),
        ),
        (
            "cancelled",
            Message::new(
                "No key answered.",
                "It was cancelled, took too long, or the key is not one of these. Nothing has changed.",
            ),
        ),
        ("already", already_registered()),
        (
            "pin",
            Message::new(
                "That key could not verify you.",
                "It may have no PIN yet. Set one with its maker\u{2019}s program or in your system\u{2019}s settings, or use another key.",
            ),
        ),
        (
            "elsewhere",
            Message::new(
                "Keys do not work at this address.",
                format!("A key answers one site only. Open {origin} and try again."),
            ),
        ),
        (
            "unsupported",
            Message::new(
                "This browser cannot speak with that key.",
                "Use another browser or a newer one, or go through another door.",
            ),
        ),
        ("often", Message::new("That was too often.", "Wait a little, then try again. Nothing has changed.")),
        (
            "away",
            Message::new(
                "The portal did not answer.",
                "Nothing has changed. See whether you are connected, and try again.",
            ),
        ),
        (
            "failed",
            Message::new("The browser could not finish this.", "Nothing has changed. Try again, or use another key."),
        ),
    ]
}
