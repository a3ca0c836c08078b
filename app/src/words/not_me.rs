//! "This was not me": where the link in a letter leads.

use super::when;
use crate::model::Timestamp;

/// Where a letter names what changed and the page does not.
pub const A_FACTOR: &str = "a factor";

pub const TITLE: &str = "Was this you?";
pub const HEADING: &str = "Was this you?";
pub const LEDE: &str = "This was done in your account. If you did it, close this page; nothing happens.";
pub const WHAT: &str = "What";
pub const AT: &str = "When";
pub const FROM: &str = "From";
pub const CONSEQUENCE: &str = "If it was not you, every session ends at once, this browser\u{2019}s too, and nothing about your factors, codes or address can be changed for 24 hours.";
pub const NOT_ME: &str = "This was not me";

pub const DONE_HEADING: &str = "Sessions ended, changes frozen";
pub const NEXT: &str = "What to do now";
pub const SIGN_IN: &str = "Sign in";

pub const GONE_HEADING: &str = "That link does not work any more";
pub const GONE_LEDE: &str =
    "It is too old, was used already, or arrived in pieces. The newest letter has the link that counts.";
pub const GONE_TEXT: &str = "If something was not you, sign in and end the other sessions.";

pub fn done_lede(until: Timestamp) -> String {
    format!(
        "Nobody is signed in any more. Factors, codes and address stay as they are until {}.",
        when::day_and_time(until)
    )
}

/// In the order to be done.
pub fn steps(support: Option<&str>) -> [String; 3] {
    let ask = support.map_or_else(|| "Tell whoever runs this portal".to_owned(), |contact| format!("Tell {contact}"));
    [
        "See to your mailbox first: whoever reads it gets your codes. Change its password.".to_owned(),
        "Sign in and look at your factors and the list of what was done.".to_owned(),
        format!("{ask}, if you cannot explain it."),
    ]
}
