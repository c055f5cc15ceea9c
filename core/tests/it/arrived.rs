//! Requests that have arrived when the drain begins, before tokio has heard of them: none is closed upon.
//!
//! The runtime has one thread, and nothing is awaited between the request and the stop. So the server learns of the
//! stop first, every time.

use crate::support::http1::GET;
use crate::support::http2::{self, PREFACE};
use crate::support::server::{Server, make_room_for_a_crowd};
use crate::support::{HOME, app};
use dualrun::options::Options;
use dualrun::server::{Drained, Stop, serve};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::num::NonZeroUsize;
use std::time::Duration;
use tokio::net::TcpSocket;
use tokio::task::spawn_blocking;
use tokio::time::{advance, pause, resume};

/// A client that blocks, so that its bytes are with the kernel when it says so.
fn connect(addr: SocketAddr) -> TcpStream {
    let client = TcpStream::connect(addr).unwrap();
    client
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    client
}

/// Reads up to the end of an answer of the service, on a thread that may wait for it.
async fn answered(mut client: TcpStream) -> Option<TcpStream> {
    let read = move || {
        let mut answer = Vec::new();
        let mut buffer = [0; 4096];
        while !answer
            .windows(HOME.len())
            .any(|window| window == HOME.as_bytes())
        {
            match client.read(&mut buffer) {
                Ok(count) if count > 0 => answer.extend_from_slice(&buffer[..count]),
                _ => return None,
            }
        }
        Some(client)
    };
    spawn_blocking(read).await.unwrap()
}

/// How a connection stands when the last request comes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Before {
    /// It has just been accepted.
    New,
    /// It has been silent for longer than a drain waits for a first request.
    Silent,
    /// It has just had an answer.
    Awake,
    /// It has been taken down to its socket.
    Resting,
    /// It speaks HTTP/2, and has had an answer.
    Http2,
}

async fn race(before: Before) {
    const CLIENTS: usize = 60;
    let mut server = Server::start(app(), Options::default()).await;
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        let mut client = connect(server.addr);
        match before {
            Before::New | Before::Silent => {}
            Before::Awake | Before::Resting => {
                client.write_all(GET).unwrap();
                client = answered(client).await.unwrap();
            }
            Before::Http2 => {
                client.write_all(PREFACE).unwrap();
                client.write_all(&http2::get(1)).unwrap();
                client = answered(client).await.unwrap();
            }
        }
        clients.push(client);
    }
    // All are accepted, and the server waits.
    answered({
        let mut client = connect(server.addr);
        client.write_all(GET).unwrap();
        client
    })
    .await
    .unwrap();
    if matches!(before, Before::Resting | Before::Silent) {
        pause();
        advance(Duration::from_secs(2)).await;
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        resume();
    }

    let request = match before {
        Before::Http2 => http2::get(3),
        _ => GET.to_vec(),
    };
    for client in &mut clients {
        client.write_all(&request).unwrap();
    }
    server.stop(Stop::Drain);

    let mut lost = 0;
    for client in clients {
        lost += usize::from(answered(client).await.is_none());
    }
    assert_eq!(lost, 0, "of {CLIENTS}, {before:?}");
    assert_eq!(server.stopped().await, Drained::default());
}

#[tokio::test]
async fn on_new_connections() {
    race(Before::New).await;
}

#[tokio::test]
async fn on_silent_connections() {
    race(Before::Silent).await;
}

#[tokio::test]
async fn on_connections_in_use() {
    race(Before::Awake).await;
}

#[tokio::test]
async fn on_idle_connections() {
    race(Before::Resting).await;
}

#[tokio::test]
async fn on_http2_connections() {
    race(Before::Http2).await;
}

/// Half a thousand clients whose connections the kernel has made and nobody has accepted.
async fn in_the_queue(max_connections: usize) {
    const CLIENTS: usize = 500;
    make_room_for_a_crowd();
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1024).unwrap();
    let addr = listener.local_addr().unwrap();
    let clients: Vec<TcpStream> = (0..CLIENTS)
        .map(|_| {
            let mut client = connect(addr);
            client.write_all(GET).unwrap();
            client
        })
        .collect();
    let max_connections = NonZeroUsize::new(max_connections).unwrap();
    let options = Options::default().with_max_connections(max_connections);
    let served = tokio::spawn(serve(listener, app(), options, async { Stop::Drain }));
    let mut lost = 0;
    for client in clients {
        lost += usize::from(answered(client).await.is_none());
    }
    assert_eq!(lost, 0, "of {CLIENTS}");
    assert_eq!(served.await.unwrap(), Drained::default());
}

#[tokio::test]
async fn on_connections_that_nobody_has_accepted() {
    in_the_queue(10_000).await;
}

#[tokio::test]
async fn on_more_connections_than_may_be_open() {
    in_the_queue(50).await;
}
