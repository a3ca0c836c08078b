//! Every store passes the suite of its port, and keeps what only it can promise.

mod cluster;
mod embedded;
mod outage;
mod redis;
#[path = "../support/redis.rs"]
mod redis_server;
mod session_bed;
mod sessions;
#[path = "../support/wait.rs"]
mod wait;
