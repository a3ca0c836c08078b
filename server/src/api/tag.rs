//! The doors of programs, as the description groups its routes by them.

pub const SESSION: &str = "Session";
pub const MAIL_CODE: &str = "Email code";
pub const TOTP: &str = "Authenticator app";
pub const HOTP: &str = "Counter token";
pub const SECURITY_KEYS: &str = "Security keys";
pub const HEALTH: &str = "Health";
pub const REFERENCE: &str = "This reference";

/// There only where operators have a name and a password.
pub const OPERATORS: (&str, &str) = ("Operators", "How the process and its store are doing, and what is logged.");

/// In the order in which they are shown, each with what it is for.
pub const ALL: &[(&str, &str)] = &[
    (
        SESSION,
        "The browser's session: the one that the pages have, with the same factors and limits. It lives in a cookie.",
    ),
    (MAIL_CODE, "Proves a mail address."),
    (TOTP, "Codes by the clock (RFC 6238)."),
    (HOTP, "Codes by count (RFC 4226)."),
    (SECURITY_KEYS, "WebAuthn Level 3: security keys and passkeys, registered for this portal itself."),
    (HEALTH, "For whoever watches the process. They are answered under any host name, without a session."),
    (REFERENCE, "What this is made of."),
];
