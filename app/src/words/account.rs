//! The account page.

use super::{Message, span, when};
use postern_core::model::Timestamp;

pub const TITLE: &str = "Account";
pub const HEADING: &str = "Your account";
pub const CONTENTS: &str = "On this page";

pub const ADDRESS: &str = "Mail address";
pub const LEVEL: &str = "This session";
pub const MADE: &str = "Account since";

pub const FACTORS: &str = "Factors";
pub const FACTORS_TEXT: &str = "Beside your mailbox, any one of these opens the account.";
pub const NO_FACTORS: &str = "There is none yet. Your mailbox alone opens this account.";
pub const ADD: &str = "Add another";
pub const ADD_FIRST: &str = "Add one";
pub const ADDED: &str = "added ";
pub const USED: &str = "last used ";
pub const NOT_USED: &str = "not used yet";
pub const CHANGE: &str = "Rename or remove";
pub const NEW_NAME: &str = "New name";
pub const SAVE_NAME: &str = "Save the name";
pub const REMOVE: &str = "Remove it";

pub const CODES: &str = "Recovery codes";
pub const CODES_TEXT: &str = "For the day your other factors are lost. Each one opens the account once.";
pub const NO_CODES: &str = "You have none yet.";
pub const CODES_LATER: &str = "They come after the first second factor.";
pub const GET_CODES: &str = "Get recovery codes";
pub const RENEW: &str = "Renew them";
pub const RENEW_TEXT: &str =
    "You get 10 new codes, shown once. When you say that you have saved them, the old ones can no longer be used.";
pub const RENEW_NOW: &str = "Get 10 new ones";
pub const CODES_MADE: &str = "Made on ";
pub const FEW_CODES: &str = "Renew them before the last one is gone.";

pub const SESSIONS: &str = "Sessions";
pub const SESSIONS_TEXT: &str =
    "Where you are signed in. Each one ends by itself after an hour without use, and after 12 hours in any case.";
pub const THIS_ONE: &str = "this one";
pub const BEGUN: &str = "begun ";
pub const SEEN: &str = "seen ";
pub const END: &str = "End it";
pub const END_OTHERS: &str = "End all others";

pub const ACTIVITY: &str = "Activity";
pub const ACTIVITY_TEXT: &str =
    "What was done, newest first. If something was not you, end your sessions and look at your factors.";

pub const DATA: &str = "Your data";
pub const DATA_TEXT: &str = "Everything that is kept about you, but for secrets, as one JSON file.";
pub const EXPORT: &str = "Export data";
pub const CHANGE_ADDRESS: &str = "Change the mail address";
pub const DELETE: &str = "Delete the account";

pub const OFFER_FACTOR: &str = "Add a second factor";
pub const OFFER_FACTOR_TEXT: &str =
    "Now whoever reads your mailbox can open this account. A second factor ends that, and takes two minutes.";
pub const OFFER_FACTOR_GO: &str = "Pair an authenticator app";
pub const OFFER_CODES: &str = "Get recovery codes now";
pub const OFFER_CODES_TEXT: &str =
    "Without your second factor nobody gets in, not even you. Ten codes on paper are the way back.";

pub const REQUIRED_HEADING: &str = "Add a second factor to go on";
pub const REQUIRED_LEDE: &str = "This portal lets nobody in with mail alone. Choose one of the three; more can follow.";

/// What the level of an account's session rests on.
pub const fn level_meaning(level: u8) -> &'static str {
    match level {
        0 => "nothing yet",
        1 => "mail only",
        2 => "mail and a code",
        _ => "mail and a security key",
    }
}

/// `Level 2 of 3: mail and a code.`
pub fn level(level: u8) -> String {
    format!("Level {level} of {}: {}.", super::level::HIGHEST, level_meaning(level))
}

pub const fn level_says(level: u8) -> &'static str {
    match level {
        0 | 1 => "Whoever reads your mailbox could have done the same.",
        2 => "A stolen mailbox alone would not have been enough.",
        _ => "Nobody can talk you out of a key\u{2019}s answer.",
    }
}

pub fn change_label(name: &str) -> String {
    format!("{SAVE_NAME} of {name}")
}

pub fn remove_label(name: &str) -> String {
    format!("{REMOVE}: {name}")
}

pub fn end_label(browser: &str, network: &str) -> String {
    format!("{END}: {browser}, {network}")
}

pub fn codes_left(left: usize, of: usize) -> String {
    match left {
        0 => format!("None of the {of} is left."),
        1 => format!("1 of {of} is left."),
        n => format!("{n} of {of} are left."),
    }
}

pub fn older(n: usize) -> String {
    format!("{n} more")
}

pub fn from(network: &str) -> String {
    format!("from {network}")
}

pub fn frozen_until(at: Timestamp) -> String {
    format!("Changes are frozen until {}.", when::day_and_time(at))
}

pub fn made() -> Message {
    Message::new("Your account is made.", "From now on you sign in with this address.")
}

pub fn confirmed() -> Message {
    Message::new("It is you.", "For 10 minutes nobody asks again. Do now what you were about to do.")
}

pub fn added(name: &str) -> Message {
    Message::new(format!("{name} is added."), "The next sign-in asks for it. A mail tells you of this change.")
}

pub fn renamed() -> Message {
    Message::new("The name is saved.", "You see it here and when you sign in.")
}

pub fn bad_name() -> Message {
    Message::new(
        "That name does not fit.",
        "A name has 1 to 40 characters, on one line, without characters that change the direction of text.",
    )
}

pub fn fixed_name() -> Message {
    Message::new(
        "The name of that factor cannot be changed.",
        "The email factor is called by its address. Change the address of the account instead.",
    )
}

pub fn removed(name: &str) -> Message {
    Message::new(
        format!("{name} is removed."),
        "It opens nothing any more, and the other sessions it opened are ended.",
    )
}

pub fn last_needed() -> Message {
    Message::new(
        "It is your last second factor, so it stays.",
        "This portal lets nobody in with mail alone. Add another one first, then remove this one.",
    )
}

pub fn factor_gone() -> Message {
    Message::new("That factor is not here any more.", "It was removed, perhaps in another tab.")
}

pub fn codes_not_replaced() -> Message {
    Message::new(
        "Those new codes were not activated.",
        "Newer ones were made meanwhile, or it was more than an hour ago. The codes you had before still work. Get new ones if you need them.",
    )
}

pub fn codes_renewed() -> Message {
    Message::new("Your recovery codes are new.", "Throw the old sheet away; its codes are void.")
}

pub fn recovery_used(left: usize) -> Message {
    let then = match left {
        0 => "That was the last one. Get new ones now.".to_owned(),
        1 => "One is left. Strike out the one you used.".to_owned(),
        n => format!("{n} are left. Strike out the one you used."),
    };
    Message::new("You signed in with a recovery code.", then)
}

pub fn session_ended() -> Message {
    Message::new("That session is ended.", "Whoever used it has to sign in again.")
}

pub fn others_ended() -> Message {
    Message::new("All other sessions are ended.", "You are signed in here only.")
}

pub fn address_changed(address: &str) -> Message {
    Message::new(
        format!("Your address is {address} now."),
        "You sign in with it, and the old one opens nothing any more.",
    )
}

pub fn too_many_renewals(wait_secs: u64) -> Message {
    Message::new(
        "You have made new recovery codes too often.",
        format!("The codes you made last still work. Try again in {}.", span::long(wait_secs)),
    )
}

pub fn frozen(until: Timestamp) -> Message {
    Message::new(
        frozen_until(until),
        "Someone used the \u{201c}This was not me\u{201d} link in one of our emails. You can look at everything and end sessions.",
    )
}

pub const LIFT_FREEZE_TITLE: &str = "Change something now";
pub const LIFT_FREEZE_TEXT: &str = "You have signed in with your email code. Confirm a second factor, and your factors, recovery codes and email address can be changed at once.";
pub const LIFT_FREEZE: &str = "Lift the freeze";

pub fn freeze_lifted() -> Message {
    Message::new("The freeze is lifted.", "Remove what is not yours, and check your email address.")
}
