//! Promises about what happens together with a write, or not at all.

use super::{MINUTE, NOW, POLICY, Subject, at_once, done, key, write};
use crate::port::{Also, Expect, LogEntry, Revision, Written};
use crate::rules::throttle::Standing;

fn also(event: &[u8]) -> Also {
    let event = LogEntry { log: key("log"), value: event.to_vec(), most: 100, ends: Some(NOW + MINUTE) };
    Also { reset: Some(key("count")), event: Some(event) }
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
    done(&store, write("record", Expect::Absent, b"one").also(also(b"event")), NOW).await;
    assert_eq!(store.standing(&key("count"), NOW).await.expect("an answer"), Standing::NONE);
    assert_eq!(events(&store).await, [b"event"]);
    two_failures(&store).await;
    let only_event = Also { reset: None, ..also(b"second") };
    done(&store, write("record", Expect::Anything, b"two").also(only_event), NOW).await;
    assert_eq!(store.standing(&key("count"), NOW).await.expect("an answer").failures, 2);
    let only_reset = Also { event: None, ..also(b"") };
    done(&store, write("record", Expect::Anything, b"three").also(only_reset), NOW).await;
    assert_eq!(store.standing(&key("count"), NOW).await.expect("an answer"), Standing::NONE);
    assert_eq!(events(&store).await, [b"second".to_vec(), b"event".to_vec()]);
}

pub async fn a_conflict_neither_resets_nor_logs(store: Subject) {
    two_failures(&store).await;
    let revision = done(&store, write("record", Expect::Absent, b"one"), NOW).await;
    for expect in [Expect::Absent, Expect::Revision(Revision(revision.0 ^ 1))] {
        let late = write("record", expect, b"two").also(also(b"event"));
        assert_eq!(store.write(late, NOW).await.expect("an answer"), Written::Conflict);
    }
    assert_eq!(store.standing(&key("count"), NOW).await.expect("an answer").failures, 2);
    assert!(events(&store).await.is_empty());
}

pub async fn of_fifty_writes_at_once_one_logs_its_event(store: Subject) {
    let read = done(&store, write("record", Expect::Absent, b"one"), NOW).await;
    let answers = at_once(50, |racer| {
        let store = store.clone();
        let racing = write("record", Expect::Revision(read), b"two").also(also(&[racer]));
        async move { store.write(racing, NOW).await.expect("an answer") }
    })
    .await;
    let winners: Vec<u8> =
        (0..).zip(answers).filter(|(_, answer)| *answer != Written::Conflict).map(|(racer, _)| racer).collect();
    assert_eq!(events(&store).await, [winners]);
}
