//! The real binary over a store that has an account, running or not.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use data_encoding::{BASE32_NOPAD, BASE64};
use postern::platform::{SystemClock, SystemEntropy};
use postern::store::{EmbeddedStore, RedisStore};
use postern_app::client::Clients;
use postern_app::portal::{Outside, Portal, Settings, SignIn};
use postern_core::factor::email_code::Purpose;
use postern_core::factor::totp::{Setting, State};
use postern_core::model::{Browser, Code, Network, Secret, Timestamp, Visit};
use postern_core::port::{Clock, Lane, Store};
use postern_core::testing::AtOnce;
use tempfile::TempDir;

use crate::redis_server::RedisServer;

pub const ADA: &str = "Ada@example.org";
const MASTER: [u8; 32] = [7; 32];

pub struct Postern {
    data: TempDir,
    redis: Option<RedisServer>,
    running: Option<Child>,
    /// Settings of its own, over the usual ones.
    settings: Vec<(&'static str, &'static str)>,
}

impl Postern {
    /// A store without accounts.
    pub async fn embedded() -> Self {
        let postern =
            Self { data: tempfile::tempdir().expect("a folder"), redis: None, running: None, settings: Vec::new() };
        postern.portal().await;
        postern
    }

    pub fn redis() -> Self {
        Self {
            data: tempfile::tempdir().expect("a folder"),
            redis: Some(RedisServer::start()),
            running: None,
            settings: Vec::new(),
        }
    }

    /// Nothing at all.
    pub fn nowhere() -> Self {
        Self { data: tempfile::tempdir().expect("a folder"), redis: None, running: None, settings: Vec::new() }
    }

    pub fn folder(&self) -> &Path {
        self.data.path()
    }

    pub fn socket(&self) -> PathBuf {
        self.folder().join("operator.sock")
    }

    async fn store(&self) -> Arc<dyn Store> {
        match &self.redis {
            Some(server) => Arc::new(RedisStore::connect(&server.url()).await.expect("a connection")),
            None => Arc::new(EmbeddedStore::open(self.folder()).expect("a store")),
        }
    }

    async fn portal(&self) -> (Portal, Arc<dyn Store>) {
        let store = self.store().await;
        let outside = Outside {
            store: Arc::clone(&store),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            heavy: Arc::new(AtOnce),
            letter_waits: Arc::new(|| {}),
        };
        let portal = Portal::open(outside, &[Secret::new(MASTER)], Settings::default()).await.expect("it opens");
        (portal, store)
    }

    /// Somebody signs in, pairs an app, and mistypes its code until there is a wait.
    pub async fn with_ada(self) -> Self {
        let (portal, store) = self.portal().await;
        let now = SystemClock.now();
        let session = portal.begin_visit(Network::LOCAL).await.expect("a session");
        let browser = Browser { name: "Firefox on Linux".to_owned(), devices: Vec::new() };
        let mut visit = Visit { session, network: Network::LOCAL, browser };
        portal.send_mail_code(&visit, Purpose::SignIn, ADA).await.expect("a letter");
        let until = now + Duration::from_mins(1);
        let job = store.lease(Lane::Urgent, until, SystemClock.now()).await.expect("a store").expect("a job");
        store.finish(job.id).await.expect("a store");
        let letter = portal.open_letter(&job).await.expect("a letter").expect("something to say");
        let code = letter.text.expose().lines().find_map(|line| line.parse::<Code>().ok()).expect("a code");
        let SignIn::In(inside) = portal.answer_sign_in_code(&visit, &code).await.expect("in") else { panic!("second") };
        visit.session = inside.session;
        let enrolment = portal.begin_totp(&visit, Setting::default(), None).await.expect("an enrolment");
        let secret = BASE32_NOPAD.decode(enrolment.provisioning.key.expose().as_bytes()).expect("base32");
        let app = State::new(Setting::default(), Secret::new(secret), String::new());
        let code = |digits: &str| digits.parse::<Code>().expect("a code");
        let right = app.code_at(SystemClock.now());
        portal.answer_totp(&visit, &code(right.expose())).await.expect("it is right");
        let near = (-120..=120).step_by(30).map(|secs: i64| {
            let at = Timestamp::from_millis(now.as_millis() + secs * 1_000);
            app.code_at(at).expose().clone()
        });
        let near: Vec<_> = near.collect();
        let wrong = (0..20).map(|n| format!("{n:06}")).find(|code| !near.contains(code)).expect("one is wrong");
        for _ in 0..5 {
            portal.answer_totp(&visit, &code(&wrong)).await.expect_err("wrong");
        }
        drop((portal, store));
        self
    }

    /// A service has a user with an authenticator app; answers its key and secret.
    pub async fn with_client(self) -> (Self, String, String) {
        let (portal, store) = self.portal().await;
        let clients = Clients::new(Arc::new(portal));
        clients.ask_key(Network::LOCAL, ADA, None).await.expect("a letter");
        let key = clients.list().await.expect("a list").remove(0).key;
        let secret = clients.activate(Network::LOCAL, ADA, &key).await.expect("a secret").to_text().expose().clone();
        let caller = clients.caller(Network::LOCAL, &key, &secret).await.expect("it is known");
        clients.begin_totp(&caller, Setting::default(), None, None).await.expect("a user");
        drop((clients, store));
        (self, key, secret)
    }

    /// Whether a key and a secret open anything, over a store that no portal has open.
    pub async fn knows(&self, key: &str, secret: &str) -> bool {
        let (portal, _store) = self.portal().await;
        Clients::new(Arc::new(portal)).caller(Network::LOCAL, key, secret).await.is_ok()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
        command
            .args(args)
            .env_clear()
            .env("POSTERN_DATA_DIR", self.folder())
            .env("POSTERN_MASTER_KEY", BASE64.encode(&MASTER))
            .env("POSTERN_ADDRESS", "127.0.0.1:0")
            .current_dir(self.folder())
            .stdin(Stdio::null());
        if let Some(server) = &self.redis {
            command.env("POSTERN_REDIS_URL", server.url());
        }
        command.envs(self.settings.iter().copied());
        command
    }

    pub fn set(&mut self, variable: &'static str, value: &'static str) {
        self.settings.push((variable, value));
    }

    /// A command with other settings: its status, and all that it says.
    pub fn run(&self, args: &[&str], set: &[(&str, &str)], unset: &[&str]) -> (i32, String) {
        let mut command = self.command(args);
        command.envs(set.iter().copied());
        for variable in unset {
            command.env_remove(variable);
        }
        let Output { status, stdout, stderr } = command.output().expect("the binary is built");
        let said = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
        (status.code().expect("it ended by itself"), said)
    }

    /// Runs the portal until it says that it is ready.
    pub fn running(mut self) -> Self {
        self.start();
        self
    }

    /// Answers what it logged until it was ready.
    pub fn start(&mut self) -> Vec<String> {
        let child = self.command(&["serve"]).stdout(Stdio::piped()).spawn().expect("the binary is built");
        let output = self.running.insert(child).stdout.take().expect("its output");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let mut seen = Vec::new();
        for line in lines.by_ref() {
            seen.push(line);
            if seen.last().is_some_and(|line| line.contains("\"ready\"")) {
                // Its log must be read on, or it would wait for somebody to do so.
                std::thread::spawn(move || lines.for_each(drop));
                return seen;
            }
        }
        panic!("it does not get ready: {seen:?}");
    }

    /// As an operator stops it.
    pub fn stop(&mut self) {
        let mut child = self.running.take().expect("it runs");
        assert!(Command::new("kill").arg(child.id().to_string()).status().expect("kill is installed").success());
        assert!(child.wait().expect("it ran").success(), "it stops in good order");
    }

    /// As a power cut stops it.
    pub fn kill(&mut self) {
        let mut child = self.running.take().expect("it runs");
        child.kill().expect("it runs");
        child.wait().expect("it ran");
    }

    /// `postern accounts …`: what it prints, if it succeeds.
    pub fn accounts(&self, args: &[&str]) -> Result<String, String> {
        self.says(&[&["accounts"], args].concat())
    }

    /// `postern clients …`, likewise.
    pub fn clients(&self, args: &[&str]) -> Result<String, String> {
        self.says(&[&["clients"], args].concat())
    }

    fn says(&self, args: &[&str]) -> Result<String, String> {
        let Spoken { status, stdout, stderr } = self.output(args);
        match status.code() {
            Some(0) => Ok(stdout),
            Some(1) => Err(stdout + &stderr),
            other => panic!("{other:?}: {stdout}{stderr}"),
        }
    }

    fn output(&self, args: &[&str]) -> Spoken {
        let Output { status, stdout, stderr } = self.command(args).output().expect("the binary is built");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        Spoken { status, stdout: text(stdout), stderr: text(stderr) }
    }

    pub fn json(&self, args: &[&str]) -> serde_json::Value {
        let printed = self.accounts(&[args, &["--json"]].concat()).expect("it succeeds");
        serde_json::from_str(&printed).expect("JSON")
    }

    pub fn clients_json(&self, args: &[&str]) -> serde_json::Value {
        let printed = self.clients(&[args, &["--json"]].concat()).expect("it succeeds");
        serde_json::from_str(&printed).expect("JSON")
    }

    pub fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder()).expect("a folder");
        let mut names: Vec<_> =
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

struct Spoken {
    status: ExitStatus,
    stdout: String,
    stderr: String,
}

impl Drop for Postern {
    fn drop(&mut self) {
        if let Some(mut child) = self.running.take() {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
