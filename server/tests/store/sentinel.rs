//! Fail-overs as Sentinel makes them, on real servers: the store follows the primary, and what was answered stands.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use postern::store::{FailOverStore, RedisSettings, RedisStore};
use postern_core::model::Timestamp;
use postern_core::port::{Expect, Key, Store, Stored, Write, Written};

use crate::redis_server::RedisServer;
use crate::sentinel_servers::Replication;

pub const NOW: Timestamp = Timestamp::from_secs(1_000_000_000);
const WORKERS: usize = 4;
const CODES: usize = 2_000;
/// Codes accepted before anything happens.
const BEFORE: usize = 100;

/// As a process sees Redis.
pub async fn process(url: &str, wait_replicas: u32) -> Arc<dyn Store> {
    let settings = RedisSettings { wait_replicas, ..RedisSettings::default() };
    let redis = RedisStore::open(url, settings).await.expect("a connection");
    Arc::new(FailOverStore::new(Arc::new(redis)))
}

pub fn record(slot: impl std::fmt::Display, expect: Expect, value: &[u8]) -> Write {
    Write::new(Key::new(slot, "record"), expect, value.to_vec(), None)
}

/// Tries until the store takes a write.
pub async fn await_write(store: &dyn Store, slot: &str) {
    while store.write(record(slot, Expect::Anything, b"value"), NOW).await.is_err() {
        tokio::task::yield_now().await;
    }
}

/// What became of writes that were answered while something happened to the primary.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Accounts made and codes accepted, by answers.
    pub answered: usize,
    /// Answered accounts that are not there.
    pub lost: usize,
    /// Codes that the process that accepted them accepts again.
    pub twice: usize,
    /// Codes that another process accepts again.
    pub twice_elsewhere: usize,
}

/// Makes accounts and accepts codes by one process without a pause while `happen` runs and until it has ended, then
/// looks for what is lost and tries every code again, by the same process and by another.
pub async fn outcome_of(url: &str, wait_replicas: u32, happen: impl FnOnce() + Send + 'static) -> Outcome {
    let (store, other) = (process(url, wait_replicas).await, process(url, 0).await);
    for code in 0..CODES {
        await_done(&*other, record(format!("code-{code}"), Expect::Absent, b"fresh")).await;
    }
    let (accounts, used) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(BTreeSet::new())));
    let is_over = Arc::new(AtomicBool::new(false));
    let workers: Vec<_> = (0..WORKERS)
        .map(|worker| {
            let (store, accounts, used, is_over) = (store.clone(), accounts.clone(), used.clone(), is_over.clone());
            tokio::spawn(async move {
                for turn in 0.. {
                    let code = worker + WORKERS * turn;
                    if is_over.load(Ordering::SeqCst) {
                        return;
                    }
                    if code < CODES && accept(&*store, code).await {
                        used.lock().unwrap_or_else(PoisonError::into_inner).insert(code);
                    }
                    let account = format!("account-{code}");
                    let made = store.write(record(&account, Expect::Absent, b"account"), NOW).await;
                    if let Ok(Written::Done(_)) = made {
                        accounts.lock().unwrap_or_else(PoisonError::into_inner).push(account);
                    }
                    tokio::time::sleep(std::time::Duration::from_millis(2)).await;
                }
            })
        })
        .collect();
    while used.lock().unwrap_or_else(PoisonError::into_inner).len() < BEFORE {
        tokio::task::yield_now().await;
    }
    tokio::task::spawn_blocking(happen).await.expect("it happens");
    await_write(&*store, "after").await;
    is_over.store(true, Ordering::SeqCst);
    for worker in workers {
        worker.await.expect("no worker panics");
    }
    let accounts = std::mem::take(&mut *accounts.lock().unwrap_or_else(PoisonError::into_inner));
    let used = std::mem::take(&mut *used.lock().unwrap_or_else(PoisonError::into_inner));
    let mut outcome = Outcome { answered: accounts.len() + used.len(), ..Outcome::default() };
    assert!(outcome.answered > BEFORE, "{outcome:?}");
    await_write(&*other, "after").await;
    for account in accounts {
        let found = await_load(&*other, account).await;
        outcome.lost += usize::from(found.is_none());
    }
    for code in used {
        // First where it was not accepted: there nobody remembers it.
        let found = await_load(&*other, format!("code-{code}")).await;
        outcome.twice_elsewhere += usize::from(found.is_none_or(|stored| stored.value == b"fresh"));
        outcome.twice += usize::from(accept(&*store, code).await);
    }
    outcome
}

/// On a busy machine a cluster that has just begun takes its own nodes for dead at times, and is back after a moment.
async fn await_done(store: &dyn Store, write: Write) {
    let mut is_unknown = false;
    loop {
        match store.write(write.clone(), NOW).await {
            Ok(Written::Done(_)) => return,
            Ok(Written::Conflict) if is_unknown => return,
            Ok(other) => panic!("{other:?}"),
            Err(_) => is_unknown = true,
        }
        tokio::task::yield_now().await;
    }
}

/// Reads until the store answers: not every slot is back at the same moment.
async fn await_load(store: &dyn Store, slot: String) -> Option<Stored> {
    let key = Key::new(slot, "record");
    loop {
        match store.load(&key, NOW).await {
            Ok(found) => return found,
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

/// Accepts a code that is fresh, as the engine does: judged by what is there, burned by one conditional write.
async fn accept(store: &dyn Store, code: usize) -> bool {
    let place = format!("code-{code}");
    let Ok(Some(stored)) = store.load(&Key::new(&place, "record"), NOW).await else { return false };
    let burn = record(place, Expect::Revision(stored.revision), b"used");
    stored.value == b"fresh" && matches!(store.write(burn, NOW).await, Ok(Written::Done(_)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn planned_fail_over_is_followed_and_no_code_is_accepted_twice() {
    let replication = Arc::new(Replication::start(2, 3));
    let (url, happening) = (replication.url(), replication.clone());
    let outcome = outcome_of(&url, 0, move || {
        happening.fail_over();
        happening.await_another_primary();
    })
    .await;
    println!("planned: {outcome:?}");
    assert_eq!(outcome.twice, 0, "{outcome:?}");
    let store = process(&url, 0).await;
    await_write(&*store, "where").await;
    assert_eq!(replication.primary().cli(&["exists", "postern:{where}:r:record"]), "1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_all_replicas_acknowledged_is_neither_lost_nor_accepted_twice_by_anybody() {
    let replication = Arc::new(Replication::start(2, 3));
    let (url, happening) = (replication.url(), replication.clone());
    let outcome = outcome_of(&url, 2, move || {
        happening.servers[0].pause();
        happening.await_another_primary();
        happening.servers[0].resume();
    })
    .await;
    println!("paused, with acknowledgements: {outcome:?}");
    assert_eq!((outcome.lost, outcome.twice, outcome.twice_elsewhere), (0, 0, 0), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn primary_that_stands_still_and_comes_back_keeps_no_connection() {
    let replication = Arc::new(Replication::start(2, 3));
    let (url, happening) = (replication.url(), replication.clone());
    let outcome = outcome_of(&url, 0, move || {
        happening.servers[0].pause();
        happening.await_another_primary();
        happening.servers[0].resume();
    })
    .await;
    println!("paused: {outcome:?}");
    assert_eq!(outcome.twice, 0, "{outcome:?}");
    let clients = replication.servers[0].cli(&["client", "list", "type", "normal"]);
    let is_known = |client: &str| client.contains("cmd=client|list") || client.contains("name=sentinel-");
    assert!(clients.lines().all(is_known), "{clients}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn primary_that_is_killed_is_followed_by_a_replica_and_no_code_is_accepted_twice() {
    let replication = Arc::new(Mutex::new(Replication::start(2, 3)));
    let url = replication.lock().unwrap_or_else(PoisonError::into_inner).url();
    let happening = replication.clone();
    let outcome = outcome_of(&url, 0, move || {
        let mut replication = happening.lock().unwrap_or_else(PoisonError::into_inner);
        replication.servers[0].stop();
        replication.await_another_primary();
    })
    .await;
    println!("killed: {outcome:?}");
    assert_eq!(outcome.twice, 0, "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn node_that_became_a_replica_gets_no_writes_until_it_is_a_primary_again() {
    let (node, other) = (RedisServer::start(), RedisServer::start());
    let store = process(&node.url(), 0).await;
    await_write(&*store, "before").await;
    assert_eq!(node.cli(&["replicaof", "127.0.0.1", &other.port().to_string()]), "OK");
    while store.ping().await.is_ok() {
        tokio::task::yield_now().await;
    }
    let fault = store.write(record("lost", Expect::Anything, b"value"), NOW).await.expect_err("a replica");
    assert!(fault.to_string().contains("primary") || fault.to_string().contains("READONLY"), "{fault}");
    assert_eq!(node.cli(&["replicaof", "no", "one"]), "OK");
    await_write(&*store, "after").await;
    assert_eq!(node.cli(&["exists", "postern:{after}:r:record"]), "1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn burn_that_too_few_replicas_acknowledge_is_a_fault() {
    let primary = RedisServer::start();
    let replica = RedisServer::start_replica_of(&primary);
    let (one, two) = (process(&primary.url(), 1).await, process(&primary.url(), 2).await);
    await_write(&*one, "acknowledged").await;
    let fault = two.write(record("b", Expect::Absent, b"value"), NOW).await.expect_err("one replica");
    assert!(fault.to_string().contains("1 of 2 replicas"), "{fault}");
    drop(replica);
}
