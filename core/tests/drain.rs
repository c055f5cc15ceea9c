//! The end of a server over real sockets: what is finished, what is cut, and what is counted.

mod support;

use dualrun::server::{Drained, Stop};
use dualrun::service::HttpService;
use dualrun::{Body, Options};
use http::{Request, Response};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;
use support::server::{Server, read_until};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tower::service_fn;

const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";
const GET_SLOW: &[u8] = b"GET /slow HTTP/1.1\r\nhost: a\r\n\r\n";

/// Where requests for `/slow` wait.
#[derive(Clone)]
struct Gate {
    entered: Arc<Semaphore>,
    open: Arc<Semaphore>,
}

impl Gate {
    fn new() -> Self {
        let closed = || Arc::new(Semaphore::new(0));
        Self {
            entered: closed(),
            open: closed(),
        }
    }

    /// A service whose `/slow` waits at the gate.
    fn service(&self) -> impl HttpService {
        let gate = self.clone();
        service_fn(move |request: Request<Body>| {
            let gate = gate.clone();
            async move {
                if request.uri().path() == "/slow" {
                    gate.entered.add_permits(1);
                    gate.open.acquire().await.unwrap().forget();
                }
                Ok::<_, Infallible>(Response::new(Body::from("done")))
            }
        })
    }

    /// Waits until this many requests wait at the gate.
    async fn entered(&self, count: u32) {
        self.entered.acquire_many(count).await.unwrap().forget();
    }

    /// Lets one of them pass.
    fn release(&self) {
        self.open.add_permits(1);
    }
}

async fn send(addr: SocketAddr, request: &[u8]) -> TcpStream {
    let mut client = TcpStream::connect(addr).await.unwrap();
    client.write_all(request).await.unwrap();
    client
}

async fn rest(mut client: TcpStream) -> String {
    let mut text = String::new();
    client.read_to_string(&mut text).await.unwrap();
    text
}

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
    let client = send(server.addr, GET_SLOW).await;
    gate.entered(1).await;
    server.stop(Stop::Drain);
    refused(server.addr).await;
    assert!(!server.served.is_finished());
    gate.release();
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
    let before = send(server.addr, GET_SLOW).await;
    gate.entered(1).await;
    server.stop(Stop::LameDuck);
    loop {
        // Until the server has taken notice, responses keep their connections.
        let mut client = send(server.addr, GET).await;
        let mut answer = Vec::new();
        while !answer.ends_with(b"done") {
            answer.push(client.read_u8().await.unwrap());
        }
        if String::from_utf8(answer)
            .unwrap()
            .contains("connection: close\r\n")
        {
            assert_eq!(rest(client).await, "");
            break;
        }
    }
    gate.release();
    assert!(rest(before).await.contains("connection: close\r\n"));
    server.served.abort();
}

#[tokio::test]
async fn what_is_not_done_in_time_is_cut_and_counted() {
    let options = Options::default().with_drain_timeout(Duration::from_millis(50));
    let gate = Gate::new();
    let mut server = Server::start(gate.service(), options).await;
    let slow = [
        send(server.addr, GET_SLOW).await,
        send(server.addr, GET_SLOW).await,
    ];
    gate.entered(2).await;
    let half = send(server.addr, b"GET / HT").await;
    // Answered after `half` was accepted, so all three are known to the server.
    let idle = send(server.addr, GET).await;
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
    let mut first = send(server.addr, GET).await;
    read_until(&mut first, "done").await;
    let mut second = send(server.addr, GET).await;
    for _ in 0..100 {
        first.write_all(GET).await.unwrap();
        read_until(&mut first, "done").await;
    }
    let waiting = second.try_read(&mut [0]).unwrap_err();
    assert_eq!(waiting.kind(), std::io::ErrorKind::WouldBlock);
    drop(first);
    read_until(&mut second, "done").await;
    server.served.abort();
}
