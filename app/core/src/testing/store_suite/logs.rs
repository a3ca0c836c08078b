//! Promises about logs that keep their newest entries.

use super::{MINUTE, NOW, Subject, TICK, at_once, key};
use crate::model::Timestamp;
use crate::port::LogEntry;

async fn append(store: &Subject, value: u8, most: usize, ends: Option<Timestamp>, now: Timestamp) {
    store.append(LogEntry { log: key("log"), value: vec![value], most, ends }, now).await.expect("an answer");
}

async fn recent(store: &Subject, most: usize, now: Timestamp) -> Vec<u8> {
    store.recent(&key("log"), most, now).await.expect("an answer").concat()
}

pub async fn a_log_answers_the_newest_first(store: Subject) {
    for value in 1..=5 {
        append(&store, value, 100, None, NOW).await;
    }
    assert_eq!(recent(&store, 100, NOW).await, [5, 4, 3, 2, 1]);
    assert_eq!(recent(&store, 2, NOW).await, [5, 4]);
    assert_eq!(recent(&store, 0, NOW).await, [0; 0]);
    assert_eq!(recent(&store, usize::MAX, NOW).await.len(), 5);
}

pub async fn a_log_keeps_its_newest_most(store: Subject) {
    for value in 1..=10 {
        append(&store, value, 3, None, NOW).await;
    }
    assert_eq!(recent(&store, 100, NOW).await, [10, 9, 8]);
    append(&store, 11, 5, None, NOW).await;
    append(&store, 12, 5, None, NOW).await;
    assert_eq!(recent(&store, 100, NOW).await, [12, 11, 10, 9, 8]);
    append(&store, 13, 1, None, NOW).await;
    assert_eq!(recent(&store, 100, NOW).await, [13]);
}

pub async fn a_log_that_ended_is_empty_and_begins_anew(store: Subject) {
    append(&store, 1, 100, Some(NOW + MINUTE), NOW).await;
    assert_eq!(recent(&store, 100, NOW + MINUTE - TICK).await, [1]);
    assert!(recent(&store, 100, NOW + MINUTE).await.is_empty());
    append(&store, 2, 100, Some(NOW + MINUTE * 2), NOW + MINUTE).await;
    assert_eq!(recent(&store, 100, NOW + MINUTE).await, [2]);
}

pub async fn the_newest_entry_decides_when_a_log_ends(store: Subject) {
    append(&store, 1, 100, Some(NOW + MINUTE), NOW).await;
    append(&store, 2, 100, None, NOW).await;
    assert_eq!(recent(&store, 100, NOW + MINUTE * 1_000).await, [2, 1]);
    append(&store, 3, 100, Some(NOW + TICK), NOW).await;
    assert_eq!(recent(&store, 100, NOW).await, [3, 2, 1]);
    assert!(recent(&store, 100, NOW + TICK).await.is_empty());
}

pub async fn a_log_of_nothing_keeps_nothing(store: Subject) {
    append(&store, 1, 100, None, NOW).await;
    append(&store, 2, 0, None, NOW).await;
    assert!(recent(&store, 100, NOW).await.is_empty());
}

pub async fn fifty_entries_at_once_all_arrive(store: Subject) {
    at_once(50, |racer| {
        let store = store.clone();
        async move { append(&store, racer, 50, None, NOW).await }
    })
    .await;
    let mut arrived = recent(&store, 100, NOW).await;
    arrived.sort_unstable();
    assert_eq!(arrived, (0..50).collect::<Vec<u8>>());
}

pub async fn a_log_that_is_not_there_is_empty(store: Subject) {
    assert!(recent(&store, 100, NOW).await.is_empty());
}
