//! The end of a server over real sockets: what is finished, what is cut, and what is counted.

use crate::support::gate::Gate;
use crate::support::http1::{GET, GET_SLOW, read_until, rest, send};
use crate::support::server::Server;
use dualrun::Options;
use dualrun::server::{Drained, Stop};
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::time::Duration;
use tokio::net::TcpStream;

/// Waits until nobody listens any more.
async fn refused(addr: SocketAddr) {
    while TcpStream::connect(addr).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_request_in_flight_gets_its_answer_after_the_listener_has_closed() {
    let gate = Gate::new();
    let mut server = Server::start(gate.service(), Options::default()).await;
    let client = server.sent(GET_SLOW).await;
    gate.entered(1).await;
    server.stop(Stop::Drain);
    refused(server.addr).await;
    assert!(server.is_running());
    gate.release(1);
    let answer = rest(client).await;
    assert!(
        answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("done"),
        "{answer}"
    );
    assert_eq!(server.stopped().await, Drained::default());
}

#[tokio::test]
async fn a_lame_duck_still_serves_new_connections_and_says_goodbye() {
    let options = Options::default().with_lame_duck(Duration::from_secs(3600));
    let gate = Gate::new();
    let mut server = Server::start(gate.service(), options).await;
    let before = server.sent(GET_SLOW).await;
    gate.entered(1).await;
    server.stop(Stop::LameDuck);
    loop {
        // Until the server has taken notice, responses keep their connections.
        let mut client = server.sent(GET).await;
        let answer = read_until(&mut client, "done").await;
        if answer.contains("connection: close\r\n") {
            assert_eq!(rest(client).await, "");
            break;
        }
    }
    gate.release(1);
    assert!(rest(before).await.contains("connection: close\r\n"));
    server.abort();
}

#[tokio::test]
async fn what_is_not_done_in_time_is_cut_and_counted() {
    let options = Options::default().with_drain_timeout(Duration::from_millis(50));
    let gate = Gate::new();
    let mut server = Server::start(gate.service(), options).await;
    let slow = [server.sent(GET_SLOW).await, server.sent(GET_SLOW).await];
    gate.entered(2).await;
    let half = server.sent(b"GET / HT").await;
    // Answered after `half` was accepted, so all three are known to the server.
    let idle = server.sent(GET).await;
    idle.readable().await.unwrap();
    server.stop(Stop::Drain);
    let drained = server.stopped().await;
    assert_eq!((drained.connections_cut, drained.requests_cut), (3, 2));
    for client in slow {
        assert_eq!(rest(client).await, "");
    }
    drop(half);
}

#[tokio::test]
async fn connections_above_the_limit_wait_for_their_turn() {
    let options = Options::default().with_max_connections(NonZeroUsize::MIN);
    let gate = Gate::new();
    let server = Server::start(gate.service(), options).await;
    let mut first = server.sent(GET).await;
    read_until(&mut first, "done").await;
    let mut second = server.sent(GET).await;
    for _ in 0..100 {
        send(&mut first, GET).await;
        read_until(&mut first, "done").await;
    }
    let waiting = second.try_read(&mut [0]).unwrap_err();
    assert_eq!(waiting.kind(), std::io::ErrorKind::WouldBlock);
    drop(first);
    read_until(&mut second, "done").await;
    server.abort();
}
