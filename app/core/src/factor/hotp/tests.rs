//! HOTP against RFC 4226 and against our own rules.

use super::*;

/// The counters around which RFC 4226's secret gives leading zeros.
const ZEROS: [(u64, &str, &str); 3] =
    [(36, "003784", "64003784"), (44, "000152", "01000152"), (62, "005080", "47005080")];

/// Where a counter kept in 31, 32 or 53 bits would break; computed with oathtool.
const LARGE: [(u64, &str, &str); 5] = [
    (1 << 31, "197202", "04197202"),
    (1 << 32, "999456", "55999456"),
    (1 << 53, "860690", "86860690"),
    ((1 << 53) + 1, "354518", "70354518"),
    (u64::MAX - 1, "488204", "89488204"),
];

/// RFC 4226 Appendix D: the secret and the first ten codes.
const SEED: &[u8] = b"12345678901234567890";
const PUBLISHED: [&str; 10] =
    ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];

fn at(counter: u64) -> State {
    let setting = Setting { initial_count: counter, ..Setting::default() };
    State::new(setting, Secret::new(SEED.to_vec()), "ada".to_owned())
}

fn with(state: State, threshold: u64) -> State {
    State { threshold, ..state }
}

fn code(text: &str) -> Code {
    text.parse().expect("a code")
}

fn code_of(state: &State, counter: u64) -> String {
    state.key.code(counter).expose().clone()
}

fn now() -> Timestamp {
    Timestamp::from_secs(0)
}

fn judge(state: &State, answer: &str) -> Verdict {
    Hotp.judge(&state.write(), &Submission::Code(&code(answer)), now()).expect("a readable state")
}

fn judge_pair(state: &State, first: &str, second: &str) -> Verdict {
    let (first, second) = (code(first), code(second));
    Hotp.judge(&state.write(), &Submission::Pair(&first, &second), now()).expect("a readable state")
}

#[track_caller]
fn accepted(verdict: Verdict) -> State {
    match verdict {
        Verdict::Right { state } => State::read(&state).expect("a readable state"),
        other => panic!("not accepted: {other:?}"),
    }
}

#[track_caller]
fn assert_spent(verdict: &Verdict) {
    assert!(matches!(verdict, Verdict::Replayed { fresh_at: None }), "{verdict:?}");
}

#[track_caller]
fn assert_wrong(verdict: &Verdict) {
    assert!(matches!(verdict, Verdict::Wrong), "{verdict:?}");
}

#[test]
fn the_published_codes_pass_in_their_order_each_once() {
    let mut state = at(0);
    for (counter, published) in (0..).zip(PUBLISHED) {
        assert_eq!(state.counter, counter);
        state = accepted(judge(&state, published));
        assert_spent(&judge(&state, published));
    }
    assert_eq!(state.counter, 10);
}

#[test]
fn leading_zeros_count_and_large_counters_do_not_wrap() {
    for (counter, six, eight) in ZEROS.into_iter().chain(LARGE) {
        let state = at(counter);
        assert_eq!(accepted(judge(&state, six)).counter, counter + 1, "{counter}");
        let long = State { key: OathKey { digits: 8, ..state.key.clone() }, ..state };
        assert_eq!(accepted(judge(&long, eight)).counter, counter + 1, "{counter}");
        assert_wrong(&judge(&long, six));
    }
}

#[test]
fn the_look_ahead_is_exactly_inclusive_and_nothing_below_passes() {
    for threshold in 5..=10 {
        for next in [20, 1 << 31, 1 << 53] {
            let state = with(at(next), threshold);
            for ahead in 0..=threshold {
                let after = accepted(judge(&state, &code_of(&state, next + ahead)));
                assert_eq!(after.counter, next + ahead + 1);
            }
            assert_wrong(&judge(&state, &code_of(&state, next + threshold + 1)));
            assert_wrong(&judge(&state, &code_of(&state, next - SPENT_WINDOW - 1)));
        }
    }
}

#[test]
fn a_skipped_code_is_dead_and_told_as_spent() {
    let state = accepted(judge(&at(0), PUBLISHED[4]));
    for dead in &PUBLISHED[..5] {
        assert_spent(&judge(&state, dead));
    }
    accepted(judge(&state, PUBLISHED[5]));
}

/// Counters 103,424 and 103,427 of this seed share a code, as do 2,386 and 2,394.
#[test]
fn a_code_that_two_counters_in_the_window_share_passes_once() {
    for (first, second) in [(103_424, 103_427), (2_386, 2_394)] {
        let mut state = at(first);
        let shared = code_of(&state, first);
        assert_eq!(code_of(&state, second), shared);
        state = accepted(judge(&state, &shared));
        assert_eq!(state.counter, first + 1, "the owner stays in step");
        while state.counter <= second {
            assert_spent(&judge(&state, &shared));
            let counter = state.counter;
            if counter == second {
                break;
            }
            state = accepted(judge(&state, &code_of(&state, counter)));
        }
        let next = code_of(&state, second + 1);
        assert_eq!(accepted(judge(&state, &next)).counter, second + 2, "one press more, and the owner goes on");
    }
}

#[test]
fn at_the_end_of_all_numbers_nothing_passes_twice_and_nothing_overflows() {
    let last = u64::MAX;
    let state = at(last - 1);
    let spent = accepted(judge(&state, &code_of(&state, last - 1)));
    assert_eq!(spent.counter, last);
    assert_spent(&judge(&spent, &code_of(&spent, last - 1)));
    for _ in 0..2 {
        assert_wrong(&judge(&spent, &code_of(&spent, last)));
        assert_wrong(&judge_pair(&spent, &code_of(&spent, last), &code_of(&spent, 0)));
    }
    let close = at(last - 3);
    assert_eq!(accepted(judge_pair(&close, &code_of(&close, last - 3), &code_of(&close, last - 2))).counter, last - 1);
    assert_wrong(&judge_pair(&close, &code_of(&close, last - 1), &code_of(&close, last)));
    assert!(Hotp.diagnose(&spent.write(), &Submission::Code(&code("00000000")), now()).is_none());
}

#[test]
fn resync_takes_two_codes_in_a_row_both_among_the_next_hundred() {
    let state = at(1_000);
    for first in [1_000, 1_001, 1_050, 1_098] {
        let after = accepted(judge_pair(&state, &code_of(&state, first), &code_of(&state, first + 1)));
        assert_eq!(after.counter, first + 2);
    }
    for (first, second) in
        [(1_099, 1_100), (1_200, 1_201), (1_050, 1_052), (1_051, 1_050), (1_050, 1_050), (999, 1_000)]
    {
        assert_wrong(&judge_pair(&state, &code_of(&state, first), &code_of(&state, second)));
    }
    assert_spent(&judge_pair(&state, &code_of(&state, 998), &code_of(&state, 999)));
}

#[test]
fn both_codes_of_a_resync_are_burned_by_it() {
    let state = at(0);
    let (first, second) = (code_of(&state, 40), code_of(&state, 41));
    assert_wrong(&judge(&state, &first));
    let state = accepted(judge_pair(&state, &first, &second));
    assert_spent(&judge(&state, &first));
    assert_spent(&judge(&state, &second));
    assert_spent(&judge_pair(&state, &first, &second));
    accepted(judge(&state, &code_of(&state, 42)));
}

#[test]
fn hints_name_an_app_that_is_ahead_began_at_zero_or_ignored_the_setting() {
    let chosen = State { key: OathKey { algorithm: Algorithm::SHA256, digits: 8, ..at(0).key }, ..at(500) };
    let hint = |answer: &str| Hotp.diagnose(&chosen.write(), &Submission::Code(&code(answer)), now());
    let counter = |app_at| Some(Hint::Counter { app_at, expected: 500 });
    assert_eq!(hint(&code_of(&chosen, 511)), counter(511));
    assert_eq!(hint(&code_of(&chosen, 599)), counter(599));
    assert_eq!(hint(&code_of(&chosen, 600)), None);
    assert_eq!(hint(&code_of(&chosen, 0)), counter(0));
    let ignorant = at(500);
    let setting = Some(Hint::Setting { algorithm: "SHA1".to_owned(), digits: 6, period: None });
    assert_eq!(hint(&code_of(&ignorant, 500)), setting);
    assert_eq!(hint("00000000"), None);
}

#[test]
fn a_setting_out_of_range_is_refused_by_name() {
    assert_eq!(Setting::choose(None, None, None, None), Ok(Setting::default()));
    let largest = Setting::choose(Some("SHA512"), Some(8), Some(LARGEST_FIRST), Some(5));
    assert_eq!(largest.map(|setting| setting.initial_count), Ok(9_223_372_036_854_775_807));
    for (algorithm, digits, initial_count, threshold, field) in [
        (Some("MD5"), None, None, None, "algorithm"),
        (None, Some(7), None, None, "digits"),
        (None, None, Some(LARGEST_FIRST + 1), None, "initial_count"),
        (None, None, Some(u64::MAX), None, "initial_count"),
        (None, None, None, Some(4), "resync_threshold"),
        (None, None, None, Some(11), "resync_threshold"),
    ] {
        let chosen = Setting::choose(algorithm, digits, initial_count, threshold);
        assert_eq!(chosen, Err(Refusal::BadSetting(field.to_owned())));
    }
}
