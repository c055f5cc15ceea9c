//! What the process takes while many connections ask nothing.

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use support::Server;

/// More than keep their buffers between two requests; those beyond rest at once.
const CONNECTIONS: u64 = 4000;
/// In bytes, with the buffers of the quarter that keeps them. 10,000 connections then fit into a sixth of the smallest
/// task's 512 MB.
const LIMIT: u64 = 7000;

#[test]
fn an_idle_connection_holds_no_buffers() {
    rlimit::increase_nofile_limit(2 * CONNECTIONS).unwrap();
    let server = Server::start(&[("DUALRUN_ACCESS_LOG", "off")]);
    let before = server.resident();
    let streams: Vec<TcpStream> = (0..CONNECTIONS).map(|_| asked(&server)).collect();
    let each = (server.resident() - before) / streams.len() as u64;
    assert!(each < LIMIT, "{each} bytes");
}

/// A connection that has asked once.
fn asked(server: &Server) -> TcpStream {
    let mut stream = server.connect();
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
        .unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"shop running in test\n") {
        let mut buffer = [0; 512];
        let count = stream.read(&mut buffer).unwrap();
        assert!(count > 0, "closed upon");
        answer.extend_from_slice(&buffer[..count]);
    }
    stream
}
