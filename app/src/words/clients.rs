//! API keys: the page of them, the page that shows a secret once, disabling and rotating.

use super::{Counting, Message, Pause};
use postern_core::model::SendLimit;

pub const TITLE: &str = "API keys";
pub const HEADING: &str = "API keys";

/// Before an address is proved.
pub const WHY_PROVE: &str = "With an API key a service of yours has its users\u{2019} second factors checked here. A key goes out by mail, and whoever reads that mailbox looks after it. So prove yours first.";
pub const ADDRESS_HINT: &str = "Keys are mailed there, and it is kept with every key you activate.";

pub const HAS_ACCOUNT_HEADING: &str = "Sign in to see these keys";
pub const SIGN_IN: &str = "Sign in";
pub const ANOTHER: &str = "Use another address";

/// Around the address.
pub const LEDE: [&str; 2] = [
    "With a key a service of yours has its users\u{2019} second factors checked here. These belong to ",
    ", where the mail with a new one goes.",
];

pub const KEYS: &str = "Your keys";
pub const NO_KEYS: &str = "There is none yet. A key is listed here once it is activated.";
pub const WHOLE: &str = "The whole key";
pub const WHOLE_AND_DISABLE: &str = "The whole key, and disabling it";
pub const KEY: &str = "API key";
pub const ASKED: &str = "asked for ";
pub const ACTIVATED: &str = "activated ";
pub const LAST_USED: &str = "last used ";
pub const NOT_USED: &str = "not used yet";
pub const DISABLED_AT: &str = "disabled ";
pub const DISABLE: &str = "Disable it";

pub const ACTIVE: &str = "active";
pub const ROTATING: &str = "moving to another key";
pub const ROTATED: &str = "moved to another key";
pub const DISABLED: &str = "disabled";

pub const ASK: &str = "Get a key";
pub const ASK_TEXT: &str = "It comes by mail and is good for nothing until you activate it, within 24 hours.";
pub const ASK_ELSEWHERE: &str =
    "Whoever runs this portal hands keys out by another way. Ask them; yours comes by mail.";
pub const ASK_NOW: &str = "Mail me a key";

pub const ACTIVATE: &str = "Activate a key";
pub const ACTIVATE_TEXT: &str = "You get its secret then, once. Have a place ready to keep it.";
pub const KEY_FROM_MAIL: &str = "Key from the mail";
pub const KEY_HINT: &str = "40 characters: digits, and letters from a to f.";
pub const ACTIVATE_NOW: &str = "Activate it and show the secret";

pub const BY_SECRET: &str = "With key and secret at hand";
pub const BY_SECRET_TEXT: &str = "Neither of these needs your mailbox.";
pub const ROTATE: &str = "Move to a new key";
pub const DISABLE_BY_SECRET: &str = "Disable a key by its secret";

pub const COPY_SECRET: &str = "Copy the secret";
pub const COPY_KEY: &str = "Copy the key";
pub const COPIED: &str = "Copied.";
pub const NOT_COPIED: &str = "The browser did not allow it. Select it instead.";

pub const SECRET_TITLE: &str = "API secret";
pub const SECRET_HEADING: &str = "Your API secret";
pub const SECRET_LEDE: &str = "It is shown this once. Put it where your service keeps its secrets, now.";
pub const SECRET: &str = "API secret";
pub const EXAMPLE: &str = "Try it";
pub const EXAMPLE_TEXT: &str = "Both go along as headers with every call. Here the secret stands in a variable, so that your shell does not remember it:";
pub const KEPT: &str = "I have kept it";

pub const DISABLE_TITLE: &str = "Disable an API key";
pub const DISABLE_WHAT: &str = "From that moment its key and secret open nothing, and the factors of its users cannot be checked any more. This cannot be taken back.";
/// Before and in the link.
pub const DISABLE_INSTEAD: [&str; 2] = ["To change the secret and keep the users, ", "move to a new key instead"];
pub const DISABLE_NOW: &str = "Disable this key for good";
pub const BACK: &str = "Leave it as it is";

pub const AGAIN_HEADING: &str = "First a code by mail";
pub const SEND: &str = "Send the code";
/// Around the address.
pub const AGAIN_LEDE: [&str; 2] =
    ["Disabling a key cannot be taken back. You proved ", " more than 10 minutes ago, so prove it once more."];

pub const BY_SECRET_TITLE: &str = "Disable by secret";
pub const BY_SECRET_HEADING: &str = "Disable a key by its secret";
pub const BY_SECRET_LEDE: &str = "Whoever has both key and secret can do this, also when the mailbox is gone.";
pub const SECRET_HINT: &str = "44 characters, with the = at the end.";

pub const ROTATE_TITLE: &str = "Move to a new key";
pub const ROTATE_HEADING: &str = "Move to a new key";
pub const ROTATE_LEDE: &str = "For when a secret may be known to somebody, or is old. Every record of your users is sealed anew under the new secret; your users notice nothing.";
pub const ROTATE_OLD: &str = "From";
pub const ROTATE_NEW: &str = "To";
pub const OLD_KEY: &str = "Old API key";
pub const OLD_SECRET: &str = "Old API secret";
pub const NEW_KEY: &str = "New API key";
pub const NEW_SECRET: &str = "New API secret";
pub const ROTATE_FIRST: &str = "Activate a second key first. From the moment you press this, the old pair is good for nothing but this move: put the new one into your service right away.";
pub const ROTATE_NOW: &str = "Move everything";

pub const ROTATED_TITLE: &str = "Moved to a new key";
pub const ROTATED_HEADING: &str = "Everything moved";
pub const ROTATED_NOTE: &str = "From now on only the new key and secret open anything.";
pub const ROTATED_TEXT: &str =
    "The old ones are good for nothing any more. The old key is listed for another 30 days, then it is gone.";
pub const PARTLY_HEADING: &str = "Not everything moved yet";
pub const PARTLY_NOTE: &str = "Nothing is lost. Move the rest with the same keys and secrets.";
pub const PARTLY_TEXT: &str = "The new key and secret already work for all your users. The old ones are good for nothing but finishing this move.";
pub const MOVED_APPS: &str = "With an app";
pub const MOVED_KEYS: &str = "With a security key";
pub const ROTATE_AGAIN: &str = "Move the rest";
pub const TO_KEYS: &str = "To your keys";

pub fn has_account(address: &str) -> String {
    format!(
        "{address} has an account here. Its keys are looked after in that account alone, with its second factor. You come back to this page."
    )
}

/// `3f9a12c4…`
pub fn short(key: &str) -> String {
    format!("{}\u{2026}", key.get(..8).unwrap_or(key))
}

/// `12 users with an app, 1 with a security key, no refused answer`
pub fn counts(apps: u64, keys: u64, failures: u64) -> String {
    let users = if apps == 1 { "1 user".to_owned() } else { format!("{apps} users") };
    let failures = match failures {
        0 => "no refused answer".to_owned(),
        1 => "1 refused answer".to_owned(),
        n => format!("{n} refused answers"),
    };
    format!("{users} with an app, {keys} with a security key, {failures}")
}

pub fn disable_label(key: &str) -> String {
    format!("{DISABLE}: {}", short(key))
}

pub fn disable_heading(key: &str) -> String {
    format!("Disable the key {}", short(key))
}

pub fn moved(done: u64, left: u64) -> String {
    let users = if done == 1 { "1 user moved".to_owned() } else { format!("{done} users moved") };
    match left {
        0 => format!("{users}, none is left"),
        1 => format!("{users}, 1 is left"),
        n => format!("{users}, {n} are left"),
    }
}

/// What to type into a shell; the secret is in the variable `API_SECRET`.
pub fn example(origin: &str, key: &str) -> String {
    format!(
        "curl {origin}/api/v1/mfa/totp \\\n  -H \"x-mfa-apikey: {key}\" \\\n  -H \"x-mfa-apisecret: $API_SECRET\" \\\n  -H \"content-type: application/json\" \\\n  -d '{{\"label\": \"ada\"}}'"
    )
}

pub fn secret_warning() -> Message {
    Message::new(
        "Nobody can show it again.",
        "It alone opens what is kept of your users: not even whoever runs this portal can recover those records without it.",
    )
}

pub fn proved() -> Message {
    Message::new("The address is proved.", "Ask for a key, or look after the ones you have.")
}

pub fn key_sent(address: &str) -> Message {
    Message::new("A key is on its way.", format!("It went to {address}. Activate it here within 24 hours."))
}

pub const fn sent_too_soon(secs: u64) -> Pause {
    let text = Counting { before: "You can ask for another in ", after: ".", over: "You can ask for another one now." };
    Pause { title: "A key was sent a moment ago.", text, secs }
}

pub const fn too_many_sends(limit: SendLimit, secs: u64) -> Pause {
    super::email_code::too_many_sends(limit, secs)
}

pub const fn too_many_refusals(secs: u64) -> Pause {
    let text = Counting {
        before: "From here nothing wrong is looked at for another ",
        after: ". A right secret works at any time.",
        over: "You can try again now.",
    };
    Pause { title: "Too many wrong keys or secrets.", text, secs }
}

pub fn no_key_typed() -> Message {
    Message::new("There is no key in the field.", "Copy it from the mail: 40 characters.")
}

pub fn no_such_key() -> Message {
    Message::new(
        "No key that reads like this waits for your address.",
        "Compare it with the newest mail. A key that nobody activates within 24 hours is gone; ask for another one then.",
    )
}

pub fn already_activated() -> Message {
    Message::new(
        "That key is active already.",
        "Its secret was shown when it was activated, and nobody can show it again. If it is lost, ask for another key.",
    )
}

pub fn too_many_keys() -> Message {
    Message::new(
        "This address has 50 keys, which is as many as it may.",
        "Move one to another, or use another address.",
    )
}

pub fn disabled() -> Message {
    Message::new("The key is disabled.", "It opens nothing any more, wherever it is still used.")
}

pub fn key_gone() -> Message {
    Message::new("That key is not here any more.", "It may have been taken away meanwhile. Nothing was changed.")
}

pub fn not_proved() -> Message {
    Message::new("The address was not proved lately.", "Send a code to it, type it here, then disable the key.")
}

pub fn confirmed() -> Message {
    Message::new("It is you.", "Now you can disable the key.")
}

pub fn fields_missing() -> Message {
    Message::new("A field is empty.", "Fill in every one. Secrets are not kept between two tries, so type them again.")
}

pub fn wrong_pair() -> Message {
    Message::new(
        "That key and secret do not open anything.",
        "One of them is wrong, not activated, or good for nothing any more. Nothing was changed. Paste both again.",
    )
}

pub fn wrong_pairs() -> Message {
    Message::new(
        "One of the two pairs does not open anything.",
        "A key and its secret do not go together, or the key is not activated, or good for nothing any more. Nothing was changed. Paste the secrets again.",
    )
}

pub fn rotated_elsewhere() -> Message {
    Message::new(
        "These two do not go together.",
        "The old key is moving to another key already, or the new one is moving away, or both are the same. Nothing was changed.",
    )
}

pub fn rotation_unfinished() -> Message {
    Message::new(
        "Another move is not finished yet.",
        "Users of a third key are still on their way to one of these two. Finish that move first: enter the third key as the old one again. Nothing was changed.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moved_and_what_is_left_is_counted_in_words() {
        assert_eq!(moved(0, 0), "0 users moved, none is left");
        assert_eq!(moved(1, 1), "1 user moved, 1 is left");
        assert_eq!(moved(20, 3), "20 users moved, 3 are left");
    }

    #[test]
    fn the_example_names_the_key_and_takes_the_secret_from_a_variable() {
        let example = example("https://door.example.org", "3f9a12c4");
        assert!(example.contains("x-mfa-apikey: 3f9a12c4") && example.contains("x-mfa-apisecret: $API_SECRET"));
        assert!(example.starts_with("curl https://door.example.org/api/v1/mfa/totp "), "{example}");
    }
}
