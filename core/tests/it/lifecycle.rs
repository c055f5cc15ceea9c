//! What a service does with its lifecycle: ends streams when the drain begins, finishes work, turns readiness off.

use crate::support::http1::rest;
use crate::support::memory::{Network, network};
use crate::support::server::Server;
use crate::support::{app, request};
use axum::routing::get;
use axum::{Extension, Router};
use dualrun::context::Lifecycle;
use dualrun::server::{self, Drained, Stop};
use dualrun::testing::Caller;
use dualrun::{Body, BoxError, Build, Options};
use http::{Request, Response};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tokio_stream::StreamExt;
use tower::service_fn;

/// A service whose answers go on until the drain begins.
fn endless() -> Router {
    async fn events(Extension(lifecycle): Extension<Lifecycle>) -> Response<Body> {
        let ticks = tokio_stream::iter(std::iter::repeat(())).throttle(Duration::from_millis(100));
        let frames = ticks.map(|()| Ok::<_, Infallible>(Frame::data("tick\n".into())));
        let frames = futures_util::StreamExt::take_until(frames, lifecycle.into_drain_begins());
        Response::new(Body::new(StreamBody::new(frames)))
    }
    Router::new().route("/events", get(events))
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_when_the_drain_begins_and_is_not_cut() {
    let mut server = Server::in_memory(endless(), Options::default());
    let client = server
        .sent(b"GET /events HTTP/1.1\r\nhost: a\r\n\r\n")
        .await;
    sleep(Duration::from_secs(1)).await;
    let stopped_at = Instant::now();
    server.stop(Stop::LameDuck);
    let answer = rest(client).await;
    assert!(answer.ends_with("tick\n\r\n0\r\n\r\n"), "{answer}");
    assert_eq!(
        stopped_at.elapsed().as_secs(),
        3,
        "after the lame-duck time"
    );
    assert_eq!(server.stopped().await, Drained::default());
}

/// How a server ends that has a task which takes so long after the drain has begun.
async fn flush(seconds: u64) -> (Drained, bool, u64) {
    let (_network, listener) = network();
    let lifecycle = Lifecycle::new();
    let flushed = Arc::new(AtomicBool::new(false));
    let (drain, done) = (lifecycle.clone(), Arc::clone(&flushed));
    lifecycle.spawn(async move {
        drain.drain_begins().await;
        sleep(Duration::from_secs(seconds)).await;
        done.store(true, SeqCst);
    });
    let start = Instant::now();
    let server =
        server::Server::new(dualrun::NotFound, Options::default()).with_lifecycle(lifecycle);
    let drained = server.serve(listener, async { Stop::Drain }).await;
    (drained, flushed.load(SeqCst), start.elapsed().as_secs())
}

#[tokio::test(start_paused = true)]
async fn a_task_is_waited_for_and_one_that_takes_too_long_is_counted() {
    assert_eq!(flush(5).await, (Drained::default(), true, 5));
    let (drained, flushed, seconds) = flush(60).await;
    assert_eq!((drained.tasks_cut, flushed, seconds), (1, false, 22));
    assert_eq!((drained.connections_cut, drained.requests_cut), (0, 0));
}

#[tokio::test]
async fn the_ready_path_says_what_the_service_has_set_and_what_the_end_is() {
    let options = Options::default().with_ready_path(Some("/ready".parse().unwrap()));
    let lifecycle = Lifecycle::new();
    let caller = Caller::new(app(), &options).with_lifecycle(&lifecycle);
    let ask = async || {
        let response = caller.call(request("GET", "/ready")).await;
        assert_eq!(response.headers()["cache-control"], "no-store");
        let status = response.status().as_u16();
        (status, String::from_utf8(response.body().to_vec()).unwrap())
    };
    assert_eq!(ask().await, (200, r#"{"status":"ready"}"#.into()));
    lifecycle.set_ready(false);
    assert_eq!(ask().await, (503, r#"{"status":"not ready"}"#.into()));
    // That it is not ready does not make it unhealthy.
    assert_eq!(caller.call(request("GET", "/health")).await.status(), 200);
    lifecycle.set_ready(true);
    assert_eq!(ask().await.0, 200);
}

#[tokio::test(start_paused = true)]
async fn it_is_not_ready_from_the_first_signal_on() {
    let options = Options::default().with_ready_path(Some("/ready".parse().unwrap()));
    let mut server = Server::in_memory(app(), options);
    let request = b"GET /ready HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let ask =
        async |server: &Server<Network>| rest(server.sent(request).await).await[9..12].to_owned();
    assert_eq!(ask(&server).await, "200");
    server.becomes_lame_duck().await;
    assert_eq!(ask(&server).await, "503");
    server.stopped().await;
}

#[tokio::test]
async fn without_the_option_the_service_has_the_path_to_itself() {
    let service = service_fn(|_: Request<Body>| async {
        Ok::<_, BoxError>(Response::new(Body::from("mine")))
    });
    let response = dualrun::testing::call(service, request("GET", "/ready")).await;
    assert_eq!(response.body(), "mine");
}

#[tokio::test]
async fn a_build_may_take_the_lifecycle_or_not() {
    #[derive(serde::Deserialize)]
    struct Config {}
    async fn plain(_: Config) -> Result<Router, BoxError> {
        Ok(Router::new())
    }
    async fn with_lifecycle(_: Config, lifecycle: Lifecycle) -> Result<Router, Infallible> {
        lifecycle.set_ready(false);
        Ok(Router::new())
    }
    async fn built<A>(build: impl Build<A, Config = Config>) -> Lifecycle {
        let lifecycle = Lifecycle::new();
        build.build(Config {}, lifecycle.clone()).await.unwrap();
        lifecycle
    }
    assert!(built(plain).await.is_ready());
    assert!(!built(with_lifecycle).await.is_ready());
}

#[tokio::test]
async fn a_stream_without_an_end_can_be_tested() {
    let request = Request::get("/events").body(Body::empty()).unwrap();
    let lifecycle = Lifecycle::new();
    let caller = Caller::new(endless(), &Options::default()).with_lifecycle(&lifecycle);
    let mut body = caller.send(request).await.into_body();
    for _ in 0..3 {
        let frame = body.frame().await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), "tick\n");
    }
}
