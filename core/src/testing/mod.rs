//! Calls a service from a unit test the way a runtime does, without a socket, and plays Lambda for a whole
//! function.

#[cfg(feature = "lambda")]
mod function;
#[cfg(all(feature = "lambda", feature = "server"))]
mod runtime_api;

#[cfg(feature = "lambda")]
pub use self::function::{Function, call_lambda};
#[cfg(all(feature = "lambda", feature = "server"))]
pub use self::runtime_api::{RuntimeApi, Sent};

use crate::context::Platform;
use crate::service::HttpService;
use crate::stack::{Arrival, Client, Stack};
use crate::{Body, Options};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use std::net::{IpAddr, Ipv4Addr};
use tokio::time::Instant;

/// The response that a client would get, with the stack around the service, default options, and a client
/// at 127.0.0.1.
///
/// # Panics
///
/// If the response's body fails. A panic of the service itself is a 500, as it is for a client.
///
/// ```
/// use dualrun::{Body, app::AppConfig, config, testing};
/// use http::Request;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let config: AppConfig = config::load_from([
///     ("APP_NAME", "shop"),
///     ("ENVIRONMENT", "test"),
///     ("SECRET_KEY", "hunter2"),
/// ])?;
/// let response = testing::call(dualrun::app(config), Request::get("/").body(Body::empty())?).await;
/// assert_eq!(response.body(), "shop running in test\n");
/// # Ok::<(), dualrun::BoxError>(())
/// # })?;
/// # Ok::<(), dualrun::BoxError>(())
/// ```
pub async fn call<S: HttpService>(service: S, request: Request<Body>) -> Response<Bytes> {
    Caller::new(service, &Options::default())
        .call(request)
        .await
}

/// A service with the stack around it, for tests that need other options or several requests that
/// count against the same limits.
#[derive(Clone)]
pub struct Caller<S: HttpService> {
    stack: Stack<S>,
}

impl<S: HttpService> Caller<S> {
    /// Puts the stack around `service`. Clones count together.
    pub fn new(service: S, options: &Options) -> Self {
        Self {
            stack: Stack::new(service, options),
        }
    }

    /// As [`call`](self::call()).
    ///
    /// # Panics
    ///
    /// If the response's body fails.
    pub async fn call(&self, request: Request<Body>) -> Response<Bytes> {
        let arrival = Arrival {
            at: Instant::now(),
            cut_at: None,
            id: None,
            client: Client::Behind(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            platform: Platform::Server,
            guard: (),
        };
        let response = self.stack.call(request, arrival).await;
        let (parts, body) = response.into_parts();
        #[allow(clippy::expect_used, reason = "documented")]
        let body = body
            .collect()
            .await
            .expect("the response's body is complete");
        Response::from_parts(parts, body.to_bytes())
    }
}
