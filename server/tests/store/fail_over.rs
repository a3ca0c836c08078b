//! What a process accepted stays accepted, also by a store that went back in time.

use std::sync::Arc;
use std::time::Duration;

use postern::store::FailOverStore;
use postern_core::model::Timestamp;
use postern_core::port::{Expect, Key, LogEntry, Revision, SideEffects, Store, Tally, Write, Written};
use postern_core::rules::throttle::{Attempt, Policy};
use postern_core::testing::MemoryStore;

const NOW: Timestamp = Timestamp::from_secs(1_000_000_000);
const POLICY: Policy = Policy {
    free_attempts: 100,
    first_wait: Duration::ZERO,
    longest_wait: Duration::ZERO,
    escalates_at: u32::MAX,
    longest_escalated: Duration::ZERO,
    blocked_at: 200,
    memory: Duration::from_hours(1),
};

fn make_store() -> std::future::Ready<(Arc<dyn Store>, ())> {
    std::future::ready((Arc::new(FailOverStore::new(Arc::new(MemoryStore::default()))), ()))
}

postern_core::store_suite!(make_store);

/// A store that can go back, and the process's view of it.
struct Bed {
    under: Arc<MemoryStore>,
    store: FailOverStore,
    key: Key,
}

impl Bed {
    fn new() -> Self {
        let under = Arc::new(MemoryStore::default());
        Self { store: FailOverStore::new(under.clone()), under, key: Key::new("slot", "record") }
    }

    async fn write(&self, expect: Expect, value: &[u8]) -> Written {
        self.store.write(Write::new(self.key.clone(), expect, value.to_vec(), None), NOW).await.expect("an answer")
    }

    async fn done(&self, expect: Expect, value: &[u8]) -> Revision {
        match self.write(expect, value).await {
            Written::Done(revision) => revision,
            other => panic!("{other:?}"),
        }
    }

    async fn value(&self) -> Option<Vec<u8>> {
        self.store.load(&self.key, NOW).await.expect("an answer").map(|stored| stored.value)
    }
}

#[tokio::test]
async fn replaced_record_that_comes_back_is_replaced_again_before_it_is_read() {
    let bed = Bed::new();
    let first = bed.done(Expect::Absent, b"1").await;
    let snapshot = bed.under.snapshot();
    let second = bed.done(Expect::Revision(first), b"2").await;
    bed.done(Expect::Revision(second), b"3").await;
    bed.under.go_back(&snapshot);
    assert_eq!(bed.value().await, Some(b"3".to_vec()));
    bed.under.go_back(&snapshot);
    let (attempt, found) = bed.store.attempt(&bed.key, &POLICY, &bed.key, NOW).await.expect("an answer");
    assert_eq!((attempt, found.map(|stored| stored.value)), (Attempt::Go(1), Some(b"3".to_vec())));
}

#[tokio::test]
async fn lost_writes_of_which_only_some_were_made_again_are_made_again_to_the_last() {
    let bed = Bed::new();
    let first = bed.done(Expect::Absent, b"1").await;
    let snapshot = bed.under.snapshot();
    let second = bed.done(Expect::Revision(first), b"2").await;
    let third = bed.done(Expect::Revision(second), b"3").await;
    bed.under.go_back(&snapshot);
    // As far as whoever was about it came.
    let again = Write::new(bed.key.clone(), Expect::Revision(first), b"2".to_vec(), None);
    let again = Write { revision: Some(second), ..again };
    assert_eq!(bed.under.write(again, NOW).await.expect("an answer"), Written::Done(second));
    let found = bed.store.load(&bed.key, NOW).await.expect("an answer").expect("a record");
    assert_eq!((found.value, found.revision), (b"3".to_vec(), third));
    assert_eq!(bed.write(Expect::Revision(second), b"a replay").await, Written::Conflict);
}

#[tokio::test]
async fn write_over_a_record_that_came_back_is_a_conflict() {
    let bed = Bed::new();
    let first = bed.done(Expect::Absent, b"1").await;
    let snapshot = bed.under.snapshot();
    bed.done(Expect::Revision(first), b"2").await;
    bed.under.go_back(&snapshot);
    assert_eq!(bed.write(Expect::Revision(first), b"again").await, Written::Conflict);
    assert!(!bed.store.delete(&bed.key, Expect::Revision(first), NOW).await.expect("an answer"));
}

#[tokio::test]
async fn deleted_record_that_comes_back_is_not_there() {
    let bed = Bed::new();
    let first = bed.done(Expect::Absent, b"1").await;
    let snapshot = bed.under.snapshot();
    assert!(bed.store.delete(&bed.key, Expect::Revision(first), NOW).await.expect("an answer"));
    bed.under.go_back(&snapshot);
    assert_eq!(bed.value().await, None);
    assert_eq!(bed.under.load(&bed.key, NOW).await.expect("an answer"), None, "it was deleted again");
}

#[tokio::test]
async fn record_that_was_taken_and_comes_back_is_not_taken_twice() {
    let bed = Bed::new();
    bed.done(Expect::Absent, b"1").await;
    let snapshot = bed.under.snapshot();
    assert!(bed.store.take(&bed.key, NOW).await.expect("an answer").is_some());
    bed.under.go_back(&snapshot);
    assert_eq!(bed.store.take(&bed.key, NOW).await.expect("an answer"), None);
}

#[tokio::test]
async fn lost_write_is_made_again_with_its_side_effects() {
    let bed = Bed::new();
    let first = bed.done(Expect::Absent, b"1").await;
    let snapshot = bed.under.snapshot();
    let (log, other, sum) = (Key::new("slot", "log"), Key::new("slot", "other"), Key::new("slot", "sum"));
    let effects = SideEffects {
        event: Some(LogEntry { log: log.clone(), value: b"event".to_vec(), most: 5, ends: None }),
        records: vec![(other.clone(), Some(b"beside".to_vec()))],
        tally: Some(Tally { key: sum, by: 3, most: 5 }),
        reset: None,
    };
    let write = Write::new(bed.key.clone(), Expect::Revision(first), b"2".to_vec(), None).effects(effects.clone());
    assert!(matches!(bed.store.write(write, NOW).await.expect("an answer"), Written::Done(_)));
    bed.under.go_back(&snapshot);
    assert_eq!(bed.value().await, Some(b"2".to_vec()));
    assert_eq!(bed.store.recent(&log, 5, NOW).await.expect("an answer"), [b"event".to_vec()]);
    assert!(bed.store.load(&other, NOW).await.expect("an answer").is_some());
    let now = bed.store.load(&bed.key, NOW).await.expect("an answer").expect("a record").revision;
    let again = Write::new(bed.key.clone(), Expect::Revision(now), b"3".to_vec(), None).effects(effects);
    assert_eq!(bed.store.write(again, NOW).await.expect("an answer"), Written::Full, "the sum was changed once");
}

#[tokio::test]
async fn what_others_wrote_after_the_loss_stands() {
    let bed = Bed::new();
    let first = bed.done(Expect::Absent, b"1").await;
    bed.done(Expect::Revision(first), b"2").await;
    let write = Write::new(bed.key.clone(), Expect::Anything, b"by another process".to_vec(), None);
    bed.under.write(write, NOW).await.expect("an answer");
    assert_eq!(bed.value().await, Some(b"by another process".to_vec()));
}

#[tokio::test]
async fn lost_write_that_was_too_large_to_keep_is_a_fault_and_no_replay() {
    let bed = Bed::new();
    let first = bed.done(Expect::Absent, b"1").await;
    let snapshot = bed.under.snapshot();
    bed.done(Expect::Revision(first), &vec![2; 100_000]).await;
    bed.under.go_back(&snapshot);
    bed.store.load(&bed.key, NOW).await.expect_err("the former value");
    assert_eq!(bed.write(Expect::Revision(first), b"again").await, Written::Conflict);
}

#[tokio::test]
async fn memory_ends_after_an_hour() {
    let bed = Bed::new();
    let first = bed.done(Expect::Absent, b"1").await;
    let snapshot = bed.under.snapshot();
    bed.done(Expect::Revision(first), b"2").await;
    bed.under.go_back(&snapshot);
    let later = NOW + Duration::from_hours(1);
    let other = Write::new(Key::new("slot", "other"), Expect::Absent, b"1".to_vec(), None);
    let Written::Done(revision) = bed.store.write(other.clone(), later).await.expect("an answer") else { panic!() };
    let other = Write { expect: Expect::Revision(revision), ..other };
    bed.store.write(other, later).await.expect("an answer");
    let found = bed.store.load(&bed.key, later).await.expect("an answer").expect("a record");
    assert_eq!(found.value, b"1");
}
