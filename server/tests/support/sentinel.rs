//! A primary with replicas, and sentinels that watch it, as real processes.
//! Include it with `#[path = "../support/sentinel.rs"] mod sentinel_servers;` beside `redis_server`.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use tempfile::TempDir;

use crate::redis_server::RedisServer;

const SERVICE: &str = "mymaster";

pub struct Replication {
    /// The first was the primary at the start.
    pub servers: Vec<RedisServer>,
    pub sentinels: Vec<RedisServer>,
    _files: TempDir,
}

impl Replication {
    /// Waits until everybody knows everybody.
    pub fn start(replicas: usize, sentinels: usize) -> Self {
        let mut servers = vec![RedisServer::start()];
        for _ in 0..replicas {
            servers.push(RedisServer::start_replica_of(&servers[0]));
        }
        let files = tempfile::tempdir().expect("a folder");
        let quorum = sentinels / 2 + 1;
        let started = (0..sentinels).map(|number| {
            let file = files.path().join(format!("sentinel-{number}.conf"));
            let text = format!(
                "sentinel monitor {SERVICE} 127.0.0.1 {} {quorum}\n\
                 sentinel down-after-milliseconds {SERVICE} 1000\n\
                 sentinel failover-timeout {SERVICE} 6000\n",
                servers[0].port()
            );
            std::fs::write(&file, text).expect("a file");
            RedisServer::start_sentinel(&file)
        });
        let sentinels: Vec<_> = started.collect();
        let replication = Self { servers, sentinels, _files: files };
        for sentinel in &replication.sentinels {
            let known = [("num-slaves", replicas), ("num-other-sentinels", replication.sentinels.len() - 1)];
            await_that(|| known.iter().all(|(name, number)| told(sentinel, name) == Some(number.to_string())));
        }
        await_that(|| {
            replication.servers[1..]
                .iter()
                .all(|replica| replica.cli(&["info", "replication"]).contains("master_link_status:up"))
        });
        replication
    }

    /// Only the first sentinel is named; the others have to be found.
    pub fn url(&self) -> String {
        format!("redis-sentinel://127.0.0.1:{}?sentinelServiceName={SERVICE}", self.sentinels[0].port())
    }

    /// A planned fail-over; answers before it is over.
    pub fn fail_over(&self) {
        await_that(|| self.sentinels[0].cli(&["sentinel", "failover", SERVICE]) == "OK");
    }

    /// Waits until every sentinel names another primary than the first server.
    pub fn await_another_primary(&self) {
        let first = self.servers[0].port().to_string();
        await_that(|| self.sentinels.iter().all(|sentinel| told(sentinel, "port").is_some_and(|port| port != first)));
    }

    /// The server that the sentinels name.
    pub fn primary(&self) -> &RedisServer {
        let port = told(&self.sentinels[0], "port").expect("a port");
        self.servers.iter().find(|server| server.port().to_string() == port).expect("one of ours")
    }
}

fn told(sentinel: &RedisServer, name: &str) -> Option<String> {
    let answer = sentinel.cli(&["sentinel", "master", SERVICE]);
    let mut lines = answer.lines();
    lines.find(|line| *line == name)?;
    lines.next().map(str::to_owned)
}

/// Asks again and again; the test's own time limit ends what never comes.
pub fn await_that(is_so: impl Fn() -> bool) {
    while !is_so() {
        std::thread::yield_now();
    }
}
