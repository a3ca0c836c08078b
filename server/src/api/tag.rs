//! The doors of programs, as the description groups its routes by them.

pub const SESSION: &str = "Session";
pub const MAIL_CODE: &str = "Email code";
pub const TOTP: &str = "Authenticator app";
pub const HOTP: &str = "Counter token";
pub const SECURITY_KEYS: &str = "Security keys";
pub const API_KEYS: &str = "API keys";
pub const CLIENT_TOTP: &str = "TOTP for services";
pub const CLIENT_KEYS: &str = "WebAuthn for services";
pub const U2F: &str = "U2F for services";
pub const VAULT: &str = "Vault";
pub const QUORUM: &str = "Quorum";
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
    (
        API_KEYS,
        "A client is a service whose users have their second factors checked here. It proves itself in every request with \
         its key and its secret, in `x-mfa-apikey` and `x-mfa-apisecret`: no session, no cookie. A wrong key, a wrong secret \
         and a key that is not activated are one and the same 401. Refusals are limited by key and by network; what is \
         right never waits for that.",
    ),
    (
        CLIENT_TOTP,
        "Codes by the clock (RFC 6238), for clients' users. The client keeps the uuid; its secret alone opens what is kept \
         here. Another client's uuid is nobody's.",
    ),
    (
        CLIENT_KEYS,
        "WebAuthn Level 3, for any relying party of a client: `x-mfa-` headers say which, and who its user is. The client \
         asks for options here, hands them to its own page, and sends back what the browser answered.",
    ),
    (
        U2F,
        "Raw FIDO U2F 1.2, for clients that still speak it. A key that was registered so also signs WebAuthn logins, its \
         uuid being the user's.",
    ),
    (
        VAULT,
        "The server half of a vault whose owner encrypts at home: it sees names and ciphertexts. The user hash is the only \
         credential: whoever has it may read and change the vault. The `open2fa` program (1.4.6) works here with \
         `OPEN2FA_API_URL=<origin>/api/v1/vault`.",
    ),
    (
        QUORUM,
        "One TOTP secret, several custodians: it is split once and kept nowhere, and enough shares together make codes for \
         one who asks. Bodies are JSON or forms. No session, no cookie: what one has is a share, or a session's private key.",
    ),
    (HEALTH, "For whoever watches the process. They are answered under any host name, without a session."),
    (REFERENCE, "What this is made of."),
];
