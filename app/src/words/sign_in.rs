//! The sign-in page.

use super::{Message, when};
use postern_core::model::Timestamp;

pub const TITLE: &str = "Sign in";

pub const ASK_HEADING: &str = "Sign in";
pub const ASK_LEDE: &str = "First a code by mail. Then, if your account has one, your second factor.";
pub const ADDRESS_HINT: &str = "The one your account was made with.";

pub const STEPS_LABEL: &str = "Steps";
pub const FIRST_STEP: &str = "Your mailbox";
pub const SECOND_STEP: &str = "Second factor";
pub const STEP_NOW: &str = "now";
pub const STEP_PASSED: &str = "passed";
pub const STEP_IF_ANY: &str = "if you have one";

pub const SECOND_HEADING: &str = "One more step";
pub const NOT_YOU: &str = "Not you?";
pub const START_OVER: &str = "Start over";

pub const NO_ACCOUNT_HEADING: &str = "There is no account for this address";
pub const ANOTHER: &str = "Use another address";

pub fn second_lede(address: &str) -> String {
    format!("You are signing in as {address}. The code from the mail was right; now the second factor.")
}

pub fn no_account_lede(masked: &str) -> String {
    format!(
        "The code was right, so {masked} is yours. But no account was made for it, and here nobody makes their own."
    )
}

pub fn ask_for_one(support: Option<&str>) -> String {
    match support {
        Some(contact) => format!("If you should have one, ask {contact}."),
        None => "If you should have one, ask whoever runs this portal.".to_owned(),
    }
}

pub fn signed_out() -> Message {
    Message::new("You are signed out.", "Nothing in this browser opens your account any more.")
}

pub fn account_deleted() -> Message {
    Message::new("Your account is deleted.", "Everything that was kept in it is gone, and a mail tells you so.")
}

pub fn busy() -> Message {
    Message::new(
        "An account for this address is just being made.",
        "It may be you, in another window. Otherwise wait 10 minutes, then ask for a new code.",
    )
}

pub fn replaced(until: Timestamp) -> Message {
    Message::new(
        "An account changed its email address from this one to another.",
        format!(
            "If that was not you, open the link in the email that we sent to this address about the change. Nobody can \
             make a new account with this address until {}.",
            when::day_and_time(until)
        ),
    )
}

pub fn ran_out() -> Message {
    Message::new("That took too long.", "A sign-in waits 10 minutes for its second factor. Begin again.")
}
