//! The end of a server over real sockets: what is finished, what is cut, and what is counted.

mod support;

use dualrun::server::{Drained, Stop, serve};
use dualrun::{Body, Options};
use http::{Request, Response};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore, oneshot};
use tokio::task::JoinHandle;
use tower::service_fn;

const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";
const GET_SLOW: &[u8] = b"GET /slow HTTP/1.1\r\nhost: a\r\n\r\n";

/// A server whose `/slow` waits to be released.
struct Server {
    addr: SocketAddr,
    entered: Arc<Semaphore>,
    release: Arc<Notify>,
    stop: oneshot::Sender<Stop>,
    served: JoinHandle<Drained>,
}

async fn start(options: Options) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let (entered, release) = (Arc::new(Semaphore::new(0)), Arc::new(Notify::new()));
    let (inside, go) = (Arc::clone(&entered), Arc::clone(&release));
    let service = service_fn(move |request: Request<Body>| {
        let (inside, go) = (Arc::clone(&inside), Arc::clone(&go));
        async move {
            if request.uri().path() == "/slow" {
                inside.add_permits(1);
                go.notified().await;
            }
            Ok::<_, Infallible>(Response::new(Body::from("done")))
        }
    });
    let (stop, stopped) = oneshot::channel();
    let served = tokio::spawn(async move {
        serve(listener, service, &options, async {
            stopped.await.unwrap()
        })
        .await
    });
    Server {
        addr,
        entered,
        release,
        stop,
        served,
    }
}

impl Server {
    /// Waits until this many requests are with the service.
    async fn entered(&self, count: u32) {
        self.entered.acquire_many(count).await.unwrap().forget();
    }
}

async fn send(addr: SocketAddr, request: &[u8]) -> TcpStream {
    let mut client = TcpStream::connect(addr).await.unwrap();
    client.write_all(request).await.unwrap();
    client
}

/// One answer, of a connection that stays open.
async fn answer(client: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    while !answer.ends_with(b"done") {
        answer.push(client.read_u8().await.unwrap());
    }
    String::from_utf8(answer).unwrap()
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
    let server = start(Options::default()).await;
    let client = send(server.addr, GET_SLOW).await;
    server.entered(1).await;
    server.stop.send(Stop::Drain).unwrap();
    refused(server.addr).await;
    assert!(!server.served.is_finished());
    server.release.notify_one();
    let answer = rest(client).await;
    assert!(
        answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("done"),
        "{answer}"
    );
    assert_eq!(server.served.await.unwrap(), Drained::default());
}

#[tokio::test]
async fn a_lame_duck_still_serves_new_connections_and_says_goodbye() {
    let options = Options {
        lame_duck: Duration::from_secs(3600),
        ..Options::default()
    };
    let server = start(options).await;
    let before = send(server.addr, GET_SLOW).await;
    server.entered(1).await;
    server.stop.send(Stop::LameDuck).unwrap();
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
    server.release.notify_one();
    assert!(rest(before).await.contains("connection: close\r\n"));
    server.served.abort();
}

#[tokio::test]
async fn what_is_not_done_in_time_is_cut_and_counted() {
    let options = Options {
        drain_timeout: Duration::from_millis(50),
        ..Options::default()
    };
    let server = start(options).await;
    let slow = [
        send(server.addr, GET_SLOW).await,
        send(server.addr, GET_SLOW).await,
    ];
    server.entered(2).await;
    let half = send(server.addr, b"GET / HT").await;
    // Answered after `half` was accepted, so all three are known to the server.
    let idle = send(server.addr, GET).await;
    idle.readable().await.unwrap();
    server.stop.send(Stop::Drain).unwrap();
    let drained = server.served.await.unwrap();
    assert_eq!(
        drained,
        Drained {
            connections_cut: 3,
            requests_cut: 2
        }
    );
    for client in slow {
        assert_eq!(rest(client).await, "");
    }
    drop(half);
}

#[tokio::test]
async fn connections_above_the_limit_wait_for_their_turn() {
    let options = Options {
        max_connections: NonZeroUsize::MIN,
        ..Options::default()
    };
    let server = start(options).await;
    let mut first = send(server.addr, GET).await;
    answer(&mut first).await;
    let mut second = send(server.addr, GET).await;
    for _ in 0..100 {
        first.write_all(GET).await.unwrap();
        answer(&mut first).await;
    }
    let waiting = second.try_read(&mut [0]).unwrap_err();
    assert_eq!(waiting.kind(), std::io::ErrorKind::WouldBlock);
    drop(first);
    answer(&mut second).await;
    server.served.abort();
}
