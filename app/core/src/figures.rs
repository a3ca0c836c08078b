//! What is counted while it happens, for operators: names and labels. Whoever runs the process decides who listens; with
//! nobody there it costs nothing. Labels are of small closed sets and tell nothing of anybody.

use std::fmt::Display;

use metrics::counter;

use crate::model::{FactorKind, Refusal, SessionKind};

/// Tries at factors, by `factor` and `result`.
pub const ATTEMPTS: &str = "postern_attempts_total";

/// Sessions begun, by `kind`.
pub const SESSIONS_BEGUN: &str = "postern_sessions_begun_total";

/// Sessions that their browser ended, by `kind`.
pub const SESSIONS_ENDED: &str = "postern_sessions_ended_total";

/// What was to follow a change that stands, and failed, by `step`.
pub const FOLLOW_UP_FAULTS: &str = "postern_follow_up_faults_total";

pub const PASSED: &str = "passed";

/// Ours, not the person's.
pub const FAULT: &str = "fault";

/// A try at a factor, and what came of it: [`PASSED`], [`FAULT`] or [`of_refusal`].
pub fn attempted(factor: &FactorKind, result: &'static str) {
    counter!(ATTEMPTS, "factor" => factor.as_str().to_owned(), "result" => result).increment(1);
}

/// A refusal as the result of a try. What nobody has to tell apart is one.
pub const fn of_refusal(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Wrong { .. } | Refusal::BadAssertion(_) | Refusal::BadRegistration(_) => "wrong",
        Refusal::Replayed { .. } => "replayed",
        Refusal::Throttled { .. } => "throttled",
        Refusal::Blocked => "blocked",
        Refusal::CodeVoid { .. } => "void",
        Refusal::Cloned { .. } => "cloned",
        _ => "refused",
    }
}

/// What follows a change that stands: where it fails, that is logged and counted, and the change is answered as done. `step`
/// is one of a small closed set.
pub fn follow_up<T>(step: &'static str, outcome: Result<T, impl Display>) -> Option<T> {
    outcome
        .inspect_err(|fault| {
            tracing::error!(%fault, step, "what follows a change that stands failed");
            counter!(FOLLOW_UP_FAULTS, "step" => step).increment(1);
        })
        .ok()
}

pub fn session_begun(kind: SessionKind) {
    counter!(SESSIONS_BEGUN, "kind" => name(kind)).increment(1);
}

pub fn session_ended(kind: SessionKind) {
    counter!(SESSIONS_ENDED, "kind" => name(kind)).increment(1);
}

const fn name(kind: SessionKind) -> &'static str {
    match kind {
        SessionKind::Visitor => "visitor",
        SessionKind::Account => "account",
    }
}
