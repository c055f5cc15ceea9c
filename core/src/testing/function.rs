//! Calls a service as a Lambda function, without a runtime API.

use crate::Options;
use crate::lambda::{Adapter, BodyStream, NoHttpEvent};
use crate::service::HttpService;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lambda_runtime::{Context, FunctionResponse, StreamResponse};
use serde_json::Value;
use std::time::{Duration, SystemTime};
use tokio_stream::StreamExt;

/// The answer that Lambda would get for `event`, with default options and 3 seconds to go.
///
/// # Errors
///
/// [`NoHttpEvent`], for an event that carries no request.
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
/// let answer = testing::call_lambda(dualrun::app::app(config), &event).await?;
/// assert_eq!(answer["body"], r#"{"status":"ok"}"#);
/// # Ok::<(), dualrun::BoxError>(())
/// # })?;
/// # Ok::<(), dualrun::BoxError>(())
/// ```
pub async fn call_lambda<S: HttpService>(service: S, event: &Value) -> Result<Value, NoHttpEvent> {
    Function::new(service, &Options::default())
        .call(event)
        .await
}

/// A service as a Lambda function, for tests that need other options or several invocations.
#[derive(Clone, Debug)]
pub struct Function<S> {
    adapter: Adapter<S>,
}

impl<S: HttpService> Function<S> {
    /// Puts the stack around `service`. Clones count together.
    pub fn new(service: S, options: &Options) -> Self {
        let adapter = Adapter::new(service, options);
        Self { adapter }
    }

    /// As [`call_lambda`].
    ///
    /// # Errors
    ///
    /// [`NoHttpEvent`], for an event that carries no request.
    #[allow(clippy::expect_used, reason = "JSON in, JSON out")]
    pub async fn call(&self, event: &Value) -> Result<Value, NoHttpEvent> {
        let mut context = Context::default();
        context.request_id = "8476a536-e9f4-11e8-9739-2dfe598c3fcd".into();
        let end = SystemTime::now() + Duration::from_secs(3);
        let end = end
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        context.deadline = u64::try_from(end.as_millis()).unwrap_or(u64::MAX);
        let event = serde_json::value::to_raw_value(event).expect("JSON");
        match self.adapter.answer(&event, &context)?.await {
            FunctionResponse::BufferedResponse(json) => {
                Ok(serde_json::from_str(json.get()).expect("JSON"))
            }
            FunctionResponse::StreamingResponse(response) => Ok(collected(response).await),
        }
    }
}

/// A streamed answer in the form of one for an HTTP API.
#[allow(clippy::expect_used, reason = "documented")]
async fn collected(response: StreamResponse<BodyStream>) -> Value {
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
