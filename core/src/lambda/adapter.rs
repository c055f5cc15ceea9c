//! The handler of invocations: an event in, the service's answer out.

use super::buffered;
use super::event::Event;
use super::kind::EventKind;
use super::request;
use super::streamed::{self, BodyStream};
use crate::Options;
use crate::chain::chain;
use crate::context::{Lifecycle, Parent, Platform, RequestId};
use crate::metrics::{Exporter, Invocation};
use crate::options::LambdaResponse;
use crate::service::HttpService;
use crate::stack::{Arrival, Failure, Stack};
use http::HeaderValue;
use lambda_runtime::{Context, Diagnostic, FunctionResponse, LambdaEvent};
use serde_json::value::RawValue;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
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
    response: LambdaResponse,
    exporter: Option<Arc<Exporter>>,
}

/// What goes back: JSON in one piece, or a head and a body in pieces.
pub type Answer = FunctionResponse<Box<RawValue>, BodyStream>;

impl<S: HttpService> Adapter<S> {
    /// Puts the stack around `service`.
    pub fn new(service: S, options: &Options) -> Self {
        Self {
            stack: Stack::new(service, options),
            response: options.lambda_response,
            exporter: None,
        }
    }

    /// The same, with metrics that are written at the end of each invocation.
    pub(super) fn with_exporter(self, exporter: Option<Arc<Exporter>>) -> Self {
        Self { exporter, ..self }
    }

    pub(super) fn exporter(&self) -> Option<Arc<Exporter>> {
        self.exporter.clone()
    }

    /// The same, with the lifecycle that handlers are to find in their requests.
    #[must_use]
    pub fn with_lifecycle(mut self, lifecycle: &Lifecycle) -> Self {
        self.stack = self.stack.with_lifecycle(lifecycle);
        self
    }

    /// The answer to one event.
    ///
    /// A request that cannot be understood is answered with a 400. An answer to a load balancer is never
    /// streamed, since it cannot take one.
    ///
    /// # Errors
    ///
    /// [`NoHttpEvent`], for an event that carries no request.
    pub fn answer(
        &self,
        event: &RawValue,
        context: &Context,
    ) -> Result<impl Future<Output = Answer> + Send + use<S>, NoHttpEvent> {
        let event: Event<'_> = serde_json::from_str(event.get()).map_err(|error| NoHttpEvent {
            source: Some(error),
        })?;
        let kind = EventKind::of(&event).ok_or(NoHttpEvent { source: None })?;
        let is_streamed = self.response == LambdaResponse::Streamed && kind.can_stream();
        let id = HeaderValue::from_str(&context.request_id)
            .ok()
            .map(RequestId::new);
        let client = request::client(&event);
        let end = cut_at(context);
        let invocation = Invocation::new(context.deadline(), self.exporter.clone());
        let meter = self.stack.meter().clone();
        let response = request::request(event, kind).map(|request| {
            let arrival = Arrival {
                at: Instant::now(),
                cut_at: end,
                id: id.clone(),
                trace: context.xray_trace_id.as_deref().and_then(Parent::of_lambda),
                client,
                platform: Platform::Lambda,
                fault: None,
                guard: (),
            };
            self.stack.call(request, arrival)
        });
        Ok(async move {
            match response {
                Ok(response) if is_streamed => {
                    let answer = streamed::answer(response.await, invocation);
                    FunctionResponse::StreamingResponse(answer)
                }
                Ok(response) => {
                    let answer = buffered::respond(response.await, kind, id.as_ref(), end).await;
                    invocation.end();
                    FunctionResponse::BufferedResponse(answer)
                }
                Err(bad) => {
                    let request_id = id.as_ref().map(RequestId::as_str);
                    tracing::info!(request_id, error = chain(&bad), "malformed request refused");
                    meter.refused(Failure::Malformed.status());
                    let refusal = buffered::refusal(&Failure::Malformed, kind, id.as_ref());
                    invocation.end();
                    FunctionResponse::BufferedResponse(refusal)
                }
            }
        })
    }
}

impl<S> fmt::Debug for Adapter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Adapter").finish_non_exhaustive()
    }
}

/// When Lambda would give up, less what it takes to answer.
fn cut_at(context: &Context) -> Option<Instant> {
    let left = context.deadline().duration_since(SystemTime::now()).ok()?;
    Instant::now().checked_add(left.saturating_sub(BEFORE_THE_END))
}

impl<S: HttpService> Service<LambdaEvent<Box<RawValue>>> for Adapter<S> {
    type Response = Answer;
    type Error = NoHttpEvent;
    type Future = Pin<Box<dyn Future<Output = Result<Answer, NoHttpEvent>> + Send>>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> Poll<Result<(), NoHttpEvent>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, event: LambdaEvent<Box<RawValue>>) -> Self::Future {
        let answer = self.answer(&event.payload, &event.context);
        Box::pin(async { Ok(answer?.await) })
    }
}
