//! Clients that close their side while they wait, and clients that are gone: they look the same until something is sent.

use super::*;
use crate::server::connection::half_close::PROBE;
use http_body_util::BodyExt;
use std::pin::Pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::task::Waker;
use tokio::io::ReadBuf;
use tokio::sync::mpsc;

/// The server's end of a connection that the system tells more of than memory could.
struct Tcp {
    io: DuplexStream,
    peer: Arc<Peer>,
}

/// What the client's system knows.
#[derive(Default)]
struct Peer {
    has_closed: AtomicBool,
    /// It answers what it gets with a reset, and has got something.
    is_gone: AtomicBool,
    was_reset: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

impl Peer {
    /// Closes the client's side, with somebody behind it or nobody.
    fn close(&self, is_gone: bool) {
        self.is_gone.store(is_gone, SeqCst);
        self.has_closed.store(true, SeqCst);
        if let Some(waker) = self.waker.lock().unwrap().take() {
            waker.wake();
        }
    }
}

impl Transport for Tcp {
    fn has_unread(&self) -> bool {
        false
    }

    fn poll_peek(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        *self.peer.waker.lock().unwrap() = Some(cx.waker().clone());
        if self.peer.was_reset.load(SeqCst) {
            Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
        } else if self.peer.has_closed.load(SeqCst) {
            Poll::Ready(Ok(0))
        } else {
            Poll::Pending
        }
    }
}

impl AsyncRead for Tcp {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.io).poll_read(cx, buffer);
        match read {
            Poll::Pending if self.peer.has_closed.load(SeqCst) => Poll::Ready(Ok(())),
            read => read,
        }
    }
}

impl AsyncWrite for Tcp {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.peer.is_gone.load(SeqCst) && self.peer.was_reset.swap(true, SeqCst) {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

/// A service that reads the body and answers after `seconds`, and sends word when it is dropped before that.
fn slow(seconds: u64) -> (impl HttpService, mpsc::UnboundedReceiver<Instant>) {
    struct Dropped(mpsc::UnboundedSender<Instant>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            let _ = self.0.send(Instant::now());
        }
    }
    let (sender, dropped) = mpsc::unbounded_channel();
    let service = service_fn(move |request: Request<Body>| {
        let guard = Dropped(sender.clone());
        async move {
            let _ = request.into_body().collect().await;
            sleep(Duration::from_secs(seconds)).await;
            std::mem::forget(guard);
            Ok::<_, Infallible>(Response::new(Body::from("shop running in test\n")))
        }
    });
    (service, dropped)
}

/// A client that has asked and closed its side, of a service that takes so long.
async fn closed(seconds: u64, is_gone: bool) -> (Client, mpsc::UnboundedReceiver<Instant>) {
    closed_after(GET, seconds, is_gone).await
}

async fn closed_after(
    request: &[u8],
    seconds: u64,
    is_gone: bool,
) -> (Client, mpsc::UnboundedReceiver<Instant>) {
    let (service, dropped) = slow(seconds);
    let (io, server) = duplex(4096);
    let peer = Arc::<Peer>::default();
    let tcp = Tcp {
        io: server,
        peer: Arc::clone(&peer),
    };
    let mut client = Client::connect_over(io, tcp, service);
    client.send(request).await;
    peer.close(is_gone);
    (client, dropped)
}

#[tokio::test(start_paused = true)]
async fn who_waits_gets_the_answer_and_then_the_end() {
    for seconds in [0, 1] {
        let (client, _) = closed(seconds, false).await;
        let (answer, ended) = client.rest().await;
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer:?}");
        assert!(answer.ends_with("shop running in test\n"), "{answer:?}");
        assert_eq!(ended.as_secs(), seconds);
    }
}

#[tokio::test(start_paused = true)]
async fn who_waits_longer_is_asked_once_whether_it_is_there() {
    let (client, _) = closed(15, false).await;
    let (answer, ended) = client.rest().await;
    let rest = answer.strip_prefix(PROBE).expect("a 100 Continue");
    assert!(rest.starts_with(b"HTTP/1.1 200 OK\r\n"));
    assert_eq!(ended.as_secs(), 15);
}

#[tokio::test(start_paused = true)]
async fn who_is_gone_costs_the_service_two_seconds() {
    let (client, mut dropped) = closed(15, true).await;
    let at = dropped.recv().await.unwrap();
    assert_eq!((at - client.start).as_secs(), 2);
    assert_eq!(client.shared.requests_cut(), 0, "nobody has cut it");
}

#[tokio::test(start_paused = true)]
async fn an_http_1_0_client_cannot_be_asked_and_has_its_deadline() {
    let (client, _) = closed_after(b"GET / HTTP/1.0\r\n\r\n", 15, false).await;
    let (answer, ended) = client.rest().await;
    assert!(answer.starts_with(b"HTTP/1.0 200 OK\r\n"));
    assert_eq!(ended.as_secs(), 15);
}

#[tokio::test(start_paused = true)]
async fn who_was_asked_for_the_body_can_be_asked_again() {
    let (service, mut dropped) = slow(15);
    let (io, server) = duplex(4096);
    let peer = Arc::<Peer>::default();
    let tcp = Tcp {
        io: server,
        peer: Arc::clone(&peer),
    };
    let mut client = Client::connect_over(io, tcp, service);
    let head = b"POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n";
    client.send(head).await;
    client.io.read_exact(&mut [0; PROBE.len()]).await.unwrap();
    client.send(b"hi").await;
    tokio::task::yield_now().await;
    peer.close(true);
    let at = dropped.recv().await.unwrap();
    assert_eq!((at - client.start).as_secs(), 2);
}
