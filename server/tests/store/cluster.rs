//! Redis Cluster: one node that owns every slot still refuses a step whose keys are of several slots.

use std::sync::{Arc, LazyLock};

use postern::store::RedisStore;
use postern_app::model::Timestamp;
use postern_app::port::{Expect, Key, Store, Write};
use tokio::sync::{Mutex, MutexGuard};

use crate::redis_server::RedisServer;

/// A cluster has one database only, so tests go one after the other.
static CLUSTER: LazyLock<Mutex<RedisServer>> = LazyLock::new(|| Mutex::new(RedisServer::start_cluster()));

async fn make_store() -> (Arc<dyn Store>, MutexGuard<'static, RedisServer>) {
    let server = CLUSTER.lock().await;
    assert_eq!(server.cli(&["flushall"]), "OK");
    let url = format!("redis-cluster://127.0.0.1:{}", server.port());
    (Arc::new(RedisStore::connect(&url).await.expect("a connection")), server)
}

postern_app::store_suite!(make_store in one test);

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
