//! The email code page.

use super::{Counting, Message, Pause, span};
use postern_core::model::SendLimit;

pub const TITLE: &str = "Email code";

pub const ASK_HEADING: &str = "Prove a mail address";
pub const ASK_LEDE: &str =
    "You get a short code by mail and type it here. Whoever reads the mailbox can open this door.";
pub const ADDRESS: &str = "Mail address";
pub const ADDRESS_HINT: &str = "Used for this code only, and forgotten when the session ends.";
pub const SEND: &str = "Send the code";

pub const SENT_HEADING: &str = "Type the code from the mail";
pub const CODE: &str = "Code from the mail";
pub const CONFIRM: &str = "Confirm";
pub const SPACES: &str = "Spaces are fine.";
pub const EXPIRES: Counting =
    Counting { before: "The code lasts another ", after: ".", over: "The code has run out by now. Send a new one." };
pub const NOTHING_CAME: &str = "Nothing came?";
pub const LOOK: &str = "Look in the spam folder first. A new code makes the old one void.";
pub const RESEND: &str = "Send a new code";
pub const RESEND_IN: Counting =
    Counting { before: "You can send a new one in ", after: ".", over: "You can send a new one now." };
pub const ANOTHER: &str = "Use another address";

pub const PROVED_HEADING: &str = "The mail address is proved";
pub const PROVED_LEDE: &str = "This door stays open until the session ends.";
pub const PROVED_ADDRESS: &str = "Address";
pub const PROVED_AT: &str = "Passed at";
pub const AGAIN: &str = "Pass it again";

/// Around the address.
pub const SENT_TO: [&str; 2] = ["It went to ", ". You may leave this page for your mail and come back."];

pub fn tries_left(n: u32) -> String {
    format!("{} left.", span::tries(n))
}

pub fn no_address() -> Message {
    Message::new("There is no address in the field.", "Type one, such as ada@example.org.")
}

pub fn not_an_address() -> Message {
    Message::new("That is not a mail address.", "It has a name, an @ and a domain, such as ada@example.org.")
}

pub fn not_ascii() -> Message {
    Message::new(
        "The part before the @ has letters that many mail servers refuse.",
        "Use an address with plain letters there.",
    )
}

pub fn address_too_long() -> Message {
    Message::new("That address is too long.", "An address has at most 254 characters, 64 of them before the @.")
}

pub const fn sent_too_soon(secs: u64) -> Pause {
    Pause { title: "A code was sent a moment ago.", text: RESEND_IN, secs }
}

/// Which limit is reached is said as it is: another address helps against one, another network against another.
pub const fn too_many_sends(limit: SendLimit, secs: u64) -> Pause {
    let title = match limit {
        SendLimit::Address => "Too many emails were sent to this address.",
        SendLimit::Network | SendLimit::Site => "Too many emails were requested from your network.",
        SendLimit::AddressAndNetwork => "Too many emails to this address were requested from your network.",
        SendLimit::AddressAndDevice => "Too many emails to this address were requested from this browser.",
        SendLimit::Portal => "This portal has sent as many emails as it may for now.",
    };
    let after = match limit {
        SendLimit::Network | SendLimit::Site => ", or use another network.",
        SendLimit::Address | SendLimit::AddressAndNetwork | SendLimit::AddressAndDevice => ", or use another address.",
        SendLimit::Portal => ".",
    };
    Pause { title, text: Counting { before: "Try again in ", after, over: "You can try again now." }, secs }
}

pub fn no_code() -> Message {
    Message::new("There is no code in the field.", "Type the digits from the mail.")
}

pub fn malformed(digits: u8) -> Message {
    Message::new("That is not a code from the mail.", format!("The code has {digits} digits and nothing else."))
}

pub fn wrong() -> Message {
    Message::new("That code is not right.", "Compare it with the newest mail. A code typed wrong 5 times is void.")
}

pub fn expired() -> Message {
    Message::new("That code has run out.", "A code lasts 5 minutes. Send a new one.")
}

pub fn void() -> Message {
    Message::new("That code is void.", "It was typed wrong 5 times. Send a new one.")
}

pub const fn throttled(secs: u64) -> Pause {
    let text = Counting { before: "Wait ", after: ", then try again.", over: "You can try again now." };
    Pause { title: "Too many wrong codes.", text, secs }
}

pub fn blocked() -> Message {
    Message::new("This address is blocked for codes.", "Too many wrong ones were typed. Use another address.")
}

pub fn fresh() -> Message {
    Message::new("A new code is on its way.", "Only the newest one opens the door.")
}

pub fn no_code_waits() -> Message {
    Message::new("No code waits here any more.", "It was used already, perhaps in another tab. The address is proved.")
}

pub fn proved() -> Message {
    Message::new("The door is open.", "You proved that you read this mailbox.")
}
