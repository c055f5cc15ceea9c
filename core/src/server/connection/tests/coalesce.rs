//! Small writes go together, and none of them is forgotten.

use super::*;
use http_body_util::StreamBody;
use hyper::body::Frame;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll};
use tokio::io::ReadBuf;
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::UnboundedReceiverStream;

/// A socket that counts what is written to it at once.
struct Counted {
    io: DuplexStream,
    writes: Arc<AtomicUsize>,
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.writes.fetch_add(1, Relaxed);
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.writes.fetch_add(1, Relaxed);
        Pin::new(&mut self.io).poll_write_vectored(cx, slices)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

impl Transport for Counted {
    fn has_unread(&self) -> bool {
        self.io.has_unread()
    }

    fn poll_peek(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        self.io.poll_peek(cx)
    }
}

/// Answers with as many letters as the path says.
fn letters() -> impl HttpService {
    service_fn(|request: Request<Body>| async move {
        let count = request.uri().path()[1..].parse().unwrap();
        Ok::<_, Infallible>(Response::new(Body::from(vec![b'x'; count])))
    })
}

fn counted(service: impl HttpService, buffer: usize) -> (Client, Arc<AtomicUsize>) {
    let (io, server) = duplex(buffer);
    let writes = Arc::<AtomicUsize>::default();
    let server = Counted {
        io: server,
        writes: Arc::clone(&writes),
    };
    (Client::connect_over(io, server, service), writes)
}

/// So many requests for bodies of these sizes, all in one, and the sizes of the bodies that come back.
async fn bodies(client: &mut Client, sizes: &[usize]) -> Vec<usize> {
    let requests = sizes
        .iter()
        .map(|size| format!("GET /{size} HTTP/1.1\r\nhost: a\r\n\r\n"));
    client.send(requests.collect::<String>().as_bytes()).await;
    let mut answered = Vec::new();
    for _ in sizes {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(client.io.read_u8().await.unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        let (_, length) = head.split_once("content-length: ").unwrap();
        let length: usize = length.lines().next().unwrap().parse().unwrap();
        let mut body = vec![0; length];
        client.io.read_exact(&mut body).await.unwrap();
        assert!(body.iter().all(|&byte| byte == b'x'));
        answered.push(length);
    }
    answered
}

#[tokio::test(start_paused = true)]
async fn a_response_is_one_write_and_so_are_those_to_requests_that_came_together() {
    let (mut client, writes) = counted(letters(), 1 << 16);
    bodies(&mut client, &[20]).await;
    assert_eq!(writes.swap(0, Relaxed), 1);
    bodies(&mut client, &[20, 30, 40, 50]).await;
    assert_eq!(writes.load(Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn large_and_small_come_in_their_order() {
    let sizes = [5, 100_000, 4_000, 17, 4_096, 1, 20_000, 3];
    for buffer in [300, 5_000, 1 << 20] {
        let (mut client, _) = counted(letters(), buffer);
        assert_eq!(bodies(&mut client, &sizes).await, sizes);
    }
}

#[tokio::test(start_paused = true)]
async fn more_requests_than_hyper_takes_in_one_go() {
    let sizes = [2_000; 100];
    let (mut client, _) = counted(letters(), 1 << 20);
    assert_eq!(bodies(&mut client, &sizes).await, sizes);
}

#[tokio::test(start_paused = true)]
async fn a_line_break_behind_the_request_holds_nothing_back() {
    let mut client = Client::connect();
    client.send(&[GET, b"\r\n"].concat()).await;
    client.response().await;
}

#[tokio::test(start_paused = true)]
async fn the_parts_of_a_stream_are_sent_as_they_come() {
    let (sender, receiver) = mpsc::unbounded_channel::<&'static str>();
    let receiver = Arc::new(std::sync::Mutex::new(Some(receiver)));
    let service = service_fn(move |_: Request<Body>| {
        let receiver = receiver.lock().unwrap().take().unwrap();
        let parts = UnboundedReceiverStream::new(receiver)
            .map(|part| Ok::<_, Infallible>(Frame::data(part.into())));
        async move { Ok::<_, Infallible>(Response::new(Body::new(StreamBody::new(parts)))) }
    });
    let mut client = Client::connect_to(service, 4096);
    client.send(GET).await;
    for part in ["one", "two", "three"] {
        sender.send(part).unwrap();
        let mut received = Vec::new();
        while !received.ends_with(part.as_bytes()) {
            received.push(client.io.read_u8().await.unwrap());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_looks_like_an_answer_of_hypers_own_is_sent() {
    const PIECE: &str = "HTTP/1.1 404 Not Found\r\n\r\n";
    for is_last_known in [true, false] {
        let (sender, pieces) = mpsc::unbounded_channel::<&'static str>();
        let pieces = Arc::new(std::sync::Mutex::new(Some(pieces)));
        let service = service_fn(move |_: Request<Body>| {
            let pieces = pieces.lock().unwrap().take().expect("one request");
            async move {
                let frames = UnboundedReceiverStream::new(pieces);
                let frames = frames.map(|piece| Ok::<_, Infallible>(Frame::data(piece.into())));
                let mut response = Response::new(Body::new(StreamBody::new(frames)));
                if is_last_known {
                    let length = (1 + PIECE.len()).into();
                    response.headers_mut().insert("content-length", length);
                }
                Ok::<_, Infallible>(response)
            }
        });
        let mut client = Client::connect_to(service, 4096);
        client.send(GET).await;
        sender.send("x").unwrap();
        sleep(Duration::from_millis(10)).await;
        sender.send(PIECE).unwrap();
        drop(sender);
        sleep(Duration::from_millis(10)).await;
        client.shared.begin_drain();
        let (answer, _) = client.rest().await;
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(answer.contains(PIECE), "{answer}");
    }
}
