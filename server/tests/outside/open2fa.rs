//! The `open2fa` program, as it is on PyPI, keeps its vault here: two devices of one person, through two processes.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Output};

use reqwest::{Client, Method};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::environment;
use crate::process::Process;
use crate::redis_server::RedisServer;

const SHOP: &str = "JBSWY3DPEHPK3PXP";
const BANK: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const GAME: &str = "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK";

/// Of our own format; their user hash is another one.
const OTHER_ID: &str = "7xK3pQmB2nVtRz9cWyHd4e";

/// A home with the program in it.
struct Device<'p> {
    home: TempDir,
    program: &'p Path,
    api: String,
    uuid: Option<String>,
}

impl<'p> Device<'p> {
    fn new(program: &'p Path, process: &Process, uuid: Option<&str>) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let api = format!("{}/api/v1/vault", process.origin());
        Self { home, program, api, uuid: uuid.map(str::to_owned) }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut program = Command::new(self.program);
        program.args(arguments).env_clear().env("HOME", self.home.path()).env("OPEN2FA_API_URL", &self.api);
        program.env("PATH", "/usr/bin:/bin").envs(self.uuid.iter().map(|uuid| ("OPEN2FA_UUID", uuid)));
        // It asks once, whether it may.
        let yes = self.home.path().join("yes");
        std::fs::write(&yes, "y\n").expect("it is written");
        program.stdin(File::open(yes).expect("a file")).output().expect("it runs")
    }

    #[track_caller]
    fn says(&self, arguments: &[&str]) -> String {
        let Output { status, stdout, stderr } = self.run(arguments);
        let (said, why) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
        assert!(status.success(), "open2fa {arguments:?}: {status}\n{said}\n{why}");
        said.into_owned()
    }

    /// Its secrets, as it shows them: a name and a key each.
    #[track_caller]
    fn lists(&self, arguments: &[&str]) -> Vec<(String, String)> {
        let said = self.says(arguments);
        let rows =
            said.lines().skip_while(|line| !line.starts_with("----")).skip(1).filter_map(|line| line.split_once(' '));
        rows.map(|(name, key)| (name.to_owned(), key.trim().to_owned())).collect()
    }

    fn made_uuid(&self) -> String {
        std::fs::read_to_string(self.home.path().join(".open2fa/open2fa.uuid")).expect("its file").trim().to_owned()
    }
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, key)| ((*name).to_owned(), (*key).to_owned())).collect()
}

/// What a page of ours asks, about a vault of our own format.
async fn own(process: &Process, method: Method, body: Value) -> Value {
    let request = Client::new().request(method, format!("{}/api/v1/vault/totps", process.origin()));
    let answer = request.header("X-User-Hash", OTHER_ID).json(&body).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    answer.json().await.expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_open2fa_program_keeps_its_vault_here_on_two_devices() {
    let python = environment("open2fa", include_str!("requirements-open2fa.txt"));
    let program = python.with_file_name("open2fa");
    let redis = RedisServer::start();
    let settings = [("POSTERN_REDIS_URL", redis.url()), ("POSTERN_MASTER_KEY", crate::MASTER.to_owned())];
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let (first, second) = (Process::start(&settings), Process::start(&settings));
    let v2 = json!({ "totps": [{ "enc_secret": "v2.AAAAAAAAAAAAAAAAAAAAAAAAAAAA", "name": null }] });
    own(&first, Method::POST, v2.clone()).await;

    let phone = Device::new(&program, &first, None);
    assert!(phone.says(&["remote", "init"]).contains("initialized with UUID"));
    let uuid = phone.made_uuid();
    let laptop = Device::new(&program, &second, Some(&uuid));
    assert!(!laptop.run(&["remote", "pull"]).status.success(), "there is nothing yet");
    for (key, name) in [(SHOP, "Shop"), (BANK, "Bank")] {
        phone.says(&["add", key, name]);
    }
    assert!(phone.says(&["remote", "push"]).contains("Pushed 2 secret(s)"));
    assert!(phone.says(&["remote", "push"]).contains("Pushed 2 secret(s)"), "what is there already");
    assert_eq!(phone.lists(&["remote", "list", "-s"]), pairs(&[("Bank", BANK), ("Shop", SHOP)]));

    laptop.says(&["remote", "pull"]);
    assert_eq!(laptop.lists(&["list", "-s"]), pairs(&[("Bank", BANK), ("Shop", SHOP)]));
    laptop.says(&["add", GAME, "Game"]);
    assert!(laptop.says(&["remote", "push"]).contains("Pushed 3 secret(s)"));
    assert!(laptop.says(&["remote", "delete", SHOP]).contains("Deleted 1 secret(s)"));
    assert!(laptop.says(&["remote", "delete", SHOP]).contains("Deleted 0 secret(s)"), "it tells the truth");
    assert_eq!(phone.lists(&["remote", "list", "-s"]), pairs(&[("Bank", BANK), ("Game", GAME)]));
    phone.says(&["remote", "pull"]);
    assert_eq!(phone.lists(&["list", "-s"]).len(), 3);
    assert!(phone.says(&["remote", "info", "-s"]).contains("Remote Secrets: 2"));

    for name in ["Bank", "Game"] {
        assert!(phone.says(&["remote", "delete", "--name", name]).contains("Deleted 1 secret(s)"));
    }
    assert!(!phone.run(&["remote", "pull"]).status.success(), "with the last one the vault is gone");
    assert_eq!(own(&second, Method::GET, Value::Null).await, v2, "nobody touched it");
}
