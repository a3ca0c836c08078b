//! The use cases: one method each on [`Portal`], the same for pages and programs.
//!
//! A verification is three round trips: the session (before we are called), count-and-load in one, and one conditional
//! write that burns the answer, notes the proof, resets the count and appends the event.

mod account;
mod challenge;
mod check;
mod demo;
mod factors;
mod hotp;
mod mail_code;
mod mail_outbox;
mod notes;
mod oath;
mod opening;
pub mod operator;
mod readiness;
mod security_key;
mod send_limits;
mod submissions;
mod totp;
mod visit;

use std::sync::Arc;
use std::time::Duration;

use crate::letter;
use postern_core::engine::Records;
use postern_core::factor::Factors;
use postern_core::figures;
use postern_core::model::{FactorKind, Visit};
use postern_core::port::{BlockingPool, Clock, Entropy, Store};
use postern_core::rules::sign_up::SignUp;
use postern_core::seal::LookupKey;

pub use account::{
    Choice, ClaimableFactor, Export, FactorAnswer, RecoveryCodes, SignIn, SignInStanding, SignedIn, TicketDetails,
    UnauthorizedReport,
};
pub use challenge::Passed;
pub use check::{Checked, check, seal_canary};
pub use demo::{Moves, PhoneCode};
pub use factors::checked_name;
pub use hotp::{HotpEnrolment, HotpStanding};
pub use mail_code::{MailCode, Sent};
pub use opening::OpenError;
pub use postern_core::engine::{Answer, InternalError, UseCaseError};
pub use readiness::NotReady;
pub use security_key::{Key, KeyAdded};
pub use submissions::{
    Begun, LARGEST_OUTCOME, Lease, OUTCOME_LASTS, Submission, SubmissionToken, Submitter, TOKEN_LASTS,
};
pub use totp::{TotpEnrolment, TotpStanding};
pub use visit::VisitState;

/// What the portal asks of the outside.
#[derive(Clone)]
pub struct Outside {
    pub store: Arc<dyn Store>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub heavy: Arc<dyn BlockingPool>,
    /// Called after a letter was queued, so that the queue need not wait for its next look.
    pub letter_waits: Arc<dyn Fn() + Send + Sync>,
}

/// What an operator chose.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The portal's name in letters and authenticator apps.
    pub name: String,
    /// `scheme://host[:port]`, for links in letters.
    pub origin: String,
    /// TOTP steps accepted before and after the present one (RFC 6238 5.2).
    pub totp_skew: u64,
    pub sign_up: SignUp,
    /// Whether an account without a second factor may do nothing but add one.
    pub require_second_factor: bool,
    /// How long an account's activity is kept.
    pub activity_lasts: Duration,
    /// How long an account is kept that nobody uses; `None`: for good.
    pub unused_lasts: Option<Duration>,
    /// The identity of the store that was in use before, if that is known: another one, or an empty one, is refused.
    pub expected_store: Option<String>,
    /// Letters that one network may ask for in an hour.
    pub emails_per_network: u32,
    /// Letters that go out in an hour; `None`: as many as there are.
    pub emails_per_hour: Option<u32>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: "Postern".to_owned(),
            origin: "http://localhost:3000".to_owned(),
            totp_skew: 1,
            sign_up: SignUp::Open,
            require_second_factor: false,
            activity_lasts: Duration::from_hours(90 * 24),
            unused_lasts: None,
            expected_store: None,
            emails_per_network: 20,
            emails_per_hour: Some(10_000),
        }
    }
}

/// Everything the use cases need.
pub struct Portal {
    pub(crate) outside: Outside,
    pub(crate) settings: Settings,
    pub(crate) records: Records,
    pub(crate) lookup: LookupKey,
    pub(crate) factors: Factors,
    pub(crate) identity: readiness::StoreIdentity,
}

impl Portal {
    pub(crate) fn from(&self) -> letter::From<'_> {
        letter::From { portal: &self.settings.name, origin: &self.settings.origin }
    }
}

/// Every authentication event is logged once, here: who, which factor, what came of it, where from.
fn log(visit: &Visit, factor: &FactorKind, result: &str) {
    log_outcome(visit, factor, result, None);
}

/// `problem` is the type of the refusal, where it is one.
fn log_outcome(visit: &Visit, factor: &FactorKind, result: &str, problem: Option<&str>) {
    let (holder, network) = (&visit.session.holder, visit.network);
    tracing::info!(target: "postern::auth", %holder, %factor, result, problem, %network);
}

/// What is logged, but is no try at a factor.
const NO_TRIES: [&str; 2] = ["asked", "kept in an account"];

/// Logs what came of it: `done`, or why not. Faults are logged where they are answered, with a reference.
fn logged<T>(visit: &Visit, factor: &FactorKind, done: &str, outcome: Answer<T>) -> Answer<T> {
    match &outcome {
        Ok(_) => log(visit, factor, done),
        Err(UseCaseError::Refused(refusal)) => {
            log_outcome(visit, factor, figures::of_refusal(refusal), Some(refusal.code()));
        }
        Err(UseCaseError::InternalError(_)) => {}
    }
    if !NO_TRIES.contains(&done) {
        figure(factor, &outcome);
    }
    outcome
}

/// Counts a try by what came of it.
pub(crate) fn figure<T>(factor: &FactorKind, outcome: &Answer<T>) {
    let result = match outcome {
        Ok(_) => figures::PASSED,
        Err(UseCaseError::Refused(refusal)) => figures::of_refusal(refusal),
        Err(UseCaseError::InternalError(_)) => figures::FAULT,
    };
    figures::attempted(factor, result);
}
