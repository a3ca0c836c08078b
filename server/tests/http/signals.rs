//! The real process, told things by signals, and with a log that nobody reads.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use postern::process::own_user;
use reqwest::Client;

use crate::browser::Browser;
use crate::journey::forms;
use crate::process::Process;
use crate::smtp::SmtpServer;

/// Requests in the test of a log that nobody reads: far more than a pipe holds lines.
const REQUESTS: usize = 2_000;

fn send(signal: &str, pid: u32) {
    let sent = Command::new("kill").args([signal, &pid.to_string()]).status().expect("kill is installed");
    assert!(sent.success());
}

#[tokio::test]
async fn hang_up_reads_the_configuration_again_and_user_signals_end_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("postern.toml");
    std::fs::write(&file, "log = \"info\"\n").expect("a file");
    let name = file.to_string_lossy().into_owned();
    let mut process = Process::start(&[("POSTERN_CONFIG", &name), ("POSTERN_LOG_FORMAT", "json")]);
    let mut browser = Browser::new(process.address, &process.origin());
    send("-USR1", process.pid());
    process.line_with("SIGUSR1");
    send("-USR2", process.pid());
    process.line_with("SIGUSR2");
    std::fs::write(&file, "log = \"info,postern=debug\"\nportal.name = \"Other\"\n").expect("a file");
    send("-HUP", process.pid());
    let line = process.line_with("configuration read again");
    assert!(line.contains("info,postern=debug") && line.contains("portal.name"), "{line}");
    std::fs::write(&file, "log = \"inof\"\n").expect("a file");
    send("-HUP", process.pid());
    process.line_with("nothing has changed");
    assert_eq!(browser.get("/healthz").await.status, 200);
    process.stop();
}

#[tokio::test]
async fn letters_go_by_the_mail_server_that_the_configuration_names_after_a_hang_up() {
    let (before, after) = (SmtpServer::start().await, SmtpServer::start().await);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("postern.toml");
    let naming = |server: &SmtpServer| format!("smtp.url = \"{}\"\nmail.from = \"mfa@example.org\"\n", server.url());
    std::fs::write(&file, naming(&before)).expect("a file");
    let name = file.to_string_lossy().into_owned();
    let mut process = Process::start(&[("POSTERN_CONFIG", &name), ("POSTERN_LOG_FORMAT", "json")]);
    let mut browser = Browser::new(process.address, &process.origin());
    let page = browser.open("/email-code").await;
    browser.submit(&page, forms::SEND, &[("address", "ada@example.org")]).await;
    assert_eq!(before.wait_for(1).await.len(), 1);
    std::fs::write(&file, naming(&after)).expect("a file");
    send("-HUP", process.pid());
    assert!(process.line_with("configuration read again").contains("\"restart_for\":\"\""));
    let mut other = Browser::new(process.address, &process.origin());
    let page = other.open("/email-code").await;
    other.submit(&page, forms::SEND, &[("address", "bob@example.org")]).await;
    assert_eq!(after.wait_for(1).await.len(), 1);
    process.stop();
}

#[test]
fn start_that_waits_for_redis_ends_in_good_order_when_it_is_told_to() {
    let settings = [
        ("POSTERN_REDIS_URL", "redis://127.0.0.1:1"),
        ("POSTERN_REDIS_START_WAIT", "600"),
        ("POSTERN_MASTER_KEY", "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="),
        ("POSTERN_LOG_FORMAT", "json"),
    ];
    let process = Process::start_until(&settings, "Redis is not available");
    let said = process.stop();
    assert!(said.iter().any(|line| line.contains("stopping before the start was complete")), "{said:?}");
}

#[tokio::test]
async fn process_that_drains_serves_while_readyz_says_503_and_a_second_signal_ends_it() {
    let process = Process::start(&[("POSTERN_DRAIN", "600"), ("POSTERN_LOG_FORMAT", "json")]);
    let mut browser = Browser::new(process.address, &process.origin());
    assert_eq!(browser.get("/readyz").await.expect(200)["draining"], false);
    send("-TERM", process.pid());
    let mut answer = browser.get("/readyz").await;
    while answer.status == 200 {
        answer = browser.get("/readyz").await;
    }
    assert_eq!(answer.expect(503)["draining"], true);
    assert_eq!(browser.get("/healthz").await.status, 200);
    browser.reconnected().get("/").await.page(200, "door");
    let log = process.stop();
    assert!(log.iter().any(|line| line.contains("draining")), "{log:#?}");
}

#[tokio::test]
async fn process_writes_no_core_dumps_and_may_use_all_descriptors() {
    let process = Process::start(&[("POSTERN_LOG_FORMAT", "json")]);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", process.pid())).expect("it runs");
    let limit = |name: &str| -> Vec<String> {
        let line = limits.lines().find_map(|line| line.strip_prefix(name)).expect("a line");
        line.split_whitespace().map(str::to_owned).collect()
    };
    assert_eq!(limit("Max core file size")[..2], ["0", "0"]);
    let descriptors = limit("Max open files");
    let [soft, hard] = [0, 1].map(|n| descriptors[n].parse::<u64>().unwrap_or(u64::MAX).min(1 << 20));
    assert_eq!(soft, hard);
    process.stop();
}

#[tokio::test]
async fn operators_command_is_an_event_with_the_user_who_gave_it() {
    let mut process = Process::start(&[("POSTERN_LOG_FORMAT", "json")]);
    let asked = Command::new(env!("CARGO_BIN_EXE_postern"))
        .args(["accounts", "invite", "ada@example.org", "--json"])
        .env("POSTERN_DATA_DIR", process.folder())
        .current_dir(process.folder())
        .stderr(Stdio::null())
        .output()
        .expect("the binary is built");
    assert!(asked.status.success());
    let line = process.line_with("postern::operator");
    let event: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!((&event["command"], &event["result"]), (&"accounts invite".into(), &"done".into()), "{line}");
    assert_eq!(event["user"], own_user(), "{line}");
    assert!(!line.contains("ada@"), "{line}");
    process.stop();
}

/// Ends the process when the test ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn log_that_nobody_reads_keeps_no_request_waiting() {
    let data = tempfile::tempdir().expect("a folder");
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let address = free.expect("a free port");
    let child = Command::new(env!("CARGO_BIN_EXE_postern"))
        .env("POSTERN_ADDRESS", address.to_string())
        .env("POSTERN_DATA_DIR", data.path())
        .current_dir(data.path())
        .stdin(Stdio::null())
        // Both ends are open, and nobody reads.
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary is built");
    let mut running = Running(child);
    let client = Client::new();
    let url = format!("http://{address}/healthz");
    while client.get(&url).send().await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for n in 0..REQUESTS {
        let answer = client.get(&url).send().await.expect("it answers");
        assert_eq!(answer.status(), 200, "{n}");
        answer.bytes().await.expect("a body");
    }
    // Nor does the end of the process wait for a reader.
    send("-TERM", running.0.id());
    assert!(running.0.wait().expect("it ran").success());
}
