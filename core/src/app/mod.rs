//! The example service, which the two binaries serve. No other module knows of it.
//!
//! | route | answer |
//! |---|---|
//! | `GET /` | 200, `{APP_NAME} running in {ENVIRONMENT}` and a newline, `text/plain` |
//! | `GET /health` | 200, `{"status":"ok"}`, `application/json` |
//! | `HEAD` of either | the same without the body |
//! | another method on either | 405 with `Allow`, JSON |
//! | anything else | 404, JSON |
//!
//! Paths are matched as they are sent: `/health/` and `//` are not routes, a query changes nothing.

mod config;

pub use self::config::AppConfig;

use crate::context::RequestId;
use crate::options::DEFAULT_HEALTH_PATH;
use crate::{Body, ErrorBody};
use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};
use tower::Service;

/// The example service; see the [module](self) for its routes.
///
/// ```
/// use dualrun::{Body, app::AppConfig, config};
/// use http::Request;
/// use tower::ServiceExt;
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let config: AppConfig = config::load_from([
///     ("APP_NAME", "shop"),
///     ("ENVIRONMENT", "test"),
///     ("SECRET_KEY", "hunter2"),
/// ])?;
/// let response = dualrun::app::app(config).oneshot(Request::new(Body::empty())).await?;
/// assert_eq!(response.status(), 200);
/// # Ok::<(), dualrun::BoxError>(())
/// # })?;
/// # Ok::<(), dualrun::BoxError>(())
/// ```
pub fn app(config: AppConfig) -> App {
    let AppConfig {
        app_name,
        environment,
        secret_key: _,
    } = config;
    App {
        home: format!("{app_name} running in {environment}\n").into(),
    }
}

/// [`app`] in the form that the runtimes take.
///
/// # Errors
///
/// None; the signature is that of any service's `build`.
pub async fn build(config: AppConfig) -> Result<App, Infallible> {
    Ok(app(config))
}

/// The service that [`app`] returns.
#[derive(Clone, Debug)]
pub struct App {
    home: Bytes,
}

impl App {
    fn answer(&self, request: &Request<Body>) -> Response<Body> {
        let (content_type, body) = match request.uri().path() {
            "/" => (
                HeaderValue::from_static("text/plain; charset=utf-8"),
                self.home.clone(),
            ),
            DEFAULT_HEALTH_PATH => (
                HeaderValue::from_static("application/json"),
                Bytes::from_static(br#"{"status":"ok"}"#),
            ),
            _ => return refuse(request, StatusCode::NOT_FOUND, "not found"),
        };
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let status = StatusCode::METHOD_NOT_ALLOWED;
            let mut response = refuse(request, status, "method not allowed");
            let allowed = HeaderValue::from_static("GET, HEAD");
            response.headers_mut().insert(ALLOW, allowed);
            return response;
        }
        let mut response = Response::new(Body::from(body));
        response.headers_mut().insert(CONTENT_TYPE, content_type);
        response
    }
}

fn refuse(request: &Request<Body>, status: StatusCode, text: &'static str) -> Response<Body> {
    ErrorBody::new(text)
        .with_request_id(request.extensions().get::<RequestId>())
        .into_response(status)
}

impl Service<Request<Body>> for App {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        ready(Ok(self.answer(&request)))
    }
}
