//! The real binary, as an operator runs it; what it prints is kept.

#![allow(dead_code, reason = "each test binary uses its own part of it")]

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use tempfile::TempDir;

pub struct Process {
    pub address: SocketAddr,
    child: Child,
    lines: Receiver<String>,
    seen: Vec<String>,
    _data: TempDir,
}

impl Process {
    /// Runs until it says that it is ready.
    pub fn start(settings: &[(&str, &str)]) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
        let address = free.expect("a free port");
        let mut child = Command::new(env!("CARGO_BIN_EXE_postern"))
            .env("POSTERN_ADDRESS", address.to_string())
            .env("POSTERN_DATA_DIR", data.path())
            .envs(settings.iter().copied())
            .current_dir(data.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the binary is built");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let (sender, lines) = channel();
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let mut process = Self { address, child, lines, seen: Vec::new(), _data: data };
        while !process.seen.last().is_some_and(|line| line.contains("\"ready\"")) {
            let line = process.lines.recv().expect("it gets ready");
            process.seen.push(line);
        }
        process
    }

    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }

    /// Tells it to stop, and answers everything that it printed.
    pub fn stop(mut self) -> Vec<String> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").arg(pid).status().expect("kill is installed").success());
        assert!(self.child.wait().expect("it ran").success(), "it stops in good order");
        self.seen.extend(self.lines.iter());
        std::mem::take(&mut self.seen)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
