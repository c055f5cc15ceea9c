//! The routes as a client sees them, with all that the runtimes put around them, and without a socket.

use crate::{AppConfig, build};
use axum::body::Bytes;
use axum::http::{Request, Response};
use dualrun::config::load_from;
use dualrun::{Body, testing};

#% if has_database
const VARIABLES: [(&str, &str); 4] = [
#% else
const VARIABLES: [(&str, &str); 3] = [
#% endif
    ("APP_NAME", "shop"),
    ("ENVIRONMENT", "test"),
    ("SECRET_KEY", "hunter2"),
#% if has_database
    ("DATABASE_URL", "postgres://localhost/shop"),
#% endif
];

async fn call(method: &str, path: &str) -> Response<Bytes> {
    let config: AppConfig = load_from(VARIABLES).expect("complete");
    let service = build(config).await.expect("a service");
    let request = Request::builder().method(method).uri(path);
    let request = request.header("x-request-id", "abc-1");
    testing::call(service, request.body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn home_says_what_runs_where() {
    let response = call("GET", "/").await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.body(), "shop running in test\n");
}

#[tokio::test]
async fn hello_greets_with_the_id_of_the_request() {
    let response = call("GET", "/hello/world").await;
    assert_eq!(response.status(), 200);
    assert_eq!(
        response.body(),
        r#"{"text":"Hello, world.","request_id":"abc-1"}"#
    );
}

#[tokio::test]
async fn health_is_ok() {
    let response = call("GET", "/health").await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.body(), r#"{"status":"ok"}"#);
}

#[tokio::test]
async fn anything_else_is_not_found() {
    let response = call("GET", "/nope").await;
    assert_eq!(response.status(), 404);
    assert_eq!(call("POST", "/").await.status(), 405);
}

#[test]
fn it_does_not_start_without_its_variables_and_names_all_of_them() {
    let error = load_from::<AppConfig, _, _>([("APP_NAME", "shop")]).expect_err("incomplete");
    let error = error.to_string();
#% if has_database
    for name in ["ENVIRONMENT", "SECRET_KEY", "DATABASE_URL"] {
#% else
    for name in ["ENVIRONMENT", "SECRET_KEY"] {
#% endif
        assert!(error.contains(name), "{error}");
    }
}
