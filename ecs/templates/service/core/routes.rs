//! The routes.
//!
//! | route | answer |
//! |---|---|
//! | `GET /` | 200, `{APP_NAME} running in {ENVIRONMENT}` and a newline |
//! | `GET /hello/{name}` | 200, a greeting with the request's id, JSON |
//! | `GET /health` | 200, `{"status":"ok"}`, JSON |
//! | anything else | 404, JSON |

use crate::AppConfig;
use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Extension, Json, Router};
use dualrun::NotFound;
use dualrun::context::RequestId;
use serde::Serialize;
use std::sync::Arc;

pub(crate) fn router(config: AppConfig) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/hello/{name}", get(hello))
        .route("/health", get(health))
        .fallback_service(NotFound)
        .with_state(Arc::new(config))
}

async fn home(State(config): State<Arc<AppConfig>>) -> String {
    format!("{} running in {}\n", config.app_name, config.environment)
}

#[derive(Serialize)]
struct Hello {
    text: String,
    request_id: String,
}

async fn hello(
    Path(name): Path<String>,
    Extension(request_id): Extension<RequestId>,
) -> Json<Hello> {
    // The line in the log also says which request it is about.
    tracing::info!(name, "greeted");
    Json(Hello {
        text: format!("Hello, {name}."),
        request_id: request_id.to_string(),
    })
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
}

#% if has_database
/// Whether the process is alive. It does not ask the database: ECS replaces tasks that are unhealthy, and while a database is
/// away that would be all of them, over and over.
#% else
/// Whether the process is alive, and not whether others are: ECS replaces every task that is unhealthy.
#% endif
async fn health() -> Json<Health> {
    Json(Health { status: "ok" })
}
