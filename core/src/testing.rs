//! Calls a service from a unit test the way a runtime does, without a socket.

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

/// The answer that Lambda would get for `event`, with default options and 3 seconds to go.
///
/// # Errors
///
/// [`NoHttpEvent`](crate::lambda::NoHttpEvent), for an event that carries no request.
///
/// ```
/// use dualrun::{app::AppConfig, config, testing};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let config: AppConfig = config::load_from([
///     ("APP_NAME", "shop"),
///     ("ENVIRONMENT", "test"),
///     ("SECRET_KEY", "hunter2"),
/// ])?;
/// let event = serde_json::json!({ "httpMethod": "GET", "path": "/health" });
/// let answer = testing::call_lambda(dualrun::app(config), &event).await?;
/// assert_eq!(answer["body"], r#"{"status":"ok"}"#);
/// # Ok::<(), dualrun::BoxError>(())
/// # })?;
/// # Ok::<(), dualrun::BoxError>(())
/// ```
#[cfg(feature = "lambda")]
pub async fn call_lambda<S: HttpService>(
    service: S,
    event: &serde_json::Value,
) -> Result<serde_json::Value, crate::lambda::NoHttpEvent> {
    Function::new(service, &Options::default())
        .call(event)
        .await
}

/// A service as a Lambda function, for tests that need other options or several invocations.
#[cfg(feature = "lambda")]
#[derive(Clone)]
pub struct Function<S> {
    adapter: crate::lambda::Adapter<S>,
}

#[cfg(feature = "lambda")]
impl<S: HttpService> Function<S> {
    /// Puts the stack around `service`. Clones count together.
    pub fn new(service: S, options: &Options) -> Self {
        let adapter = crate::lambda::Adapter::new(service, options);
        Self { adapter }
    }

    /// As [`call_lambda`].
    ///
    /// # Errors
    ///
    /// [`NoHttpEvent`](crate::lambda::NoHttpEvent), for an event that carries no request.
    #[allow(clippy::expect_used, reason = "JSON in, JSON out")]
    pub async fn call(
        &self,
        event: &serde_json::Value,
    ) -> Result<serde_json::Value, crate::lambda::NoHttpEvent> {
        use std::time::{Duration, SystemTime};

        let mut context = lambda_runtime::Context::default();
        context.request_id = "8476a536-e9f4-11e8-9739-2dfe598c3fcd".into();
        let end = SystemTime::now() + Duration::from_secs(3);
        let end = end
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        context.deadline = u64::try_from(end.as_millis()).unwrap_or(u64::MAX);
        let event = serde_json::value::to_raw_value(event).expect("JSON");
        match self.adapter.answer(&event, &context)?.await {
            lambda_runtime::FunctionResponse::BufferedResponse(json) => {
                Ok(serde_json::from_str(json.get()).expect("JSON"))
            }
            lambda_runtime::FunctionResponse::StreamingResponse(response) => {
                Ok(collected(response).await)
            }
        }
    }
}

/// A streamed answer in the form of one for an HTTP API.
#[cfg(feature = "lambda")]
#[allow(clippy::expect_used, reason = "documented")]
async fn collected(
    response: lambda_runtime::StreamResponse<crate::lambda::BodyStream>,
) -> serde_json::Value {
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;
    use tokio_stream::StreamExt;

    let mut json = serde_json::to_value(response.metadata_prelude).expect("JSON");
    let mut stream = response.stream;
    let mut body = Vec::new();
    while let Some(piece) = stream.next().await {
        body.extend(piece.expect("the response's body is complete"));
    }
    json["body"] = BASE64_STANDARD.encode(body).into();
    json["isBase64Encoded"] = true.into();
    json
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
            request,
            at: Instant::now(),
            cut_at: None,
            id: None,
            client: Client::Behind(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            platform: Platform::Server,
            guard: (),
        };
        let response = self.stack.call(arrival).await;
        let (parts, body) = response.into_parts();
        #[allow(clippy::expect_used, reason = "documented")]
        let body = body
            .collect()
            .await
            .expect("the response's body is complete");
        Response::from_parts(parts, body.to_bytes())
    }
}
