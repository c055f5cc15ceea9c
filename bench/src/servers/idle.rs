//! Many connections that have asked once, and then nothing: what a load balancer keeps open.

use super::ADDR;
use std::io::{self, Read, Write};
use std::net::TcpStream;

/// How many.
pub const CONNECTIONS: usize = 10_000;

/// Opens them, and asks once on each.
///
/// # Errors
///
/// If one is not answered.
pub fn open() -> io::Result<Vec<TcpStream>> {
    let mut streams = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        let mut stream = TcpStream::connect(ADDR)?;
        ask(&mut stream)?;
        streams.push(stream);
    }
    Ok(streams)
}

/// Asks on a connection that stays open.
///
/// # Errors
///
/// If that is not answered.
pub fn ask(stream: &mut TcpStream) -> io::Result<()> {
    stream.write_all(format!("GET / HTTP/1.1\r\nhost: {ADDR}\r\n\r\n").as_bytes())?;
    let mut answer = Vec::new();
    let mut buffer = [0; 1024];
    while !answer.ends_with(super::check::GREETING.as_bytes()) {
        match stream.read(&mut buffer)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => answer.extend_from_slice(&buffer[..count]),
        }
    }
    Ok(())
}
