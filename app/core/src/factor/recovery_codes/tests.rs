//! A set of recovery codes, held to its rules.

use std::collections::BTreeSet;
use std::convert::Infallible;

use sha2::{Digest, Sha256};

use super::*;
use crate::model::Code;

const NOW: Timestamp = Timestamp::from_secs(1_000_000_000);

/// Quick, and as good as any where only sameness counts. The real one is held to these codes where it stands.
#[allow(clippy::unnecessary_wraps, reason = "the real one can fail")]
fn quick(secret: &[u8], salt: &[u8], cost: StretchCost) -> Result<Secret<[u8; 32]>, Infallible> {
    let hash = Sha256::new().chain_update(secret).chain_update(salt).chain_update(cost.memory_kib.to_be_bytes());
    Ok(Secret::new(hash.finalize().into()))
}

/// Bytes that are the same in every run.
fn random(seed: u64) -> impl FnMut(&mut [u8]) {
    let mut block = 0_u64;
    move |bytes| {
        block += 1;
        let hash = Sha256::new().chain_update(seed.to_be_bytes()).chain_update(block.to_be_bytes()).finalize();
        bytes.copy_from_slice(&hash[..bytes.len()]);
    }
}

fn set(seed: u64) -> (Vec<RecoveryCode>, State) {
    let drawn = draw(random(seed));
    let Ok(state) = drawn.state(quick, NOW);
    (drawn.codes().cloned().collect(), state)
}

fn judge(state: &State, code: &RecoveryCode) -> Verdict {
    let Ok(answer) = state.unstretched(code).stretched(quick);
    RecoveryCodes.judge(&state.write(), &Submission::Recovery(&answer), NOW).expect("a readable state")
}

fn after(verdict: Verdict) -> State {
    let Verdict::Right { state } = verdict else { panic!("{verdict:?}") };
    State::read(&state).expect("a state")
}

#[test]
fn each_code_of_a_set_passes_once_and_the_others_stay_good() {
    let (codes, mut state) = set(1);
    for (used, code) in codes.iter().enumerate() {
        assert_eq!(state.remaining(), 10 - used);
        state = after(judge(&state, code));
        assert_eq!(state.entries[used].used_at, Some(NOW));
        assert!(matches!(judge(&state, code), Verdict::Replayed { fresh_at: None }));
    }
    assert_eq!(state.remaining(), 0);
}

#[test]
fn a_code_of_another_set_is_wrong_even_if_its_lead_is_here() {
    let (_, state) = set(1);
    let (others, _) = set(2);
    for code in &others {
        assert!(matches!(judge(&state, code), Verdict::Wrong));
    }
    let borrowed = format!("{}{}", state.entries[3].lead, "0".repeat(16)).parse().expect("a code");
    assert!(matches!(judge(&state, &borrowed), Verdict::Wrong));
}

#[test]
fn a_wrong_code_with_the_lead_of_a_used_one_is_wrong_not_used() {
    let (codes, state) = set(1);
    let state = after(judge(&state, &codes[0]));
    let guess = format!("{}{}", codes[0].lead(), "0".repeat(16)).parse().expect("a code");
    assert!(matches!(judge(&state, &guess), Verdict::Wrong));
}

#[test]
fn a_set_has_ten_codes_with_leads_of_their_own_and_is_drawn_anew_each_time() {
    let mut seen = BTreeSet::new();
    for seed in 0..50 {
        let (codes, state) = set(seed);
        assert_eq!(codes.iter().map(RecoveryCode::lead).collect::<BTreeSet<_>>().len(), SET);
        assert_eq!(state.entries.iter().map(|entry| entry.salt).collect::<BTreeSet<_>>().len(), SET);
        seen.extend(codes.iter().map(|code| code.grouped().expose().clone()));
    }
    assert_eq!(seen.len(), 50 * SET);
}

#[test]
fn a_lead_that_is_taken_is_drawn_again() {
    // Twice the same code, then others.
    let mut draws = 0_u8;
    let drawn = draw(|bytes| {
        if bytes.len() == 20 {
            draws += 1;
            bytes.fill(draws / 2);
        }
    });
    assert_eq!(drawn.codes().map(RecoveryCode::lead).collect::<BTreeSet<_>>().len(), SET);
}

#[test]
fn codes_are_stretched_at_the_cost_they_were_made_with() {
    let (codes, state) = set(1);
    let dearer = State { cost: StretchCost { memory_kib: 40_000, ..state.cost }, ..state.clone() };
    assert!(matches!(judge(&state, &codes[0]), Verdict::Right { .. }));
    assert!(matches!(judge(&dearer, &codes[0]), Verdict::Wrong));
}

#[test]
fn an_unknown_lead_is_as_much_work_as_a_known_one() {
    let (codes, state) = set(1);
    let (others, _) = set(2);
    let costs = [&codes[0], &others[0]].map(|code| {
        let cost = std::cell::Cell::new(None);
        let Ok(_) = state.unstretched(code).stretched(|secret, salt, asked| {
            cost.set(Some((secret.len(), salt.len(), asked)));
            quick(secret, salt, asked)
        });
        cost.get()
    });
    assert!(costs[0].is_some() && costs[0] == costs[1]);
}

#[test]
fn an_answer_of_another_kind_is_wrong() {
    let (_, state) = set(1);
    let code: Code = "482913".parse().expect("a code");
    let verdict = RecoveryCodes.judge(&state.write(), &Submission::Code(&code), NOW).expect("a readable state");
    assert!(matches!(verdict, Verdict::Wrong));
}
