//! A server with as many connections as it may have: whoever has been idle longest makes room for a new one.

mod support;

use dualrun::server::{Drained, Stop, serve};
use dualrun::{Body, Options};
use http::{Request, Response};
use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::time::Duration;
use support::memory::{Network, network};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tower::service_fn;

const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";
const SLOW: &[u8] = b"GET /slow HTTP/1.1\r\nhost: a\r\n\r\n";
const POST: &[u8] = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nhi";
const HALF: &[u8] = b"GET / HT";
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

struct Full {
    network: Network,
    stop: oneshot::Sender<Stop>,
    served: JoinHandle<Drained>,
}

impl Full {
    /// A server for three connections.
    fn start() -> Self {
        let (network, listener) = network();
        let (stop, stopped) = oneshot::channel();
        let options = Options::default().with_max_connections(NonZeroUsize::new(3).unwrap());
        let service = service_fn(|request: Request<Body>| async move {
            if request.uri().path() == "/slow" {
                sleep(Duration::from_secs(15)).await;
            }
            Ok::<_, Infallible>(Response::new(Body::from("done")))
        });
        let served = tokio::spawn(serve(listener, service, options, async {
            stopped.await.unwrap()
        }));
        Self {
            network,
            stop,
            served,
        }
    }

    async fn connect(&self, bytes: &[u8]) -> DuplexStream {
        let mut client = self.network.connect(4096);
        client.write_all(bytes).await.unwrap();
        client
    }

    /// How many seconds a new client waits for its answer.
    async fn wait(&self) -> f64 {
        let start = Instant::now();
        let mut client = self.connect(GET).await;
        answered(&mut client).await;
        (start.elapsed().as_secs_f64() * 10.0).round() / 10.0
    }

    async fn end(self) {
        self.stop.send(Stop::Drain).unwrap();
        self.served.await.unwrap();
    }
}

async fn answered(client: &mut DuplexStream) {
    let mut text = Vec::new();
    while !text.ends_with(b"done") {
        text.push(client.read_u8().await.expect("an answer"));
    }
}

/// What the three clients have sent before, and whether that has an answer.
async fn idle(bytes: &[u8], has_answer: bool) -> Full {
    let full = Full::start();
    for _ in 0..3 {
        let mut client = full.connect(bytes).await;
        if has_answer {
            answered(&mut client).await;
        }
        // They stay connected, and do nothing more.
        std::mem::forget(client);
    }
    full
}

#[tokio::test(start_paused = true)]
async fn idle_clients_of_any_kind_make_room() {
    for (bytes, has_answer) in [(&b""[..], false), (GET, true), (POST, true), (HALF, false)] {
        let full = idle(bytes, has_answer).await;
        let shown = String::from_utf8_lossy(bytes);
        assert!(full.wait().await <= 1.2, "{shown:?}");
        sleep(Duration::from_secs(5)).await;
        for _ in 0..3 {
            assert!(full.wait().await <= 1.2, "{shown:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn idle_http2_clients_have_two_seconds_to_take_notice() {
    let full = idle(PREFACE, false).await;
    assert!(full.wait().await <= 3.3);
}

#[tokio::test(start_paused = true)]
async fn the_one_that_has_been_idle_longest_goes_and_the_others_stay() {
    let full = Full::start();
    let mut clients = Vec::new();
    for _ in 0..3 {
        let mut client = full.connect(GET).await;
        answered(&mut client).await;
        clients.push(client);
        sleep(Duration::from_secs(2)).await;
    }
    // The first has asked again since.
    clients[0].write_all(GET).await.unwrap();
    answered(&mut clients[0]).await;
    assert!(full.wait().await <= 0.1);
    assert_eq!(clients[1].read(&mut [0]).await.unwrap(), 0, "closed");
    for at in [0, 2] {
        clients[at].write_all(GET).await.unwrap();
        answered(&mut clients[at]).await;
    }
    full.end().await;
}

#[tokio::test(start_paused = true)]
async fn who_has_left_while_idle_is_not_counted_on() {
    let full = Full::start();
    for _ in 0..100 {
        let mut client = full.connect(GET).await;
        answered(&mut client).await;
        sleep(Duration::from_secs(2)).await;
    }
    for _ in 0..3 {
        let mut client = full.connect(GET).await;
        answered(&mut client).await;
        std::mem::forget(client);
    }
    sleep(Duration::from_secs(2)).await;
    assert!(full.wait().await <= 0.1);
    full.end().await;
}

#[tokio::test(start_paused = true)]
async fn nobody_is_closed_who_waits_for_an_answer() {
    let full = idle(SLOW, false).await;
    let waited = full.wait().await;
    assert!((15.0..=16.2).contains(&waited), "{waited}");
}
