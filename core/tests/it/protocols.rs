//! What good clients do over a real socket: keep-alive, pipelining, h2c, `Expect`.

use crate::support::gate::Gate;
use crate::support::http1::{GET, head, read_until, send};
use crate::support::http2::handshake;
use crate::support::server::Server;
use crate::support::{HOME, app, echo};
use dualrun::{Body, Options};
use http::header::CONNECTION;
use http::{Request, Response, Version};
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use std::convert::Infallible;
use tower::service_fn;

#[tokio::test]
async fn a_connection_is_kept_and_requests_may_be_pipelined() {
    let server = Server::start(app(), Options::default()).await;
    let mut client = server.sent(&GET.repeat(3)).await;
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
    let mut client = server.sent(b"GET / HTTP/1.0\r\n\r\n").await;
    let answer = read_until(&mut client, HOME).await;
    assert!(answer.starts_with("HTTP/1.0 200 OK\r\n"), "{answer}");
    server.end().await;
}

#[tokio::test]
async fn head_over_a_socket_has_a_length_and_no_body() {
    let server = Server::start(app(), Options::default()).await;
    let mut client = server.sent(b"HEAD / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let head = head(&mut client).await;
    assert!(head.contains("content-length: 21\r\n"), "{head}");
    send(&mut client, b"GET /health HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let next = read_until(&mut client, "}").await;
    assert!(next.starts_with("HTTP/1.1 200 OK\r\n"), "{next}");
    drop(client);
    server.end().await;
}

#[tokio::test]
async fn a_client_that_expects_to_be_asked_for_its_body_is() {
    let server = Server::start(echo(), Options::default()).await;
    let expects =
        b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n";
    let mut client = server.sent(expects).await;
    assert_eq!(head(&mut client).await, "HTTP/1.1 100 Continue\r\n\r\n");
    send(&mut client, b"hi").await;
    read_until(&mut client, "\r\n\r\nhi").await;

    let too_large =
        b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2000000\r\nexpect: 100-continue\r\n\r\n";
    send(&mut client, too_large).await;
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
    let mut client = server.sent(b"GET /panic HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let answer = read_until(&mut client, "}").await;
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
    send(&mut client, GET).await;
    read_until(&mut client, "fine").await;
    drop(client);
    server.end().await;
}

fn http2_request(method: &str, target: &str) -> Request<Empty<Bytes>> {
    let request = Request::builder().method(method).uri(target);
    request.body(Empty::new()).unwrap()
}

#[tokio::test]
async fn http2_with_prior_knowledge_is_served_on_the_same_port() {
    let server = Server::start(app(), Options::default()).await;
    let mut client = handshake(server.connect().await).await;
    let response = client
        .send_request(http2_request("GET", "http://a/"))
        .await
        .unwrap();
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

    let response = client
        .send_request(http2_request("HEAD", "http://a/"))
        .await
        .unwrap();
    assert_eq!(response.headers()["content-length"], "21");
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "");
    drop(client);
    server.end().await;
}

#[tokio::test]
async fn requests_of_one_http2_connection_are_served_side_by_side() {
    let gate = Gate::new();
    let server = Server::start(gate.service(), Options::default()).await;
    let client = handshake(server.connect().await).await;
    let calls: Vec<_> = (0..3)
        .map(|_| http2_request("GET", "http://a/slow"))
        .map(|request| tokio::spawn(client.clone().send_request(request)))
        .collect();
    // None has its answer before all three have come.
    gate.entered(3).await;
    gate.release(3);
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().status(), 200);
    }
    drop(client);
    server.end().await;
}
