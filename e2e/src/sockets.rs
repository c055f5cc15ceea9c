//! WebSockets of clients that share nothing with the server: Python's, in `e2e/clients/`.

use crate::image::repository;
use crate::venv;
use serde::de::DeserializeOwned;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Open WebSockets to `/ws`, which one client process holds. Closed without a word on drop.
///
/// The client gives up on whatever takes longer than a minute, and says why on stderr.
pub struct Sockets {
    client: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// The status codes of RFC 6455, section 7.4.1.
pub const NORMAL: u16 = 1000;
/// The server goes away.
pub const GOING_AWAY: u16 = 1001;

impl Sockets {
    /// Opens so many at once, over HTTP/1.1.
    pub fn open(addr: SocketAddr, count: usize) -> Self {
        Self::of("http1.py", &[&addr.to_string(), &count.to_string()])
    }

    /// Opens one on an HTTP/2 connection.
    pub fn open_over_http2(addr: SocketAddr) -> Self {
        Self::of("http2.py", &[&addr.to_string()])
    }

    fn of(client: &str, arguments: &[&str]) -> Self {
        let mut client = Command::new(venv::program("python"))
            // It leaves no compiled files beside the sources.
            .arg("-B")
            .arg(repository().join("e2e/clients").join(client))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("e2e/run has installed Python");
        let commands = client.stdin.take().expect("a pipe");
        let answers = BufReader::new(client.stdout.take().expect("a pipe"));
        let mut sockets = Self {
            client,
            commands,
            answers,
        };
        assert_eq!(sockets.answer::<String>(), "open");
        sockets
    }

    /// Whether each gets back a text of so many bytes as it was sent.
    pub fn echo_text(&mut self, size: usize) -> Vec<bool> {
        self.ask(&format!("text {size}"))
    }

    /// Whether each gets back so many bytes as they were sent.
    pub fn echo_binary(&mut self, size: usize) -> Vec<bool> {
        self.ask(&format!("binary {size}"))
    }

    /// Whether the server answers a ping on each.
    pub fn ping(&mut self) -> Vec<bool> {
        self.ask("ping")
    }

    /// Closes them, and returns the code with which the server answers on each.
    pub fn close(&mut self) -> Vec<u16> {
        self.ask("close")
    }

    /// Waits until the server has closed them, and returns its code on each.
    pub fn closed(&mut self) -> Vec<u16> {
        self.ask("closed")
    }

    fn ask<T: DeserializeOwned>(&mut self, command: &str) -> T {
        writeln!(self.commands, "{command}").expect("the client runs");
        self.answer()
    }

    fn answer<T: DeserializeOwned>(&mut self) -> T {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("UTF-8");
        serde_json::from_str(&line).expect("the client has succeeded; if not, it says why above")
    }
}

impl Drop for Sockets {
    fn drop(&mut self) {
        let _ = self.client.kill();
        let _ = self.client.wait();
    }
}
