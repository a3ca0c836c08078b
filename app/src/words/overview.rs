//! The overview.

use super::Message;

pub const TITLE: &str = "Overview";
pub const HEADING: &str = "A second door, four ways to open it";
pub const LEDE: &str =
    "Walk through each kind of second factor in this browser. What you enrol here stays for an hour, then it is gone.";
pub const LEDE_ACCOUNT: &str = "These are the doors of your account. What you add to it stays.";
pub const KEEP: &str = "Keep these in an account";
pub const KEEP_TEXT: &str = "Otherwise they are gone when the session ends.";
pub const DOORS_LABEL: &str = "Doors";

pub const HEADING_PASSED: &str = "The doors are open";
pub const LEDE_PASSED: &str = "You proved every kind of second factor there is here. Come back to any of them as often as you want until the session ends.";

/// All of so many are passed.
pub fn all_passed(count: usize) -> Message {
    Message::new(format!("All {count} doors are passed."), "You have tried every factor.")
}
