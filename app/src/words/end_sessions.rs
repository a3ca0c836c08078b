//! The page that ends all sessions but one.

pub const TITLE: &str = "End all other sessions";
pub const HEADING: &str = "End all other sessions?";
pub const TEXT: &str = "Whoever sits there has to sign in again, mail code and second factor. A mail tells you of it.";
pub const END: &str = "End them";
pub const BACK: &str = "Leave them";

/// How many others there are.
pub fn lede(others: usize) -> String {
    match others {
        0 => "There is no other one: you are signed in here only.".to_owned(),
        1 => "One other session is open. You stay signed in here.".to_owned(),
        n => format!("{n} other sessions are open. You stay signed in here."),
    }
}
