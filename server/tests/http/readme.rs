//! The commands of the README do what it says: they are taken out of it and run as they stand, by bash, curl, jq and
//! oathtool, against the real binary.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::process::Process;
use crate::smtp::SmtpServer;

const README: &str = include_str!("../../../README.md");

/// The block of commands that stands under a heading.
fn commands(heading: &str) -> &'static str {
    let section = README.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("no {heading}")).1;
    let block = section.split_once("```sh\n").expect("a block").1;
    block.split_once("\n```").expect("it ends").0
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
    // The port of the README is led to ours.
    let home = tempfile::tempdir().expect("a folder");
    let leads = format!("connect-to = \"localhost:3000:{}\"\nnoproxy = \"*\"\n", process.address);
    std::fs::write(home.path().join(".curlrc"), leads).expect("a file");
    let mut bash = Command::new("bash")
        .args(["-euo", "pipefail", "-c", commands("### MFA for other services")])
        .env("CURL_HOME", home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("bash is installed");
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
