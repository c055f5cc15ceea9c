//! An axum router that shows what it got, and answers in every way that an adapter could spoil; and a service that fails.

use axum::body::{Body, Bytes};
use axum::extract::{OriginalUri, Request};
use axum::http::header::{CONTENT_TYPE, HOST, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{AppendHeaders, IntoResponse};
use axum::routing::{any, get, post};
use axum::{Extension, Json, Router};
use dualrun::BoxError;
use dualrun::context::{ClientAddr, Deadline, Lifecycle, Platform, RequestId, TraceContext};
use dualrun::service::HttpService;
use serde_json::{Value, json};
use tower::service_fn;
use tracing::Instrument;

/// What arrived, but for what every transport adds on its own.
async fn echo(
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Json<Value> {
    let shown = |name: &str| {
        name.starts_with("x-") && !name.starts_with("x-forwarded-") && name != "x-request-id"
    };
    let headers: Vec<_> = headers
        .iter()
        .filter(|(name, _)| {
            shown(name.as_str()) || ["accept", "content-type", "cookie"].contains(&name.as_str())
        })
        .map(|(name, value)| {
            (
                name.to_string(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect();
    Json(json!({
        "method": method.as_str(),
        "uri": uri.to_string(),
        "headers": headers,
        "body": body.to_vec(),
    }))
}

pub(crate) fn router() -> Router {
    Router::new()
        .route("/echo", any(echo))
        .route("/echo/{*rest}", any(echo))
        .route(
            "/set-cookies",
            get(|| async {
                (
                    AppendHeaders([(SET_COOKIE, "a=1; Path=/"), (SET_COOKIE, "b=2")]),
                    "set",
                )
            }),
        )
        .route(
            "/repeat",
            get(|| async { (AppendHeaders([("x-many", "1"), ("x-many", "2")]), "twice") }),
        )
        .route(
            "/binary",
            get(|| async { Body::from(&b"\x00\xff\xfe\r\n"[..]) }),
        )
        .route(
            "/image",
            get(|| async { ([(CONTENT_TYPE, "image/png")], &b"\x89PNG\r\n\x1a\n"[..]) }),
        )
        .route("/empty", get(|| async { StatusCode::NO_CONTENT }))
        .route(
            "/no-content",
            get(|| async { (StatusCode::NO_CONTENT, "that must not be sent") }),
        )
        .route(
            "/not-modified",
            get(|| async { (StatusCode::NOT_MODIFIED, "that must not be sent") }),
        )
        .route(
            "/redirect",
            get(|| async { (StatusCode::TEMPORARY_REDIRECT, [(LOCATION, "/echo?a=b")]) }),
        )
        .route("/panic", get(panics))
        .route(
            "/json",
            post(|Json(value): Json<Value>| async move { Json(value) }),
        )
        .route(
            "/id",
            get(|Extension(id): Extension<RequestId>| async move { id.to_string() }),
        )
        .route(
            "/context",
            get(|request: Request| async move { context(&request) }),
        )
        .route("/log", get(log))
        .route(
            "/trace",
            get(|Extension(trace): Extension<TraceContext>| async move {
                let parent = trace.parent_id().map(|id| id.to_string());
                Json(json!([
                    trace.trace_id().to_string(),
                    parent,
                    trace.is_sampled()
                ]))
            }),
        )
        .route(
            "/client",
            get(|request: Request| async move { client(&request).into_response() }),
        )
}

/// One that has no answer to anything, by an error of its own.
pub(crate) fn failing() -> impl HttpService {
    service_fn(|_: http::Request<dualrun::Body>| async {
        let error = BoxError::from("the password is hunter2");
        Err::<http::Response<dualrun::Body>, _>(error)
    })
}

/// Logs by itself, and by a task that goes on in its span.
async fn log() -> &'static str {
    tracing::info!("handled");
    let task = async { tracing::info!("handled") };
    let task = tokio::spawn(task.in_current_span());
    task.await.expect("it does not panic");
    "logged"
}

async fn panics() {
    panic!("as the row wants it");
}

/// What every handler finds, whatever it runs on.
fn context(request: &Request) -> Json<Value> {
    let extensions = request.extensions();
    // How much depends on what Lambda grants.
    let left = extensions.get::<Deadline>().map(Deadline::remaining);
    Json(json!({
        "id": extensions.get::<RequestId>().is_some(),
        "client": extensions.get::<ClientAddr>().is_some(),
        "platform": extensions.get::<Platform>().is_some(),
        "lifecycle": extensions.get::<Lifecycle>().is_some(),
        "host": request.headers().contains_key(HOST),
        "has_time_left": left.is_some_and(|left| !left.is_zero()),
    }))
}

fn client(request: &Request) -> String {
    let ClientAddr(ip) = request
        .extensions()
        .get()
        .expect("the stack has put it there");
    ip.to_string()
}
