//! The page that Prometheus reads, on a port of its own.
//!
//! One request a connection, and few connections, each with little time: whoever asks, asks in vain rather than at the
//! expense of the service. It is no server of hyper's, which would be the largest part of the metrics in the binary.

use super::accept::accept;
use crate::metrics::Recorder;
use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// So many may ask at a time. Others wait in the kernel's queue.
const CONNECTIONS: usize = 4;
/// So many wait there.
pub(super) const QUEUE: NonZeroUsize = NonZeroUsize::new(16).expect("not zero");
/// From the connection to the end of the answer: what Prometheus waits by default.
const TIME: Duration = Duration::from_secs(10);
/// Prometheus's heads have some hundred bytes.
const HEAD: usize = 8 * 1024;
const HEADERS: usize = 64;

/// Answers until it is dropped.
pub(super) async fn serve(mut listener: TcpListener, recorder: Recorder) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        let (stream, _) = accept(&mut listener).await;
        let recorder = recorder.clone();
        tokio::spawn(async move {
            let answered = async { answer(stream.await?, &recorder).await };
            // How the client takes it does not matter.
            let _ = timeout(TIME, answered).await;
            drop(place);
        });
    }
}

/// What is asked.
enum Asked {
    Page { is_head: bool },
    Wrong(&'static str),
}

async fn answer(mut stream: TcpStream, recorder: &Recorder) -> io::Result<()> {
    let mut head = Vec::with_capacity(1024);
    let asked = loop {
        if stream.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
        if let Some(asked) = asked(&head) {
            break asked;
        }
    };
    let (status, is_head, body) = match asked {
        Asked::Page { is_head } => ("200 OK", is_head, recorder.prometheus()),
        Asked::Wrong(status) => (status, false, format!("{status}\n")),
    };
    let mut text = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/plain; version=0.0.4; charset=utf-8\r\n\
         cache-control: no-store\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    if !is_head {
        text.push_str(&body);
    }
    stream.write_all(text.as_bytes()).await?;
    stream.shutdown().await
}

/// None as long as the head has not come to its end.
fn asked(head: &[u8]) -> Option<Asked> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let is_whole = match request.parse(head) {
        Ok(parsed) => parsed.is_complete(),
        Err(_) => return Some(Asked::Wrong("400 Bad Request")),
    };
    if !is_whole {
        let is_long = head.len() >= HEAD;
        return is_long.then_some(Asked::Wrong("431 Request Header Fields Too Large"));
    }
    let path = request.path.unwrap_or_default();
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    Some(match (request.method, path) {
        (Some("GET"), "/metrics") => Asked::Page { is_head: false },
        (Some("HEAD"), "/metrics") => Asked::Page { is_head: true },
        (_, "/metrics") => Asked::Wrong("405 Method Not Allowed"),
        _ => Asked::Wrong("404 Not Found"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;

    async fn page() -> SocketAddr {
        let recorder = Recorder::new();
        metrics::with_local_recorder(&recorder, || metrics::counter!("orders").increment(2));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        tokio::spawn(serve(listener, recorder));
        addr
    }

    async fn answer_to(addr: SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn metrics_are_there_and_nothing_else_is() {
        let addr = page().await;
        let page = answer_to(addr, "GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n").await;
        assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
        assert!(page.contains("content-type: text/plain; version=0.0.4"));
        assert!(page.contains("# TYPE orders counter\norders 2\n"), "{page}");
        let head = answer_to(addr, "HEAD /metrics?a=b HTTP/1.1\r\nhost: a\r\n\r\n").await;
        assert!(head.starts_with("HTTP/1.1 200 OK") && head.ends_with("\r\n\r\n"));
        for (request, status) in [
            ("GET / HTTP/1.1\r\n\r\n", "404"),
            ("POST /metrics HTTP/1.1\r\n\r\n", "405"),
            ("\0\0\0", "400"),
        ] {
            let answer = answer_to(addr, request).await;
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status} ")),
                "{answer}"
            );
        }
        let long = format!("GET /metrics HTTP/1.1\r\na: {}", "b".repeat(HEAD));
        assert!(answer_to(addr, &long).await.starts_with("HTTP/1.1 431 "));
    }

    #[tokio::test(start_paused = true)]
    async fn who_says_nothing_loses_its_place_after_a_while() {
        let addr = page().await;
        let mut silent = Vec::new();
        for _ in 0..CONNECTIONS {
            silent.push(TcpStream::connect(addr).await.unwrap());
        }
        let page = answer_to(addr, "GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n").await;
        assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    }
}
