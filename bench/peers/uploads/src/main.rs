//! A user's service on dualrun: it answers with the number of bytes that it was sent.

use dualrun::{Body, BoxError};
use http::{Request, Response};
use http_body_util::BodyExt;
use serde::Deserialize;
use std::convert::Infallible;
use std::process::ExitCode;
use tower::service_fn;

#[derive(Deserialize)]
struct Config {}

async fn answer(request: Request<Body>) -> Result<Response<Body>, BoxError> {
    let bytes = request.into_body().collect().await?.to_bytes();
    Ok(Response::new(Body::from(bytes.len().to_string())))
}

fn main() -> ExitCode {
    dualrun::server::run(|Config {}| async { Ok::<_, Infallible>(service_fn(answer)) })
}
