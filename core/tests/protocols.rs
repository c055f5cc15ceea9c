//! What good clients do over a real socket: keep-alive, pipelining, h2c, `Expect`.

mod support;

use dualrun::{Body, Options};
use http::header::CONNECTION;
use http::{Request, Response, Version};
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::convert::Infallible;
use support::server::{Server, read_until};
use support::{app, echo};
use tokio::io::AsyncWriteExt;
use tokio::sync::Barrier;
use tower::service_fn;

const HOME: &str = "shop running in test\n";

#[tokio::test]
async fn a_connection_is_kept_and_requests_may_be_pipelined() {
    let server = Server::start(app(), Options::default()).await;
    let mut client = server.connect().await;
    let get = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
    client.write_all(get.repeat(3).as_bytes()).await.unwrap();
    for _ in 0..3 {
        let answer = read_until(&mut client, HOME).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(!answer.contains("connection:"), "{answer}");
    }
    drop(client);
    server.end().await;
}

#[tokio::test]
async fn an_http_1_0_client_is_served_and_its_connection_closed() {
    let server = Server::start(app(), Options::default()).await;
    let mut client = server.connect().await;
    client.write_all(b"GET / HTTP/1.0\r\n\r\n").await.unwrap();
    let answer = read_until(&mut client, HOME).await;
    assert!(answer.starts_with("HTTP/1.0 200 OK\r\n"), "{answer}");
    server.end().await;
}

#[tokio::test]
async fn head_over_a_socket_has_a_length_and_no_body() {
    let server = Server::start(app(), Options::default()).await;
    let mut client = server.connect().await;
    client
        .write_all(b"HEAD / HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .unwrap();
    let head = read_until(&mut client, "\r\n\r\n").await;
    assert!(head.contains("content-length: 21\r\n"), "{head}");
    client
        .write_all(b"GET /health HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .unwrap();
    let next = read_until(&mut client, "}").await;
    assert!(next.starts_with("HTTP/1.1 200 OK\r\n"), "{next}");
    drop(client);
    server.end().await;
}

#[tokio::test]
async fn a_client_that_expects_to_be_asked_for_its_body_is() {
    let server = Server::start(echo(), Options::default()).await;
    let mut client = server.connect().await;
    let head = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n";
    client.write_all(head).await.unwrap();
    assert_eq!(
        read_until(&mut client, "\r\n\r\n").await,
        "HTTP/1.1 100 Continue\r\n\r\n"
    );
    client.write_all(b"hi").await.unwrap();
    read_until(&mut client, "\r\n\r\nhi").await;

    let too_large =
        b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2000000\r\nexpect: 100-continue\r\n\r\n";
    client.write_all(too_large).await.unwrap();
    let answer = read_until(&mut client, "}").await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    drop(client);
    server.end().await;
}

#[tokio::test]
async fn a_panic_costs_neither_the_connection_nor_the_next_request() {
    let service = service_fn(|request: Request<Body>| async move {
        assert_ne!(request.uri().path(), "/panic");
        Ok::<_, Infallible>(Response::new(Body::from("fine")))
    });
    let server = Server::start(service, Options::default()).await;
    let mut client = server.connect().await;
    client
        .write_all(b"GET /panic HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .unwrap();
    let answer = read_until(&mut client, "}").await;
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
    client
        .write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .unwrap();
    read_until(&mut client, "fine").await;
    drop(client);
    server.end().await;
}

async fn connect_http2(server: &Server) -> http2::SendRequest<Empty<Bytes>> {
    let io = TokioIo::new(server.connect().await);
    let (sender, connection) = http2::handshake(TokioExecutor::new(), io).await.unwrap();
    tokio::spawn(connection);
    sender
}

fn http2_request(method: &str) -> Request<Empty<Bytes>> {
    let request = Request::builder().method(method).uri("http://a/");
    request.body(Empty::new()).unwrap()
}

#[tokio::test]
async fn http2_with_prior_knowledge_is_served_on_the_same_port() {
    let server = Server::start(app(), Options::default()).await;
    let mut client = connect_http2(&server).await;
    let response = client.send_request(http2_request("GET")).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), response.version()),
        (200, Version::HTTP_2)
    );
    assert!(!response.headers().contains_key(CONNECTION));
    assert_eq!(response.headers()["x-request-id"].len(), 32);
    assert_eq!(
        response.into_body().collect().await.unwrap().to_bytes(),
        HOME
    );

    let response = client.send_request(http2_request("HEAD")).await.unwrap();
    assert_eq!(response.headers()["content-length"], "21");
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "");
    drop(client);
    server.end().await;
}

#[tokio::test]
async fn requests_of_one_http2_connection_are_served_side_by_side() {
    // Nobody passes the barrier before all three have come.
    let barrier = std::sync::Arc::new(Barrier::new(3));
    let service = service_fn(move |_: Request<Body>| {
        let barrier = barrier.clone();
        async move {
            barrier.wait().await;
            Ok::<_, Infallible>(Response::new(Body::from("done")))
        }
    });
    let server = Server::start(service, Options::default()).await;
    let client = connect_http2(&server).await;
    let calls: Vec<_> = (0..3)
        .map(|_| tokio::spawn(client.clone().send_request(http2_request("GET"))))
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().status(), 200);
    }
    drop(client);
    server.end().await;
}
