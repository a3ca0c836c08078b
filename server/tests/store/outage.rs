//! When Redis goes away: a fault, and everything as before once it is back, by itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use postern::store::RedisStore;
use postern_core::model::Timestamp;
use postern_core::port::{Expect, Key, Store, Write, Written};
use postern_core::rules::throttle::{Attempt, Policy};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::redis_server::RedisServer;
use crate::wait::{until, within};

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

async fn connect(server: &RedisServer) -> RedisStore {
    RedisStore::connect(&server.url()).await.expect("a connection")
}

fn write(name: &str) -> Write {
    Write::new(Key::new("slot", name), Expect::Absent, b"value".to_vec(), None)
}

/// Every call of the port must fail; none may hang.
async fn faults(store: &RedisStore) {
    let count = Key::new("slot", "count");
    let calls = async {
        tokio::join!(
            store.load(&count, NOW),
            store.write(write("lost"), NOW),
            store.attempt(&count, &POLICY, &count, NOW),
            store.ping()
        )
    };
    let (load, written, attempt, ping) = within("a call without an answer", calls).await;
    assert!(load.is_err() && written.is_err() && attempt.is_err() && ping.is_err());
}

/// Asks until there is an answer.
async fn comes_back(store: &RedisStore) {
    until("Redis is back", async || store.ping().await.is_ok()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_was_killed_is_a_fault_and_comes_back_by_itself() {
    let mut server = RedisServer::start_durable();
    let store = connect(&server).await;
    store.write(write("kept"), NOW).await.expect("an answer");
    server.stop();
    for _ in 0..3 {
        faults(&store).await;
    }
    server.start_again();
    comes_back(&store).await;
    let kept = store.load(&Key::new("slot", "kept"), NOW).await.expect("an answer");
    assert_eq!(kept.expect("what was answered is durable").value, b"value");
    // Its scripts are gone with the old process.
    assert!(matches!(store.write(write("new"), NOW).await.expect("an answer"), Written::Done(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_hangs_is_a_fault_and_comes_back_by_itself() {
    let server = RedisServer::start();
    let store = connect(&server).await;
    store.write(write("kept"), NOW).await.expect("an answer");
    server.pause();
    for _ in 0..3 {
        faults(&store).await;
    }
    server.resume();
    comes_back(&store).await;
    assert!(store.load(&Key::new("slot", "kept"), NOW).await.expect("an answer").is_some());
}

/// A command whose answer was lost may have been carried out; sent again, it would count twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_attempt_is_counted_twice_over_an_outage() {
    let server = RedisServer::start();
    let store = connect(&server).await;
    let count = Key::new("slot", "count");
    let mut calls = 0;
    for _ in 0..3 {
        calls += 1;
        store.attempt(&count, &POLICY, &count, NOW).await.expect("an answer");
    }
    server.pause();
    calls += 1;
    store.attempt(&count, &POLICY, &count, NOW).await.expect_err("a fault");
    server.resume();
    comes_back(&store).await;
    let answer = store.attempt(&count, &POLICY, &count, NOW).await.expect("an answer").0;
    calls += 1;
    assert!(matches!(answer, Attempt::Go(n) if n <= calls), "{answer:?} after {calls} calls");
}

/// Passes connections on to a server; one of them can be made to swallow everything.
struct Proxy {
    url: String,
    accepted: Arc<AtomicUsize>,
    swallows: watch::Sender<Option<usize>>,
}

impl Proxy {
    async fn to(server: &RedisServer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("redis://{}", listener.local_addr().expect("an address"));
        let (accepted, (swallows, swallowed), port) =
            (Arc::new(AtomicUsize::new(0)), watch::channel(None), server.port());
        let count = accepted.clone();
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (number, mut swallowed) = (count.fetch_add(1, Ordering::SeqCst), swallowed.clone());
                tokio::spawn(async move {
                    let mut far = TcpStream::connect(("127.0.0.1", port)).await.expect("the server");
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => return,
                        _ = swallowed.wait_for(|swallowed| *swallowed == Some(number)) => {}
                    }
                    // Open, and silent for good.
                    std::future::pending::<()>().await;
                    drop((near, far));
                });
            }
        });
        Self { url, accepted, swallows }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_connection_that_answers_nothing_has_all_of_them_replaced() {
    let server = RedisServer::start();
    let proxy = Proxy::to(&server).await;
    let store = RedisStore::connect(&proxy.url).await.expect("a connection");
    let before = proxy.accepted.load(Ordering::SeqCst);
    proxy.swallows.send_replace(Some(before - 1));
    while proxy.accepted.load(Ordering::SeqCst) < 2 * before {
        tokio::task::yield_now().await;
    }
    comes_back(&store).await;
    for number in 0..2 * before {
        let write = Write { expect: Expect::Anything, ..write("again") };
        store.write(write, NOW).await.unwrap_or_else(|fault| panic!("write {number}: {fault}"));
    }
}
