//! A no that a person can act on. What to say about each stands in `words`; which status it is, in the API.

use serde::{Deserialize, Serialize};

use super::{FactorId, FactorKind, KeyFlaw, NotAnAddress, SendLimit, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// There is no session, or it has ended.
    NoSession,
    /// A field that is needed is empty.
    Missing,
    /// What was sent is no code at all; not counted as a try.
    NotACode,
    NotAnAddress(NotAnAddress),
    /// A setting out of its range; names the field.
    BadSetting(String),
    /// Wrong. So many tries are left before a wait, or the wait has begun.
    Wrong {
        next: NextTry,
        hint: Option<Hint>,
    },
    /// Right, but used already. A new one comes then, or whenever its owner makes one.
    Replayed {
        fresh_at: Option<Timestamp>,
        next: NextTry,
    },
    /// Too many wrong ones in a row.
    Throttled {
        until: Timestamp,
    },
    /// So many wrong ones in a row that the factor is shut until its owner passes another.
    Blocked,
    /// There is no such factor, or its unconfirmed secret is gone.
    NotEnrolled,
    AlreadyEnrolled,
    /// No mail code is waiting for an answer in this session.
    NoCodeAsked,
    /// The mail code had all its tries. A new one may be asked for then.
    CodeVoid {
        resend_at: Timestamp,
    },
    /// The last mail went out moments ago.
    SendTooSoon {
        until: Timestamp,
    },
    /// The hour's mails are used up, by this limit.
    TooManySends {
        until: Timestamp,
        limit: SendLimit,
    },
    /// A security key's answer does not register it.
    BadRegistration(KeyFlaw),
    /// A security key's answer does not pass.
    BadAssertion(KeyFlaw),
    /// This key's count of signatures did not rise: there may be a copy of it.
    Cloned {
        factor: FactorId,
    },
    /// A holder has as many keys as it may.
    TooManyKeys,
    /// So many challenges were asked for that the next may be had then.
    TooManyChallenges {
        until: Timestamp,
    },
    /// Recovery codes were renewed as often as they may be for a while.
    TooManyRenewals {
        until: Timestamp,
    },
    /// Needs one of these factors passed a short while ago.
    StepUp {
        with: Vec<FactorKind>,
    },
    /// This portal asks everybody for a second factor, and this account has none or would have none.
    SecondFactorNeeded,
    /// The account's factors do not change until then: somebody said "this was not me".
    Frozen {
        until: Timestamp,
    },
    /// The account's address changes where accounts are looked after, not here.
    AddressOfAccount,
    /// A factor whose name is not its owner's to choose: the email factor is called by its address.
    FixedName,
    /// Another account has this address.
    AddressTaken,
    /// This portal makes no account for this address.
    SignUpClosed,
    /// A pending sign-in waits no more, or there never was one.
    NoSignIn,
    /// A link "this was not me" that is too old, or not ours.
    TicketOver,
    /// A link "this was not me" of a letter from before it was said already.
    TicketUsed,
    /// An account had this address until a short while ago, and its owner can restore it until then.
    AddressReplaced {
        until: Timestamp,
    },
    /// What is to be kept in an account was not passed a short while ago.
    NotPassedLately,
    /// What was typed is no recovery code; not counted as a try.
    NotARecoveryCode,
    /// What was typed to confirm is not what was asked for.
    NotConfirmed,
    /// A client's key or secret is wrong, or not activated, or good for nothing any more: nobody is told which.
    NoClient,
    /// No such key was asked for with this address.
    NoApiKey,
    /// The key has its secret, which was shown once.
    AlreadyActivated,
    /// What asked for a key is not the gateway that may.
    NotTheGateway,
    /// An address has as many API keys as it may.
    TooManyApiKeys,
    /// The old client's records are going elsewhere, or the new one's are.
    RotatedElsewhere,
    /// Records of a third client are still on their way to one of the two; or, of one that is to be deleted, to it.
    RotationUnfinished,
    /// The address has an account, whose session alone looks after its keys.
    AddressHasAccount,
    /// No address was proved a short while ago.
    AddressNotProved,
    /// A client, or a network, was refused too often.
    TooManyRefusals {
        until: Timestamp,
    },
    /// This network has begun too many sessions.
    TooManySessions {
        until: Timestamp,
    },
}

impl Refusal {
    /// The stable name of its problem type: what stands after `urn:postern:` in an answer, and in the log.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoSession => "no-session",
            Self::Missing => "missing",
            Self::NotACode => "not-a-code",
            Self::NotAnAddress(_) => "not-an-address",
            Self::BadSetting(_) => "bad-setting",
            Self::Wrong { .. } | Self::Replayed { .. } => "wrong",
            Self::Throttled { .. } => "throttled",
            Self::Blocked => "blocked",
            Self::NotEnrolled => "not-enrolled",
            Self::AlreadyEnrolled => "already-enrolled",
            Self::NoCodeAsked => "no-code",
            Self::CodeVoid { .. } => "code-void",
            Self::SendTooSoon { .. } | Self::TooManySends { .. } => "too-many-sends",
            Self::BadRegistration(KeyFlaw::Malformed) | Self::BadAssertion(KeyFlaw::Malformed) => "malformed",
            Self::BadRegistration(_) | Self::BadAssertion(_) => "key-refused",
            Self::Cloned { .. } => "key-cloned",
            Self::TooManyKeys => "too-many-keys",
            Self::TooManyChallenges { .. } => "too-many-challenges",
            Self::TooManyRenewals { .. } => "too-many-requests",
            Self::StepUp { .. } => "step-up",
            Self::SecondFactorNeeded => "second-factor-needed",
            Self::Frozen { .. } => "frozen",
            Self::AddressOfAccount => "address-of-account",
            Self::FixedName => "fixed-name",
            Self::AddressTaken => "address-taken",
            Self::SignUpClosed
            | Self::NoSignIn
            | Self::TicketOver
            | Self::TicketUsed
            | Self::AddressReplaced { .. }
            | Self::NotPassedLately
            | Self::NotARecoveryCode
            | Self::NotConfirmed => "not-possible",
            Self::NoClient => "no-client",
            Self::NoApiKey => "no-api-key",
            Self::AlreadyActivated => "already-activated",
            Self::NotTheGateway => "gateway",
            Self::TooManyApiKeys => "too-many-api-keys",
            Self::RotatedElsewhere | Self::RotationUnfinished => "rotated-elsewhere",
            Self::AddressHasAccount | Self::AddressNotProved => "not-the-owner",
            Self::TooManyRefusals { .. } => "too-many-refusals",
            Self::TooManySessions { .. } => "too-many-sessions",
        }
    }
}

/// When one may try again after a wrong answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NextTry {
    /// At once; so many times before the first wait.
    Left(u32),
    /// Not before then.
    At(Timestamp),
    /// Never: this was the last one.
    Never,
}

/// Why a code is wrong, where saying so helps nobody but its owner: while the enrolment is unconfirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hint {
    /// The app's clock is so many seconds ahead of ours (negative: behind).
    Clock { ahead_secs: i64 },
    /// The app computes with these instead of what was chosen.
    /// Without a period, codes change by counter.
    Setting { algorithm: String, digits: u8, period: Option<u64> },
    /// The app makes the code of another counter than the next expected one.
    Counter { app_at: u64, expected: u64 },
}

impl From<NotAnAddress> for Refusal {
    fn from(why: NotAnAddress) -> Self {
        Self::NotAnAddress(why)
    }
}
