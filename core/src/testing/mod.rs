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

use crate::context::{Lifecycle, Platform};
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
/// let response = testing::call(dualrun::app::app(config), Request::get("/").body(Body::empty())?).await;
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

/// [`call`](self::call()) with the body unread, for one that has no end or whose pieces matter.
///
/// ```
/// use dualrun::{Body, testing};
/// use http::{Request, Response};
/// use http_body_util::BodyExt;
/// use std::convert::Infallible;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let service = tower::service_fn(|_: Request<Body>| async {
///     let ticks = std::iter::repeat_with(|| Ok::<_, Infallible>(http_body::Frame::data("tick".into())));
///     let frames = tokio_stream::iter(ticks);
///     Ok::<_, Infallible>(Response::new(Body::new(http_body_util::StreamBody::new(frames))))
/// });
/// let response = testing::send(service, Request::new(Body::empty())).await;
/// let frame = response.into_body().frame().await.expect("it has no end")?;
/// assert_eq!(frame.into_data().unwrap(), "tick");
/// # Ok::<(), dualrun::BoxError>(())
/// # })?;
/// # Ok::<(), dualrun::BoxError>(())
/// ```
pub async fn send<S: HttpService>(service: S, request: Request<Body>) -> Response<Body> {
    Caller::new(service, &Options::default())
        .send(request)
        .await
}

/// A service with the stack around it, for tests that need other options or several requests that
/// count against the same limits.
#[derive(Clone, Debug)]
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

    /// The same with a lifecycle that the test holds, so that it can see what handlers do with theirs.
    #[must_use]
    pub fn with_lifecycle(mut self, lifecycle: &Lifecycle) -> Self {
        self.stack = self.stack.with_lifecycle(lifecycle);
        self
    }

    /// As [`call`](self::call()).
    ///
    /// # Panics
    ///
    /// If the response's body fails.
    pub async fn call(&self, request: Request<Body>) -> Response<Bytes> {
        let (parts, body) = self.send(request).await.into_parts();
        #[allow(clippy::expect_used, reason = "documented")]
        let body = body
            .collect()
            .await
            .expect("the response's body is complete");
        Response::from_parts(parts, body.to_bytes())
    }

    /// As [`send`](self::send()).
    pub async fn send(&self, request: Request<Body>) -> Response<Body> {
        let arrival = Arrival {
            at: Instant::now(),
            cut_at: None,
            id: None,
            trace: None,
            client: Client::Behind(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            platform: Platform::Server,
            fault: None,
            guard: (),
        };
        self.stack.call(request, arrival).await.map(Body::new)
    }
}
