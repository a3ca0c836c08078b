//! The catalogue: every sentence a person can see on a page. One submodule a page; plain and short, second person.
//!
//! A refusal says what happened, then what to do. Numbers come in as arguments, so a sentence is whole here and
//! nowhere else.

pub mod account;
pub mod activity;
pub mod challenge;
pub mod change_address;
pub mod clients;
pub mod delete_account;
pub mod doors;
pub mod email_code;
pub mod end_sessions;
pub mod hotp;
pub mod keep;
pub mod labels;
pub mod level;
pub mod message;
pub mod not_me;
pub mod oath;
pub mod outbox;
pub mod overview;
pub mod phone;
pub mod protection;
pub mod quorum;
pub mod recovery_codes;
pub mod remove_factor;
pub mod security_keys;
pub mod session;
pub mod shell;
pub mod sign_in;
pub mod span;
pub mod step_up;
pub mod totp;
pub mod vault;
pub mod when;

use std::borrow::Cow;

/// What a note says: what happened, then what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub title: Cow<'static, str>,
    pub text: Cow<'static, str>,
}

impl Message {
    pub fn new(title: impl Into<Cow<'static, str>>, text: impl Into<Cow<'static, str>>) -> Self {
        Self { title: title.into(), text: text.into() }
    }
}

/// What a note says while time has to pass: what happened, then how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    pub title: &'static str,
    pub text: Counting,
    pub secs: u64,
}

/// A sentence around a time that runs out, and the sentence that stands in its place afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counting {
    pub before: &'static str,
    pub after: &'static str,
    pub over: &'static str,
}
