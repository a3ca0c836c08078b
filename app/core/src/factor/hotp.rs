//! Codes that change with each press: HOTP, RFC 4226.

use serde::{Deserialize, Serialize};

use super::oath::{Algorithm, OathKey, checked_digits};
use super::{Factor, Submission, Unreadable, Verdict, read, write};
use crate::model::{Code, FactorKind, FactorState, Grade, Hint, Refusal, Secret, Timestamp};

pub const KIND: FactorKind = FactorKind::new("hotp");

/// How far ahead two codes in a row are looked for (RFC 4226 7.4): both are among so many next counters.
pub const RESYNC_WINDOW: u64 = 100;

/// How many counters back a code is told as spent rather than as wrong: all that the widest look-ahead can skip, and the
/// one accepted. So of two counters in one window that share a code, the second cannot pass once the first has.
const SPENT_WINDOW: u64 = 11;

/// The largest first counter: authenticator apps read it as a signed number of 64 bits.
const LARGEST_FIRST: u64 = i64::MAX as u64;

/// What is chosen before enrolling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    pub algorithm: Algorithm,
    pub digits: u8,
    /// The counter of the first code (C of RFC 4226 5.1).
    pub initial_count: u64,
    /// How many codes may be skipped (s of RFC 4226 7.4).
    pub resync_threshold: u64,
}

/// What every app understands.
impl Default for Setting {
    fn default() -> Self {
        Self { algorithm: Algorithm::SHA1, digits: 6, initial_count: 0, resync_threshold: 10 }
    }
}

impl Setting {
    /// A setting from what was sent; a missing part is the default one. 6 or 8 digits, a first counter below 2^63, a
    /// look-ahead of 5 to 10.
    pub fn choose(
        algorithm: Option<&str>,
        digits: Option<u8>,
        initial_count: Option<u64>,
        resync_threshold: Option<u64>,
    ) -> Result<Self, Refusal> {
        let default = Self::default();
        let chosen = Self {
            algorithm: Algorithm::chosen(algorithm)?,
            digits: checked_digits(digits)?,
            initial_count: initial_count.unwrap_or(default.initial_count),
            resync_threshold: resync_threshold.unwrap_or(default.resync_threshold),
        };
        if chosen.initial_count > LARGEST_FIRST {
            return Err(Refusal::BadSetting("initial_count".to_owned()));
        }
        if !(5..=10).contains(&chosen.resync_threshold) {
            return Err(Refusal::BadSetting("resync_threshold".to_owned()));
        }
        Ok(chosen)
    }
}

/// What is kept of a HOTP factor.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    pub key: OathKey,
    /// The next counter expected; every one below it is dead.
    pub counter: u64,
    /// How many codes may be skipped.
    pub threshold: u64,
    /// The account as the authenticator app shows it.
    pub account: String,
}

impl State {
    pub fn new(setting: Setting, secret: Secret<Vec<u8>>, account: String) -> Self {
        let key = OathKey { secret, algorithm: setting.algorithm, digits: setting.digits };
        Self { key, counter: setting.initial_count, threshold: setting.resync_threshold, account }
    }

    pub fn read(state: &FactorState) -> Result<Self, Unreadable> {
        read(KIND, state)
    }

    pub fn write(&self) -> FactorState {
        write(self)
    }

    /// As chosen, counted from where it stands now.
    pub const fn setting(&self) -> Setting {
        Setting {
            algorithm: self.key.algorithm,
            digits: self.key.digits,
            initial_count: self.counter,
            resync_threshold: self.threshold,
        }
    }

    /// The code to be made next.
    pub fn code(&self) -> Secret<String> {
        self.key.code(self.counter)
    }

    /// Every counter up to and with `matched` is dead.
    #[must_use]
    pub fn after(self, matched: u64) -> Self {
        Self { counter: matched.saturating_add(1), ..self }
    }

    /// The first of the counters that lie `from..=to` beyond the next expected one to have this code. The very last
    /// number is never one of them: no counter follows it, so it could not be burned.
    fn find(&self, digits: &str, from: u64, to: u64) -> Option<u64> {
        let end = self.counter.saturating_add(to).min(u64::MAX - 1);
        (self.counter.saturating_add(from)..=end).find(|counter| self.key.matches(*counter, digits))
    }

    /// Two codes in a row, both among the next [`RESYNC_WINDOW`] counters. Tells the second one's.
    fn find_pair(&self, first: &str, second: &str) -> Option<u64> {
        let end = self.counter.saturating_add(RESYNC_WINDOW - 1).min(u64::MAX - 1);
        (self.counter..end).find(|counter| self.has_pair(*counter, first, second)).map(|counter| counter + 1)
    }

    fn has_pair(&self, counter: u64, first: &str, second: &str) -> bool {
        self.key.matches(counter, first) && self.key.matches(counter + 1, second)
    }

    fn spent(&self) -> impl Iterator<Item = u64> + use<> {
        self.counter.saturating_sub(SPENT_WINDOW)..self.counter
    }

    /// Spent codes come first: one that was just accepted is refused even if a coming counter happens to share its
    /// digits. Its owner presses once more; whoever looked over a shoulder gains nothing.
    fn judge_code(self, digits: &str) -> Verdict {
        if self.spent().any(|counter| self.key.matches(counter, digits)) {
            return Verdict::Replayed { fresh_at: None };
        }
        let found = self.find(digits, 0, self.threshold);
        found.map_or(Verdict::Wrong, |counter| Verdict::Right { state: self.after(counter).write() })
    }

    fn judge_pair(self, first: &str, second: &str) -> Verdict {
        let dead = |counter: u64| counter + 1 < self.counter && self.has_pair(counter, first, second);
        if self.spent().any(dead) {
            return Verdict::Replayed { fresh_at: None };
        }
        let found = self.find_pair(first, second);
        found.map_or(Verdict::Wrong, |counter| Verdict::Right { state: self.after(counter).write() })
    }
}

/// The kind.
pub struct Hotp;

impl Factor for Hotp {
    fn kind(&self) -> FactorKind {
        KIND
    }

    fn grade(&self) -> Grade {
        Grade::Code
    }

    fn judge(&self, state: &FactorState, submission: &Submission<'_>, _now: Timestamp) -> Result<Verdict, Unreadable> {
        let state = State::read(state)?;
        Ok(match submission {
            Submission::Code(code) => state.judge_code(code.digits()),
            Submission::Pair(first, second) => state.judge_pair(first.digits(), second.digits()),
            Submission::Assertion(_) | Submission::Recovery(_) => Verdict::Wrong,
        })
    }

    fn diagnose(&self, state: &FactorState, submission: &Submission<'_>, _now: Timestamp) -> Option<Hint> {
        let state = State::read(state).ok()?;
        let Submission::Code(answer) = submission else { return None };
        counter_hint(&state, answer).or_else(|| setting_hint(&state, answer))
    }
}

/// Whether the app is many presses ahead, or began at 0 whatever was chosen, as several do.
fn counter_hint(state: &State, answer: &Code) -> Option<Hint> {
    let ahead = || state.find(answer.digits(), state.threshold + 1, RESYNC_WINDOW - 1);
    let from_zero = || (0..=state.threshold.min(state.counter)).find(|at| state.key.matches(*at, answer.digits()));
    let app_at = ahead().or_else(from_zero)?;
    Some(Hint::Counter { app_at, expected: state.counter })
}

/// Whether the app took the secret but cuts its codes otherwise than asked for, as several do.
fn setting_hint(state: &State, answer: &Code) -> Option<Hint> {
    let digits = u8::try_from(answer.digits().len()).ok()?;
    let other = |algorithm| State { key: OathKey { algorithm, digits, ..state.key.clone() }, ..state.clone() };
    let fits = |algorithm: &Algorithm| {
        (*algorithm, digits) != (state.key.algorithm, state.key.digits)
            && other(*algorithm).find(answer.digits(), 0, state.threshold).is_some()
    };
    let algorithm = Algorithm::ALL.into_iter().find(fits)?;
    Some(Hint::Setting { algorithm: algorithm.name().to_owned(), digits, period: None })
}

#[cfg(test)]
mod tests;
