//! A server with as many connections as it may have: whoever has been idle longest makes room for a new one.

use crate::support::http1::{GET, GET_SLOW, read_until, send};
use crate::support::http2::PREFACE;
use crate::support::memory::Network;
use crate::support::server::Server;
use dualrun::{Body, Options};
use http::{Request, Response};
use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::time::Duration;
use tokio::io::{AsyncReadExt, DuplexStream};
use tokio::time::{Instant, sleep};
use tower::service_fn;

const POST: &[u8] = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nhi";
const HALF: &[u8] = b"GET / HT";

type Full = Server<Network>;

/// A server for three connections.
fn full() -> Full {
    let options = Options::default().with_max_connections(NonZeroUsize::new(3).unwrap());
    let service = service_fn(|request: Request<Body>| async move {
        if request.uri().path() == "/slow" {
            sleep(Duration::from_secs(15)).await;
        }
        Ok::<_, Infallible>(Response::new(Body::from("done")))
    });
    Server::in_memory(service, options)
}

/// How many seconds a new client waits for its answer.
async fn wait(full: &Full) -> f64 {
    let start = Instant::now();
    answered(full).await;
    (start.elapsed().as_secs_f64() * 10.0).round() / 10.0
}

/// A client that has had an answer.
async fn answered(full: &Full) -> DuplexStream {
    let mut client = full.sent(GET).await;
    read_until(&mut client, "done").await;
    client
}

/// What the three clients have sent before, and whether that has an answer.
async fn idle(bytes: &[u8], has_answer: bool) -> Full {
    let full = full();
    for _ in 0..3 {
        let mut client = full.sent(bytes).await;
        if has_answer {
            read_until(&mut client, "done").await;
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
        assert!(wait(&full).await <= 1.2, "{shown:?}");
        sleep(Duration::from_secs(5)).await;
        for _ in 0..3 {
            assert!(wait(&full).await <= 1.2, "{shown:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn idle_http2_clients_have_two_seconds_to_take_notice() {
    let full = idle(PREFACE, false).await;
    assert!(wait(&full).await <= 3.3);
}

#[tokio::test(start_paused = true)]
async fn the_one_that_has_been_idle_longest_goes_and_the_others_stay() {
    let full = full();
    let mut clients = Vec::new();
    for _ in 0..3 {
        clients.push(answered(&full).await);
        sleep(Duration::from_secs(2)).await;
    }
    // The first has asked again since.
    send(&mut clients[0], GET).await;
    read_until(&mut clients[0], "done").await;
    assert!(wait(&full).await <= 0.1);
    assert_eq!(clients[1].read(&mut [0]).await.unwrap(), 0, "closed");
    for at in [0, 2] {
        send(&mut clients[at], GET).await;
        read_until(&mut clients[at], "done").await;
    }
    full.end().await;
}

#[tokio::test(start_paused = true)]
async fn who_has_left_while_idle_is_not_counted_on() {
    let full = full();
    for _ in 0..100 {
        drop(answered(&full).await);
        sleep(Duration::from_secs(2)).await;
    }
    for _ in 0..3 {
        std::mem::forget(answered(&full).await);
    }
    sleep(Duration::from_secs(2)).await;
    assert!(wait(&full).await <= 0.1);
    full.end().await;
}

#[tokio::test(start_paused = true)]
async fn nobody_is_closed_who_waits_for_an_answer() {
    let full = idle(GET_SLOW, false).await;
    let waited = wait(&full).await;
    assert!((15.0..=16.2).contains(&waited), "{waited}");
}
