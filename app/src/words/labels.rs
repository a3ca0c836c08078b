//! The ways to show who you are, as they are spoken of wherever an account is concerned.

use super::doors;

/// A kind of proof that an account can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorLabel {
    SecurityKey,
    Totp,
    Hotp,
    RecoveryCode,
    EmailCode,
}

impl FactorLabel {
    pub const fn name(self) -> &'static str {
        match self {
            Self::SecurityKey => doors::SECURITY_KEYS.name,
            Self::Totp => doors::TOTP.name,
            Self::Hotp => doors::HOTP.name,
            Self::RecoveryCode => "Recovery code",
            Self::EmailCode => doors::EMAIL_CODE.name,
        }
    }

    /// Message where it is added.
    pub const fn promise(self) -> &'static str {
        match self {
            Self::SecurityKey => doors::SECURITY_KEYS.promise,
            Self::Totp => doors::TOTP.promise,
            Self::Hotp => doors::HOTP.promise,
            Self::RecoveryCode => "Ten codes on paper, for the day the others are lost.",
            Self::EmailCode => doors::EMAIL_CODE.promise,
        }
    }

    /// What it takes, for the small print.
    pub const fn takes(self) -> &'static str {
        match self {
            Self::SecurityKey => "touch it",
            Self::Totp => "a code from your phone",
            Self::Hotp => "the next code it shows",
            Self::RecoveryCode => "one of the codes you kept",
            Self::EmailCode => "a code by mail",
        }
    }
}
