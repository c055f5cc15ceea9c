//! What the standards ask of a server, over real sockets: one `Host`, no content where there is none, no coding that
//! is not spoken here, and nothing for caches that they should not keep.

use crate::support::http1::{head, read_until, send};
use crate::support::http2::handshake;
use crate::support::server::Server;
use dualrun::{Body, Options};
use http::header::{CONTENT_LENGTH, HOST};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty, StreamBody};
use hyper::body::Frame;
use std::convert::Infallible;
use tower::service_fn;

/// A service that answers `/host` with the host that it finds, and elsewhere as the path says.
async fn server() -> Server {
    let service = service_fn(|request: Request<Body>| async move {
        let host = request.headers().get(HOST);
        let host = host
            .map_or("none", |host| host.to_str().unwrap())
            .to_owned();
        let mut response = Response::new(Body::from("that must not be sent"));
        match request.uri().path() {
            "/204" => *response.status_mut() = StatusCode::NO_CONTENT,
            "/304" => *response.status_mut() = StatusCode::NOT_MODIFIED,
            "/304-of-ours" => {
                *response.status_mut() = StatusCode::NOT_MODIFIED;
                response.headers_mut().insert(CONTENT_LENGTH, 21.into());
            }
            "/unsized" => {
                let frames = tokio_stream::once(Ok::<_, Infallible>(Frame::data("piece".into())));
                *response.body_mut() = Body::new(StreamBody::new(frames));
            }
            "/panic" => panic!("as the test wants it"),
            "/health" => *response.body_mut() = Body::from("fine"),
            _ => *response.body_mut() = Body::from(host),
        }
        Ok::<_, Infallible>(response)
    });
    Server::start(service, Options::default().with_body_limit(10)).await
}

#[track_caller]
fn check(answer: &str, status: u16, body: &str) {
    assert!(
        answer.starts_with(&format!("HTTP/1.1 {status} ")),
        "{answer}"
    );
    assert!(answer.ends_with(&format!("\r\n\r\n{body}")), "{answer}");
}

#[tokio::test]
async fn http_1_1_says_once_and_well_whom_it_asks() {
    let server = server().await;
    let with = |hosts: &str| format!("GET /host HTTP/1.1\r\n{hosts}connection: close\r\n\r\n");
    for hosts in [
        "",
        "host: a\r\nhost: a\r\n",
        "host: a b\r\n",
        "host: a/b\r\n",
        "host: u@a\r\n",
    ] {
        let refused = server.answer(with(hosts)).await;
        assert!(refused.starts_with("HTTP/1.1 400 "), "{hosts:?}: {refused}");
        assert!(
            refused.contains("{\"error\":\"malformed request\",\"request_id\":"),
            "{refused}"
        );
    }
    check(&server.answer(with("host: a:80\r\n")).await, 200, "a:80");
    let absolute = "GET http://b:81/host HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    check(&server.answer(absolute).await, 200, "b:81");
    let old = server.answer("GET /host HTTP/1.0\r\n\r\n").await;
    assert!(
        old.starts_with("HTTP/1.0 200 ") && old.ends_with("none"),
        "{old}"
    );
    server.end().await;
}

#[tokio::test]
async fn http_2_has_the_authority_where_services_look_for_the_host() {
    let server = server().await;
    let mut client = handshake(server.connect().await).await;
    let request = |host: Option<&str>| {
        let request = Request::get("http://a:80/host");
        let request = host
            .into_iter()
            .fold(request, |request, host| request.header(HOST, host));
        request.body(Empty::new()).unwrap()
    };
    for host in [None, Some("a:80")] {
        let response = client.send_request(request(host)).await.unwrap();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, "a:80");
    }
    let response = client.send_request(request(Some("b"))).await.unwrap();
    assert_eq!(response.status(), 400);
    drop(client);
    server.end().await;
}

#[tokio::test]
async fn what_has_no_content_has_no_length_either() {
    let server = server().await;
    let mut client = server.connect().await;
    let mut newer = handshake(server.connect().await).await;
    for path in ["/204", "/304", "/304-of-ours"] {
        let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n");
        send(&mut client, request.as_bytes()).await;
        let head = head(&mut client).await;
        assert!(
            !head.contains("content-length") && !head.contains("transfer-encoding"),
            "{head}"
        );

        let request = Request::get(format!("http://a{path}")).body(Empty::new());
        let response = newer.send_request(request.unwrap()).await.unwrap();
        assert!(!response.headers().contains_key(CONTENT_LENGTH), "{path}");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, "", "{path}");
    }
    // Nothing of them is in the way of the next answer.
    send(&mut client, b"GET /host HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let next = read_until(&mut client, "\r\n\r\na").await;
    assert!(next.starts_with("HTTP/1.1 200 "), "{next}");
    drop((client, newer));
    server.end().await;
}

#[tokio::test]
async fn a_head_has_no_length_where_nobody_knows_it() {
    let server = server().await;
    let head = "HEAD /unsized HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let answer = server.answer(head).await;
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && !answer.contains("content-length"),
        "{answer}"
    );
    let mut newer = handshake(server.connect().await).await;
    let request = Request::head("http://a/unsized")
        .body(Empty::new())
        .unwrap();
    let response = newer.send_request(request).await.unwrap();
    assert!(!response.headers().contains_key(CONTENT_LENGTH));
    drop(newer);
    server.end().await;
}

#[tokio::test]
async fn what_is_not_spoken_here_is_a_501() {
    let server = server().await;
    for request in [
        "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\n\r\n",
    ] {
        let refused = server.answer(request).await;
        assert!(
            refused.starts_with("HTTP/1.1 501 "),
            "{request:?}: {refused}"
        );
    }
    // Without chunks at its end, nobody knows where the body ends (RFC 9112, section 6.3).
    let endless = "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip\r\n\r\n";
    let refused = server.answer(endless).await;
    assert!(refused.starts_with("HTTP/1.1 400 "), "{refused}");
    let mut client = handshake(server.connect().await).await;
    let request = Request::builder().method(Method::CONNECT).uri("a:1");
    let response = client
        .send_request(request.body(Empty::new()).unwrap())
        .await
        .unwrap();
    assert_eq!(response.status(), 501);
    drop(client);
    server.end().await;
}

#[tokio::test]
async fn caches_are_told_not_to_keep_health_and_errors() {
    let server = server().await;
    let large = "x".repeat(70_000);
    for (request, status) in [
        ("GET /health HTTP/1.1\r\nhost: a\r\n", 200),
        ("GET / HTTP/1.1\r\n", 400),
        ("GET\x01 / HTTP/1.1\r\nhost: a\r\n", 400),
        (
            &*format!("GET / HTTP/1.1\r\nhost: a\r\nx: {large}\r\n"),
            431,
        ),
        ("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 11\r\n", 413),
        ("GET /panic HTTP/1.1\r\nhost: a\r\n", 500),
    ] {
        let request = format!("{request}connection: close\r\n\r\n");
        let answer = server.answer(request).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{answer}"
        );
        assert!(answer.contains("cache-control: no-store\r\n"), "{answer}");
        if status != 200 {
            assert!(answer.contains("\"request_id\":\""), "{answer}");
        }
    }
    let mine = server
        .answer("GET /host HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .await;
    assert!(!mine.contains("cache-control"), "{mine}");
    server.end().await;
}
