//! Redis as a store: the suite against a real server, and what only Redis has to promise.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use fred::interfaces::KeysInterface;
use fred::prelude::ClientLike;
use postern::store::RedisStore;
use postern_app::model::Timestamp;
use postern_app::port::{Also, Expect, Key, LogEntry, Store, Tally, Window, Write};
use postern_app::rules::throttle::Policy;

use crate::redis_server::RedisServer;

const NOW: Timestamp = Timestamp::from_secs(1_000_000_000);
const MINUTE: Duration = Duration::from_mins(1);
const POLICY: Policy =
    Policy { free: 5, first_wait: MINUTE, longest_wait: MINUTE, blocked_at: 9, memory: Duration::from_hours(720) };

/// One server for all tests here; each has a database of its own.
static SERVER: LazyLock<RedisServer> = LazyLock::new(RedisServer::start);

async fn fresh() -> RedisStore {
    static DATABASES: AtomicU16 = AtomicU16::new(0);
    let database = DATABASES.fetch_add(1, Ordering::SeqCst);
    RedisStore::connect(&format!("{}/{database}", SERVER.url())).await.expect("a connection")
}

async fn make_store() -> (Arc<dyn Store>, ()) {
    (Arc::new(fresh().await), ())
}

postern_app::store_suite!(make_store);

async fn refusal(url: &str) -> String {
    RedisStore::connect(url).await.expect_err("a refusal").to_string()
}

#[tokio::test]
async fn what_ends_has_a_time_to_live_and_what_stays_has_none() {
    let store = fresh().await;
    let same = Key::new("slot", "name");
    let event = LogEntry { log: same.clone(), value: b"event".to_vec(), most: 3, ends: Some(NOW + MINUTE) };
    let write = Write::new(same.clone(), Expect::Absent, b"value".to_vec(), Some(NOW + MINUTE));
    store.write(write.also(Also::event(Some(event.clone()))), NOW).await.expect("an answer");
    store.attempt(&same, &POLICY, &same, NOW).await.expect("an answer");
    store.count(&same, &Window { limit: 3, span: MINUTE }, NOW).await.expect("an answer");
    store.append(LogEntry { log: Key::new("slot", "other"), ..event }, NOW).await.expect("an answer");
    store.enqueue(vec![1], NOW + MINUTE, NOW).await.expect("an answer");
    store.lease(NOW + MINUTE, NOW).await.expect("an answer").expect("a job");
    let stays = Write::new(Key::new("slot", "stays"), Expect::Absent, b"value".to_vec(), None).also(Also {
        records: vec![(Key::new("slot", "stays too"), Some(b"value".to_vec()))],
        tally: Some(Tally { key: Key::new("slot", "stays"), by: 1, most: 1 }),
        ..Also::default()
    });
    store.write(stays, NOW).await.expect("an answer");

    let client = store.pool().next();
    let (_, keys): (String, Vec<String>) =
        client.custom(fred::cmd!("SCAN"), vec!["0", "COUNT", "1000"]).await.expect("keys");
    assert_eq!(keys.len(), 11, "{keys:?}");
    for key in keys {
        let ttl: i64 = client.pttl(&key).await.expect("a ttl");
        let longest = if key.contains(":c:") { POLICY.memory } else { MINUTE };
        let stays = key.contains(":stays");
        assert_eq!(ttl == -1, stays, "{key}");
        assert!(u128::try_from(ttl).unwrap_or(0) <= (longest + MINUTE).as_millis(), "{key} lives {ttl} ms");
    }
}

#[tokio::test]
async fn what_ended_long_ago_by_the_clock_is_still_swept_by_redis() {
    let store = fresh().await;
    let write = Write::new(Key::new("slot", "a"), Expect::Absent, b"value".to_vec(), Some(NOW - MINUTE * 1_000));
    store.write(write, NOW).await.expect("an answer");
    let ttl: i64 = store.pool().next().pttl("postern:{slot}:r:a").await.expect("a ttl");
    assert!((1..=60_000).contains(&ttl), "{ttl}");
}

#[tokio::test]
async fn a_redis_that_may_drop_records_is_refused() {
    let server = RedisServer::start_with(&["--maxmemory-policy", "allkeys-lru"]);
    let refusal = refusal(&server.url()).await;
    assert!(refusal.contains("allkeys-lru") && refusal.contains("noeviction"), "{refusal}");
}

#[tokio::test]
async fn a_redis_that_does_not_tell_its_policy_is_believed() {
    let server = RedisServer::start_with(&["--rename-command", "INFO", "", "--rename-command", "CONFIG", ""]);
    let store = RedisStore::connect(&server.url()).await.expect("a connection");
    store.ping().await.expect("an answer");
}

#[tokio::test]
async fn what_cannot_be_reached_is_refused_without_its_password() {
    let mut server = RedisServer::start_with(&["--requirepass", "s3cret"]);
    let port = server.port();
    RedisStore::connect(&format!("redis://:s3cret@127.0.0.1:{port}")).await.expect("a connection");
    let wrong = refusal(&format!("redis://:pa55word@127.0.0.1:{port}")).await;
    assert!(wrong.contains("WRONGPASS"), "{wrong}");
    server.stop();
    let away = refusal(&format!("redis://:pa55word@127.0.0.1:{port}")).await;
    let not_a_url = refusal("redis//:pa55word@").await;
    assert!(not_a_url.contains("URL"), "{not_a_url}");
    for refusal in [wrong, away, not_a_url] {
        assert!(refusal.starts_with("Redis cannot be used: ") && !refusal.contains("pa55word"), "{refusal}");
    }
}

#[tokio::test]
async fn an_instance_sees_what_another_wrote() {
    let server = RedisServer::start();
    let one = RedisStore::connect(&server.url()).await.expect("a connection");
    let other = RedisStore::connect(&server.url()).await.expect("a connection");
    let key = Key::new("slot", "a");
    one.write(Write::new(key.clone(), Expect::Absent, b"one".to_vec(), None), NOW).await.expect("an answer");
    assert_eq!(other.take(&key, NOW).await.expect("an answer"), Some(b"one".to_vec()));
    assert_eq!(one.load(&key, NOW).await.expect("an answer"), None);
}

#[tokio::test]
async fn sentinels_name_the_server_to_use() {
    let server = RedisServer::start();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sentinel.conf");
    std::fs::write(&file, format!("sentinel monitor mymaster 127.0.0.1 {} 1\n", server.port())).expect("a file");
    let sentinel = RedisServer::start_sentinel(&file);
    let url = format!("redis-sentinel://127.0.0.1:{}?sentinelServiceName=mymaster", sentinel.port());
    let store = RedisStore::connect(&url).await.expect("a connection");
    store
        .write(Write::new(Key::new("slot", "a"), Expect::Absent, b"one".to_vec(), None), NOW)
        .await
        .expect("an answer");
    assert_eq!(server.cli(&["exists", "postern:{slot}:r:a"]), "1");
}
