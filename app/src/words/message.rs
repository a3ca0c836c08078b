//! Pages that say why something did not happen.

use super::span;

pub const HOME: &str = "Go to the overview";
pub const BACK_IN: &str = "Begin a new session";
pub const SIGN_IN: &str = "Sign in again";
pub const AGAIN: &str = "Try again";
pub const REFERENCE: &str = "Reference";

pub struct Words {
    pub heading: &'static str,
    pub text: &'static str,
}

pub const NOT_FOUND: Words = Words {
    heading: "There is no page here",
    text: "The address may be mistyped, or the page was only there for a while.",
};

pub const OTHER_HOST: Words = Words {
    heading: "This portal has another address",
    text: "You opened it at a different address, so nothing was done. Use the address below.",
};

pub const REFUSED: Words = Words {
    heading: "That did not come from this portal",
    text: "The form was sent from another site or an odd place, so nothing was done. Open the page here and try again.",
};

pub const UNREADABLE: Words = Words {
    heading: "That form could not be read",
    text: "Something in it was missing or twice there, and nothing was done. Open the page again and fill it in once more.",
};

pub const TOO_LARGE: Words = Words {
    heading: "That was too much to read",
    text: "What was sent is larger than anything this page asks for, so nothing was done.",
};

pub const ALREADY_SUBMITTED: Words = Words {
    heading: "This form was already submitted",
    text: "It was done once and is not done again. What it showed is not shown again; open the page anew to see how things are.",
};

pub const PAGE_TOO_OLD: Words = Words {
    heading: "This page is too old",
    text: "It was opened more than an hour ago, so its form was not used and nothing was done. Open the page again.",
};

pub const TIME_OVER: Words = Words {
    heading: "This session is over",
    text: "A session lasts 60 minutes. What you enrolled in it is gone, as was said at the start. You can begin again.",
};

pub const SIGNED_OUT: Words = Words {
    heading: "You are signed out",
    text: "A session ends after 60 minutes without use, after 12 hours in any case, and when it is ended from another \
           browser or what opened it is removed. Nothing of your account is lost.",
};

pub const ENDED: Words =
    Words { heading: "You ended this session", text: "What you enrolled in it is gone. You can begin again." };

pub const TOO_MANY: Words =
    Words { heading: "Too many requests", text: "Much came from your network at once, so this one was not taken." };

pub const FAULT: Words = Words {
    heading: "Something broke on our side",
    text: "It was not your doing, and nothing was accepted. If it happens again, tell whoever runs this portal the reference below.",
};

pub const AWAY: Words = Words { heading: "Service temporarily unavailable", text: "Nothing was saved." };

pub const BUSY: Words = Words { heading: "The portal is busy", text: "Nothing was saved, and no attempt was counted." };

pub fn go_to(origin: &str) -> String {
    format!("Go to {origin}")
}

/// Where the operator named somebody.
pub fn support(contact: &str) -> String {
    format!("If you are stuck, ask {contact}.")
}

pub fn wait(secs: u64) -> String {
    format!("Try again in {}.", span::long(secs))
}
