//! Each deadline of a connection, to the millisecond: in-memory connections and a paused clock.

use super::connection;
use super::shared::Shared;
use crate::app::{AppConfig, app};
use crate::service::HttpService;
use crate::stack::Stack;
use crate::{Body, Options, config};
use http::{Request, Response};
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, advance, sleep};
use tower::service_fn;

const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// A frame header with length 0, type SETTINGS, no flags, stream 0 (RFC 9113, section 4.1).
const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];

/// A client's end of a connection to a server that is about to serve it.
struct Client {
    io: DuplexStream,
    shared: Arc<Shared>,
    served: JoinHandle<()>,
    start: Instant,
}

impl Client {
    fn connect() -> Self {
        let config: AppConfig = config::load_from([
            ("APP_NAME", "shop"),
            ("ENVIRONMENT", "test"),
            ("SECRET_KEY", "hunter2"),
        ])
        .unwrap();
        Self::connect_to(app(config), 4096)
    }

    fn connect_to<S: HttpService>(service: S, buffer: usize) -> Self {
        let options = Options::default();
        let shared = Shared::new(&options);
        let (io, server) = duplex(buffer);
        let peer = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let stack = Stack::new(service, &options);
        let served = tokio::spawn(connection::serve(server, peer, stack, Arc::clone(&shared)));
        Self {
            io,
            shared,
            served,
            start: Instant::now(),
        }
    }

    async fn send(&mut self, bytes: &[u8]) {
        self.io
            .write_all(bytes)
            .await
            .expect("the connection is open");
    }

    /// One response of ours: its head, and the body that follows.
    async fn response(&mut self) -> String {
        let mut text = Vec::new();
        while !text.ends_with(b"shop running in test\n") {
            text.push(self.io.read_u8().await.expect("a whole response"));
        }
        String::from_utf8(text).unwrap()
    }

    /// Everything up to the end, and when that came.
    async fn rest(mut self) -> (Vec<u8>, Duration) {
        let mut rest = Vec::new();
        let _ = self.io.read_to_end(&mut rest).await;
        (rest, self.start.elapsed())
    }

    #[track_caller]
    fn check_ended_after(&self, seconds: u64) {
        let elapsed = self.start.elapsed();
        assert_eq!(
            elapsed.as_millis() / 10,
            u128::from(seconds) * 100,
            "{elapsed:?}"
        );
    }
}

/// Reads to the end and tells when it came, in whole hundredths of a second.
async fn ends_after(client: Client) -> f64 {
    let (_, elapsed) = client.rest().await;
    (elapsed.as_secs_f64() * 100.0).round() / 100.0
}

#[tokio::test(start_paused = true)]
async fn a_silent_client_is_cut_at_the_head_deadline() {
    assert_eq!(ends_after(Client::connect()).await, 10.0);
}

#[tokio::test(start_paused = true)]
async fn half_a_preface_is_cut_at_the_head_deadline() {
    let mut client = Client::connect();
    sleep(Duration::from_secs(4)).await;
    client.send(&PREFACE[..12]).await;
    assert_eq!(ends_after(client).await, 10.0);
}

#[tokio::test(start_paused = true)]
async fn a_trickled_head_is_cut_at_the_head_deadline() {
    let mut client = Client::connect();
    for byte in &b"GET / HTTP/1.1\r\n"[..9] {
        client.send(&[*byte]).await;
        sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(ends_after(client).await, 10.0);
}

#[tokio::test(start_paused = true)]
async fn a_trickled_second_head_is_cut_ten_seconds_after_its_first_byte() {
    let mut client = Client::connect();
    client.send(GET).await;
    client.response().await;
    sleep(Duration::from_secs(30)).await;
    client.send(b"GET / H").await;
    sleep(Duration::from_secs(9)).await;
    client.send(b"T").await;
    assert_eq!(ends_after(client).await, 40.0);
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_kept_for_75_seconds_after_its_last_response() {
    let mut client = Client::connect();
    for _ in 0..3 {
        sleep(Duration::from_secs(9)).await;
        client.send(GET).await;
        client.response().await;
    }
    assert_eq!(ends_after(client).await, 27.0 + 75.0);
}

#[tokio::test(start_paused = true)]
async fn an_idle_http2_connection_is_told_to_go_away() {
    let mut client = Client::connect();
    client.send(PREFACE).await;
    client.send(SETTINGS).await;
    let (frames, elapsed) = client.rest().await;
    assert!((75..78).contains(&elapsed.as_secs()), "{elapsed:?}");
    assert!(
        frame_types(&frames).contains(&7),
        "GOAWAY among {:?}",
        frame_types(&frames)
    );
}

fn frame_types(mut bytes: &[u8]) -> Vec<u8> {
    let mut types = Vec::new();
    while let [a, b, c, kind, ..] = bytes {
        types.push(*kind);
        let length = usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c);
        bytes = &bytes[bytes.len().min(9 + length)..];
    }
    types
}

#[tokio::test(start_paused = true)]
async fn a_trickled_http2_head_is_cut_ten_seconds_after_its_first_byte() {
    let mut client = Client::connect();
    client.send(PREFACE).await;
    client.send(SETTINGS).await;
    sleep(Duration::from_secs(20)).await;
    // A HEADERS frame of 100 bytes on stream 1, of which five come.
    client.send(&[0, 0, 100, 1, 4, 0, 0, 0, 1]).await;
    for _ in 0..5 {
        sleep(Duration::from_secs(1)).await;
        client.send(&[0x82]).await;
    }
    assert_eq!(ends_after(client).await, 30.0);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_nothing_is_cut() {
    let big = service_fn(|_: Request<Body>| async {
        Ok::<_, Infallible>(Response::new(Body::from(vec![b'x'; 1 << 20])))
    });
    let mut client = Client::connect_to(big, 1024);
    client.send(GET).await;
    (&mut client.served).await.unwrap();
    client.check_ended_after(75);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_a_little_now_and_then_is_not_cut() {
    let size = 4096;
    let service = service_fn(move |_: Request<Body>| async move {
        Ok::<_, Infallible>(Response::new(Body::from(vec![b'x'; size])))
    });
    let mut client = Client::connect_to(service, 256);
    client
        .send(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .await;
    let mut received = Vec::new();
    let mut part = [0; 256];
    loop {
        let read = client.io.read(&mut part).await.unwrap();
        if read == 0 {
            break;
        }
        received.extend_from_slice(&part[..read]);
        sleep(Duration::from_secs(60)).await;
    }
    assert!(received.ends_with(&vec![b'x'; size]));
}

/// A service that waits to be released, and says when it was entered.
fn held() -> (impl HttpService, Arc<Notify>, Arc<Notify>) {
    let (entered, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (inside, go) = (Arc::clone(&entered), Arc::clone(&release));
    let service = service_fn(move |_: Request<Body>| {
        let (inside, go) = (Arc::clone(&inside), Arc::clone(&go));
        async move {
            inside.notify_one();
            go.notified().await;
            Ok::<_, Infallible>(Response::new(Body::from("shop running in test\n")))
        }
    });
    (service, entered, release)
}

#[tokio::test(start_paused = true)]
async fn a_drain_closes_what_is_idle_and_finishes_what_is_not() {
    let mut idle = Client::connect();
    idle.send(GET).await;
    idle.response().await;
    idle.shared.begin_drain();
    assert_eq!(ends_after(idle).await, 0.0);

    let (service, entered, release) = held();
    let mut busy = Client::connect_to(service, 4096);
    busy.send(GET).await;
    entered.notified().await;
    busy.shared.begin_drain();
    advance(Duration::from_secs(15)).await;
    assert!(!busy.served.is_finished());
    release.notify_one();
    let response = busy.response().await;
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    assert!(response.contains("connection: close\r\n"), "{response}");
    assert_eq!(ends_after(busy).await, 15.0);
}

#[tokio::test(start_paused = true)]
async fn a_drain_closes_a_connection_that_never_said_anything() {
    let client = Client::connect();
    sleep(Duration::from_secs(5)).await;
    client.shared.begin_drain();
    assert_eq!(ends_after(client).await, 5.0);
}

#[tokio::test(start_paused = true)]
async fn a_drain_waits_a_second_for_the_first_request_of_a_new_connection() {
    let silent = Client::connect();
    silent.shared.begin_drain();
    assert_eq!(ends_after(silent).await, 1.0);

    let mut client = Client::connect();
    client.shared.begin_drain();
    sleep(Duration::from_millis(500)).await;
    client.send(GET).await;
    let response = client.response().await;
    assert!(response.contains("connection: close\r\n"), "{response}");
    assert_eq!(ends_after(client).await, 0.5);
}

#[tokio::test(start_paused = true)]
async fn a_drain_waits_for_a_head_that_is_on_its_way() {
    for before in [&b""[..], GET] {
        let mut client = Client::connect();
        client.send(before).await;
        if !before.is_empty() {
            client.response().await;
        }
        client.send(&GET[..10]).await;
        sleep(Duration::from_secs(1)).await;
        client.shared.begin_drain();
        sleep(Duration::from_secs(1)).await;
        client.send(&GET[10..]).await;
        let response = client.response().await;
        assert!(response.contains("connection: close\r\n"), "{response}");
        assert_eq!(ends_after(client).await, 2.0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_drain_tells_http2_to_go_away() {
    let mut client = Client::connect();
    client.send(PREFACE).await;
    client.send(SETTINGS).await;
    tokio::task::yield_now().await;
    client.shared.begin_drain();
    let (frames, elapsed) = client.rest().await;
    assert!(
        frame_types(&frames).contains(&7),
        "GOAWAY among {:?}",
        frame_types(&frames)
    );
    assert!(elapsed.as_secs() <= 2, "{elapsed:?}");
}

#[tokio::test(start_paused = true)]
async fn a_lame_duck_answers_and_asks_to_come_back_elsewhere() {
    let mut client = Client::connect();
    client.shared.begin_lame_duck();
    client.send(GET).await;
    let response = client.response().await;
    assert!(response.contains("connection: close\r\n"), "{response}");
    assert_eq!(ends_after(client).await, 0.0);
}

#[tokio::test(start_paused = true)]
async fn a_request_with_chunks_ends_its_connection() {
    let mut client = Client::connect();
    let smuggled = b"GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    client.send(smuggled).await;
    client
        .send(b"GET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n")
        .await;
    let response = client.response().await;
    assert!(response.contains("connection: close\r\n"), "{response}");
    let (rest, _) = client.rest().await;
    assert_eq!(rest, b"", "nothing after the first response");
}
