//! A service made of other people's programs walks the whole of `/api/v1/mfa`: Python with soft-webauthn and fido2 from
//! PyPI, in an environment of its own, and oathtool and zbarimg. Its letters come from a real mail server. Custodians with
//! age and curl walk the whole of `/api/v1/quorum`. And the `open2fa` program keeps its vault at `/api/v1/vault`.

mod open2fa;

#[path = "../support/process.rs"]
mod process;
#[path = "../support/redis.rs"]
mod redis_server;
#[path = "../support/smtp.rs"]
mod smtp;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use data_encoding::HEXLOWER;
use serde_json::json;
use sha2::{Digest, Sha256};

use process::Process;
use redis_server::RedisServer;
use smtp::SmtpServer;

const ORIGIN: &str = "http://localhost:3000";
const MASTER: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
/// The keys that it asks for.
const LETTERS: usize = 2;

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outside")
}

fn run(command: &mut Command) {
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status} (Debian: apt-get install python3-venv)");
}

/// A Python that has the packages of a list: one environment for each list, made when it is first asked for.
fn environment(called: &str, requirements: &str) -> PathBuf {
    let pins = HEXLOWER.encode(&Sha256::digest(requirements));
    let home = |name, within| std::env::var_os(name).map(|folder| PathBuf::from(folder).join(within));
    let cache = home("XDG_CACHE_HOME", "").or_else(|| home("HOME", ".cache")).expect("a home");
    let folder = cache.join(format!("postern/{called}-{}", &pins[..12]));
    let (python, complete) = (folder.join("bin/python3"), folder.join("complete"));
    if !complete.exists() {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
        let list = folder.join("requirements.txt");
        std::fs::write(&list, requirements).expect("it is written");
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
        run(Command::new(&python).args(pip).arg(list));
        std::fs::write(complete, "").expect("it is written");
    }
    python
}

/// Where two processes over one Redis are reached.
fn two_processes(redis: &RedisServer, mail: &SmtpServer) -> [Process; 2] {
    let settings = [
        ("POSTERN_PUBLIC_ORIGIN", ORIGIN),
        ("POSTERN_MASTER_KEY", MASTER),
        ("POSTERN_SMTP_URL", &mail.url()),
        ("POSTERN_MAIL_FROM", "Postern <mfa@example.org>"),
        ("POSTERN_REDIS_URL", &redis.url()),
        ("POSTERN_LOG_FORMAT", "json"),
    ];
    [Process::start(&settings), Process::start(&settings)]
}

#[tokio::test(flavor = "multi_thread")]
async fn custodians_with_age_and_curl_make_the_code_of_oathtool() {
    let (redis, mail) = (RedisServer::start(), SmtpServer::start().await);
    let [first, second] = two_processes(&redis, &mail);
    let folder = tempfile::tempdir().expect("a folder");
    let walk = Command::new("bash")
        .arg(here().join("custodians.sh"))
        .env("FIRST", first.address.to_string())
        .env("SECOND", second.address.to_string())
        .env("HOST", "localhost:3000")
        .current_dir(folder.path())
        .status();
    assert!(walk.expect("bash is installed").success(), "(Debian: apt-get install age curl jq oathtool)");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_of_other_peoples_programs_walks_the_whole_api() {
    let python = environment("soft-webauthn", include_str!("requirements.txt"));
    let (redis, mail) = (RedisServer::start(), SmtpServer::start().await);
    let [first, second] = two_processes(&redis, &mail);
    let mut service = Command::new(python)
        .arg(here().join("service.py"))
        .env("FIRST", first.address.to_string())
        .env("SECOND", second.address.to_string())
        .env("ORIGIN", ORIGIN)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut letterbox = service.stdin.take().expect("its input");
    for number in 1..=LETTERS {
        let letter = mail.wait_for(number).await.pop().expect("a letter");
        // Who is gone by then says why.
        let _ = writeln!(letterbox, "{}", json!({ "to": letter.to, "text": letter.text }));
    }
    let ended = tokio::task::spawn_blocking(move || service.wait()).await.expect("no panic");
    assert!(ended.expect("it ran").success(), "the service was not served; what it says stands above");
}
