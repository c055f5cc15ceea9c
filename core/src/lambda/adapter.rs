//! The handler of invocations: an event in, the service's answer out.

use super::event::Event;
use super::request::{self, BadEvent};
use super::response::Answer;
use super::shape::Shape;
use crate::chain::chain;
use crate::context::{Platform, RequestId};
use crate::service::HttpService;
use crate::stack::{Arrival, Stack, X_REQUEST_ID};
use crate::{BoxError, Options, json};
use bytes::Bytes;
use http::response::Parts;
use http::{HeaderValue, Response, StatusCode};
use http_body::Body;
use http_body_util::BodyExt;
use lambda_runtime::{Context, Diagnostic, LambdaEvent};
use serde_json::value::{RawValue, to_raw_value};
use std::pin::Pin;
use std::task::Poll;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;
use tower::Service;

/// The client gets its 504 this long before Lambda would end the invocation without an answer.
const BEFORE_THE_END: Duration = Duration::from_millis(250);

/// An event that carries no HTTP request, such as one of a queue: the invocation fails with this.
#[derive(Debug, thiserror::Error)]
#[error("the event carries no http request of API Gateway, a load balancer or a function url")]
pub struct NoHttpEvent {
    #[source]
    source: Option<serde_json::Error>,
}

impl From<NoHttpEvent> for Diagnostic {
    fn from(error: NoHttpEvent) -> Self {
        Self {
            error_type: "NoHttpEvent".into(),
            error_message: chain(&error),
        }
    }
}

/// A service as a handler of Lambda invocations, with the stack around it. Clones count together.
#[derive(Clone)]
pub struct Adapter<S> {
    stack: Stack<S>,
}

impl<S: HttpService> Adapter<S> {
    /// Puts the stack around `service`.
    pub fn new(service: S, options: &Options) -> Self {
        Self {
            stack: Stack::new(service, options),
        }
    }

    /// The answer to one event, as JSON.
    ///
    /// A request that cannot be understood is answered with a 400.
    ///
    /// # Errors
    ///
    /// [`NoHttpEvent`], for an event that carries no request.
    pub fn answer(
        &self,
        event: &RawValue,
        context: &Context,
    ) -> Result<impl Future<Output = Box<RawValue>> + Send + use<S>, NoHttpEvent> {
        let event: Event<'_> = serde_json::from_str(event.get()).map_err(|error| NoHttpEvent {
            source: Some(error),
        })?;
        let shape = Shape::of(&event).ok_or(NoHttpEvent { source: None })?;
        let id = HeaderValue::from_str(&context.request_id)
            .ok()
            .map(RequestId::new);
        let client = request::client(&event);
        let response = request::request(event, shape).map(|request| {
            self.stack.call(Arrival {
                request,
                at: Instant::now(),
                cut_at: cut_at(context),
                id: id.clone(),
                client,
                platform: Platform::Lambda,
                guard: (),
            })
        });
        Ok(async move {
            let (parts, body) = match response {
                Ok(response) => whole(response.await, id.as_ref()).await,
                Err(bad) => refused(&bad, id.as_ref()),
            };
            let answer = json_of(&parts, &body, shape);
            if answer.get().len() <= shape.limit() {
                return answer;
            }
            let size = answer.get().len();
            tracing::error!(
                request_id = id.as_ref().map(RequestId::as_str),
                size,
                limit = shape.limit(),
                "the response is over the limit"
            );
            let (parts, body) = error(
                id.as_ref(),
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal server error",
            );
            json_of(&parts, &body, shape)
        })
    }
}

/// A response that has come to its end.
type Whole = (Parts, Bytes);

async fn whole<B>(response: Response<B>, id: Option<&RequestId>) -> Whole
where
    B: Body<Data = Bytes, Error = BoxError>,
{
    let (parts, body) = response.into_parts();
    match body.collect().await {
        Ok(body) => (parts, body.to_bytes()),
        Err(failure) => {
            let cause = chain(failure.as_ref());
            tracing::error!(
                request_id = id.map(RequestId::as_str),
                cause,
                "the response's body failed"
            );
            error(
                id,
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal server error",
            )
        }
    }
}

fn refused(bad: &BadEvent, id: Option<&RequestId>) -> Whole {
    let cause = chain(bad);
    tracing::info!(
        request_id = id.map(RequestId::as_str),
        error = cause,
        "malformed request refused"
    );
    error(id, StatusCode::BAD_REQUEST, "malformed request")
}

fn error(id: Option<&RequestId>, status: StatusCode, text: &str) -> Whole {
    let mut response: Response<Bytes> = json::error(status, text, id);
    if let Some(id) = id.cloned() {
        response
            .headers_mut()
            .insert(X_REQUEST_ID, id.into_header_value());
    }
    response.into_parts()
}

fn json_of(parts: &Parts, body: &Bytes, shape: Shape) -> Box<RawValue> {
    // Nothing in an answer is anything but numbers, strings and lists of them, so this does not fail.
    to_raw_value(&Answer::new(parts, body, shape)).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// When Lambda would give up, less what it takes to answer.
fn cut_at(context: &Context) -> Option<Instant> {
    let left = context.deadline().duration_since(SystemTime::now()).ok()?;
    Instant::now().checked_add(left.saturating_sub(BEFORE_THE_END))
}

impl<S: HttpService> Service<LambdaEvent<Box<RawValue>>> for Adapter<S> {
    type Response = Box<RawValue>;
    type Error = NoHttpEvent;
    type Future = Pin<Box<dyn Future<Output = Result<Box<RawValue>, NoHttpEvent>> + Send>>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> Poll<Result<(), NoHttpEvent>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, event: LambdaEvent<Box<RawValue>>) -> Self::Future {
        let answer = self.answer(&event.payload, &event.context);
        Box::pin(async { Ok(answer?.await) })
    }
}
