//! Runs the binary as a process with an environment of its own, and talks to it.

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_bin-fargate");

pub(crate) const COMPLETE: [(&str, &str); 3] = [
    ("APP_NAME", "shop"),
    ("ENVIRONMENT", "test"),
    ("SECRET_KEY", "hunter2"),
];

/// The binary with these variables and no others.
pub(crate) fn command<V: AsRef<OsStr>>(
    variables: impl IntoIterator<Item = (&'static str, V)>,
) -> Command {
    let mut command = Command::new(BINARY);
    command.env_clear().envs(variables);
    command
}

/// What a command that ends by itself leaves behind.
pub(crate) fn output(command: &mut Command) -> (Option<i32>, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("the binary runs");
    assert!(stdout.is_empty(), "{}", String::from_utf8_lossy(&stdout));
    (status.code(), String::from_utf8(stderr).expect("UTF-8"))
}

/// A server on a free port, killed if the test fails.
pub(crate) struct Server {
    child: Child,
    lines: BufReader<ChildStdout>,
    pub(crate) addr: SocketAddr,
}

impl Server {
    pub(crate) fn start(variables: &[(&'static str, &'static str)]) -> Self {
        let mut command = command(COMPLETE);
        command
            .env("DUALRUN_ADDR", "127.0.0.1:0")
            .envs(variables.iter().copied());
        Self::spawn(command)
    }

    pub(crate) fn spawn(command: Command) -> Self {
        let mut server = Self::begin(command);
        server.listening();
        server
    }

    /// With the line that is logged first.
    pub(crate) fn spawn_with_first_line(command: Command) -> (Self, Value) {
        let mut server = Self::begin(command);
        let line = server.next_line();
        server.listening();
        (server, line)
    }

    fn begin(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let lines = BufReader::new(child.stdout.take().expect("piped"));
        let addr = SocketAddr::from(([0, 0, 0, 0], 0));
        Self { child, lines, addr }
    }

    fn listening(&mut self) {
        let line = self.line("listening");
        self.addr = line["addr"]
            .as_str()
            .and_then(|addr| addr.parse().ok())
            .expect("an address");
    }

    /// The next line of the log with this message; those before it are skipped.
    pub(crate) fn line(&mut self, message: &str) -> Value {
        loop {
            let line = self.next_line();
            if line["message"] == message {
                return line;
            }
        }
    }

    /// The next line of the log.
    pub(crate) fn next_line(&mut self) -> Value {
        self.try_next_line().expect("the log has not ended")
    }

    /// The next line of the log, or none at its end.
    pub(crate) fn try_next_line(&mut self) -> Option<Value> {
        let mut line = String::new();
        let count = self.lines.read_line(&mut line).expect("UTF-8");
        (count > 0).then(|| serde_json::from_str(&line).expect("JSON"))
    }

    pub(crate) fn connect(&self) -> TcpStream {
        TcpStream::connect(self.addr).expect("somebody listens")
    }

    /// A connection that has asked once, and stays open.
    pub(crate) fn asked(&self) -> TcpStream {
        let mut stream = self.connect();
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            .expect("an open connection");
        let mut answer = Vec::new();
        while !answer.ends_with(b"shop running in test\n") {
            let mut buffer = [0; 512];
            let count = stream.read(&mut buffer).expect("an answer");
            assert!(count > 0, "closed upon");
            answer.extend_from_slice(&buffer[..count]);
        }
        stream
    }

    pub(crate) fn get(&self, target: &str) -> String {
        let mut stream = self.connect();
        let request = format!("GET {target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        stream
            .write_all(request.as_bytes())
            .expect("an open connection");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    /// The memory that it holds, in bytes.
    pub(crate) fn resident(&self) -> u64 {
        let status = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(status).expect("it runs on Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        kilobytes.map_or(0, |kilobytes: u64| kilobytes * 1024)
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("a running process");
    }

    /// Waits for the end; the code it exits with.
    pub(crate) fn exit_code(mut self) -> Option<i32> {
        self.child.wait().expect("a child").code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
