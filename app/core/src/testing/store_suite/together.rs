//! Promises about what happens together with a write, or not at all.

use super::{MINUTE, NOW, POLICY, Subject, at_once, done, key, value, write};
use crate::port::{Expect, Key, LogEntry, Revision, SideEffects, Tally, Written};
use crate::rules::throttle::ThrottleState;

fn effects(event: &[u8]) -> SideEffects {
    let event = LogEntry { log: key("log"), value: event.to_vec(), most: 100, ends: Some(NOW + MINUTE) };
    SideEffects { reset: Some(key("count")), ..SideEffects::event(Some(event)) }
}

async fn two_failures(store: &Subject) {
    for _ in 0..2 {
        store.attempt(&key("count"), &POLICY, &key("record"), NOW).await.expect("an answer");
    }
}

async fn events(store: &Subject) -> Vec<Vec<u8>> {
    store.recent(&key("log"), 100, NOW).await.expect("an answer")
}

pub async fn a_write_resets_a_count_and_logs_an_event_in_the_same_step(store: Subject) {
    two_failures(&store).await;
    done(&store, write("record", Expect::Absent, b"one").effects(effects(b"event")), NOW).await;
    assert_eq!(store.standing(&key("count"), NOW).await.expect("an answer"), ThrottleState::NONE);
    assert_eq!(events(&store).await, [b"event"]);
    two_failures(&store).await;
    let only_event = SideEffects { reset: None, ..effects(b"second") };
    done(&store, write("record", Expect::Anything, b"two").effects(only_event), NOW).await;
    assert_eq!(store.standing(&key("count"), NOW).await.expect("an answer").failures, 2);
    let only_reset = SideEffects { event: None, ..effects(b"") };
    done(&store, write("record", Expect::Anything, b"three").effects(only_reset), NOW).await;
    assert_eq!(store.standing(&key("count"), NOW).await.expect("an answer"), ThrottleState::NONE);
    assert_eq!(events(&store).await, [b"second".to_vec(), b"event".to_vec()]);
}

pub async fn a_conflict_neither_resets_nor_logs(store: Subject) {
    two_failures(&store).await;
    let revision = done(&store, write("record", Expect::Absent, b"one"), NOW).await;
    for expect in [Expect::Absent, Expect::Revision(Revision(revision.0 ^ 1))] {
        let late = write("record", expect, b"two").effects(effects(b"event"));
        assert_eq!(store.write(late, NOW).await.expect("an answer"), Written::Conflict);
    }
    assert_eq!(store.standing(&key("count"), NOW).await.expect("an answer").failures, 2);
    assert!(events(&store).await.is_empty());
}

pub async fn of_fifty_writes_at_once_one_logs_its_event(store: Subject) {
    let read = done(&store, write("record", Expect::Absent, b"one"), NOW).await;
    let answers = at_once(50, |racer| {
        let store = store.clone();
        let racing = write("record", Expect::Revision(read), b"two").effects(effects(&[racer]));
        async move { store.write(racing, NOW).await.expect("an answer") }
    })
    .await;
    let winners: Vec<u8> =
        (0..).zip(answers).filter(|(_, answer)| *answer != Written::Conflict).map(|(racer, _)| racer).collect();
    assert_eq!(events(&store).await, [winners]);
}

fn records<const N: usize>(records: [(&str, Option<&[u8]>); N]) -> SideEffects {
    let records = records.into_iter().map(|(name, value)| (key(name), value.map(<[u8]>::to_vec)));
    SideEffects { records: records.collect(), ..SideEffects::default() }
}

fn tally(by: i64, most: u64) -> SideEffects {
    SideEffects { tally: Some(Tally { key: key("tally"), by, most }), ..SideEffects::default() }
}

/// The revision under which a record stands.
async fn revision(store: &Subject, key: &Key) -> Revision {
    store.load(key, NOW).await.expect("an answer").expect("a record").revision
}

pub async fn a_write_writes_and_deletes_other_records_in_the_same_step(store: Subject) {
    let first =
        done(&store, write("a", Expect::Absent, b"one").effects(records([("b", Some(b"")), ("c", Some(b"c"))])), NOW);
    let first = first.await;
    assert_eq!(value(&store, &key("b"), NOW).await, Some(Vec::new()), "an empty value is one");
    assert_eq!(value(&store, &key("c"), NOW + MINUTE * 1_000_000).await, Some(b"c".to_vec()), "it stays");
    let (of_b, of_c) = (revision(&store, &key("b")).await, revision(&store, &key("c")).await);

    let late = write("a", Expect::Revision(Revision(first.0 ^ 1)), b"late");
    let late = late.effects(records([("b", None), ("c", Some(b"late")), ("d", Some(b"late"))]));
    assert_eq!(store.write(late, NOW).await.expect("an answer"), Written::Conflict);
    assert_eq!((revision(&store, &key("b")).await, revision(&store, &key("c")).await), (of_b, of_c));
    assert_eq!(value(&store, &key("d"), NOW).await, None);

    let next = write("a", Expect::Revision(first), b"two");
    done(&store, next.effects(records([("b", None), ("c", Some(b"C")), ("d", None)])), NOW).await;
    assert_eq!(value(&store, &key("b"), NOW).await, None);
    assert_eq!(value(&store, &key("c"), NOW).await, Some(b"C".to_vec()));
    assert_ne!(revision(&store, &key("c")).await, of_c, "no revision comes twice");
}

pub async fn a_tally_rises_to_its_most_and_falls_even_from_beyond(store: Subject) {
    let change = async |by, most| {
        store.write(write("a", Expect::Anything, b"one").effects(tally(by, most)), NOW).await.expect("an answer")
    };
    let is_full = async |by, most| change(by, most).await == Written::Full;
    assert!(is_full(1, 0).await, "there is no room at all");
    assert!(!is_full(9_000_000_000, 9_000_000_001).await);
    assert!(is_full(2, 9_000_000_001).await);
    assert!(!is_full(1, 9_000_000_001).await, "up to the most");
    assert!(!is_full(0, 5).await, "what does not rise has room");
    assert!(!is_full(-1, 5).await, "what falls has room, also under a most that was lowered");
    assert!(is_full(1, 5).await);
    assert!(!is_full(1, u64::MAX).await);
    assert!(!is_full(-9_000_000_001, 5).await);
    assert!(is_full(6, 5).await, "it is at nothing");
    assert!(!is_full(-1, 5).await, "and falls no deeper");
    assert!(is_full(6, 5).await);
    assert!(!is_full(5, 5).await);
}

pub async fn what_a_tally_has_no_room_for_changes_nothing(store: Subject) {
    two_failures(&store).await;
    let read = done(&store, write("record", Expect::Absent, b"one").effects(tally(10, 10)), NOW).await;
    let full =
        SideEffects { tally: tally(1, 10).tally, records: records([("b", Some(b"b"))]).records, ..effects(b"event") };
    let full = write("record", Expect::Revision(read), b"two").effects(full);
    assert_eq!(store.write(full, NOW).await.expect("an answer"), Written::Full);
    assert_eq!(revision(&store, &key("record")).await, read);
    assert_eq!(value(&store, &key("b"), NOW).await, None);
    assert_eq!(store.standing(&key("count"), NOW).await.expect("an answer").failures, 2);
    assert!(events(&store).await.is_empty());
    let late = write("record", Expect::Absent, b"late").effects(tally(-10, 10));
    assert_eq!(store.write(late, NOW).await.expect("an answer"), Written::Conflict, "what is expected is asked first");
    let still_full = write("record", Expect::Revision(read), b"two").effects(tally(1, 10));
    assert_eq!(store.write(still_full, NOW).await.expect("an answer"), Written::Full, "a conflict changes no tally");
}

pub async fn of_fifty_writes_at_once_a_tally_lets_through_what_it_has_room_for(store: Subject) {
    let answers = at_once(50, |racer| {
        let store = store.clone();
        let racing = write(&format!("record {racer}"), Expect::Absent, b"one").effects(tally(3, 100));
        async move { store.write(racing, NOW).await.expect("an answer") }
    })
    .await;
    let done = answers.iter().filter(|answer| matches!(answer, Written::Done(_))).count();
    assert_eq!((done, answers.iter().filter(|answer| **answer == Written::Full).count()), (33, 17));
}

pub async fn tally_changes_by_itself_as_with_a_write(store: Subject) {
    let change = async |by, most| store.tally(&Tally { key: key("tally"), by, most }).await.expect("an answer");
    assert_eq!(change(0, 0).await, Some(0), "a sum that is not there is nothing");
    assert_eq!(change(7, 10).await, Some(7));
    assert_eq!(change(4, 10).await, None);
    assert_eq!(change(0, 0).await, Some(7), "reading needs no room");
    done(&store, write("a", Expect::Anything, b"one").effects(tally(3, 10)), NOW).await;
    assert_eq!(change(-4, 0).await, Some(6));
    assert_eq!(change(i64::MIN, 0).await, Some(0));
    assert_eq!(change(1, u64::MAX).await, Some(1));
}

pub async fn fifty_changes_of_a_tally_at_once_all_count(store: Subject) {
    let change = Tally { key: key("tally"), by: 2, most: u64::MAX };
    at_once(50, |_| {
        let (store, change) = (store.clone(), change.clone());
        async move { store.tally(&change).await.expect("an answer") }
    })
    .await;
    assert_eq!(store.tally(&Tally { by: 0, ..change }).await.expect("an answer"), Some(100));
}
