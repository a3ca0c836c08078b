//! Promises about keys, values and times of every kind.

use super::{MINUTE, NOW, POLICY, Subject, TICK, WINDOW, done, key, value};
use crate::model::Timestamp;
use crate::port::{Count, Expect, Key, Lane, LogEntry, NewJob, SideEffects, Tally, Write, Written};
use crate::rules::throttle::Attempt;

/// Pieces that an adapter might use to put its own keys together.
const PIECES: [&str; 14] = ["", ":", "{", "}", "}:", ":{", "}:r:", "%", "%7D", "\0", "a", "r", "a:b", "\u{e9}"];

fn job(value: &[u8], now: Timestamp) -> NewJob {
    NewJob { lane: Lane::Bulk, value: value.to_vec(), due: now, ends: now + MINUTE }
}

pub async fn keys_that_look_alike_do_not_collide(store: Subject) {
    let keys = || {
        let pairs = PIECES.iter().flat_map(|slot| PIECES.iter().map(move |name| (slot, name)));
        pairs.flat_map(|(slot, name)| [Key::new(slot, name), Key::new(format!("{slot}a"), format!("{name}a"))])
    };
    // Each distinct key holds its own number; equal ones (there are some in the list) hold the later.
    let mut expected = std::collections::BTreeMap::new();
    for (number, key) in keys().enumerate() {
        let bytes = number.to_be_bytes().to_vec();
        done(&store, Write::new(key.clone(), Expect::Anything, bytes.clone(), Some(NOW + MINUTE)), NOW).await;
        expected.insert(key, bytes);
    }
    for (key, bytes) in expected {
        assert_eq!(value(&store, &key, NOW).await, Some(bytes), "{key:?}");
    }
}

pub async fn one_key_names_a_record_a_count_a_window_a_log_and_a_tally_apart(store: Subject) {
    let same = key("same");
    let tally = Some(Tally { key: same.clone(), by: 5, most: 5 });
    let effects = SideEffects { tally, ..SideEffects::default() };
    done(&store, Write::new(same.clone(), Expect::Absent, b"record".to_vec(), None).effects(effects.clone()), NOW)
        .await;
    let attempt = store.attempt(&same, &POLICY, &same, NOW).await.expect("an answer");
    assert_eq!(attempt.0, Attempt::Go(1));
    assert_eq!(attempt.1.expect("the record").value, b"record");
    assert_eq!(store.count(&same, &WINDOW, NOW).await.expect("an answer"), Count::Within(1));
    let entry = LogEntry { log: same.clone(), value: b"event".to_vec(), most: 3, ends: None };
    store.append(entry, NOW).await.expect("an answer");
    assert!(store.delete(&same, Expect::Anything, NOW).await.expect("an answer"));
    assert_eq!(store.standing(&same, NOW).await.expect("an answer").failures, 1);
    assert_eq!(store.recent(&same, 3, NOW).await.expect("an answer"), [b"event"]);
    assert_eq!(store.count(&same, &WINDOW, NOW).await.expect("an answer"), Count::Within(2));
    let again = Write::new(same.clone(), Expect::Absent, b"record".to_vec(), None).effects(effects);
    assert_eq!(store.write(again, NOW).await.expect("an answer"), Written::Full);
}

/// Through every door that values go in and out by.
async fn comes_back(store: &Subject, bytes: &[u8]) {
    let same = key("same");
    done(store, Write::new(same.clone(), Expect::Anything, bytes.to_vec(), Some(NOW + MINUTE)), NOW).await;
    assert!(value(store, &same, NOW).await.as_deref() == Some(bytes), "load");
    store.reset_attempts(&same).await.expect("an answer");
    let attempt = store.attempt(&same, &POLICY, &same, NOW).await.expect("an answer");
    assert!(attempt.1.is_some_and(|stored| stored.value == bytes), "attempt");
    assert!(store.take(&same, NOW).await.expect("an answer").as_deref() == Some(bytes), "take");
    let entry = LogEntry { log: same.clone(), value: bytes.to_vec(), most: 1, ends: None };
    store.append(entry, NOW).await.expect("an answer");
    assert!(store.recent(&same, 1, NOW).await.expect("an answer") == [bytes], "recent");
    store.enqueue(job(bytes, NOW), NOW).await.expect("an answer");
    let job = store.lease(Lane::Bulk, NOW + MINUTE, NOW).await.expect("an answer").expect("a job");
    assert!(job.value == bytes, "lease");
    store.finish(job.id).await.expect("an answer");
}

pub async fn every_byte_comes_back(store: Subject) {
    comes_back(&store, &(0..=255).collect::<Vec<u8>>()).await;
    for byte in [0, b'\r', b'\n', 0x7f, 0x80, 0xff] {
        comes_back(&store, &[byte]).await;
    }
    comes_back(&store, b"12").await;
}

pub async fn an_empty_value_is_a_value(store: Subject) {
    comes_back(&store, b"").await;
}

pub async fn a_megabyte_comes_back(store: Subject) {
    let megabyte: Vec<u8> = (0..1_048_576_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    comes_back(&store, &megabyte).await;
}

pub async fn times_from_1970_to_beyond_32_bits_work(store: Subject) {
    let seconds = [0, 1, 1_000_000_000, (1 << 31) - 1, 1 << 31, 1 << 32, 20_000_000_000, 200_000_000_000];
    for (number, now) in seconds.map(Timestamp::from_secs).into_iter().enumerate() {
        let at = Key::new("time", number);
        done(&store, Write::new(at.clone(), Expect::Absent, b"one".to_vec(), Some(now + MINUTE)), now).await;
        assert!(value(&store, &at, now + MINUTE - TICK).await.is_some(), "{now:?}");
        assert_eq!(value(&store, &at, now + MINUTE).await, None, "{now:?}");
        for n in 1..=POLICY.free_attempts {
            assert_eq!(store.attempt(&at, &POLICY, &at, now).await.expect("an answer").0, Attempt::Go(n), "{now:?}");
        }
        let wait = store.attempt(&at, &POLICY, &at, now).await.expect("an answer").0;
        assert_eq!(wait, Attempt::Wait(now + POLICY.first_wait));
        for _ in 0..WINDOW.limit {
            store.count(&at, &WINDOW, now).await.expect("an answer");
        }
        let over = store.count(&at, &WINDOW, now + TICK).await.expect("an answer");
        assert_eq!(over, Count::Over(now + WINDOW.span));
        store.enqueue(job(&[1], now), now).await.expect("an answer");
        let job = store.lease(Lane::Bulk, now + TICK, now).await.expect("an answer").expect("a job");
        assert_eq!(job.ends, now + MINUTE);
        store.finish(job.id).await.expect("an answer");
    }
}
