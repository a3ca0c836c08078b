//! The kinds of factor, one file each, and the one list of them. A kind judges answers: pure functions of what is kept,
//! what was answered and the time. Who may ask, how often, and how acceptance is written is the portal's business.

pub mod email_code;
pub mod hotp;
pub mod oath;
pub mod otpauth;
pub mod recovery_codes;
pub mod security_key;
pub mod setup_key;
pub mod totp;

use crate::model::{Code, FactorKind, FactorRecord, FactorState, Grade, Hint, Holder, Timestamp};

/// What a kind of factor can do.
pub trait Factor: Send + Sync + 'static {
    fn kind(&self) -> FactorKind;

    /// What passing it shows.
    fn grade(&self) -> Grade;

    /// Whether what was submitted is meant for this factor. Where a holder has one of the kind, it always is.
    fn is_for(&self, _state: &FactorState, _submission: &Submission<'_>) -> Result<bool, Unreadable> {
        Ok(true)
    }

    /// Judges what was submitted. Changes nothing: what acceptance would keep is in the verdict.
    fn judge(&self, state: &FactorState, submission: &Submission<'_>, now: Timestamp) -> Result<Verdict, Unreadable>;

    /// What an owner should know of a right answer. `state` is what was kept before it.
    fn notice(&self, _state: &FactorState, _submission: &Submission<'_>) -> Result<Option<Notice>, Unreadable> {
        Ok(None)
    }

    /// Whether its owner gives it a name.
    fn has_own_name(&self) -> bool {
        true
    }

    /// Why a wrong answer may be wrong. Asked only while the enrolment is unconfirmed; later it would be an oracle.
    fn diagnose(&self, _state: &FactorState, _submission: &Submission<'_>, _now: Timestamp) -> Option<Hint> {
        None
    }
}

/// An answer to a challenge, in the form that its kind takes.
#[derive(Debug)]
pub enum Submission<'a> {
    Code(&'a Code),
    /// Two codes, the one made right after the other.
    Pair(&'a Code, &'a Code),
    /// What a security key signed, verified already.
    Assertion(&'a security_key::Assertion),
    /// A recovery code, stretched already.
    Recovery(&'a recovery_codes::Stretched),
}

/// What a kind says of an answer.
#[derive(Debug)]
pub enum Verdict {
    /// Right. With this state the answer, and all before it, is burned.
    Right {
        state: FactorState,
    },
    /// Was right once and is burned; a new answer can be had then, or whenever its owner makes one.
    Replayed {
        fresh_at: Option<Timestamp>,
    },
    Wrong,
    /// Right, but its count of signatures did not rise.
    Cloned,
}

/// Something about a right answer that is recorded, and does not refuse it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A security key that was bound to its device may be synced to others now (WebAuthn Level 3, 6.1.3).
    BecameSynced,
    /// The count of signatures of a synced key did not rise (WebAuthn Level 3, 7.2.22).
    CountNotRisen,
}

impl Notice {
    /// As logs name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BecameSynced => "became synced",
            Self::CountNotRisen => "signature count not risen",
        }
    }
}

/// What is kept of a factor is not in its kind's form: a fault of ours.
#[derive(Debug, thiserror::Error)]
#[error("the state of a {kind} factor cannot be read")]
pub struct Unreadable {
    kind: FactorKind,
}

/// The kinds that are switched on. Adding a kind is its file and a line in [`Factors::new`].
pub struct Factors {
    all: Vec<Box<dyn Factor>>,
}

impl Factors {
    /// `skew`: how many TOTP steps before and after the present one are accepted (RFC 6238 5.2), 0 or 1.
    pub fn new(skew: u64) -> Self {
        Self {
            all: vec![
                Box::new(totp::Totp { skew }),
                Box::new(hotp::Hotp),
                Box::new(security_key::SecurityKey),
                Box::new(recovery_codes::RecoveryCodes),
            ],
        }
    }

    pub fn kinds(&self) -> impl Iterator<Item = FactorKind> {
        self.all.iter().map(|factor| factor.kind())
    }

    pub fn of(&self, kind: &FactorKind) -> Option<&dyn Factor> {
        self.all.iter().find(|factor| factor.kind() == *kind).map(AsRef::as_ref)
    }
}

/// Reads what a kind keeps.
fn read<T: serde::de::DeserializeOwned>(kind: FactorKind, state: &FactorState) -> Result<T, Unreadable> {
    // What the decoder says is left out: it quotes what it read, and faults are logged.
    rmp_serde::from_slice(state.expose()).map_err(|_| Unreadable { kind })
}

/// Writes what a kind keeps.
fn write<T: serde::Serialize>(state: &T) -> FactorState {
    // Plain structs of numbers, strings and bytes always encode.
    FactorState::new(rmp_serde::to_vec_named(state).unwrap_or_default())
}

/// Whether a holder has a factor beside its mail address. Recovery codes stand in for one; they are none themselves.
pub fn has_second(holder: &Holder) -> bool {
    holder.factors.iter().any(is_second)
}

pub fn is_second(factor: &FactorRecord) -> bool {
    factor.confirmed_at.is_some() && factor.kind != email_code::KIND && factor.kind != recovery_codes::KIND
}

impl FactorRecord {
    /// Whether an unconfirmed enrolment has died of age.
    pub fn has_lapsed(&self, now: Timestamp) -> bool {
        self.confirmed_at.is_none() && now >= self.added_at + crate::rules::limits::ENROLMENT_LASTS
    }
}
