//! Redis Cluster: one node that owns every slot still refuses a step whose keys are of several slots.

use std::sync::{Arc, LazyLock};

use postern::store::RedisStore;
use postern_core::model::Timestamp;
use postern_core::port::{Expect, Key, Store, Write};
use tokio::sync::{Mutex, MutexGuard};

use crate::redis_server::RedisServer;
use crate::sentinel::{await_write, outcome_of, process};
use crate::sentinel_servers::await_that;

/// A cluster has one database only, so tests go one after the other.
static CLUSTER: LazyLock<Mutex<RedisServer>> = LazyLock::new(|| Mutex::new(RedisServer::start_cluster()));

async fn make_store() -> (Arc<dyn Store>, MutexGuard<'static, RedisServer>) {
    let server = CLUSTER.lock().await;
    assert_eq!(server.cli(&["flushall"]), "OK");
    let url = format!("redis-cluster://127.0.0.1:{}", server.port());
    (Arc::new(RedisStore::connect(&url).await.expect("a connection")), server)
}

postern_core::store_suite!(make_store in one test);

#[tokio::test]
async fn slots_are_found_on_every_node_and_a_node_that_is_away_is_a_fault_not_a_gap() {
    let now = Timestamp::from_secs(1_000_000_000);
    let mut nodes = RedisServer::start_cluster_of_two();
    let url = format!("redis-cluster://127.0.0.1:{}", nodes[0].port());
    let store = RedisStore::connect(&url).await.expect("a connection");
    let mut expected = Vec::new();
    for number in 10..60 {
        let key = Key::new(number, "here");
        expected.push(key.slot().to_owned());
        store.write(Write::new(key, Expect::Absent, b"value".to_vec(), None), now).await.expect("an answer");
    }
    for node in &nodes {
        assert_ne!(node.cli(&["dbsize"]), "0", "each has some");
    }
    assert_eq!(store.slots("here", now).await.expect("an answer"), expected);
    nodes[1].stop();
    store.slots("here", now).await.expect_err("half a list");
}

/// The address of two of the nodes, the first among them.
fn address(nodes: &[RedisServer]) -> String {
    format!("redis-cluster://127.0.0.1:{}?node=127.0.0.1:{}", nodes[0].port(), nodes[2].port())
}

fn is_primary(node: &RedisServer) -> bool {
    node.cli(&["role"]).starts_with("master")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn planned_fail_over_of_a_cluster_node_loses_nothing() {
    let nodes = Arc::new(RedisServer::start_replicated_cluster());
    let (url, happening) = (address(&nodes), nodes.clone());
    let outcome = outcome_of(&url, 0, move || {
        assert_eq!(happening[1].cli(&["cluster", "failover"]), "OK");
        await_that(|| is_primary(&happening[1]) && !is_primary(&happening[0]));
    })
    .await;
    println!("cluster, planned: {outcome:?}");
    assert_eq!((outcome.lost, outcome.twice, outcome.twice_elsewhere), (0, 0, 0), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cluster_node_that_stands_still_is_left_and_no_code_is_accepted_twice() {
    let nodes = Arc::new(RedisServer::start_replicated_cluster());
    let (url, happening) = (address(&nodes), nodes.clone());
    let outcome = outcome_of(&url, 0, move || {
        happening[0].pause();
        await_that(|| is_primary(&happening[1]));
        happening[0].resume();
    })
    .await;
    println!("cluster, paused: {outcome:?}");
    assert_eq!(outcome.twice, 0, "{outcome:?}");
    // Every slot is reached again.
    let store = process(&url, 0).await;
    for slot in 0..30 {
        await_write(&*store, &format!("after-{slot}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cluster_node_that_is_killed_is_followed_by_its_replica_and_no_code_is_accepted_twice() {
    let nodes = Arc::new(std::sync::Mutex::new(RedisServer::start_replicated_cluster()));
    let url = address(&nodes.lock().expect("nobody panics"));
    let happening = nodes.clone();
    let outcome = outcome_of(&url, 0, move || {
        let mut nodes = happening.lock().expect("nobody panics");
        nodes[0].stop();
        await_that(|| is_primary(&nodes[1]));
    })
    .await;
    println!("cluster, killed: {outcome:?}");
    assert_eq!(outcome.twice, 0, "{outcome:?}");
}
