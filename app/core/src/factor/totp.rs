//! Codes that change with time: TOTP, RFC 6238.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::oath::{OathKey, checked_digits};
use super::{Factor, Submission, Unreadable, Verdict, read, write};
use crate::model::{Code, FactorKind, FactorState, Grade, Hint, Refusal, Secret, Timestamp};

pub use super::oath::Algorithm;

pub const KIND: FactorKind = FactorKind::new("totp");

/// How far off a phone's clock is looked for while the enrolment is unconfirmed.
const CLOCK_SEARCH: Duration = Duration::from_hours(1);

/// What is chosen before enrolling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    pub algorithm: Algorithm,
    pub digits: u8,
    /// Seconds a code lives.
    pub period: u64,
}

/// What every app understands.
impl Default for Setting {
    fn default() -> Self {
        Self { algorithm: Algorithm::SHA1, digits: 6, period: 30 }
    }
}

impl Setting {
    /// A setting from what was sent; a missing part is the default one. 6 or 8 digits, 30 to 60 seconds.
    pub fn choose(algorithm: Option<&str>, digits: Option<u8>, interval: Option<u64>) -> Result<Self, Refusal> {
        Self::choose_with(algorithm, digits, ("interval", interval))
    }

    /// As [`choose`](Self::choose), with the period under the name that it was sent by.
    pub fn choose_with(
        algorithm: Option<&str>,
        digits: Option<u8>,
        (member, period): (&str, Option<u64>),
    ) -> Result<Self, Refusal> {
        let (algorithm, digits) = (Algorithm::chosen(algorithm)?, checked_digits(digits)?);
        let period = period.unwrap_or(Self::default().period);
        if !(30..=60).contains(&period) {
            return Err(Refusal::BadSetting(member.to_owned()));
        }
        Ok(Self { algorithm, digits, period })
    }
}

/// What is kept of a TOTP factor.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    pub key: OathKey,
    pub period: u64,
    /// The account as the authenticator app shows it.
    pub account: String,
    /// The last step accepted; only later ones are (RFC 6238 5.2: a code opens once).
    pub last_step: Option<u64>,
}

impl State {
    pub fn new(setting: Setting, secret: Secret<Vec<u8>>, account: String) -> Self {
        let key = OathKey { secret, algorithm: setting.algorithm, digits: setting.digits };
        Self { key, period: setting.period, account, last_step: None }
    }

    pub fn read(state: &FactorState) -> Result<Self, Unreadable> {
        read(KIND, state)
    }

    pub fn write(&self) -> FactorState {
        write(self)
    }

    pub const fn setting(&self) -> Setting {
        Setting { algorithm: self.key.algorithm, digits: self.key.digits, period: self.period }
    }

    /// The code of a moment.
    pub fn code_at(&self, at: Timestamp) -> Secret<String> {
        self.key.code(self.step(at))
    }

    /// When the step of a moment is over.
    pub fn step_ends(&self, at: Timestamp) -> Timestamp {
        self.begins(self.step(at).saturating_add(1))
    }

    /// T of RFC 6238 4.2, with T0 = 0.
    fn step(&self, at: Timestamp) -> u64 {
        at.unix_secs() / self.period
    }

    fn begins(&self, step: u64) -> Timestamp {
        Timestamp::from_secs(i64::try_from(step.saturating_mul(self.period)).unwrap_or(i64::MAX))
    }

    /// The latest step around `at` whose code this is. The latest, so that if two steps share a code, both are burned.
    fn find(&self, digits: &str, at: Timestamp, around: u64) -> Option<u64> {
        let present = self.step(at);
        (present.saturating_sub(around)..=present.saturating_add(around))
            .rev()
            .find(|step| self.key.matches(*step, digits))
    }
}

/// The kind.
pub struct Totp {
    /// Steps accepted before and after the present one.
    pub skew: u64,
}

impl Factor for Totp {
    fn kind(&self) -> FactorKind {
        KIND
    }

    fn grade(&self) -> Grade {
        Grade::Code
    }

    fn judge(&self, state: &FactorState, submission: &Submission<'_>, now: Timestamp) -> Result<Verdict, Unreadable> {
        let state = State::read(state)?;
        let Submission::Code(answer) = submission else { return Ok(Verdict::Wrong) };
        let Some(step) = state.find(answer.digits(), now, self.skew) else { return Ok(Verdict::Wrong) };
        Ok(match state.last_step {
            // The next code to be accepted is of the step after the last one, from when it is the present one.
            Some(last) if step <= last => Verdict::Replayed { fresh_at: Some(state.begins(last.saturating_add(1))) },
            _ => Verdict::Right { state: State { last_step: Some(step), ..state }.write() },
        })
    }

    fn diagnose(&self, state: &FactorState, submission: &Submission<'_>, now: Timestamp) -> Option<Hint> {
        let state = State::read(state).ok()?;
        let Submission::Code(answer) = submission else { return None };
        let search = CLOCK_SEARCH.as_secs() / state.period;
        clock_hint(&state, answer, now, search).or_else(|| setting_hint(&state, answer, now, self.skew))
    }
}

fn clock_hint(state: &State, answer: &Code, now: Timestamp, search: u64) -> Option<Hint> {
    let present = state.step(now);
    let near = (1..=search).find_map(|distance| {
        [present.checked_add(distance), present.checked_sub(distance)]
            .into_iter()
            .flatten()
            .find(|step| state.key.matches(*step, answer.digits()))
    })?;
    let ahead_steps = i64::try_from(near).ok()? - i64::try_from(present).ok()?;
    Some(Hint::Clock { ahead_secs: ahead_steps * i64::try_from(state.period).ok()? })
}

/// Whether the app took the secret but computes with other settings than asked for, as several do.
fn setting_hint(state: &State, answer: &Code, now: Timestamp, skew: u64) -> Option<Hint> {
    let digits = u8::try_from(answer.digits().len()).ok()?;
    for algorithm in Algorithm::ALL {
        for period in [state.period, 30, 60] {
            let key = OathKey { algorithm, digits, ..state.key.clone() };
            let other = State { key, period, ..state.clone() };
            if other.setting() != state.setting() && other.find(answer.digits(), now, skew).is_some() {
                return Some(Hint::Setting { algorithm: algorithm.name().to_owned(), digits, period: Some(period) });
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND_OF_TOTP: Totp = Totp { skew: 1 };

    fn state(algorithm: Algorithm, digits: u8, period: u64) -> State {
        let seed: Vec<u8> = b"1234567890".iter().copied().cycle().take(algorithm.secret_len()).collect();
        State::new(Setting { algorithm, digits, period }, Secret::new(seed), "ada".to_owned())
    }

    fn code(text: &str) -> Code {
        text.parse().expect("a code")
    }

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    fn judge(state: &State, answer: &str, now: i64) -> Verdict {
        KIND_OF_TOTP.judge(&state.write(), &Submission::Code(&code(answer)), at(now)).expect("a readable state")
    }

    fn accepted(verdict: Verdict) -> State {
        match verdict {
            Verdict::Right { state } => State::read(&state).expect("a readable state"),
            other => panic!("not accepted: {other:?}"),
        }
    }

    /// RFC 6238 Appendix B: seeds of 20, 32 and 64 bytes, times beyond 2^31 and 2^32.
    #[test]
    fn moments_give_the_published_codes() {
        let published = [
            (59, ["94287082", "46119246", "90693936"]),
            (1_111_111_109, ["07081804", "68084774", "25091201"]),
            (1_111_111_111, ["14050471", "67062674", "99943326"]),
            (1_234_567_890, ["89005924", "91819424", "93441116"]),
            (2_000_000_000, ["69279037", "90698825", "38618901"]),
            (20_000_000_000, ["65353130", "77737706", "47863826"]),
        ];
        for (time, codes) in published {
            for (algorithm, expected) in Algorithm::ALL.into_iter().zip(codes) {
                let state = state(algorithm, 8, 30);
                assert_eq!(state.code_at(at(time)).expose(), expected, "{algorithm:?} at {time}");
                assert!(matches!(judge(&state, expected, time), Verdict::Right { .. }), "{algorithm:?} at {time}");
            }
        }
    }

    #[test]
    fn leading_zeros_count() {
        let state = state(Algorithm::SHA1, 8, 30);
        assert!(matches!(judge(&state, "07081804", 1_111_111_109), Verdict::Right { .. }));
        let six = State { key: OathKey { digits: 6, ..state.key.clone() }, ..state };
        assert_eq!(six.code_at(at(1_111_111_109)).expose(), "081804");
        assert!(matches!(judge(&six, "081804", 1_111_111_109), Verdict::Right { .. }));
        assert!(matches!(judge(&six, "07081804", 1_111_111_109), Verdict::Wrong));
    }

    #[test]
    fn the_step_before_and_the_step_after_pass_and_no_other() {
        let state = state(Algorithm::SHA1, 6, 30);
        let now = 1_234_567_890;
        for (steps, passes) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let answer = state.code_at(at(now + steps * 30));
            let verdict = judge(&state, answer.expose(), now);
            assert_eq!(matches!(verdict, Verdict::Right { .. }), passes, "{steps}");
        }
        let strict = Totp { skew: 0 }.judge(
            &state.write(),
            &Submission::Code(&code(state.code_at(at(now - 30)).expose())),
            at(now),
        );
        assert!(matches!(strict, Ok(Verdict::Wrong)));
    }

    #[test]
    fn a_code_and_every_earlier_one_is_burned_by_the_one_accepted() {
        let now = 1_234_567_890;
        let fresh = state(Algorithm::SHA1, 6, 30);
        let used = accepted(judge(&fresh, fresh.code_at(at(now)).expose(), now));
        for earlier in [0, -30] {
            let verdict = judge(&used, fresh.code_at(at(now + earlier)).expose(), now);
            assert!(matches!(verdict, Verdict::Replayed { fresh_at } if fresh_at == Some(at(now + 30))), "{verdict:?}");
        }
        accepted(judge(&used, fresh.code_at(at(now + 30)).expose(), now));
    }

    #[test]
    fn a_code_that_two_steps_share_burns_both() {
        // The first two neighbouring steps of this seed with one 6-digit code.
        let state = state(Algorithm::SHA1, 6, 30);
        let step = 910_737;
        assert_eq!(state.key.code(step).expose(), state.key.code(step + 1).expose());
        let now = i64::try_from(step * 30).expect("a time");
        let used = accepted(judge(&state, state.code_at(at(now)).expose(), now));
        assert_eq!(used.last_step, Some(step + 1));
    }

    #[test]
    fn hints_name_a_clock_that_is_off_and_an_app_that_ignored_the_setting() {
        let now = at(1_234_567_890);
        let chosen = state(Algorithm::SHA256, 8, 60);
        let hint = |answer: &str| KIND_OF_TOTP.diagnose(&chosen.write(), &Submission::Code(&code(answer)), now);

        let ahead = chosen.code_at(now + Duration::from_mins(2));
        assert_eq!(hint(ahead.expose()), Some(Hint::Clock { ahead_secs: 120 }));
        let behind = chosen.code_at(now - Duration::from_mins(5));
        assert_eq!(hint(behind.expose()), Some(Hint::Clock { ahead_secs: -300 }));

        let ignorant = State {
            key: OathKey { algorithm: Algorithm::SHA1, digits: 6, ..chosen.key.clone() },
            period: 30,
            ..chosen.clone()
        };
        let expected = Hint::Setting { algorithm: "SHA1".to_owned(), digits: 6, period: Some(30) };
        assert_eq!(hint(ignorant.code_at(now).expose()), Some(expected));
        assert_eq!(hint("00000000"), None);
    }

    #[test]
    fn a_setting_out_of_range_is_refused_by_name() {
        assert_eq!(Setting::choose(None, None, None), Ok(Setting::default()));
        assert_eq!(Setting::choose(Some("SHA512"), Some(8), Some(60)).map(|s| s.period), Ok(60));
        for (algorithm, digits, period, field) in [
            (Some("MD5"), None, None, "algorithm"),
            (Some("sha1"), None, None, "algorithm"),
            (None, Some(7), None, "digits"),
            (None, None, Some(29), "interval"),
            (None, None, Some(61), "interval"),
        ] {
            assert_eq!(Setting::choose(algorithm, digits, period), Err(Refusal::BadSetting(field.to_owned())));
        }
    }
}
