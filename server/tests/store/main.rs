//! Every store passes the suite of its port, and keeps what only it can promise.

mod cluster;
mod embedded;
mod fail_over;
mod lost;
mod outage;
#[path = "../support/process.rs"]
mod process;
mod redis;
#[path = "../support/redis.rs"]
mod redis_server;
mod sentinel;
#[path = "../support/sentinel.rs"]
mod sentinel_servers;
mod session_bed;
mod sessions;
#[path = "../support/wait.rs"]
mod wait;
