//! From a visit to an account: what is kept.

use super::Message;

pub const TITLE: &str = "Keep these in an account";
pub const HEADING: &str = "Keep these in an account";
pub const FACTORS: &str = "Second factors to keep";
pub const NONE: &str = "You have no second factor in this visit. Mail alone will open the account until you add one.";
pub const NONE_TICKED: &str = "With none ticked, mail alone opens the account until you add one.";
pub const PASSED: &str = "passed ";
pub const NOT_PASSED: &str = "not passed yet";
pub const PASS_AGAIN: &str = "Pass it again first";
pub const KEEP: &str = "Make the account";
pub const BACK: &str = "Not now";
pub const SIGN_IN: &str = "Sign in instead";
pub const PROVE_AGAIN: &str = "Prove the address again";
pub const PROVE: &str = "Prove a mail address";

pub fn lede(address: &str) -> String {
    format!("What you enrolled in this visit stays, and opens an account for {address} from now on.")
}

pub const STALE_LEDE: &str = "What you enrolled in this visit stays, and opens an account from now on.";

pub fn exists() -> Message {
    Message::new(
        "There is an account for this address already.",
        "Sign in to it. What you have here can be added there, each with its own code or touch.",
    )
}

pub fn none_made(support: Option<&str>) -> Message {
    let who = support.map_or_else(|| "Ask whoever runs it.".to_owned(), |contact| format!("Ask {contact}."));
    Message::new("This portal makes no accounts by itself.", who)
}

pub fn no_address() -> Message {
    Message::new("No mail address is proved yet.", "An account is found by its address. Prove one, then come back.")
}

pub fn address_stale() -> Message {
    Message::new(
        "The address was not proved in the last 10 minutes.",
        "Prove it once more, so that the account is surely yours.",
    )
}

pub fn factor_stale() -> Message {
    Message::new(
        "One of these was passed over 10 minutes ago.",
        "Pass it again, then come back, or make the account without it.",
    )
}
