//! The demo's pocket authenticator.

use super::{Counting, Message};

pub const TITLE: &str = "Pocket authenticator";
pub const HEADING: &str = "Pocket authenticator";
pub const LEDE: &str =
    "Stands in for the app on your phone, for this session only. Anything it can do, a real app can do too.";
pub const WAITING: &str = "A QR code waits on the authenticator page.";
pub const SCAN: &str = "Scan the code on the authenticator page";
pub const WAITING_HOTP: &str = "A QR code waits on the counter token page.";
pub const SCAN_HOTP: &str = "Scan the code on the counter token page";
pub const WAITING_BOTH: &str = "QR codes wait on the authenticator page and on the counter token page.";
pub const SCAN_BOTH: &str = "Scan both codes";
pub const EMPTY_HEADING: &str = "Nothing scanned yet";
pub const EMPTY: &str = "Show a QR code on the authenticator or the counter token page, then come back and scan it.";
pub const TO_TOTP: &str = "Go to the authenticator page";
pub const TO_HOTP: &str = "Go to the counter token page";
pub const BACK: &str = "Back to the authenticator page";
pub const BACK_HOTP: &str = "Back to the counter token page";
pub const ENTRIES: &str = "Entries";
pub const NEXT: &str = "Show the next codes";
pub const PRESS: &str = "Make the next code";
pub const REMOVE: &str = "Remove";
pub const CHANGES: Counting = Counting { before: "Changes in ", after: ".", over: "Changed by now." };

/// `ada@example.org · TOTP`
pub fn by_time(account: &str) -> String {
    format!("{account} \u{b7} TOTP")
}

pub fn by_press(account: &str) -> String {
    format!("{account} \u{b7} HOTP")
}

pub fn remove_label(issuer: &str, account: &str) -> String {
    format!("Remove {issuer}, {account}")
}

pub fn press_label(issuer: &str, account: &str) -> String {
    format!("Make the next code of {issuer}, {account}")
}

pub fn made_from(counter: u64) -> String {
    format!("Made from counter {counter}. It stays until you make the next.")
}

pub fn scanned() -> Message {
    Message::new("Scanned.", "Type the code below on the page that showed the picture.")
}

pub fn nothing_to_scan() -> Message {
    Message::new("There is no QR code to scan.", "Show one on the authenticator or the counter token page first.")
}
