//! A real redis-server of a test's own: on a free port, with a folder of its own, gone when dropped.
//! Include it with `#[path = "../support/redis.rs"] mod redis_server;`.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

pub struct RedisServer {
    port: u16,
    folder: TempDir,
    file: Option<PathBuf>,
    options: Vec<String>,
    running: Option<Running>,
}

struct Running {
    server: Child,
    /// Kills the server when this process ends in whatever way, since nobody would drop it then.
    watchdog: Child,
}

impl RedisServer {
    /// A server that keeps nothing over a restart.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// A server whose acknowledged writes survive [`stop`](Self::stop).
    pub fn start_durable() -> Self {
        Self::start_with(&["--appendonly", "yes", "--appendfsync", "always"])
    }

    /// A server with further command-line options; what they say wins.
    pub fn start_with(options: &[&str]) -> Self {
        Self::start_as(None, options)
    }

    /// A copy of another server, which takes no writes.
    pub fn start_replica_of(primary: &Self) -> Self {
        let port = primary.port().to_string();
        Self::start_with(&["--replicaof", "127.0.0.1", &port])
    }

    /// A sentinel with this file.
    pub fn start_sentinel(file: &Path) -> Self {
        Self::start_as(Some(file), &["--sentinel"])
    }

    /// A cluster of one node that owns every slot.
    pub fn start_cluster() -> Self {
        let (server, _) = Self::start_node("0", "16383");
        server.await_cluster_of(1);
        server
    }

    /// A cluster of two nodes, each with half the slots.
    pub fn start_cluster_of_two() -> [Self; 2] {
        let ((one, _), (two, bus)) = (Self::start_node("0", "8191"), Self::start_node("8192", "16383"));
        assert_eq!(two.cli(&["cluster", "set-config-epoch", "2"]), "OK");
        assert_eq!(one.cli(&["cluster", "meet", "127.0.0.1", &two.port().to_string(), &bus]), "OK");
        let nodes = [one, two];
        for node in &nodes {
            node.await_cluster_of(2);
        }
        nodes
    }

    /// A cluster of three primaries, each followed in this list by its replica. A node is missed after a second.
    pub fn start_replicated_cluster() -> Vec<Self> {
        let slots = [("0", "5461"), ("5462", "10922"), ("10923", "16383")];
        let mut nodes = Vec::new();
        for (number, (first, last)) in slots.into_iter().enumerate() {
            for _ in 0..2 {
                let (node, bus) = Self::start_empty_node();
                assert_eq!(node.cli(&["cluster", "set-config-epoch", &(nodes.len() + 1).to_string()]), "OK");
                nodes.push((node, bus));
            }
            assert_eq!(nodes[number * 2].0.cli(&["cluster", "addslotsrange", first, last]), "OK");
        }
        for (node, bus) in &nodes[1..] {
            assert_eq!(nodes[0].0.cli(&["cluster", "meet", "127.0.0.1", &node.port().to_string(), bus]), "OK");
        }
        let nodes: Vec<_> = nodes.into_iter().map(|(node, _)| node).collect();
        for node in &nodes {
            node.await_info("cluster", "cluster_known_nodes:6");
        }
        for pair in nodes.chunks(2) {
            let primary = pair[0].cli(&["cluster", "myid"]);
            while pair[1].cli(&["cluster", "replicate", &primary]) != "OK" {
                std::thread::yield_now();
            }
        }
        for pair in nodes.chunks(2) {
            pair[1].await_info("replication", "master_link_status:up");
        }
        for node in &nodes {
            node.await_cluster_of(3);
            while node.cli(&["cluster", "nodes"]).matches("slave").count() != 3 {
                std::thread::yield_now();
            }
        }
        nodes
    }

    fn await_info(&self, section: &str, sign: &str) {
        let info = || if section == "cluster" { self.cli(&["cluster", "info"]) } else { self.cli(&["info", section]) };
        while !info().contains(sign) {
            std::thread::yield_now();
        }
    }

    /// A node of a cluster, and the port of its bus.
    fn start_node(first_slot: &str, last_slot: &str) -> (Self, String) {
        let (server, bus) = Self::start_empty_node();
        assert_eq!(server.cli(&["cluster", "addslotsrange", first_slot, last_slot]), "OK");
        (server, bus)
    }

    fn start_empty_node() -> (Self, String) {
        // The node's own choice would be its port plus 10000, which may be none.
        let bus = free_port().to_string();
        let place = ["--cluster-enabled", "yes", "--cluster-port", &bus, "--cluster-announce-ip", "127.0.0.1"];
        let server = Self::start_with(&[&place[..], &["--cluster-node-timeout", "3000"]].concat());
        (server, bus)
    }

    fn await_cluster_of(&self, nodes: usize) {
        let signs = ["cluster_state:ok".to_owned(), format!("cluster_size:{nodes}")];
        loop {
            let info = self.cli(&["cluster", "info"]);
            if signs.iter().all(|sign| info.contains(sign)) {
                return;
            }
            std::thread::yield_now();
        }
    }

    fn start_as(file: Option<&Path>, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder for redis-server");
        let options = options.iter().map(ToString::to_string).collect();
        let mut server = Self { port: 0, folder, file: file.map(Path::to_owned), options, running: None };
        // Between finding a free port and using it somebody else may take it.
        for _ in 0..10 {
            server.port = free_port();
            if server.try_start() {
                return server;
            }
        }
        panic!("redis-server does not start with {:?}", server.options);
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Kills it, as a power cut would.
    pub fn stop(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.end();
        }
    }

    /// Starts it again after [`stop`](Self::stop), on the same port and with the same folder.
    pub fn start_again(&mut self) {
        assert!(self.running.is_none() && self.try_start(), "redis-server does not start again");
    }

    /// It keeps its connections but answers nothing.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    pub fn resume(&self) {
        self.signal("-CONT");
    }

    /// What redis-cli says to a command.
    pub fn cli(&self, args: &[&str]) -> String {
        let port = self.port.to_string();
        let output = Command::new("redis-cli").args(["-p", &port]).args(args).output().expect("redis-cli is installed");
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    /// All that stands in it, as a thief of the server would have it.
    pub fn dump(&self) -> Vec<u8> {
        assert_eq!(self.cli(&["config", "set", "rdbcompression", "no"]), "OK");
        assert_eq!(self.cli(&["save"]), "OK");
        std::fs::read(self.folder.path().join("dump.rdb")).expect("a dump")
    }

    fn signal(&self, signal: &str) {
        let pid = self.running.as_ref().expect("redis-server is running").server.id().to_string();
        let status = Command::new("kill").args([signal, &pid]).status().expect("kill is installed");
        assert!(status.success(), "kill {signal}");
    }

    /// Answers whether it came up.
    fn try_start(&mut self) -> bool {
        let port = self.port.to_string();
        let mut server = Command::new("redis-server")
            .args(&self.file)
            .args(["--port", &port, "--bind", "127.0.0.1", "--save", "", "--databases", "256"])
            .args(["--repl-diskless-sync-delay", "0"])
            .arg("--dir")
            .arg(self.folder.path())
            .args(&self.options)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("redis-server must be installed to run these tests (Debian: apt-get install redis-server)");
        let mut lines = BufReader::new(server.stdout.take().expect("its output")).lines().map_while(Result::ok);
        let ready = ["Ready to accept connections", "Sentinel ID is"];
        let up = lines.any(|line| ready.iter().any(|ready| line.contains(ready)));
        // Its log must be read on, or it would wait for somebody to do so.
        std::thread::spawn(move || lines.for_each(drop));
        let watchdog = watch(server.id());
        let mut running = Running { server, watchdog };
        if up {
            self.running = Some(running);
        } else {
            running.end();
        }
        up
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Running {
    fn end(&mut self) {
        for process in [&mut self.watchdog, &mut self.server] {
            // Gone already is as good.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// Its input ends when we do.
fn watch(server: u32) -> Child {
    Command::new("sh")
        .args(["-c", "read _; kill -9 $0", &server.to_string()])
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell")
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port()
}
