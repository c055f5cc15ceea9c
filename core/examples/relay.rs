//! A streamed answer: `GET /` sends on what the program reads on its own stdin, as it comes.
//!
//! ```text
//! cargo run -p dualrun --example relay
//! curl --no-buffer localhost:8000   # elsewhere; then type lines into the first
//! ```

use axum::body::Body;
use axum::routing::get;
use axum::{Router, response::Response};
use dualrun::BoxError;
use http_body::Frame;
use http_body_util::StreamBody;
use std::process::ExitCode;
use tokio::io::{AsyncBufReadExt, BufReader, stdin};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::LinesStream;

/// Nothing to configure.
#[derive(serde::Deserialize)]
struct Config {}

async fn lines() -> Response {
    let lines = LinesStream::new(BufReader::new(stdin()).lines());
    let frames = lines.map(|line| Ok::<_, std::io::Error>(Frame::data((line? + "\n").into())));
    Response::new(Body::new(StreamBody::new(frames)))
}

async fn build(_: Config) -> Result<Router, BoxError> {
    Ok(Router::new().route("/", get(lines)))
}

fn main() -> ExitCode {
    dualrun::run(build)
}
