//! The commands of the README do what it says: they are taken out of it and run as they stand, by bash, curl, jq and
//! oathtool, against the real binary.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::process::Process;
use crate::smtp::SmtpServer;

const README: &str = include_str!("../../../README.md");

/// The block of commands that stands under a heading.
fn commands(heading: &str) -> &'static str {
    let section = README.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("no {heading}")).1;
    let block = section.split_once("```sh\n").expect("a block").1;
    block.split_once("\n```").expect("it ends").0
}

/// Runs commands; the port of the README is led to ours.
fn bash(commands: &str, to: SocketAddr) -> (Child, TempDir) {
    let home = tempfile::tempdir().expect("a folder");
    let leads = format!("connect-to = \"localhost:3000:{to}\"\nnoproxy = \"*\"\n");
    std::fs::write(home.path().join(".curlrc"), leads).expect("a file");
    let bash = Command::new("bash")
        .args(["-euo", "pipefail", "-c", commands])
        .env("CURL_HOME", home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("bash is installed");
    (bash, home)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_gets_its_key_and_checks_a_code_by_the_commands_of_the_readme() {
    let mail = SmtpServer::start().await;
    let process = Process::start(&[
        ("POSTERN_SMTP_URL", &mail.url()),
        ("POSTERN_MAIL_FROM", "mfa@example.org"),
        ("POSTERN_PUBLIC_ORIGIN", "http://localhost:3000"),
        ("POSTERN_LOG_FORMAT", "json"),
    ]);
    let (mut bash, _home) = bash(commands("### MFA for other services"), process.address);
    let letter = mail.wait_for(1).await.pop().expect("a letter");
    let is_key = |word: &&str| word.len() == 40 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let key = letter.text.split_whitespace().find(is_key).expect("a key");
    writeln!(bash.stdin.take().expect("its input"), "{key}").expect("it reads");
    let output = bash.wait_with_output().expect("it ran");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    let lines: Vec<&str> = said.lines().collect();
    let [right, again, removed] = lines[..] else { panic!("{lines:?}") };
    assert_eq!(right, r#"{"message":"Valid","status":200}"#);
    assert!(again.contains("urn:postern:wrong") && again.contains("401"), "{again}");
    assert_eq!(removed, "204");
}

#[test]
fn three_of_five_custodians_make_a_code_by_the_commands_of_the_readme() {
    let process = Process::start(&[("POSTERN_PUBLIC_ORIGIN", "http://localhost:3000"), ("POSTERN_LOG_FORMAT", "json")]);
    // Between the code and oathtool's a time step may begin, but not twice in a row.
    let tries = (0..2).map(|_| {
        let (bash, _home) = bash(commands("### Quorum"), process.address);
        let output = bash.wait_with_output().expect("it ran");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{said}");
        let lines: Vec<&str> = said.lines().collect();
        let [first, second, progress, made, oathtool, ended] = lines[..] else { panic!("{lines:?}") };
        assert_eq!([first, second, ended], ["share joined", "share joined", "204"]);
        assert!(progress.starts_with(r#"{"complete":true,"#), "{progress}");
        made.starts_with(&format!(r#"{{"totp":"{oathtool}","expires_in":"#))
    });
    assert!(tries.into_iter().any(|same| same));
}
