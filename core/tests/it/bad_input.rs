//! What a client may send over a real socket that no good client would: each has its answer, and the next
//! request on a new connection works.

use crate::support::http1::{GET, read_until};
use crate::support::server::{Server, make_room_for_a_crowd};
use crate::support::{app, echo};
use dualrun::Options;

impl Server {
    async fn mission() -> Self {
        Self::start(app(), Options::default()).await
    }

    /// Sends `request`, expects a response with `status` and the end of the connection.
    async fn check(&self, request: &[u8], status: &str) -> String {
        let shown = String::from_utf8_lossy(&request[..request.len().min(60)]).into_owned();
        let answer = self.answer(request).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{shown:?}: {answer:?}"
        );
        assert_eq!(
            answer.matches("HTTP/1.1").count(),
            1,
            "one response only: {answer:?}"
        );
        self.check_alive().await;
        answer
    }

    async fn check_alive(&self) {
        let answer = self
            .answer(b"GET /health HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
            .await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer:?}");
    }
}

#[tokio::test]
async fn what_is_not_http_is_a_400() {
    let server = Server::mission().await;
    let tls_hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 and so on";
    server.check(tls_hello, "400").await;
    server.check(b"GET /\r\n", "400").await;
    server
        .check(b"GET / HTTP/3.0\r\nhost: a\r\n\r\n", "400")
        .await;
    server
        .check(b"GET / HTTP/1.1\r\nno colon\r\n\r\n", "400")
        .await;
    server
        .check(b"GET / HTTP/1.1\r\nspace : a\r\n\r\n", "400")
        .await;
    server
        .check(b"GET /a b HTTP/1.1\r\nhost: a\r\n\r\n", "400")
        .await;
    server.check(b"\0\0\0\0\r\n\r\n", "400").await;
    // Begins like the preface of HTTP/2, and is not.
    server
        .check(b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", "400")
        .await;
    server.end().await;
}

#[tokio::test]
async fn heads_that_are_too_large_are_a_431_or_414() {
    let server = Server::mission().await;
    let header = |size| {
        format!(
            "GET / HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n",
            "x".repeat(size)
        )
    };
    server.check(header(1 << 20).as_bytes(), "431").await;
    server.check(header(65 * 1024).as_bytes(), "431").await;
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(101));
    server.check(many.as_bytes(), "431").await;
    let target = format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "x".repeat(1 << 20));
    server.check(target.as_bytes(), "431").await;
    let close = "connection: close\r\n";
    let large = format!(
        "GET / HTTP/1.1\r\nhost: a\r\n{close}x: {}\r\n\r\n",
        "x".repeat(60 * 1024)
    );
    server.check(large.as_bytes(), "200").await;
    server.end().await;
}

#[tokio::test]
async fn requests_that_smuggle_others_end_their_connection() {
    let server = Server::mission().await;
    let smuggled = "GET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n";
    let two_lengths = format!(
        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\ncontent-length: 4\r\n\r\n{smuggled}"
    );
    server.check(two_lengths.as_bytes(), "400").await;
    let bad_length = format!("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: +4\r\n\r\n{smuggled}");
    server.check(bad_length.as_bytes(), "400").await;
    let not_last =
        format!("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked, gzip\r\n\r\n{smuggled}");
    server.check(not_last.as_bytes(), "400").await;
    let old = format!("POST / HTTP/1.0\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n{smuggled}");
    server.check(old.as_bytes(), "400").await;
    for framing in [
        "content-length: 4\r\ntransfer-encoding: chunked",
        "transfer-encoding: chunked\r\ncontent-length: 4",
        "transfer-encoding: chunked\r\ntransfer-encoding: chunked",
    ] {
        let both = format!("POST / HTTP/1.1\r\nhost: a\r\n{framing}\r\n\r\n0\r\n\r\n{smuggled}");
        server.check(both.as_bytes(), "405").await;
    }
    server.end().await;
}

#[tokio::test]
async fn bodies_that_are_too_large_are_a_413_and_garbage_is_a_400() {
    let options = Options::default().with_body_limit(1000);
    let server = Server::start(echo(), options).await;
    let announced = [
        b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5000000\r\n\r\n".to_vec(),
        vec![b'x'; 5_000_000],
    ];
    server.check(&announced.concat(), "413").await;

    let chunk = [b"ffff\r\n".to_vec(), vec![b'x'; 0xffff], b"\r\n".to_vec()].concat();
    let chunked = [
        b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n".to_vec(),
        chunk.repeat(50),
    ];
    server.check(&chunked.concat(), "413").await;

    let garbage =
        b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nnot a chunk\r\n";
    let answer = server.check(garbage, "400").await;
    assert!(answer.contains("request body cannot be read"), "{answer}");
    server.end().await;
}

#[tokio::test]
async fn targets_of_every_form_have_their_answer() {
    let server = Server::mission().await;
    for (target, status) in [
        ("GET http://example.com/health", "200"),
        ("GET /health?x", "200"),
        ("GET /health?x=\u{fc}", "200"),
        ("GET /health/", "404"),
        ("GET //", "404"),
        ("GET /../health", "404"),
        ("GET /h\u{e9}alth", "404"),
        ("GET /%00", "404"),
        ("OPTIONS *", "404"),
        ("CONNECT example.com:443", "501"),
        ("GET health", "404"),
        ("GET http://", "400"),
        ("get /health", "405"),
    ] {
        let request = format!("{target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        server.check(request.as_bytes(), status).await;
    }
    server.end().await;
}

#[tokio::test]
async fn a_body_that_nobody_reads_does_not_cost_the_client_its_answer() {
    let server = Server::mission().await;
    let body = vec![b'x'; 1 << 20];
    let head = format!(
        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    server
        .check(&[head.into_bytes(), body].concat(), "405")
        .await;
    server.end().await;
}

#[tokio::test]
async fn a_line_break_after_a_body_does_not_hold_up_the_answer() {
    let server = Server::start(echo(), Options::default()).await;
    let request = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nhi\r\n";
    let mut client = server.sent(request).await;
    read_until(&mut client, "\r\n\r\nhi").await;
    drop(client);
    server.end().await;
}

#[tokio::test]
async fn a_thousand_silent_connections_keep_nobody_waiting() {
    make_room_for_a_crowd();
    let server = Server::mission().await;
    let mut silent = Vec::new();
    for _ in 0..1000 {
        silent.push(server.connect().await);
    }
    for _ in 0..10 {
        server.check_alive().await;
    }
    drop(silent);
    server.end().await;
}

#[tokio::test]
async fn a_client_that_resets_its_connection_costs_nothing() {
    let server = Server::mission().await;
    for request in [&b""[..], b"GET / HT", GET] {
        let client = server.sent(request).await;
        client.set_zero_linger().unwrap();
        drop(client);
        server.check_alive().await;
    }
    server.end().await;
}
