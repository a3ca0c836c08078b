//! "This was not me": where the link in a letter leads.

use super::when;
use postern_core::model::Timestamp;

/// Where a letter names what changed and the page does not.
pub const A_FACTOR: &str = "a factor";

pub const TITLE: &str = "Was this you?";
pub const HEADING: &str = "Was this you?";
pub const LEDE: &str = "This was done in your account. If you did it, close this page; nothing happens.";
pub const WHAT: &str = "What";
pub const AT: &str = "When";
pub const FROM: &str = "From";

pub const CONSEQUENCE: &str = "If it was not you, press the button. It works once:";
pub const RESTORES_ADDRESS: &str =
    "The email address that we sent this email to becomes your account\u{2019}s address again.";
pub const CONSEQUENCES: [&str; 3] = [
    "Every session and every sign-in under way ends, in this browser too.",
    "Factors and recovery codes that were added in the last hour are removed.",
    "Factors, recovery codes and the email address cannot be changed for 24 hours.",
];
pub const NOT_ME: &str = "This was not me";

pub const DONE_HEADING: &str = "Your account is frozen";
pub const DONE_LEDE: &str = "We also sent you an email about this.";
pub const DONE: &str = "What was done";
pub const NEXT: &str = "What to do now";
pub const SIGN_IN: &str = "Sign in";

/// Heading, what it means, what to do.
pub const USED: (&str, &str, &str) = (
    "This link was used",
    "\u{201c}This was not me\u{201d} was said for this account after we sent this email. Each link works once.",
    "If something else was not you, open the link in the newest email about it, or sign in and end the other sessions.",
);
pub const GONE: (&str, &str, &str) = (
    "This link can no longer be used",
    "It is too old, or a part of it is missing.",
    "If something was not you, open the link in the newest email about it, or sign in and end the other sessions.",
);

pub fn done(sessions: usize, removed: &[String], restored: Option<&str>, frozen_until: Timestamp) -> Vec<String> {
    let mut done = Vec::new();
    if let Some(address) = restored {
        done.push(format!("{address} is your account\u{2019}s email address again."));
    }
    done.push(match sessions {
        0 => "Nobody was signed in. Sign-ins under way were ended.".to_owned(),
        1 => "One session was ended, and every sign-in under way.".to_owned(),
        sessions => format!("{sessions} sessions were ended, and every sign-in under way."),
    });
    done.extend(
        removed.iter().map(|name| format!("\u{201c}{name}\u{201d} was removed: it was added in the last hour.")),
    );
    let until = when::day_and_time(frozen_until);
    done.push(format!("Factors, recovery codes and the email address cannot be changed until {until}."));
    done
}

/// In the order to be done.
pub fn steps(restored: Option<&str>, has_second_factor: bool, support: Option<&str>) -> Vec<String> {
    let sign_in = match restored {
        Some(address) => format!("Sign in with {address} and look at your factors and your activity."),
        None => "Sign in and look at your factors and your activity.".to_owned(),
    };
    let lift = if has_second_factor {
        "If something is not yours, lift the freeze on your account page and remove it. You need your email code and a second factor for that."
    } else {
        "When the freeze is over, add a second factor, so that your mailbox alone does not open the account."
    };
    let ask = support.map_or_else(|| "Tell whoever runs this portal".to_owned(), |contact| format!("Tell {contact}"));
    vec![
        "Change the password of your mailbox first: anyone who can read it can use your codes.".to_owned(),
        sign_in,
        lift.to_owned(),
        format!("{ask} if there is something that you cannot explain."),
    ]
}
