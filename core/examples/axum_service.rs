//! Your own service: an axum router and a configuration struct, on whichever runtime it finds itself.
//!
//! ```text
//! GREETING=hello cargo run -p dualrun --example axum_service
//! curl -i localhost:8000/hello/world
//! ```

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Extension, Json, Router};
use dualrun::BoxError;
use dualrun::context::{ClientAddr, RequestId};
use serde::{Deserialize, Serialize};
use std::process::ExitCode;
use std::sync::Arc;

/// Read from `GREETING`, required, and `PUNCTUATION`.
#[derive(Deserialize)]
pub(crate) struct Config {
    greeting: String,
    punctuation: Option<char>,
}

/// The answer of `GET /hello/{name}`.
#[derive(Serialize)]
struct Hello {
    text: String,
    client: String,
    request_id: String,
}

async fn hello(
    State(config): State<Arc<Config>>,
    Path(name): Path<String>,
    Extension(ClientAddr(client)): Extension<ClientAddr>,
    Extension(request_id): Extension<RequestId>,
) -> Json<Hello> {
    // The line also says which request it was.
    tracing::info!(name, "greeted");
    let punctuation = config.punctuation.unwrap_or('.');
    Json(Hello {
        text: format!("{}, {name}{punctuation}", config.greeting),
        client: client.to_string(),
        request_id: request_id.to_string(),
    })
}

/// Builds the service; the runtime and the tests both call this.
///
/// # Errors
///
/// None here; connecting to a database would be one.
pub(crate) async fn build(config: Config) -> Result<Router, BoxError> {
    Ok(Router::new()
        .route("/health", get(|| async { "ok" }))
        .route("/hello/{name}", get(hello))
        .with_state(Arc::new(config)))
}

fn main() -> ExitCode {
    dualrun::run(build)
}
