//! The page that removes a factor.

pub const TITLE: &str = "Remove a factor";
pub const BACK: &str = "Keep it";
pub const REMOVE: &str = "Remove it";
pub const AT_ONCE: &str = "It opens nothing here any more, at once. Sessions that it opened elsewhere end.";
pub const CODES_TOO: &str = "Remove its entry from your app too: nothing does that for you.";
pub const KEY_TOO: &str = "The key may still list this portal among its passkeys; nothing here can take that from it.";
pub const LAST_TITLE: &str = "It is your last second factor.";
pub const LAST: &str = "From then on mail alone opens this account, and whoever reads your mailbox gets in.";
pub const OPENED_THIS: &str = "It opened this session, so you will be asked to sign in again.";
pub const MAIL: &str = "A mail tells you of it.";

pub fn heading(name: &str) -> String {
    format!("Remove {name}?")
}
