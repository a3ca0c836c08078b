//! The binary over a store that was emptied, swapped or taken away: it says so, and never takes it for a new one.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;

use crate::process::Process;
use crate::redis_server::RedisServer;

const MASTER: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const IDENTITY: [&str; 3] =
    ["postern:{postern}:r:version", "postern:{postern}:r:canary", "postern:{postern}:r:lookup-key"];

fn settings(redis: &RedisServer) -> [(&'static str, String); 3] {
    [
        ("POSTERN_REDIS_URL", redis.url()),
        ("POSTERN_MASTER_KEY", MASTER.to_owned()),
        ("POSTERN_REDIS_START_WAIT", "0".to_owned()),
    ]
}

fn start(redis: &RedisServer) -> Process {
    let settings = settings(redis);
    Process::start(&settings.each_ref().map(|(name, value)| (*name, value.as_str())))
}

/// The answer to `GET /readyz`: its head and its body.
fn ready(address: SocketAddr) -> String {
    let mut socket = TcpStream::connect(address).expect("it listens");
    let request = format!("GET /readyz HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\n\r\n", address.port());
    socket.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("it answers");
    answer
}

#[test]
fn emptied_redis_gets_its_identity_back_and_readyz_tells_why_it_is_503() {
    let redis = RedisServer::start();
    let postern = start(&redis);
    assert!(ready(postern.address).starts_with("HTTP/1.1 200 "));
    assert_eq!(redis.cli(&["flushall"]), "OK");
    // Nobody asks: the process notices by itself.
    while IDENTITY.iter().any(|record| redis.cli(&["exists", record]) != "1") {
        std::thread::yield_now();
    }
    let answer = ready(postern.address);
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("the store lost its records"), "{answer}");
    postern.stop();
}

#[test]
fn redis_that_is_empty_after_a_restart_is_refused_where_it_was_in_use_before() {
    let redis = RedisServer::start();
    let mut postern = start(&redis);
    postern.kill();
    assert_eq!(redis.cli(&["flushall"]), "OK");
    let started = Command::new(env!("CARGO_BIN_EXE_postern"))
        .env("POSTERN_DATA_DIR", postern.folder())
        .env("POSTERN_ADDRESS", postern.address.to_string())
        .envs(settings(&redis))
        .output()
        .expect("the binary is built");
    let told = String::from_utf8_lossy(&started.stderr);
    assert_eq!(started.status.code(), Some(1));
    assert!(told.contains("the store is empty, but was in use before") && told.contains("store-id"), "{told}");
    assert_eq!(redis.cli(&["dbsize"]), "0", "nothing was made");
    std::fs::remove_file(postern.folder().join("store-id")).expect("a marker");
    postern.start_again();
    assert!(ready(postern.address).starts_with("HTTP/1.1 200 "));
}

#[test]
fn process_ends_with_exit_code_1_when_its_data_file_was_removed() {
    let postern = Process::start(&[]);
    std::fs::remove_file(postern.folder().join("postern.redb")).expect("a file");
    assert_eq!(postern.ended(), Some(1));
}
