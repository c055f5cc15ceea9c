//! The server and what people would use instead: how to start each, check it, and load it.

use crate::process::Process;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

const ADDR: &str = "127.0.0.1:8080";
const ANSWER: &str = "shop running in bench\n";

/// A server that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// `bin-fargate` with its whole stack, its access log off.
    Ours,
    /// hyper with nothing around it.
    BareHyper,
    /// axum.
    Axum,
    /// actix-web.
    Actix,
    /// ntex.
    Ntex,
}

impl Server {
    /// In the order of the table; ours first, since the ratios are against it.
    pub const ALL: [Self; 5] = [
        Self::Ours,
        Self::BareHyper,
        Self::Axum,
        Self::Actix,
        Self::Ntex,
    ];

    /// Its name in tables and results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "bin-fargate",
            Self::BareHyper => "bare hyper",
            Self::Axum => "axum",
            Self::Actix => "actix-web",
            Self::Ntex => "ntex",
        }
    }

    fn binary(self) -> &'static str {
        match self {
            Self::Ours => "target/release/bin-fargate",
            Self::BareHyper => "bench/target/release/bare-hyper",
            Self::Axum => "bench/target/release/peer-axum",
            Self::Actix => "bench/target/release/peer-actix",
            Self::Ntex => "bench/target/release/peer-ntex",
        }
    }

    /// Starts it, waits for its first answer, and checks that. Returns how long that took.
    ///
    /// # Panics
    ///
    /// If it does not answer rightly.
    pub fn start(self) -> (Process, Duration) {
        let variables = [
            ("APP_NAME", "shop"),
            ("ENVIRONMENT", "bench"),
            ("SECRET_KEY", "dummy"),
            ("DUALRUN_ACCESS_LOG", "off"),
            ("DUALRUN_ADDR", ADDR),
        ];
        let start = Instant::now();
        let process = Process::start(
            self.binary(),
            variables.map(|(name, value)| (name, value.to_owned())),
        );
        let mut stream = loop {
            match TcpStream::connect(ADDR) {
                Ok(stream) => break stream,
                Err(_) => std::thread::sleep(Duration::from_micros(100)),
            }
            assert!(
                start.elapsed() < Duration::from_secs(10),
                "{} does not listen",
                self.name()
            );
        };
        let request = format!("GET / HTTP/1.1\r\nhost: {ADDR}\r\nconnection: close\r\n\r\n");
        stream
            .write_all(request.as_bytes())
            .expect("an open connection");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let start_up = start.elapsed();
        assert!(
            answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with(ANSWER),
            "{}: {answer}",
            self.name()
        );
        (process, start_up)
    }
}

/// What wrk has measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Load {
    /// Requests a second.
    pub rate: f64,
    /// The median latency, in milliseconds.
    pub p50: f64,
    /// The latency that one request in a hundred exceeds.
    pub p99: f64,
}

/// Loads whatever listens, over this many connections that stay open.
///
/// # Panics
///
/// If wrk is not there, or a request fails.
pub fn load(connections: u32, seconds: u32) -> Load {
    let output = Command::new("wrk")
        .args([
            "--threads",
            "1",
            "--latency",
            "--connections",
            &connections.to_string(),
        ])
        .args([
            "--duration",
            &format!("{seconds}s"),
            &format!("http://{ADDR}/"),
        ])
        .output()
        .expect("wrk is installed");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        !text.contains("Socket errors") && !text.contains("Non-2xx"),
        "{text}"
    );
    parse(&text).unwrap_or_else(|| panic!("{text}"))
}

fn parse(text: &str) -> Option<Load> {
    let after = |prefix: &str| {
        text.lines()
            .find_map(|line| line.trim().strip_prefix(prefix))
            .map(str::trim)
    };
    Some(Load {
        rate: after("Requests/sec:")?.parse().ok()?,
        p50: milliseconds(after("50%")?)?,
        p99: milliseconds(after("99%")?)?,
    })
}

/// `850.00us`, `1.20ms` or `2.00s`.
fn milliseconds(text: &str) -> Option<f64> {
    let (number, factor) = match text {
        _ if text.ends_with("us") => (text.strip_suffix("us")?, 0.001),
        _ if text.ends_with("ms") => (text.strip_suffix("ms")?, 1.0),
        _ => (text.strip_suffix('s')?, 1000.0),
    };
    Some(number.parse::<f64>().ok()? * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrks_report_is_read() {
        let text = "  Latency Distribution\n     50%  850.00us\n     99%    1.20ms\nRequests/sec:  64000.50\n";
        assert_eq!(
            parse(text),
            Some(Load {
                rate: 64000.5,
                p50: 0.85,
                p99: 1.2
            })
        );
        assert_eq!(milliseconds("2.00s"), Some(2000.0));
    }
}
