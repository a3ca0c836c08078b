//! Redis Cluster: one node that owns every slot still refuses a step whose keys are of several slots.

use std::sync::{Arc, LazyLock};

use postern::store::RedisStore;
use postern_app::port::Store;
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

postern_app::store_suite!(make_store);
