//! The mission's two routes and an upload with axum, one thread.

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::header::CONTENT_TYPE;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tower_http::trace::{DefaultMakeSpan, DefaultOnResponse, TraceLayer};
use tracing::Level;

#[allow(
    clippy::disallowed_methods,
    reason = "a peer reads its variables as such programs do"
)]
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
    if std::env::var("ACCESS_LOG").is_ok_and(|log| log == "on") {
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
