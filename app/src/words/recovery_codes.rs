//! Recovery codes, on the one page that ever shows them.

pub const TITLE: &str = "Recovery codes";
pub const HEADING: &str = "Your recovery codes";
pub const LEDE: &str =
    "They are shown only once. Keep them where your phone is not: on paper, or in a password manager.";
pub const LIST: &str = "Codes";
pub const FOR: &str = "Each one opens the account once, after the code by mail, when no other factor is at hand. Renewing them makes these void.";
pub const COPY: &str = "Copy them";
pub const COPIED: &str = "Copied.";
pub const NOT_COPIED: &str = "The browser did not allow it. Select them instead.";
pub const DOWNLOAD: &str = "Download";
pub const FILE: &str = "recovery-codes.txt";
pub const PRINT: &str = "Print";
pub const KEPT: &str = "I have saved them";
pub const WAITS: &str =
    "Your old codes still work. These replace them when you press \u{201c}I have saved them\u{201d}.";

pub fn sheet_title(portal: &str) -> String {
    format!("Recovery codes for {portal}")
}

pub fn of_account(address: &str) -> String {
    format!("Account: {address}")
}

pub const MADE: &str = "Made on ";
