//! That a server answers rightly, and how soon after its start: a fast wrong answer is worth nothing.

use super::ADDR;
use super::peer::{Kind, Server};
use crate::process::Process;
use crate::quota::Quota;
use serde_json::{Value, json};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// The body of the answer to `GET /`.
pub const GREETING: &str = "shop running in bench\n";
/// An interpreter takes this long with all its imports.
const START_UP: Duration = Duration::from_secs(20);

/// Starts it, and waits for its first answer. Returns how long that took.
///
/// # Panics
///
/// If it does not answer rightly.
pub fn start(server: Server, kind: Kind, quota: Option<&Quota>) -> (Process, Duration) {
    let start = Instant::now();
    let process = server.program(kind).start_in(quota);
    if kind == Kind::Http2 && server == Server::BareHyper {
        // It does nothing else, and h2load checks each answer.
        while TcpStream::connect(ADDR).is_err() {
            patience(server, start);
        }
        return (process, start.elapsed());
    }
    let request = match kind {
        Kind::Uploads => post(2),
        _ => get("/"),
    };
    let answer = loop {
        match ask(&request) {
            Ok(answer) => break answer,
            Err(_) => patience(server, start),
        }
    };
    let elapsed = start.elapsed();
    let body = if kind == Kind::Uploads { "2" } else { GREETING };
    assert!(is_ok(&answer, body), "{}: {answer}", server.name());
    (process, elapsed)
}

fn patience(server: Server, start: Instant) {
    let name = server.name();
    assert!(start.elapsed() < START_UP, "{name} does not answer");
    std::thread::sleep(Duration::from_micros(100));
}

/// Checks every answer that is measured, and that what is not asked for is refused.
///
/// # Panics
///
/// If one is wrong.
pub fn check(server: Server) {
    let name = server.name();
    let sure = |request: &[u8]| ask(request).unwrap_or_else(|error| panic!("{name}: {error}"));
    {
        let _process = start(server, Kind::Quiet, None);
        let answer = sure(&get("/"));
        let has_type = answer.to_lowercase().contains("\r\ncontent-type: text/");
        assert!(has_type, "{name}: {answer}");
        // hyper alone has no routes.
        if server != Server::BareHyper {
            let answer = sure(&get("/health"));
            let body = answer.split("\r\n\r\n").nth(1).unwrap_or_default();
            let body: Value = serde_json::from_str(body).unwrap_or_default();
            assert_eq!(body, json!({ "status": "ok" }), "{name}: {answer}");
            let answer = sure(&get("/nope"));
            // Go's multiplexer takes `/` for everything.
            assert!(
                answer.contains(" 404 ") || server == Server::Go,
                "{name}: {answer}"
            );
        }
    }
    let _process = start(server, Kind::Uploads, None);
    for size in [0, 1024, 1 << 20] {
        let answer = sure(&post(size));
        let expected = match (server, size) {
            (Server::BareHyper, 0) => GREETING.to_owned(),
            _ => size.to_string(),
        };
        assert!(is_ok(&answer, &expected), "{name}: {answer}");
    }
}

fn is_ok(answer: &str, body: &str) -> bool {
    (answer.starts_with("HTTP/1.1 200 ") || answer.starts_with("HTTP/1.0 200 "))
        && answer.ends_with(&format!("\r\n\r\n{body}"))
}

fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: {ADDR}\r\nconnection: close\r\n\r\n").into_bytes()
}

fn post(size: usize) -> Vec<u8> {
    let head = format!(
        "POST /upload HTTP/1.1\r\nhost: {ADDR}\r\nconnection: close\r\ncontent-length: {size}\r\n\r\n"
    );
    let mut request = head.into_bytes();
    request.resize(request.len() + size, b'x');
    request
}

fn ask(request: &[u8]) -> io::Result<String> {
    let mut stream = TcpStream::connect(ADDR)?;
    stream.write_all(request)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
