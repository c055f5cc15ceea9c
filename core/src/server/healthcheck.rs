//! `healthcheck`: asks the running server, for containers that have neither curl nor a shell.

use crate::Options;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// A check that takes longer has failed; Docker and ECS allow 2 s and more.
const PATIENCE: Duration = Duration::from_millis(1_800);

/// Why the server is not healthy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unhealthy {
    /// Nobody listens there, or not in time.
    #[error("cannot connect to {addr}")]
    Connect {
        /// Where it was asked.
        addr: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The connection failed, or the answer did not come in time.
    #[error("no answer from {addr}")]
    Exchange {
        /// Where it was asked.
        addr: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The answer's status is not 200.
    #[error("{addr} answered with: {status_line}")]
    Status {
        /// Where it was asked.
        addr: SocketAddr,
        /// The first line of the answer.
        status_line: String,
    },
}

/// Asks the server that runs with these options for its health, over loopback where it listens on all
/// addresses. It reads `addr` and `health_path`, and blocks for 1.8 seconds at most.
///
/// # Errors
///
/// [`Unhealthy`], if the answer is not a 200 or does not come.
pub fn healthcheck(options: &Options) -> Result<(), Unhealthy> {
    let addr = reachable(options.addr);
    let end = Instant::now() + PATIENCE;
    let stream = TcpStream::connect_timeout(&addr, PATIENCE)
        .map_err(|source| Unhealthy::Connect { addr, source })?;
    let status_line =
        ask(stream, options, end).map_err(|source| Unhealthy::Exchange { addr, source })?;
    match status_line.split(' ').nth(1) {
        Some("200") => Ok(()),
        _ => Err(Unhealthy::Status { addr, status_line }),
    }
}

fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// The answer's first line. Each step gets only what is left of the time, so that a trickle cannot stretch it.
fn ask(mut stream: TcpStream, options: &Options, end: Instant) -> io::Result<String> {
    stream.set_write_timeout(Some(left(end)?))?;
    let (addr, path) = (stream.peer_addr()?, &options.health_path);
    let request = format!("GET {path} HTTP/1.1\r\nhost: {addr}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;

    let mut answer = [0; 256];
    let mut filled = 0;
    loop {
        let text = String::from_utf8_lossy(&answer[..filled]);
        if let Some((line, _)) = text.split_once("\r\n") {
            return Ok(line.to_owned());
        }
        stream.set_read_timeout(Some(left(end)?))?;
        match stream.read(&mut answer[filled..])? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => filled += read,
        }
    }
}

fn left(end: Instant) -> io::Result<Duration> {
    let left = end.saturating_duration_since(Instant::now());
    if left.is_zero() {
        Err(io::ErrorKind::TimedOut.into())
    } else {
        Ok(left)
    }
}
