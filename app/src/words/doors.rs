//! The four doors: their names, what they promise, and their states.

/// How a door is spoken of.
#[derive(Debug, PartialEq, Eq)]
pub struct DoorWords {
    pub name: &'static str,
    /// The technical name, for the small print.
    pub small: &'static str,
    pub promise: &'static str,
    /// On the button that leads to it.
    pub go_on: &'static str,
}

pub const EMAIL_CODE: DoorWords = DoorWords {
    name: "Email code",
    small: "Mail",
    promise: "A code, mailed to an address only you read.",
    go_on: "Go on: email code",
};

pub const TOTP: DoorWords = DoorWords {
    name: "Authenticator app",
    small: "TOTP",
    promise: "A new code every 30 seconds, from your phone.",
    go_on: "Go on: authenticator app",
};

pub const HOTP: DoorWords = DoorWords {
    name: "Counter token",
    small: "HOTP",
    promise: "A code for each press. Lost presses can be caught up.",
    go_on: "Go on: counter token",
};

pub const SECURITY_KEYS: DoorWords = DoorWords {
    name: "Security key",
    small: "WebAuthn",
    promise: "A touch, tied to this site. Cannot be phished.",
    go_on: "Go on: security key",
};

pub const RAIL_LABEL: &str = "Doors";
pub const PASSED_AT: &str = "Passed at ";
pub const NEXT: &str = "Next step";
pub const CLOSED: &str = "Not begun";

pub const RAIL_PASSED: &str = "passed ";
pub const RAIL_NEXT: &str = "next";
