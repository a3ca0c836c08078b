//! Redis as a store: the suite against a real server, and what only Redis has to promise.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use fred::interfaces::KeysInterface;
use fred::prelude::ClientLike;
use postern::store::{RedisSettings, RedisStore};
use postern_core::model::Timestamp;
use postern_core::port::{Expect, Key, Lane, LogEntry, NewJob, SideEffects, Store, Tally, Window, Write, Written};
use postern_core::rules::throttle::Policy;

use crate::redis_server::RedisServer;

const NOW: Timestamp = Timestamp::from_secs(1_000_000_000);
const MINUTE: Duration = Duration::from_mins(1);
const POLICY: Policy = Policy {
    free_attempts: 5,
    first_wait: MINUTE,
    longest_wait: MINUTE,
    escalates_at: u32::MAX,
    longest_escalated: Duration::ZERO,
    blocked_at: 9,
    memory: Duration::from_hours(720),
};

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

postern_core::store_suite!(make_store);

async fn refusal(url: &str) -> String {
    RedisStore::connect(url).await.expect_err("a refusal").to_string()
}

fn job(value: u8) -> NewJob {
    NewJob { lane: Lane::Urgent, value: vec![value], due: NOW, ends: NOW + MINUTE }
}

#[tokio::test]
async fn what_ends_has_a_time_to_live_and_what_stays_has_none() {
    let store = fresh().await;
    let same = Key::new("slot", "name");
    let event = LogEntry { log: same.clone(), value: b"event".to_vec(), most: 3, ends: Some(NOW + MINUTE) };
    let write = Write::new(same.clone(), Expect::Absent, b"value".to_vec(), Some(NOW + MINUTE));
    store.write(write.effects(SideEffects::event(Some(event.clone()))), NOW).await.expect("an answer");
    store.attempt(&same, &POLICY, &same, NOW).await.expect("an answer");
    store.count(&same, &Window { limit: 3, span: MINUTE }, NOW).await.expect("an answer");
    store.append(LogEntry { log: Key::new("slot", "other"), ..event }, NOW).await.expect("an answer");
    store
        .enqueue(NewJob { lane: Lane::Urgent, value: vec![1], due: NOW, ends: NOW + MINUTE }, NOW)
        .await
        .expect("an answer");
    store.lease(Lane::Urgent, NOW + MINUTE, NOW).await.expect("an answer").expect("a job");
    let stays = Write::new(Key::new("slot", "stays"), Expect::Absent, b"value".to_vec(), None).effects(SideEffects {
        records: vec![(Key::new("slot", "stays too"), Some(b"value".to_vec()))],
        tally: Some(Tally { key: Key::new("slot", "stays"), by: 1, most: 1 }),
        ..SideEffects::default()
    });
    store.write(stays, NOW).await.expect("an answer");

    let client = store.pool().expect("a pool").next().clone();
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
    let ttl: i64 = store.pool().expect("a pool").next().pttl("postern:{slot}:r:a").await.expect("a ttl");
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

#[tokio::test]
async fn damaged_job_is_set_aside_and_blocks_no_other() {
    let server = RedisServer::start();
    let store = RedisStore::connect(&server.url()).await.expect("a connection");
    for value in 1..=3 {
        store.enqueue(job(value), NOW).await.expect("an answer");
    }
    let names = server.cli(&["zrange", "postern:{letters}:due", "0", "-1"]);
    let names: Vec<_> = names.lines().collect();
    assert_eq!(server.cli(&["set", &format!("postern:{{letters}}:job:{}", names[0]), "short", "keepttl"]), "OK");
    assert_eq!(server.cli(&["del", &format!("postern:{{letters}}:job:{}", names[1])]), "1");
    assert_eq!(server.cli(&["lpush", &format!("postern:{{letters}}:job:{}", names[1]), "a list"]), "1");
    let leased = store.lease(Lane::Urgent, NOW + MINUTE, NOW).await.expect("an answer").expect("the third");
    assert_eq!(leased.value, [3]);
    let aside = server.cli(&["get", &format!("postern:{{letters}}:damaged:{}", names[0])]);
    assert_eq!(aside, "short", "it can be looked at");
    assert_eq!(store.lease(Lane::Urgent, NOW + MINUTE, NOW).await.expect("an answer"), None);
    assert_eq!(server.cli(&["set", "postern:{letters}:last", "no number"]), "OK");
    store.enqueue(job(4), NOW).await.expect("an answer");
    assert_eq!(store.lease(Lane::Urgent, NOW + MINUTE, NOW).await.expect("an answer").expect("a job").value, [4]);
}

#[tokio::test]
async fn damaged_value_is_a_fault_of_its_own_key_alone() {
    let server = RedisServer::start();
    let store = RedisStore::connect(&server.url()).await.expect("a connection");
    let (key, other) = (Key::new("slot", "name"), Key::new("slot", "other"));
    for kind in ["r", "c", "l", "t"] {
        assert_eq!(server.cli(&["set", &format!("postern:{{slot}}:{kind}:name"), "short"]), "OK");
    }
    let fault = store.load(&key, NOW).await.expect_err("a damaged record").to_string();
    assert!(fault.contains("damaged record"), "{fault}");
    let fault = store.standing(&key, NOW).await.expect_err("a damaged count").to_string();
    assert!(fault.contains("damaged count"), "{fault}");
    let fault = store.attempt(&key, &POLICY, &other, NOW).await.expect_err("a damaged count").to_string();
    assert!(fault.contains("damaged"), "{fault}");
    store.attempt(&other, &POLICY, &key, NOW).await.expect_err("a damaged record");
    // It is there: nothing is written in its place by mistake.
    let absent = Write::new(key.clone(), Expect::Absent, b"new".to_vec(), None);
    assert_eq!(store.write(absent, NOW).await.expect("an answer"), Written::Conflict);
    // A damaged log holds up no write that appends to it.
    let event = LogEntry { log: key.clone(), value: b"event".to_vec(), most: 3, ends: None };
    let write =
        Write::new(other.clone(), Expect::Absent, b"value".to_vec(), None).effects(SideEffects::event(Some(event)));
    assert!(matches!(store.write(write, NOW).await.expect("an answer"), Written::Done(_)));
    assert_eq!(store.recent(&key, 3, NOW).await.expect("an answer"), [b"event".to_vec()]);
    let tally = SideEffects { tally: Some(Tally { key: key.clone(), by: 1, most: 9 }), ..SideEffects::default() };
    let write = Write::new(other.clone(), Expect::Anything, b"value".to_vec(), None).effects(tally);
    let fault = store.write(write, NOW).await.expect_err("a damaged sum").to_string();
    assert!(fault.contains("damaged"), "{fault}");
    assert!(store.delete(&key, Expect::Anything, NOW).await.expect("an answer"), "it can be removed");
}

/// Speaks as much of Redis as a connection needs, and says that it is of this version.
async fn old_redis(version: &'static str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = [0; 1024];
                while let Ok(length @ 1..) = socket.read(&mut request).await {
                    let text = String::from_utf8_lossy(&request[..length]).to_uppercase();
                    let info = format!("# Server\r\nredis_version:{version}\r\nmaxmemory_policy:noeviction\r\n");
                    let answer = match () {
                        () if text.contains("INFO") => format!("${}\r\n{info}\r\n", info.len()),
                        () if text.contains("ROLE") => "*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n".to_owned(),
                        () if text.contains("CLIENT") => ":1\r\n".to_owned(),
                        () => "+PONG\r\n".to_owned(),
                    };
                    if socket.write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    format!("redis://{address}")
}

#[tokio::test]
async fn redis_before_6_2_is_refused_at_start() {
    let refusal = refusal(&old_redis("6.0.16").await).await;
    assert!(refusal.contains("6.0.16") && refusal.contains("6.2"), "{refusal}");
    RedisStore::connect(&old_redis("6.2.0").await).await.expect("a connection");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_that_starts_after_postern_is_waited_for() {
    let mut server = RedisServer::start_with(&["--requirepass", "s3cret"]);
    let address = format!("redis://:s3cret@127.0.0.1:{}", server.port());
    let wrong = format!("redis://:wrong@127.0.0.1:{}", server.port());
    let patient = RedisSettings { start_wait: MINUTE * 60, ..RedisSettings::default() };
    let refusal = RedisStore::open(&wrong, patient).await.expect_err("a refusal").to_string();
    assert!(refusal.contains("WRONGPASS"), "waiting does not help: {refusal}");
    server.stop();
    let (opened, _server) = tokio::join!(
        RedisStore::open(&address, patient),
        tokio::task::spawn_blocking(move || {
            server.start_again();
            server
        })
    );
    opened.expect("a connection").ping().await.expect("an answer");
}

#[tokio::test]
async fn redis_that_is_full_or_may_drop_records_is_not_fit() {
    let server = RedisServer::start();
    let store = RedisStore::connect(&server.url()).await.expect("a connection");
    store.ping().await.expect("it is fit");
    assert_eq!(server.cli(&["config", "set", "maxmemory-policy", "allkeys-lru"]), "OK");
    let fault = store.ping().await.expect_err("it may drop records").to_string();
    assert!(fault.contains("allkeys-lru"), "{fault}");
    assert_eq!(server.cli(&["config", "set", "maxmemory-policy", "noeviction", "maxmemory", "100000"]), "OK");
    let fault = store.ping().await.expect_err("it is full").to_string();
    assert!(fault.contains("full"), "{fault}");
    assert_eq!(server.cli(&["config", "set", "maxmemory", "0"]), "OK");
    store.ping().await.expect("it is fit again");
}
