//! haproxy, set up to behave as an Application Load Balancer does.

use crate::local::{Program, free_addr, wait_for};
use dualrun::options::DEFAULT_HEALTH_PATH;
use std::collections::HashMap;
use std::fs;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// Targets that can be registered in the life of one balancer.
const SLOTS: usize = 24;

/// A running haproxy, killed on drop.
pub struct Balancer {
    _program: Program,
    directory: TempDir,
    /// Where clients connect.
    pub addr: SocketAddr,
}

/// A registered target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target(usize);

impl Balancer {
    /// Starts one without targets.
    pub fn start() -> Self {
        let directory = TempDir::new().expect("a directory");
        let addr = free_addr();
        let config = directory.path().join("haproxy.cfg");
        fs::write(
            &config,
            configuration(addr, &directory.path().join("admin")),
        )
        .expect("a file");
        let program = Program::start(Command::new("haproxy").arg("-f").arg(&config));
        let balancer = Self {
            _program: program,
            directory,
            addr,
        };
        wait_for("haproxy to start", || {
            UnixStream::connect(balancer.socket()).is_ok()
        });
        balancer
    }

    fn socket(&self) -> PathBuf {
        self.directory.path().join("admin")
    }

    /// A command to haproxy's runtime interface, and its answer.
    fn ask(&self, command: &str) -> String {
        let mut stream = UnixStream::connect(self.socket()).expect("haproxy runs");
        writeln!(stream, "{command}").expect("haproxy listens");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("haproxy answers");
        answer.trim().to_owned()
    }

    /// Registers a target and waits until its health checks pass.
    pub fn register(&self, addr: SocketAddr) -> Target {
        let free = (1..=SLOTS).find(|slot| self.stat(Target(*slot), "status") == "MAINT");
        let target = Target(free.expect("a free slot"));
        let (server, ip, port) = (target.server(), addr.ip(), addr.port());
        self.ask(&format!("set server {server} addr {ip} port {port}"));
        self.ask(&format!("set server {server} state ready"));
        self.ask(&format!("enable health {server}"));
        wait_for("a healthy target", || self.stat(target, "status") == "UP");
        target
    }

    /// Deregisters a target: it gets no new requests, those in flight go on.
    pub fn deregister(&self, target: Target) {
        self.ask(&format!("set server {} state drain", target.server()));
    }

    /// A field of haproxy's statistics for this target, as its manual names them.
    pub fn stat(&self, target: Target, field: &str) -> String {
        let table = self.ask("show stat");
        let mut lines = table
            .lines()
            .map(|line| line.trim_start_matches("# ").split(','));
        let names: Vec<&str> = lines.next().expect("a header").collect();
        let name = format!("task{}", target.0);
        for line in lines {
            let row: HashMap<&str, &str> = names.iter().copied().zip(line).collect();
            if row["svname"] == name {
                return row[field].to_owned();
            }
        }
        panic!("no {name} in {table}")
    }

    /// [`stat`](Self::stat) as a number.
    pub fn count(&self, target: Target, field: &str) -> u64 {
        self.stat(target, field).parse().unwrap_or(0)
    }
}

impl Target {
    fn server(self) -> String {
        format!("tasks/task{}", self.0)
    }
}

/// As an ALB with its defaults: 60 s idle timeout, also of WebSockets, connections to targets kept and shared, health checks
/// on the path, `X-Forwarded-For` appended to. Only a connection that cannot be made is tried elsewhere,
/// never a request that was sent.
fn configuration(addr: SocketAddr, socket: &std::path::Path) -> String {
    format!(
        "global
    stats socket {socket} mode 600 level admin
    nbthread 1
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    timeout http-keep-alive 60s
    timeout tunnel 60s
    option forwardfor
    option redispatch 1
    retries 1
    retry-on conn-failure
frontend http
    bind {addr}
    default_backend tasks
backend tasks
    balance roundrobin
    http-reuse always
    option httpchk GET {DEFAULT_HEALTH_PATH}
    default-server check inter 500ms fall 2 rise 2 init-addr none
    server-template task 1-{SLOTS} 127.0.0.1:1 disabled
",
        socket = socket.display()
    )
}
