//! The page that moves an account to another mail address.

use super::Message;

pub const TITLE: &str = "Change the mail address";
pub const HEADING: &str = "Change the mail address";
pub const ADDRESS: &str = "New mail address";
pub const HINT: &str = "A code goes there first. The old address gets a mail too.";
pub const SENT_HEADING: &str = "Type the code from the new mailbox";
pub const BACK: &str = "Back, and change nothing";

pub fn lede(current: &str) -> String {
    format!("You sign in with {current} now. It goes on until the code from the new mailbox was right.")
}

pub fn taken() -> Message {
    Message::new(
        "There is an account for that address already.",
        "Use another address, or sign in to that account and delete it first.",
    )
}

pub fn same() -> Message {
    Message::new("That is the address you have now.", "Type the one you want instead.")
}

pub fn not_listed() -> Message {
    Message::new(
        "This portal does not accept that address.",
        "It has a list of addresses and domains. Use an address of your organization, or ask whoever runs the portal.",
    )
}
