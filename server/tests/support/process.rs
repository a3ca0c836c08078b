//! The real binary, as an operator runs it; what it prints is kept.

#![allow(dead_code, reason = "each test binary uses its own part of it")]

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use tempfile::TempDir;

pub struct Process {
    pub address: SocketAddr,
    settings: Vec<(String, String)>,
    data: TempDir,
    running: Running,
}

struct Running {
    child: Child,
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl Process {
    /// Runs until it says that it is ready.
    pub fn start(settings: &[(&str, &str)]) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
        let address = free.expect("a free port");
        let settings: Vec<_> = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let running = Running::start(address, &data, &settings);
        Self { address, settings, data, running }
    }

    /// Runs until it says this, before it is ready.
    pub fn start_until(settings: &[(&str, &str)], said: &str) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let settings: Vec<_> = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let running = Running::start_until(address, &data, &settings, said);
        Self { address, settings, data, running }
    }

    /// Ends it as a power cut would: in the middle of whatever it does.
    pub fn kill(&mut self) {
        self.running.end();
    }

    /// Starts it again after [`kill`](Self::kill), at the same address and over what it left.
    pub fn start_again(&mut self) {
        self.running = Running::start(self.address, &self.data, &self.settings);
    }

    pub fn pid(&self) -> u32 {
        self.running.child.id()
    }

    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }

    /// What it printed until it was ready.
    pub fn seen(&self) -> &[String] {
        &self.running.seen
    }

    /// What it holds in memory, in KiB, as Linux counts it.
    pub fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.running.child.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    /// Waits for the next line with this in it.
    pub fn line_with(&mut self, text: &str) -> String {
        loop {
            let line = self.running.lines.recv().expect("it says so");
            self.running.seen.push(line.clone());
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Where it keeps what is its own.
    pub fn folder(&self) -> &Path {
        self.data.path()
    }

    /// Waits until it ends by itself; answers its exit code.
    pub fn ended(mut self) -> Option<i32> {
        self.running.child.wait().expect("it ran").code()
    }

    /// Tells it to stop, and answers everything that it printed.
    pub fn stop(mut self) -> Vec<String> {
        let Running { child, lines, seen } = &mut self.running;
        let pid = child.id().to_string();
        assert!(Command::new("kill").arg(pid).status().expect("kill is installed").success());
        assert!(child.wait().expect("it ran").success(), "it stops in good order");
        seen.extend(lines.iter());
        std::mem::take(seen)
    }
}

impl Running {
    fn start(address: SocketAddr, data: &TempDir, settings: &[(String, String)]) -> Self {
        Self::start_until(address, data, settings, "\"ready\"")
    }

    fn start_until(address: SocketAddr, data: &TempDir, settings: &[(String, String)], said: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
        // What tests are told is no setting.
        let told = std::env::vars_os().map(|(name, _)| name);
        for name in told.filter(|name| name.to_string_lossy().starts_with("POSTERN_")) {
            command.env_remove(name);
        }
        let mut child = command
            .env("POSTERN_ADDRESS", address.to_string())
            .env("POSTERN_DATA_DIR", data.path())
            .envs(settings.iter().cloned())
            .current_dir(data.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the binary is built");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let (sender, lines) = channel();
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let mut running = Self { child, lines, seen: Vec::new() };
        while !running.seen.last().is_some_and(|line| line.contains(said)) {
            let line = running.lines.recv().expect("it gets ready");
            running.seen.push(line);
        }
        running
    }

    fn end(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}
