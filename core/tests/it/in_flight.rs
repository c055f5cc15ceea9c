//! A request is in flight until the last byte of its response is with the kernel, over real sockets.

use crate::support::http1::{GET, read_until};
use crate::support::http2::{self, PREFACE};
use crate::support::log::Lines;
use crate::support::server::Server;
use dualrun::options::AccessLog;
use dualrun::server::Stop;
use dualrun::{Body, Options};
use http::{Request, Response};
use serde_json::Value;
use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tower::service_fn;

const PLACES: usize = 3;
/// More than a socket's buffers take.
const SIZE: usize = 16 << 20;

async fn server() -> Server {
    let options = Options::default()
        .with_max_in_flight(NonZeroUsize::new(PLACES).unwrap())
        .with_access_log(AccessLog::All)
        .with_drain_timeout(Duration::from_millis(100));
    let body = bytes::Bytes::from(vec![b'x'; SIZE]);
    let service = service_fn(move |_: Request<Body>| {
        let body = Body::from(body.clone());
        async move { Ok::<_, Infallible>(Response::new(body)) }
    });
    Server::start(service, options).await
}

/// Clients that have begun to get their answers, and read no more of them.
async fn stuck(server: &Server, request: &[u8]) -> Vec<TcpStream> {
    let mut clients = Vec::new();
    for _ in 0..PLACES {
        let mut client = server.sent(request).await;
        // Past the settings and a head, so the body is on its way.
        client.read_exact(&mut [0; 256]).await.unwrap();
        clients.push(client);
    }
    clients
}

async fn status(server: &Server) -> String {
    let mut client = server.sent(GET).await;
    read_until(&mut client, "\r\n").await[9..12].to_owned()
}

fn access(lines: &Lines) -> Vec<Value> {
    let lines = lines.take();
    let of_requests = lines
        .into_iter()
        .filter(|line| line["message"] == "request");
    of_requests.filter(|line| line["status"] == 200).collect()
}

async fn is_in_flight_until_it_is_sent(request: &[u8]) {
    let (lines, _guard) = Lines::capture();
    let mut server = server().await;
    let clients = stuck(&server, request).await;
    assert_eq!(status(&server).await, "503", "all places are taken");
    assert_eq!(access(&lines), Vec::<Value>::new(), "none has ended");

    server.stop(Stop::Drain);
    let drained = server.stopped().await;
    assert_eq!(drained.requests_cut, PLACES);
    // Tasks of HTTP/2 streams notice a moment later.
    let mut cut = access(&lines);
    while cut.len() < PLACES {
        tokio::task::yield_now().await;
        cut.extend(access(&lines));
    }
    assert!(cut.iter().all(|line| line["cut_off"] == true), "{cut:?}");
    drop(clients);
}

#[tokio::test]
async fn over_http_1() {
    is_in_flight_until_it_is_sent(GET).await;
}

#[tokio::test]
async fn over_http_2() {
    is_in_flight_until_it_is_sent(&[PREFACE, &http2::get(1)].concat()).await;
}

#[tokio::test]
async fn who_reads_to_the_end_gives_the_place_back() {
    let (lines, _guard) = Lines::capture();
    let server = server().await;
    let mut clients = stuck(&server, GET).await;
    let mut client = clients.pop().unwrap();
    client.shutdown().await.unwrap();
    let mut rest = Vec::new();
    client.read_to_end(&mut rest).await.unwrap();
    let line = access(&lines).pop().expect("one has ended");
    assert_eq!(
        (&line["bytes"], &line["cut_off"]),
        (&SIZE.into(), &Value::Null)
    );
    assert_eq!(status(&server).await, "200");
    server.abort();
}
