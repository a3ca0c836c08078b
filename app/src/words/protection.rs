//! What each factor protects against, and what not. Honest before flattering.

/// How far the protection goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    Yes,
    Partly,
    UseCaseError,
}

impl Holds {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Yes => "Yes",
            Self::Partly => "Partly",
            Self::UseCaseError => "No",
        }
    }
}

pub const HEADING: &str = "What each of them is good for";
pub const CAPTION: &str = "Does it hold when somebody …";
pub const FACTOR: &str = "Factor";

pub const THREATS: [&str; 4] =
    ["fakes this site (phishing)", "takes your phone", "reads your mailbox", "overhears an answer (replay)"];

pub struct Row {
    pub factor: &'static str,
    /// In the order of [`THREATS`], each with its reason.
    pub holds: [(Holds, &'static str); 4],
}

pub const ROWS: [Row; 4] = [
    Row {
        factor: "Email code",
        holds: [
            (Holds::UseCaseError, "A fake page can pass the code on while it lives."),
            (Holds::Partly, "The mail is on it, too: as far as the phone\u{2019}s lock holds."),
            (Holds::UseCaseError, "The code is in it."),
            (Holds::Yes, "It opens once, and only in the browser that asked."),
        ],
    },
    Row {
        factor: "Authenticator app",
        holds: [
            (Holds::UseCaseError, "A fake page can pass the code on within half a minute."),
            (Holds::Partly, "As far as the phone\u{2019}s lock holds."),
            (Holds::Yes, "The key never goes by mail."),
            (Holds::Yes, "Each code opens once."),
        ],
    },
    Row {
        factor: "Counter token",
        holds: [
            (Holds::UseCaseError, "A code stays good until a later one is used, so a fake page has all day."),
            (Holds::Partly, "A token of its own is not on the phone; an app is as safe as the phone\u{2019}s lock."),
            (Holds::Yes, "The key never goes by mail."),
            (Holds::Yes, "Each code opens once, and skipped ones are dead."),
        ],
    },
    Row {
        factor: "Security key",
        holds: [
            (Holds::Yes, "It answers to this site\u{2019}s name only."),
            (Holds::Partly, "A key of its own is not on the phone; a passkey is as safe as the phone\u{2019}s lock."),
            (Holds::Yes, "Nothing of it goes by mail."),
            (Holds::Yes, "Each answer is to one challenge, and a copied key gives itself away where it counts."),
        ],
    },
];
