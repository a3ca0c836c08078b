//! The session panel.

use super::Counting;

pub const LABEL: &str = "Your session";
pub const BAR: &str = "Time left in this session";
pub const END: &str = "End this session";
/// Ends it and begins the next.
pub const START_OVER: &str = "Start over";
pub const ENDS: Counting = Counting { before: "Session ends in ", after: "", over: "This session is over." };

pub const ACCOUNT_LABEL: &str = "Your account";
pub const SIGNED_IN_AS: &str = "Signed in as ";
pub const SIGN_OUT: &str = "Sign out";
