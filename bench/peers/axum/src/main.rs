//! The example service's two routes and an upload with axum, on one thread. Variables turn on the log and the metrics that
//! people usually add to it.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tower_http::trace::{DefaultMakeSpan, DefaultOnResponse, TraceLayer};
use tracing::Level;

#[allow(
    clippy::disallowed_methods,
    reason = "a peer reads its variables as such programs do"
)]
fn is_on(name: &str) -> bool {
    std::env::var(name).is_ok_and(|value| value == "on")
}

/// The bounds that OpenTelemetry advises for durations of requests.
const BOUNDS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

/// A recorder for Prometheus. Somebody has to empty its histograms, as with a page that is scraped.
fn record() {
    let builder = PrometheusBuilder::new();
    let duration = Matcher::Full("http_requests_duration_seconds".to_owned());
    let recorder = builder
        .set_buckets_for_metric(duration, &BOUNDS)
        .expect("bounds")
        .install_recorder()
        .expect("no other recorder");
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(5)).await;
            recorder.run_upkeep();
        }
    });
}

/// Counts a request and its duration by method, route and status.
async fn counted(request: Request, next: Next) -> Response {
    let start = Instant::now();
    let path = request.extensions().get::<MatchedPath>();
    let path = path.map_or_else(
        || request.uri().path().to_owned(),
        |path| path.as_str().to_owned(),
    );
    let method = request.method().clone();
    let response = next.run(request).await;
    let labels = [
        ("method", method.to_string()),
        ("path", path),
        ("status", response.status().as_u16().to_string()),
    ];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_requests_duration_seconds", &labels)
        .record(start.elapsed().as_secs_f64());
    response
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let mut routes = Router::new()
        .route("/", get(|| async { "shop running in bench\n" }))
        .route(
            "/health",
            get(|| async { ([(CONTENT_TYPE, "application/json")], r#"{"status":"ok"}"#) }),
        )
        .route(
            "/upload",
            post(|body: Bytes| async move { body.len().to_string() }),
        )
        .layer(DefaultBodyLimit::max(2 << 20));
    if is_on("METRICS") {
        record();
        routes = routes.route_layer(from_fn(counted));
    }
    if is_on("ACCESS_LOG") {
        tracing_subscriber::fmt().json().init();
        let trace = TraceLayer::new_for_http()
            .make_span_with(DefaultMakeSpan::new().level(Level::INFO))
            .on_response(DefaultOnResponse::new().level(Level::INFO));
        routes = routes.layer(trace);
    }
    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    axum::serve(listener, routes).await
}
