//! What the process takes while many connections ask nothing.

use crate::support::Server;
use std::net::TcpStream;

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
    let streams: Vec<TcpStream> = (0..CONNECTIONS).map(|_| server.asked()).collect();
    let each = (server.resident() - before) / streams.len() as u64;
    assert!(each < LIMIT, "{each} bytes");
}
