//! Promises about listing.

use super::{MINUTE, NOW, POLICY, Subject, TICK, WINDOW, at_once, done};
use crate::model::Timestamp;
use crate::port::{Expect, Key, Lane, LogEntry, NewJob, Write};

async fn slots(store: &Subject, name: &str, now: Timestamp) -> Vec<String> {
    let mut slots = store.slots(name, now).await.expect("an answer");
    slots.sort_unstable();
    slots
}

async fn put(store: &Subject, slot: &str, name: &str, ends: Option<Timestamp>) {
    done(store, Write::new(Key::new(slot, name), Expect::Anything, b"value".to_vec(), ends), NOW).await;
}

pub async fn slots_are_those_where_a_live_record_of_the_name_stands(store: Subject) {
    assert!(slots(&store, "here", NOW).await.is_empty());
    put(&store, "stays", "here", None).await;
    put(&store, "ends", "here", Some(NOW + MINUTE)).await;
    put(&store, "written twice", "here", None).await;
    put(&store, "written twice", "here", None).await;
    put(&store, "elsewhere", "there", None).await;
    put(&store, "deleted", "here", None).await;
    assert!(store.delete(&Key::new("deleted", "here"), Expect::Anything, NOW).await.expect("an answer"));
    assert_eq!(slots(&store, "here", NOW + MINUTE - TICK).await, ["ends", "stays", "written twice"]);
    assert_eq!(slots(&store, "here", NOW + MINUTE).await, ["stays", "written twice"]);
    assert_eq!(slots(&store, "there", NOW).await, ["elsewhere"]);
}

pub async fn slots_hold_records_not_counts_windows_or_logs(store: Subject) {
    let same = Key::new("slot", "here");
    store.attempt(&same, &POLICY, &same, NOW).await.expect("an answer");
    store.count(&same, &WINDOW, NOW).await.expect("an answer");
    let entry = LogEntry { log: same.clone(), value: b"event".to_vec(), most: 3, ends: None };
    store.append(entry, NOW).await.expect("an answer");
    let letter = NewJob { lane: Lane::Urgent, value: b"letter".to_vec(), due: NOW, ends: NOW + MINUTE };
    store.enqueue(letter, NOW).await.expect("an answer");
    assert!(slots(&store, "here", NOW).await.is_empty());
}

/// Names and slots that an adapter might take for a pattern, or for a part of its own keys.
pub async fn slots_are_found_by_the_very_name_and_come_back_as_they_were(store: Subject) {
    let odd = ["", "*", "?", "[a]", "a", "\\", "{", "}", "}:r:a", "%", "%7D", "a*", "^", "-", "\0", "\u{e9}"];
    for name in odd {
        for slot in odd {
            put(&store, slot, name, Some(NOW + MINUTE)).await;
        }
    }
    let mut all = odd.map(str::to_owned);
    all.sort_unstable();
    for name in odd {
        assert_eq!(slots(&store, name, NOW).await, all, "{name:?}");
    }
    assert!(slots(&store, "b", NOW).await.is_empty());
}

pub async fn each_slot_among_three_thousand_records_comes_once(store: Subject) {
    let slot = |racer: u8, number: u8| format!("slot-{racer:02}-{number:02}");
    at_once(50, |racer| {
        let store = store.clone();
        async move {
            for number in 0..30 {
                for name in ["here", "there"] {
                    put(&store, &slot(racer, number), name, Some(NOW + MINUTE)).await;
                }
            }
        }
    })
    .await;
    let expected: Vec<_> = (0..50).flat_map(|racer| (0..30).map(move |number| slot(racer, number))).collect();
    assert_eq!(slots(&store, "here", NOW).await, expected);
}

pub async fn store_is_vacant_while_nothing_but_the_named_records_stands(store: Subject) {
    let known = [Key::new("first", "a"), Key::new("second", "b")];
    assert!(store.is_vacant(&[]).await.expect("an answer"));
    put(&store, "first", "a", None).await;
    assert!(store.is_vacant(&known).await.expect("an answer"));
    assert!(!store.is_vacant(&known[1..]).await.expect("an answer"));
    put(&store, "first", "b", None).await;
    assert!(!store.is_vacant(&known).await.expect("an answer"));
    assert!(store.delete(&Key::new("first", "b"), Expect::Anything, NOW).await.expect("an answer"));
    assert!(store.is_vacant(&known).await.expect("an answer"));
    store.count(&known[0], &WINDOW, NOW).await.expect("an answer");
    assert!(!store.is_vacant(&known).await.expect("an answer"), "a window is something, too");
}
