//! Sends the spans of an invocation before the next event is asked for, since the environment may be frozen then.
//!
//! The answer is sent by then, so the client does not wait for it.

use crate::otel;
use lambda_runtime::LambdaInvocation;
use lambda_runtime::tower::{Layer, Service};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

/// What an invocation waits for a collector. One in the same environment takes some milliseconds.
const MOST: Duration = Duration::from_millis(500);
/// And this long before Lambda would end it, it waits no longer.
const BEFORE_THE_END: Duration = Duration::from_millis(100);

/// A layer around all that Lambda's runtime does for an invocation.
pub(super) struct Flush;

impl<S> Layer<S> for Flush {
    type Service = Flushing<S>;

    fn layer(&self, inner: S) -> Flushing<S> {
        Flushing { inner }
    }
}

#[derive(Clone)]
pub(super) struct Flushing<S> {
    inner: S,
}

impl<S> Service<LambdaInvocation> for Flushing<S>
where
    S: Service<LambdaInvocation, Response = (), Error: Send, Future: Send + 'static>,
{
    type Response = ();
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<(), S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, invocation: LambdaInvocation) -> Self::Future {
        let end = invocation.context.deadline();
        let answered = self.inner.call(invocation);
        Box::pin(async move {
            let result = answered.await;
            let left = end.duration_since(SystemTime::now()).unwrap_or_default();
            let left = left.saturating_sub(BEFORE_THE_END);
            if let Some(traces) = otel::current() {
                traces.flush(MOST.min(left)).await;
            }
            result
        })
    }
}
