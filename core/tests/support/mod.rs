//! What the tests share: the one function that builds the service, requests, and the examples.

#![allow(dead_code, reason = "each test file uses a part of it")]

pub(crate) mod log;
pub(crate) mod memory;
pub(crate) mod server;

use dualrun::app::{App, AppConfig};
use dualrun::service::HttpService;
use dualrun::{Body, BoxError, config};
use http::{Request, Response};
use http_body_util::BodyExt;
use std::env::current_exe;
use std::path::PathBuf;
use tower::service_fn;

/// The example service, as every test uses it.
pub(crate) fn app() -> App {
    let config: AppConfig = config::load_from([
        ("APP_NAME", "shop"),
        ("ENVIRONMENT", "test"),
        ("SECRET_KEY", "hunter2"),
    ])
    .expect("a complete configuration");
    dualrun::app::app(config)
}

/// A request without headers or body.
pub(crate) fn request(method: &str, target: &str) -> Request<Body> {
    let request = Request::builder().method(method).uri(target);
    request.body(Body::empty()).expect("a valid request")
}

/// A service that answers with the request's body.
pub(crate) fn echo() -> impl HttpService {
    service_fn(|request: Request<Body>| async {
        let bytes = request.into_body().collect().await?.to_bytes();
        Ok::<_, BoxError>(Response::new(Body::from(bytes)))
    })
}

/// An example, which `cargo test` has built beside the tests.
pub(crate) fn example(name: &str) -> PathBuf {
    let tests = current_exe().expect("the tests run");
    let profile = tests.ancestors().nth(2).expect("a profile's folder");
    profile.join("examples").join(name)
}
