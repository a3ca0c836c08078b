//! Promises about single records: reading, conditional writing, deleting, taking.

use std::collections::HashSet;

use super::{MINUTE, NOW, Subject, TICK, at_once, done, key, value, write};
use crate::port::{Expect, Revision, Write, Written};

pub async fn a_record_reads_back_as_written_until_it_ends(store: Subject) {
    assert_eq!(store.load(&key("a"), NOW).await.expect("an answer"), None);
    let revision = done(&store, write("a", Expect::Absent, b"one"), NOW).await;
    let stored = store.load(&key("a"), NOW).await.expect("an answer").expect("a record");
    assert_eq!((stored.value.as_slice(), stored.revision), (b"one".as_slice(), revision));
    assert!(value(&store, &key("a"), NOW + MINUTE - TICK).await.is_some());
    assert_eq!(value(&store, &key("a"), NOW + MINUTE).await, None);
}

pub async fn a_record_without_an_end_stays(store: Subject) {
    done(&store, Write::new(key("a"), Expect::Absent, b"one".to_vec(), None), NOW).await;
    assert_eq!(value(&store, &key("a"), NOW + MINUTE * 60 * 24 * 36_500).await, Some(b"one".to_vec()));
}

pub async fn absent_writes_only_where_nothing_stands(store: Subject) {
    done(&store, write("a", Expect::Absent, b"one"), NOW).await;
    let again = store.write(write("a", Expect::Absent, b"two"), NOW).await.expect("an answer");
    assert_eq!(again, Written::Conflict);
    assert_eq!(value(&store, &key("a"), NOW).await, Some(b"one".to_vec()));
}

pub async fn a_revision_writes_only_over_itself(store: Subject) {
    let missing = store.write(write("a", Expect::Revision(Revision(1)), b"zero"), NOW).await.expect("an answer");
    assert_eq!(missing, Written::Conflict);
    let first = done(&store, write("a", Expect::Absent, b"one"), NOW).await;
    let second = done(&store, write("a", Expect::Revision(first), b"two"), NOW).await;
    assert_ne!(first, second);
    let stale = store.write(write("a", Expect::Revision(first), b"three"), NOW).await.expect("an answer");
    assert_eq!(stale, Written::Conflict);
    assert_eq!(value(&store, &key("a"), NOW).await, Some(b"two".to_vec()));
}

pub async fn anything_writes_over_whatever_stands(store: Subject) {
    done(&store, write("a", Expect::Anything, b"one"), NOW).await;
    done(&store, write("a", Expect::Anything, b"two"), NOW).await;
    assert_eq!(value(&store, &key("a"), NOW).await, Some(b"two".to_vec()));
}

pub async fn a_conflict_changes_nothing(store: Subject) {
    let revision = done(&store, write("a", Expect::Absent, b"one"), NOW).await;
    let mut late = write("a", Expect::Revision(Revision(revision.0 ^ 1)), b"two");
    late.ends = None;
    assert_eq!(store.write(late, NOW).await.expect("an answer"), Written::Conflict);
    let stored = store.load(&key("a"), NOW).await.expect("an answer").expect("a record");
    assert_eq!((stored.value.as_slice(), stored.revision), (b"one".as_slice(), revision));
    assert_eq!(value(&store, &key("a"), NOW + MINUTE).await, None, "the end is as it was");
}

pub async fn an_ended_record_is_absent_and_can_be_written_over(store: Subject) {
    let first = done(&store, write("a", Expect::Absent, b"one"), NOW).await;
    let ended = NOW + MINUTE;
    let over = store.write(write("a", Expect::Revision(first), b"two"), ended).await.expect("an answer");
    assert_eq!(over, Written::Conflict);
    let insert = Write::new(key("a"), Expect::Absent, b"three".to_vec(), Some(ended + MINUTE));
    let second = done(&store, insert, ended).await;
    assert_ne!(first, second);
    assert_eq!(value(&store, &key("a"), ended).await, Some(b"three".to_vec()));
}

pub async fn an_end_can_be_set_moved_and_lifted(store: Subject) {
    let ends = [None, Some(NOW + MINUTE), Some(NOW + MINUTE * 2), None];
    for end in ends {
        done(&store, Write::new(key("a"), Expect::Anything, b"one".to_vec(), end), NOW).await;
        let last_moment = end.map_or(NOW + MINUTE * 1_000_000, |end| end - TICK);
        assert!(value(&store, &key("a"), last_moment).await.is_some(), "{end:?}");
        if let Some(end) = end {
            assert_eq!(value(&store, &key("a"), end).await, None);
        }
    }
}

pub async fn a_record_whose_end_is_past_is_not_there(store: Subject) {
    for end in [NOW, NOW - TICK, NOW - MINUTE * 60 * 24 * 365] {
        done(&store, Write::new(key("a"), Expect::Absent, b"one".to_vec(), Some(end)), NOW).await;
        assert_eq!(value(&store, &key("a"), NOW).await, None);
    }
}

pub async fn a_revision_is_never_used_twice_not_even_after_a_delete(store: Subject) {
    let mut seen = HashSet::new();
    for round in 0..60 {
        let revision = done(&store, write("a", Expect::Absent, b"one"), NOW).await;
        assert!(seen.insert(revision.0), "round {round}");
        if round % 2 == 0 {
            assert!(store.delete(&key("a"), Expect::Revision(revision), NOW).await.expect("an answer"));
        } else {
            assert!(store.take(&key("a"), NOW).await.expect("an answer").is_some());
        }
    }
}

pub async fn a_slow_writer_does_not_mistake_a_later_record_for_the_one_it_read(store: Subject) {
    let read = done(&store, write("a", Expect::Absent, b"one"), NOW).await;
    assert!(store.delete(&key("a"), Expect::Anything, NOW).await.expect("an answer"));
    done(&store, write("a", Expect::Absent, b"one"), NOW).await;
    let slow = store.write(write("a", Expect::Revision(read), b"slow"), NOW).await.expect("an answer");
    assert_eq!(slow, Written::Conflict);
    assert!(!store.delete(&key("a"), Expect::Revision(read), NOW).await.expect("an answer"));
}

pub async fn of_fifty_inserts_at_once_one_is_done(store: Subject) {
    let answers = at_once(50, |racer| {
        let store = store.clone();
        async move { store.write(write("a", Expect::Absent, &[racer]), NOW).await.expect("an answer") }
    })
    .await;
    let winners: Vec<u8> =
        (0..).zip(answers).filter(|(_, answer)| *answer != Written::Conflict).map(|(racer, _)| racer).collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(value(&store, &key("a"), NOW).await, Some(winners));
}

pub async fn of_fifty_replacements_of_one_revision_one_is_done(store: Subject) {
    let read = done(&store, write("a", Expect::Absent, b"one"), NOW).await;
    let answers = at_once(50, |_| {
        let store = store.clone();
        async move { store.write(write("a", Expect::Revision(read), b"two"), NOW).await.expect("an answer") }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer != Written::Conflict).count(), 1);
}

pub async fn no_increment_is_lost_among_twenty_writers_who_retry(store: Subject) {
    done(&store, write("a", Expect::Absent, &[0]), NOW).await;
    at_once(20, |_| {
        let store = store.clone();
        async move {
            loop {
                let read = store.load(&key("a"), NOW).await.expect("an answer").expect("a record");
                let next = write("a", Expect::Revision(read.revision), &[read.value[0] + 1]);
                if store.write(next, NOW).await.expect("an answer") != Written::Conflict {
                    break;
                }
            }
        }
    })
    .await;
    assert_eq!(value(&store, &key("a"), NOW).await, Some(vec![20]));
}

pub async fn delete_removes_only_what_is_expected_and_says_so(store: Subject) {
    let delete = async |expect, now| store.delete(&key("a"), expect, now).await.expect("an answer");
    assert!(!delete(Expect::Anything, NOW).await, "nothing was there");
    let revision = done(&store, write("a", Expect::Absent, b"one"), NOW).await;
    assert!(!delete(Expect::Absent, NOW).await, "what is there is not absent");
    assert!(!delete(Expect::Revision(Revision(revision.0 ^ 1)), NOW).await);
    assert!(!delete(Expect::Anything, NOW + MINUTE).await, "it had ended by then");
    let revision = done(&store, write("b", Expect::Absent, b"two"), NOW).await;
    assert!(store.delete(&key("b"), Expect::Revision(revision), NOW).await.expect("an answer"));
    assert_eq!(value(&store, &key("b"), NOW).await, None);
}

pub async fn of_fifty_deletes_at_once_one_hears_true(store: Subject) {
    for expect_revision in [false, true] {
        let revision = done(&store, write("a", Expect::Absent, b"one"), NOW).await;
        let expect = if expect_revision { Expect::Revision(revision) } else { Expect::Anything };
        let answers = at_once(50, |_| {
            let store = store.clone();
            async move { store.delete(&key("a"), expect, NOW).await.expect("an answer") }
        })
        .await;
        assert_eq!(answers.iter().filter(|deleted| **deleted).count(), 1);
    }
}

pub async fn take_gives_a_record_once_and_never_an_ended_one(store: Subject) {
    let take = async |now| store.take(&key("a"), now).await.expect("an answer");
    assert_eq!(take(NOW).await, None);
    done(&store, write("a", Expect::Absent, b"one"), NOW).await;
    assert_eq!(take(NOW).await, Some(b"one".to_vec()));
    assert_eq!(take(NOW).await, None);
    done(&store, write("a", Expect::Absent, b"two"), NOW).await;
    assert_eq!(take(NOW + MINUTE).await, None);
}

pub async fn of_fifty_takers_at_once_one_gets_the_record(store: Subject) {
    done(&store, write("a", Expect::Absent, b"one"), NOW).await;
    let answers = at_once(50, |_| {
        let store = store.clone();
        async move { store.take(&key("a"), NOW).await.expect("an answer") }
    })
    .await;
    assert_eq!(answers.into_iter().flatten().collect::<Vec<_>>(), [b"one"]);
}

pub async fn of_takers_and_deleters_at_once_one_wins(store: Subject) {
    done(&store, write("a", Expect::Absent, b"one"), NOW).await;
    let answers = at_once(50, |racer| {
        let store = store.clone();
        async move {
            if racer % 2 == 0 {
                store.take(&key("a"), NOW).await.expect("an answer").is_some()
            } else {
                store.delete(&key("a"), Expect::Anything, NOW).await.expect("an answer")
            }
        }
    })
    .await;
    assert_eq!(answers.iter().filter(|won| **won).count(), 1);
}

pub async fn ping_is_answered(store: Subject) {
    store.ping().await.expect("an answer");
}
