//! The demo's outbox.

pub const TITLE: &str = "Outbox";
pub const HEADING: &str = "Outbox";
pub const LEDE: &str = "The letters that this session asked for. In a demo they end here instead of in a mailbox.";
pub const EMPTY_HEADING: &str = "No letters yet";
pub const EMPTY: &str = "Ask for an email code, and the letter shows up here at once.";
pub const TO: &str = "To";
pub const WRITTEN: &str = "at";
pub const GO: &str = "Go to the email code";
pub const BACK: &str = "Back to the email code";
