//! The demo's pocket authenticator.

use super::{Counting, Said};

pub const TITLE: &str = "Pocket authenticator";
pub const HEADING: &str = "Pocket authenticator";
pub const LEDE: &str =
    "Stands in for the app on your phone, for this session only. Anything it can do, a real app can do too.";
pub const WAITING: &str = "A QR code waits on the authenticator page.";
pub const SCAN: &str = "Scan the code on the authenticator page";
pub const EMPTY_HEADING: &str = "Nothing scanned yet";
pub const EMPTY: &str = "Show a QR code on the authenticator page, then come back and scan it.";
pub const TO_TOTP: &str = "Go to the authenticator page";
pub const BACK: &str = "Back to the authenticator page";
pub const ENTRIES: &str = "Entries";
pub const NEXT: &str = "Show the next codes";
pub const REMOVE: &str = "Remove";
pub const CHANGES: Counting = Counting { before: "Changes in ", after: ".", over: "Changed by now." };

pub fn remove_label(issuer: &str, account: &str) -> String {
    format!("Remove {issuer}, {account}")
}

pub fn scanned() -> Said {
    Said::new("Scanned.", "Type the code below on the authenticator page.")
}

pub fn nothing_to_scan() -> Said {
    Said::new("There is no QR code to scan.", "Show one on the authenticator page first.")
}
