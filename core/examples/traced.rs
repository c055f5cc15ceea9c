//! A service with spans of its own. With the feature `otel` and a collector, each request is a trace:
//!
//! ```sh
//! OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 cargo run -p dualrun --features otel --example traced
//! curl localhost:8000/orders/7
//! ```

use axum::extract::Path;
use axum::http::StatusCode;
use axum::{Extension, Json, Router, routing::get};
use dualrun::{BoxError, context::TraceContext};
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;
use tracing::Instrument;

fn main() -> ExitCode {
    dualrun::run(build)
}

async fn build(_: ()) -> Result<Router, BoxError> {
    Ok(Router::new()
        .route("/health", get(|| async { "ok" }))
        .route("/orders/{id}", get(order))
        .route("/mail", get(mail))
        .route("/fail", get(fail))
        .route("/panic", get(panics))
        .route("/slow", get(slow)))
}

/// Answers with the headers that a call to another service would have.
#[tracing::instrument(skip(trace))]
async fn order(
    Path(id): Path<u32>,
    Extension(trace): Extension<TraceContext>,
) -> Json<BTreeMap<String, String>> {
    stock(id).await;
    let headers = trace.headers();
    let texts = headers
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
    Json(texts.collect())
}

#[tracing::instrument]
async fn stock(id: u32) {
    tracing::info!(items = 3, "stock counted");
}

/// What goes on after the answer is in the same trace.
async fn mail() -> StatusCode {
    tokio::spawn(async { send().await }.in_current_span());
    StatusCode::ACCEPTED
}

#[tracing::instrument(name = "mail")]
async fn send() {
    tracing::info!("mail sent");
}

async fn fail() -> StatusCode {
    tracing::error!("the stock is unknown");
    StatusCode::INTERNAL_SERVER_ERROR
}

async fn panics() {
    panic!("on purpose");
}

async fn slow() {
    tracing::info!("waiting");
    tokio::time::sleep(Duration::from_secs(3600)).await;
}
