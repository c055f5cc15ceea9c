//! A handler that keeps a whole body in memory while it works on it: `POST /` answers with the body's length.
//!
//! ```text
//! cargo run -p dualrun --example uploads
//! curl --data-binary @Cargo.lock localhost:8000   # elsewhere
//! ```

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::get;
use dualrun::BoxError;
use std::process::ExitCode;
use std::time::Duration;
use tokio::time::sleep;

/// Read from `WORK_SECONDS`, which may be left out.
#[derive(serde::Deserialize)]
struct Config {
    work_seconds: Option<u64>,
}

async fn work(State(time): State<Duration>, body: Bytes) -> String {
    // Something that needs all of the body would take some time too.
    sleep(time).await;
    body.len().to_string()
}

async fn build(config: Config) -> Result<Router, BoxError> {
    let time = Duration::from_secs(config.work_seconds.unwrap_or(1));
    Ok(Router::new()
        .route("/", get(|| async { "hello" }).post(work))
        .route("/health", get(|| async { "ok" }))
        // `DUALRUN_BODY_LIMIT` is the limit.
        .layer(DefaultBodyLimit::disable())
        .with_state(time))
}

fn main() -> ExitCode {
    dualrun::run(build)
}
