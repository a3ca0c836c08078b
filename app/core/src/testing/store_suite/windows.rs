//! Promises about sliding windows: exact at the limit and at both edges.

use std::time::Duration;

use super::{NOW, Subject, TICK, WINDOW, at_once, key};
use crate::model::Timestamp;
use crate::port::{Count, Window};
use crate::testing::SeededEntropy;

async fn count(store: &Subject, window: &Window, now: Timestamp) -> Count {
    store.count(&key("window"), window, now).await.expect("an answer")
}

pub async fn a_window_counts_up_to_its_limit_and_says_when_there_is_room(store: Subject) {
    for n in 1..=WINDOW.limit {
        assert_eq!(count(&store, &WINDOW, NOW + TICK * n).await, Count::Within(n));
    }
    assert_eq!(count(&store, &WINDOW, NOW + TICK * 10).await, Count::Over(NOW + TICK + WINDOW.span));
    let other = store.count(&key("other"), &WINDOW, NOW).await.expect("an answer");
    assert_eq!(other, Count::Within(1), "another key has a window of its own");
}

pub async fn a_refused_call_is_not_counted(store: Subject) {
    for _ in 0..WINDOW.limit + 20 {
        count(&store, &WINDOW, NOW).await;
    }
    assert_eq!(count(&store, &WINDOW, NOW + WINDOW.span).await, Count::Within(1));
}

pub async fn asking_whether_a_window_is_full_does_not_count(store: Subject) {
    let full_until = async |now| store.full_until(&key("window"), &WINDOW, now).await.expect("an answer");
    assert_eq!(full_until(NOW).await, None, "nothing was ever counted");
    for n in 1..=WINDOW.limit {
        assert_eq!(full_until(NOW + TICK * n).await, None);
        assert_eq!(count(&store, &WINDOW, NOW + TICK * n).await, Count::Within(n));
    }
    let room = NOW + TICK + WINDOW.span;
    assert_eq!(full_until(NOW + TICK * 10).await, Some(room));
    assert_eq!(full_until(room - TICK).await, Some(room));
    assert_eq!(full_until(room).await, None);
    assert_eq!(count(&store, &WINDOW, room).await, Count::Within(WINDOW.limit));
    let lowered = Window { limit: 2, ..WINDOW };
    let full_until = store.full_until(&key("window"), &lowered, room).await.expect("an answer");
    assert_eq!(full_until, Some(NOW + TICK * WINDOW.limit + WINDOW.span), "the second newest decides");
    let shut = Window { limit: 0, ..WINDOW };
    assert_eq!(store.full_until(&key("other"), &shut, NOW).await.expect("an answer"), Some(NOW + WINDOW.span));
}

pub async fn a_window_slides_to_the_millisecond(store: Subject) {
    let half = WINDOW.span / 2;
    for _ in 0..3 {
        count(&store, &WINDOW, NOW).await;
    }
    for _ in 0..2 {
        count(&store, &WINDOW, NOW + half).await;
    }
    let first_leave = NOW + WINDOW.span;
    assert_eq!(count(&store, &WINDOW, first_leave - TICK).await, Count::Over(first_leave));
    for n in 3..=5 {
        assert_eq!(count(&store, &WINDOW, first_leave).await, Count::Within(n));
    }
    assert_eq!(count(&store, &WINDOW, first_leave).await, Count::Over(first_leave + half));
}

pub async fn a_count_leaves_exactly_one_span_after_it_came(store: Subject) {
    let one = Window { limit: 1, span: Duration::from_millis(1_001) };
    let mut now = NOW;
    for _ in 0..5 {
        assert_eq!(count(&store, &one, now).await, Count::Within(1));
        let leaves = now + one.span;
        assert_eq!(count(&store, &one, now).await, Count::Over(leaves));
        assert_eq!(count(&store, &one, leaves - TICK).await, Count::Over(leaves));
        now = leaves;
    }
}

pub async fn fifty_calls_at_once_get_as_many_places_as_there_are(store: Subject) {
    count(&store, &WINDOW, NOW).await;
    let now = NOW + WINDOW.span - TICK;
    let answers = at_once(50, |_| {
        let store = store.clone();
        async move { count(&store, &WINDOW, now).await }
    })
    .await;
    let mut within: Vec<u32> =
        answers.iter().filter_map(|c| if let Count::Within(n) = c { Some(*n) } else { None }).collect();
    within.sort_unstable();
    assert_eq!(within, [2, 3, 4, 5]);
    assert_eq!(answers.iter().filter(|c| **c == Count::Over(NOW + WINDOW.span)).count(), 46);
}

pub async fn windows_agree_with_the_rule_over_a_long_random_sequence(store: Subject) {
    let dice = SeededEntropy::new(7);
    let window = Window { limit: 7, span: Duration::from_secs(10) };
    let (mut now, mut times) = (NOW, Vec::new());
    for step in 0..300 {
        // Clocks of several instances are never quite one: now and then a call comes with an earlier time.
        now = if dice.below(20) == 0 { now - TICK * 900 } else { now + Duration::from_millis(dice.below(2_500)) };
        assert_eq!(count(&store, &window, now).await, window.count(&mut times, now), "step {step}");
    }
}

pub async fn a_limit_of_nothing_lets_nothing_through(store: Subject) {
    let none = Window { limit: 0, ..WINDOW };
    for _ in 0..3 {
        assert_eq!(count(&store, &none, NOW).await, Count::Over(NOW + WINDOW.span));
    }
}

pub async fn a_lowered_limit_says_when_there_is_room_again(store: Subject) {
    for n in 0..5 {
        count(&store, &WINDOW, NOW + TICK * n).await;
    }
    let lowered = Window { limit: 2, ..WINDOW };
    let room = NOW + TICK * 3 + WINDOW.span;
    assert_eq!(count(&store, &lowered, NOW + TICK * 9).await, Count::Over(room));
    assert_eq!(count(&store, &lowered, room - TICK).await, Count::Over(room));
    assert_eq!(count(&store, &lowered, room).await, Count::Within(2));
}

pub async fn window_left_by_a_clock_that_was_ahead_is_full_no_longer_than_its_span(store: Subject) {
    let year = Duration::from_hours(24 * 365);
    for n in 1..=WINDOW.limit {
        assert_eq!(count(&store, &WINDOW, NOW + year).await, Count::Within(n));
    }
    let room = NOW + WINDOW.span;
    let full_until = store.full_until(&key("window"), &WINDOW, NOW).await.expect("an answer");
    assert_eq!(full_until, Some(room));
    assert_eq!(count(&store, &WINDOW, NOW).await, Count::Over(room));
    assert_eq!(count(&store, &WINDOW, room - TICK).await, Count::Over(room), "the times are kept as they were judged");
    assert_eq!(count(&store, &WINDOW, room).await, Count::Within(1));
}
