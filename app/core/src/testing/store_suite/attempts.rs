//! Promises about attempts: counted before judged, by the rule of [`Policy::attempt`] and no other.

use std::time::Duration;

use super::{MINUTE, NOW, POLICY, Subject, TICK, at_once, done, key, write};
use crate::model::Timestamp;
use crate::port::{Expect, Stored};
use crate::rules::throttle::{Attempt, Policy, ThrottleState};
use crate::testing::SeededEntropy;

async fn attempt(store: &Subject, policy: &Policy, now: Timestamp) -> (Attempt, Option<Stored>) {
    store.attempt(&key("count"), policy, &key("record"), now).await.expect("an answer")
}

async fn standing(store: &Subject, now: Timestamp) -> ThrottleState {
    store.standing(&key("count"), now).await.expect("an answer")
}

/// Walks a random path through time, with a reset now and then, and compares every step with the pure rule.
async fn compare(store: &Subject, policy: &Policy, steps: usize, seed: u64) {
    let dice = SeededEntropy::new(seed);
    let (mut now, mut expected, mut forgotten) = (NOW, ThrottleState::NONE, NOW);
    for step in 0..steps {
        now = now
            + match dice.below(10) {
                0..=3 => Duration::ZERO,
                4 => Duration::from_millis(dice.below(1_000)),
                5 => Duration::from_millis(dice.below(120_000)),
                6..=8 => now.until(expected.not_before),
                _ => now.until(expected.not_before).saturating_sub(TICK),
            };
        match dice.below(100) {
            0 => now = forgotten.max(now),
            1 => now = (forgotten - TICK).max(now),
            _ => {}
        }
        if now >= forgotten {
            expected = ThrottleState::NONE;
        }
        if dice.below(60) == 0 {
            store.reset_attempts(&key("count")).await.expect("an answer");
            (expected, forgotten) = (ThrottleState::NONE, now);
        }
        let (after, answer) = policy.attempt(expected, now);
        if let Attempt::Go(_) = answer {
            forgotten = now + policy.memory;
        }
        assert_eq!(standing(store, now).await, expected, "before step {step} of {policy:?}");
        assert_eq!(attempt(store, policy, now).await, (answer, None), "step {step} of {policy:?}");
        let kept = if now < forgotten { after } else { ThrottleState::NONE };
        assert_eq!(standing(store, now).await, kept, "after step {step} of {policy:?}");
        expected = after;
    }
}

pub async fn attempts_follow_the_rule_step_by_step(store: Subject) {
    compare(&store, &POLICY, 400, 1).await;
}

pub async fn attempts_follow_the_rule_for_policies_of_every_shape(store: Subject) {
    let short = Policy { free_attempts: 3, blocked_at: 9, memory: Duration::from_mins(20), ..POLICY };
    let waits_at_once = Policy { free_attempts: 0, first_wait: Duration::from_millis(1), ..POLICY };
    let never_waits = Policy { first_wait: Duration::ZERO, longest_wait: Duration::ZERO, ..POLICY };
    let slow_to_double = Policy {
        free_attempts: 1,
        first_wait: Duration::from_micros(1_500),
        longest_wait: Duration::from_hours(24 * 365),
        blocked_at: u32::MAX,
        ..POLICY
    };
    let blocked_from_the_start = Policy { blocked_at: 0, ..POLICY };
    let forgets_at_once = Policy { memory: Duration::ZERO, ..POLICY };
    let shapes = [short, waits_at_once, never_waits, slow_to_double, blocked_from_the_start, forgets_at_once];
    for (seed, policy) in (2..).zip(&shapes) {
        store.reset_attempts(&key("count")).await.expect("an answer");
        compare(&store, policy, 80, seed).await;
    }
}

pub async fn an_attempt_that_may_go_brings_the_record(store: Subject) {
    assert_eq!(attempt(&store, &POLICY, NOW).await, (Attempt::Go(1), None));
    let revision = done(&store, write("record", Expect::Absent, b"factor"), NOW).await;
    let record = Stored { value: b"factor".to_vec(), revision };
    assert_eq!(attempt(&store, &POLICY, NOW).await, (Attempt::Go(2), Some(record)));
    assert_eq!(attempt(&store, &POLICY, NOW + MINUTE).await, (Attempt::Go(3), None), "the record has ended");
}

pub async fn an_attempt_inside_a_wait_is_not_counted_and_brings_nothing(store: Subject) {
    done(&store, write("record", Expect::Absent, b"factor"), NOW).await;
    for n in 1..=POLICY.free_attempts {
        assert_eq!(attempt(&store, &POLICY, NOW).await.0, Attempt::Go(n));
    }
    let until = NOW + POLICY.first_wait;
    for _ in 0..60 {
        assert_eq!(attempt(&store, &POLICY, NOW).await, (Attempt::Wait(until), None));
    }
    assert_eq!(standing(&store, NOW).await, ThrottleState { failures: POLICY.free_attempts, not_before: until });
}

pub async fn the_wait_ends_to_the_millisecond(store: Subject) {
    for _ in 0..POLICY.free_attempts {
        attempt(&store, &POLICY, NOW).await;
    }
    let until = NOW + POLICY.first_wait;
    assert_eq!(attempt(&store, &POLICY, until - TICK).await.0, Attempt::Wait(until));
    assert_eq!(attempt(&store, &POLICY, until).await.0, Attempt::Go(POLICY.free_attempts + 1));
    assert_eq!(attempt(&store, &POLICY, until).await.0, Attempt::Wait(until + POLICY.first_wait * 2));
}

pub async fn a_blocked_count_stays_blocked_until_it_is_forgiven(store: Subject) {
    done(&store, write("record", Expect::Absent, b"factor"), NOW).await;
    let policy = Policy { blocked_at: 3, ..POLICY };
    for n in 1..=3 {
        assert_eq!(attempt(&store, &policy, NOW).await.0, Attempt::Go(n));
    }
    for now in [NOW, NOW + MINUTE, NOW + POLICY.memory - TICK] {
        assert_eq!(attempt(&store, &policy, now).await, (Attempt::Blocked, None));
    }
    store.reset_attempts(&key("count")).await.expect("an answer");
    assert_eq!(attempt(&store, &policy, NOW).await.0, Attempt::Go(1));
}

pub async fn a_count_is_forgotten_its_memory_after_the_last_failure(store: Subject) {
    attempt(&store, &POLICY, NOW).await;
    let last = NOW + POLICY.memory - TICK;
    assert_eq!(attempt(&store, &POLICY, last).await.0, Attempt::Go(2));
    assert_eq!(standing(&store, last + POLICY.memory - TICK).await.failures, 2);
    assert_eq!(standing(&store, last + POLICY.memory).await, ThrottleState::NONE);
    assert_eq!(attempt(&store, &POLICY, last + POLICY.memory).await.0, Attempt::Go(1));
}

pub async fn asking_where_a_count_stands_does_not_count(store: Subject) {
    for _ in 0..10 {
        assert_eq!(standing(&store, NOW).await, ThrottleState::NONE);
    }
    assert_eq!(attempt(&store, &POLICY, NOW).await.0, Attempt::Go(1));
    assert_eq!(standing(&store, NOW).await, ThrottleState { failures: 1, not_before: NOW });
    assert_eq!(standing(&store, NOW).await, ThrottleState { failures: 1, not_before: NOW });
}

pub async fn forgiving_sets_a_count_back_to_nothing(store: Subject) {
    store.reset_attempts(&key("count")).await.expect("nothing to forgive is no fault");
    for _ in 0..POLICY.free_attempts {
        attempt(&store, &POLICY, NOW).await;
    }
    store.reset_attempts(&key("count")).await.expect("an answer");
    assert_eq!(standing(&store, NOW).await, ThrottleState::NONE);
    assert_eq!(attempt(&store, &POLICY, NOW).await.0, Attempt::Go(1));
}

pub async fn of_fifty_attempts_at_once_as_many_go_as_are_free(store: Subject) {
    let answers = at_once(50, |_| {
        let store = store.clone();
        async move { attempt(&store, &POLICY, NOW).await.0 }
    })
    .await;
    let mut went: Vec<u32> =
        answers.iter().filter_map(|a| if let Attempt::Go(n) = a { Some(*n) } else { None }).collect();
    went.sort_unstable();
    assert_eq!(went, (1..=POLICY.free_attempts).collect::<Vec<_>>());
    let until = NOW + POLICY.first_wait;
    assert_eq!(answers.iter().filter(|a| **a == Attempt::Wait(until)).count(), 45);
}

pub async fn attempts_of_one_count_say_nothing_to_another(store: Subject) {
    for _ in 0..=POLICY.free_attempts {
        attempt(&store, &POLICY, NOW).await;
    }
    let other = store.attempt(&key("other"), &POLICY, &key("record"), NOW).await.expect("an answer");
    assert_eq!(other.0, Attempt::Go(1));
    store.reset_attempts(&key("other")).await.expect("an answer");
    assert_eq!(standing(&store, NOW).await.failures, POLICY.free_attempts);
}

const YEAR: Duration = Duration::from_hours(24 * 365);

pub async fn count_left_by_a_clock_that_was_ahead_waits_no_longer_than_its_own_length(store: Subject) {
    for n in 1..=POLICY.free_attempts {
        assert_eq!(attempt(&store, &POLICY, NOW + YEAR).await.0, Attempt::Go(n));
    }
    let until = NOW + POLICY.first_wait;
    assert_eq!(attempt(&store, &POLICY, NOW).await, (Attempt::Wait(until), None));
    assert_eq!(standing(&store, NOW).await, ThrottleState { failures: POLICY.free_attempts, not_before: until });
    assert_eq!(attempt(&store, &POLICY, until - TICK).await, (Attempt::Wait(until), None), "the wait is kept as it is");
    assert_eq!(standing(&store, NOW + POLICY.memory).await, ThrottleState::NONE, "and so is when it is forgotten");
    assert_eq!(attempt(&store, &POLICY, until).await.0, Attempt::Go(POLICY.free_attempts + 1));
}

pub async fn block_left_by_a_clock_that_was_ahead_is_forgotten_in_its_own_time(store: Subject) {
    let policy = Policy { blocked_at: 2, ..POLICY };
    for _ in 0..2 {
        attempt(&store, &policy, NOW + YEAR).await;
    }
    assert_eq!(attempt(&store, &policy, NOW).await.0, Attempt::Blocked);
    assert_eq!(attempt(&store, &policy, NOW + policy.memory - TICK).await.0, Attempt::Blocked);
    assert_eq!(attempt(&store, &policy, NOW + policy.memory).await.0, Attempt::Go(1));
}

pub async fn attempt_is_taken_back_with_its_wait_and_no_other(store: Subject) {
    let take_back = async |attempt| store.take_back(&key("count"), attempt, NOW).await.expect("an answer");
    take_back(1).await;
    assert_eq!(standing(&store, NOW).await, ThrottleState::NONE, "there was nothing to take back");
    for _ in 0..POLICY.free_attempts {
        attempt(&store, &POLICY, NOW).await;
    }
    take_back(POLICY.free_attempts).await;
    assert_eq!(standing(&store, NOW).await.failures, POLICY.free_attempts - 1);
    assert_eq!(attempt(&store, &POLICY, NOW).await.0, Attempt::Go(POLICY.free_attempts), "its wait went with it");
    let until = NOW + POLICY.first_wait;
    take_back(1).await;
    let left = ThrottleState { failures: POLICY.free_attempts - 1, not_before: until };
    assert_eq!(standing(&store, NOW).await, left, "the wait is another attempt's");
    assert_eq!(standing(&store, NOW + POLICY.memory - TICK).await, left, "when it is forgotten is as before");
    assert_eq!(standing(&store, NOW + POLICY.memory).await, ThrottleState::NONE);
}

pub async fn attempt_is_taken_back_only_while_it_is_counted(store: Subject) {
    for _ in 0..3 {
        attempt(&store, &POLICY, NOW).await;
    }
    store.reset_attempts(&key("count")).await.expect("an answer");
    attempt(&store, &POLICY, NOW).await;
    store.take_back(&key("count"), 3, NOW).await.expect("an answer");
    assert_eq!(standing(&store, NOW).await.failures, 1);
    let forgotten = NOW + POLICY.memory;
    store.take_back(&key("count"), 1, forgotten).await.expect("an answer");
    assert_eq!(standing(&store, forgotten).await, ThrottleState::NONE);
}
