//! The page that deletes an account.

use super::Message;

pub const TITLE: &str = "Delete the account";
pub const HEADING: &str = "Delete this account?";
pub const LEDE: &str = "It cannot be brought back, not by you and not by whoever runs this portal.";
pub const GOES: &str = "What goes";
pub const WHAT_GOES: [&str; 4] = [
    "Every factor and recovery code: none of them opens anything here any more.",
    "Every session, also the one in this browser.",
    "The list of activity, and everything else that was kept about you.",
    "The address. Somebody else who reads that mailbox could make an account with it later.",
];
pub const EXPORT_FIRST: &str = "Take your data out first";
pub const DELETE: &str = "Delete it for good";
pub const BACK: &str = "Keep the account";

pub fn type_address(address: &str) -> String {
    format!("Type {address} to confirm")
}

pub fn missing() -> Message {
    Message::new(
        "There is no address in the field.",
        "Type the address of this account, so that nothing is deleted by a slip.",
    )
}

pub fn different() -> Message {
    Message::new("That is another address.", "Type the address of this account as it stands above the field.")
}
