//! A flood of wrong secrets against the real binary: it is refused, then throttled; others notice nothing, and nothing
//! grows.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;
use tokio::task::JoinSet;

use crate::browser::Browser;
use crate::process::Process;
use crate::service::{ADA, Service};
use crate::smtp::SmtpServer;

/// At once.
const LANES: usize = 64;
/// Before memory is looked at: what is made once has been made.
const FIRST: usize = 1_000;
const FLOOD: usize = 10_000;
/// In KiB, over the whole flood. An answer that was kept for each request would be more.
const GROWTH: u64 = 10 * 1024;

/// How often each status came.
#[derive(Debug, Default)]
struct Came {
    refused: AtomicUsize,
    throttled: AtomicUsize,
}

/// One wrong request after the other until there were enough: every other with a key that is there, the others with keys
/// that nobody has.
async fn lane(browser: Browser, key: String, numbers: Arc<AtomicUsize>, most: usize, came: Arc<Came>) {
    let secret = data_encoding::BASE64.encode(&[9; 32]);
    loop {
        let number = numbers.fetch_add(1, Ordering::Relaxed);
        if number >= most {
            return;
        }
        let (key, from) =
            if number.is_multiple_of(2) { (key.clone(), "192.0.2.7") } else { (format!("{number:040x}"), "192.0.2.8") };
        let request = browser.request(Method::POST, "/api/v1/mfa/totp/00000000-0000-4000-8000-000000000000/validate");
        let request = request.header("x-forwarded-for", from).json(&json!({ "code": "123456" }));
        let answer = request.header("x-mfa-apikey", key).header("x-mfa-apisecret", &secret).send().await;
        let answer = answer.expect("an answer");
        let waits = answer.headers().contains_key("retry-after");
        let count = match (answer.status().as_u16(), waits) {
            (401, false) => &came.refused,
            (429, true) => &came.throttled,
            _ => panic!("{answer:?}"),
        };
        count.fetch_add(1, Ordering::Relaxed);
        answer.bytes().await.expect("a body");
    }
}

async fn flood(service: &Service, most: usize, came: &Arc<Came>) {
    let numbers = Arc::new(AtomicUsize::new(0));
    let mut lanes = JoinSet::new();
    for _ in 0..LANES {
        lanes.spawn(lane(service.program.clone(), service.key.clone(), Arc::clone(&numbers), most, Arc::clone(came)));
    }
    lanes.join_all().await;
}

/// Asks again and again until it is over, as a load balancer does: by a thread and a connection of its own. Answers how
/// long each answer took.
fn watch(address: SocketAddr, over: Arc<AtomicBool>) -> JoinHandle<Vec<Duration>> {
    std::thread::spawn(move || {
        let mut took = Vec::new();
        while !over.load(Ordering::Relaxed) {
            let (began, mut answer) = (Instant::now(), String::new());
            let mut stream = TcpStream::connect(address).expect("it listens");
            let asked =
                format!("GET /healthz HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n", address.port());
            stream.write_all(asked.as_bytes()).expect("it reads");
            stream.read_to_string(&mut answer).expect("it answers");
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
            took.push(began.elapsed());
        }
        took
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_wrong_secrets_are_throttled_and_nobody_else_notices() {
    let mail = SmtpServer::start().await;
    let postern = Process::start(&[
        ("POSTERN_SMTP_URL", &mail.url()),
        ("POSTERN_MAIL_FROM", "Postern <mfa@example.org>"),
        ("POSTERN_TRUSTED_PROXIES", "127.0.0.1/32"),
        ("POSTERN_LOG_FORMAT", "json"),
    ]);
    let mut service = Service::of(&Browser::program(postern.address, &postern.origin()), &mail, ADA).await;
    let came = Arc::new(Came::default());
    flood(&service, FIRST, &came).await;

    let (before, began, over) = (postern.resident(), Instant::now(), Arc::new(AtomicBool::new(false)));
    let watching = watch(postern.address, Arc::clone(&over));
    flood(&service, FLOOD, &came).await;
    over.store(true, Ordering::Relaxed);
    let mut took = watching.join().expect("no panic");
    let (after, lasted) = (postern.resident(), began.elapsed());
    took.sort();
    let slowest_of_a_hundred = took[took.len() * 99 / 100];
    println!(
        "{FLOOD} in {lasted:?}: {came:?}, healthz {} times, 99 of 100 within {slowest_of_a_hundred:?}, {before} to {after} KiB",
        took.len()
    );
    // 20 of the one key, 200 of the keys that nobody has, unless ten minutes went by.
    assert_eq!(came.refused.load(Ordering::Relaxed), 220);
    assert_eq!(came.throttled.load(Ordering::Relaxed), FIRST + FLOOD - 220);
    assert!(after < before + GROWTH, "from {before} to {after} KiB");
    for network in ["192.0.2.7", "192.0.2.8", "192.0.2.9"] {
        service.network = Some(network.to_owned());
        assert!(service.is_let_in().await, "what is right never waits");
    }
}
