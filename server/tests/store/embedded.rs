//! The embedded store: the suite, and what a file on a disk adds to it.

use std::future::{Ready, ready};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use postern::store::EmbeddedStore;
use postern_core::model::Timestamp;
use postern_core::port::{Expect, Key, Lane, LogEntry, NewJob, SideEffects, Store, Window, Write, Written};
use postern_core::rules::throttle::Policy;
use tempfile::TempDir;

const NOW: Timestamp = Timestamp::from_secs(1_000_000_000);
const MINUTE: Duration = Duration::from_mins(1);

fn open(folder: &Path) -> EmbeddedStore {
    EmbeddedStore::open(folder).expect("a store")
}

fn make_store() -> Ready<(Arc<dyn Store>, TempDir)> {
    let folder = tempfile::tempdir().expect("a folder");
    ready((Arc::new(open(folder.path())), folder))
}

postern_core::store_suite!(make_store);

fn record(name: impl std::fmt::Display, ends: Option<Timestamp>) -> Write {
    Write::new(Key::new("slot", name), Expect::Absent, b"value".to_vec(), ends)
}

/// One of everything that ends a minute after [`NOW`], the queue included.
async fn write_one_of_each(store: &EmbeddedStore) {
    let policy = Policy {
        free_attempts: 1,
        first_wait: MINUTE,
        longest_wait: MINUTE,
        escalates_at: u32::MAX,
        longest_escalated: Duration::ZERO,
        blocked_at: 9,
        memory: MINUTE,
    };
    let same = Key::new("slot", "name");
    store.write(record("name", Some(NOW + MINUTE)), NOW).await.expect("an answer");
    store.attempt(&same, &policy, &same, NOW).await.expect("an answer");
    store.count(&same, &Window { limit: 1, span: MINUTE }, NOW).await.expect("an answer");
    for value in [1, 2] {
        let entry = LogEntry { log: same.clone(), value: vec![value], most: 2, ends: Some(NOW + MINUTE) };
        store.append(entry, NOW).await.expect("an answer");
    }
    store
        .enqueue(NewJob { lane: Lane::Bulk, value: vec![1], due: NOW, ends: NOW + MINUTE }, NOW)
        .await
        .expect("an answer");
}

fn job(value: u8) -> NewJob {
    NewJob { lane: Lane::Urgent, value: vec![value], due: NOW, ends: NOW + MINUTE }
}

#[tokio::test]
async fn what_was_answered_is_there_after_reopening() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    write_one_of_each(&store).await;
    let before = store.load(&Key::new("slot", "name"), NOW).await.expect("an answer");
    drop(store);
    let store = open(folder.path());
    assert_eq!(store.load(&Key::new("slot", "name"), NOW).await.expect("an answer"), before);
    assert_eq!(store.standing(&Key::new("slot", "name"), NOW).await.expect("an answer").failures, 1);
    assert_eq!(store.recent(&Key::new("slot", "name"), 9, NOW).await.expect("an answer"), [[2], [1]]);
    assert_eq!(store.lease(Lane::Bulk, NOW + MINUTE, NOW).await.expect("an answer").expect("a job").value, [1]);
}

#[tokio::test]
async fn a_revision_is_not_used_again_after_reopening() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut seen = std::collections::HashSet::new();
    for _ in 0..4 {
        let store = open(folder.path());
        let Written::Done(revision) = store.write(record("a", None), NOW).await.expect("an answer") else {
            panic!("the record was deleted");
        };
        assert!(seen.insert(revision.0));
        assert!(store.delete(&Key::new("slot", "a"), Expect::Anything, NOW).await.expect("an answer"));
    }
}

/// A copy of the file under a running store is what a power cut leaves on the disk.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_answered_survives_a_power_cut() {
    let (before, after) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let store = Arc::new(open(before.path()));
    let writers: Vec<_> = (0..50)
        .map(|name| {
            let store = store.clone();
            tokio::spawn(async move { store.write(record(name, None), NOW).await.expect("an answer") })
        })
        .collect();
    for writer in writers {
        writer.await.expect("no writer panics");
    }
    std::fs::copy(before.path().join("postern.redb"), after.path().join("postern.redb")).expect("a copy");
    let store = open(after.path());
    for name in 0..50 {
        assert!(store.load(&Key::new("slot", name), NOW).await.expect("an answer").is_some(), "{name}");
    }
}

#[test]
fn a_second_process_is_refused_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = open(folder.path());
    let refusal = EmbeddedStore::open(folder.path()).err().expect("a refusal").to_string();
    assert!(refusal.contains("postern.redb"), "{refusal}");
    assert!(refusal.contains("another process has it open"), "{refusal}");
    drop(first);
    open(folder.path());
}

#[test]
fn what_is_no_store_of_ours_is_refused_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = EmbeddedStore::open(&folder.path().join("missing")).err().expect("a refusal").to_string();
    assert!(missing.contains("cannot be opened"), "{missing}");
    std::fs::write(folder.path().join("postern.redb"), vec![7; 8192]).expect("a file");
    let garbage = EmbeddedStore::open(folder.path()).err().expect("a refusal").to_string();
    assert!(garbage.contains("cannot be opened"), "{garbage}");
}

#[test]
fn a_file_of_a_newer_layout_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(open(folder.path()));
    let path = folder.path().join("postern.redb");
    let newer = redb::Database::open(&path).expect("a database");
    let write = newer.begin_write().expect("a write");
    write
        .open_table(redb::TableDefinition::<&str, u64>::new("numbers"))
        .expect("a table")
        .insert("layout", 2)
        .expect("2");
    write.commit().expect("a commit");
    drop(newer);
    let refusal = EmbeddedStore::open(folder.path()).err().expect("a refusal").to_string();
    assert!(refusal.contains("newer Postern"), "{refusal}");
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let _store = open(folder.path());
    let mode = std::fs::metadata(folder.path().join("postern.redb")).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_sweep_removes_what_has_ended_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    write_one_of_each(&store).await;
    store.write(record("stays", None), NOW).await.expect("an answer");
    store.write(record("later", Some(NOW + MINUTE * 2)), NOW).await.expect("an answer");
    assert_eq!(store.sweep(NOW + MINUTE - Duration::from_millis(1)).await.expect("an answer"), 0);
    assert_eq!(store.sweep(NOW + MINUTE).await.expect("an answer"), 5);
    assert_eq!(store.sweep(NOW + MINUTE).await.expect("an answer"), 0);
    assert_eq!(store.lease(Lane::Bulk, NOW + MINUTE, NOW).await.expect("an answer"), None, "the queue forgot it, too");
    for name in ["stays", "later"] {
        assert!(store.load(&Key::new("slot", name), NOW + MINUTE).await.expect("an answer").is_some());
    }
    let drained = store.sweep(NOW + MINUTE * 2).await.expect("an answer");
    assert_eq!(drained, 1);
}

#[tokio::test]
async fn a_record_that_was_written_again_is_swept_by_its_new_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    for ends in [Some(NOW + MINUTE), None, Some(NOW + MINUTE * 3)] {
        let again = Write { expect: Expect::Anything, ..record("a", ends) };
        store.write(again, NOW).await.expect("an answer");
    }
    assert_eq!(store.sweep(NOW + MINUTE * 2).await.expect("an answer"), 0);
    assert_eq!(store.sweep(NOW + MINUTE * 3).await.expect("an answer"), 1);
}

type Rows = redb::TableDefinition<'static, &'static [u8], &'static [u8]>;

/// Shortens every row of a kind to three bytes.
fn damage(folder: &Path, kind: u8) {
    let database = redb::Database::open(folder.join("postern.redb")).expect("a database");
    let write = database.begin_write().expect("a write");
    {
        let mut rows = write.open_table(Rows::new("rows")).expect("rows");
        rows.retain(|_, _| true).expect("rows");
        let keys: Vec<_> = redb::ReadableTable::iter(&rows)
            .expect("rows")
            .map(|row| row.expect("a row").0.value().to_vec())
            .filter(|key| key.first() == Some(&kind))
            .collect();
        assert!(!keys.is_empty(), "nothing of kind {kind}");
        for key in keys {
            rows.insert(key.as_slice(), &[1, 2, 3][..]).expect("a row");
        }
    }
    write.commit().expect("a commit");
}

#[tokio::test]
async fn damaged_job_is_set_aside_and_blocks_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    store.enqueue(job(1), NOW).await.expect("an answer");
    let id = store.lease(Lane::Urgent, NOW, NOW).await.expect("an answer").expect("a job").id;
    drop(store);
    damage(folder.path(), b'j');
    let store = open(folder.path());
    store.enqueue(job(2), NOW).await.expect("an answer");
    assert_eq!(store.lease(Lane::Urgent, NOW + MINUTE, NOW).await.expect("an answer").expect("the second").value, [2]);
    store.finish(id).await.expect("it is gone");
    store.postpone(id, NOW).await.expect("it is gone");
    let month = NOW + Duration::from_hours(31 * 24);
    assert!(store.sweep(month).await.expect("an answer") >= 2, "what was set aside ends, too");
    assert_eq!(store.sweep(month).await.expect("an answer"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damaged_row_is_a_fault_of_its_own_key_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    write_one_of_each(&store).await;
    drop(store);
    for kind in [b'r', b'c', b'l', b'j'] {
        damage(folder.path(), kind);
    }
    let store = open(folder.path());
    let (key, other) = (Key::new("slot", "name"), Key::new("slot", "other"));
    let policy = Policy {
        free_attempts: 9,
        first_wait: MINUTE,
        longest_wait: MINUTE,
        escalates_at: u32::MAX,
        longest_escalated: Duration::ZERO,
        blocked_at: 99,
        memory: MINUTE,
    };
    let event = LogEntry { log: key.clone(), value: b"event".to_vec(), most: 3, ends: None };
    let write = record("other", None).effects(SideEffects::event(Some(event)));
    // Together, so that they share a commit.
    let again = Write { expect: Expect::Anything, ..record("third", None) };
    let (fault, attempt, done, third, taken) = tokio::join!(
        store.write(record("name", None), NOW),
        store.attempt(&key, &policy, &other, NOW),
        store.write(write, NOW),
        store.write(again, NOW),
        store.take(&key, NOW),
    );
    for fault in [fault.err(), attempt.err(), taken.err()] {
        let fault = fault.expect("a fault").to_string();
        assert!(fault.contains("damaged"), "{fault}");
    }
    assert!(matches!(done.expect("an answer"), Written::Done(_)));
    assert!(matches!(third.expect("an answer"), Written::Done(_)));
    assert_eq!(store.recent(&key, 3, NOW).await.expect("an answer"), [b"event".to_vec()]);
    assert_eq!(store.slots("name", NOW).await.expect("an answer"), [] as [&str; 0]);
    store.sweep(NOW + MINUTE * 2).await.expect("an answer");
}

#[tokio::test]
async fn data_file_that_was_removed_or_replaced_is_told_and_not_made_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("postern.redb");
    let store = open(folder.path());
    assert_eq!(store.loss(), None);
    let aside = folder.path().join("aside");
    std::fs::rename(&path, &aside).expect("a rename");
    let loss = store.loss().expect("it is gone");
    assert!(loss.contains("removed"), "{loss}");
    store.ping().await.expect_err("it is gone");
    std::fs::copy(&aside, &path).expect("a copy");
    let loss = store.loss().expect("it is another file");
    assert!(loss.contains("replaced"), "{loss}");
    std::fs::rename(&aside, &path).expect("a rename");
    assert_eq!(store.loss(), None, "it is the same again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn compaction_gives_free_room_back_and_keeps_the_rest() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let size = || std::fs::metadata(folder.path().join("postern.redb")).expect("a file").len();
    for name in 0..40 {
        let ends = (name >= 4).then_some(NOW + MINUTE);
        store.write(Write { value: vec![7; 1 << 20], ..record(name, ends) }, NOW).await.expect("an answer");
    }
    assert_eq!(store.compact().await.expect("an answer"), 0, "there is no room to give back");
    store.sweep(NOW + MINUTE).await.expect("an answer");
    let before = size();
    let given_back = store.compact().await.expect("an answer");
    assert!(given_back > 16 << 20 && size() + given_back == before, "{given_back} of {before}, now {}", size());
    for name in 0..4 {
        assert!(store.load(&Key::new("slot", name), NOW).await.expect("an answer").is_some(), "{name}");
    }
    store.write(record("after", None), NOW).await.expect("an answer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_sweep_of_many_rows_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Arc::new(open(folder.path()));
    let writers: Vec<_> = (0..1_200)
        .map(|name| {
            let store = store.clone();
            tokio::spawn(async move { store.write(record(name, Some(NOW + MINUTE)), NOW).await })
        })
        .collect();
    for writer in writers {
        writer.await.expect("no writer panics").expect("an answer");
    }
    assert_eq!(store.sweep(NOW + MINUTE).await.expect("an answer"), 1_200);
}
