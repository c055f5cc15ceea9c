//! What the tests share: the services that they serve, and a request.
//!
//! | module | what it is |
//! |---|---|
//! | `server`, `memory` | a running server, and a network in memory |
//! | `http1`, `http2` | clients that speak in bytes |
//! | `gate` | a service that holds requests until a test lets them go |
//! | `examples` | examples as processes |
//! | `log`, `levels` | what is logged |
//! | `repository` | the repository's own files |

pub(crate) mod examples;
pub(crate) mod gate;
pub(crate) mod http1;
pub(crate) mod http2;
pub(crate) mod levels;
pub(crate) mod log;
pub(crate) mod memory;
pub(crate) mod repository;
pub(crate) mod server;

use dualrun::app::{App, AppConfig};
use dualrun::service::HttpService;
use dualrun::{Body, BoxError, config};
use http::{Request, Response};
use http_body_util::BodyExt;
use std::convert::Infallible;
use std::future::pending;
use tower::service_fn;

/// What [`app`] answers at `/`.
pub(crate) const HOME: &str = "shop running in test\n";

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

/// A service that never answers.
pub(crate) fn silent() -> impl HttpService {
    service_fn(|_: Request<Body>| pending::<Result<Response<Body>, Infallible>>())
}
