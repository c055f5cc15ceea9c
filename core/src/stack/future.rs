//! One request on its way: waits for the service or the deadline, and turns what comes into a response.

use super::answer;
use super::deadline::Timer;
use super::failure::Failure;
use super::isolate::{Instead, ServiceCall};
use super::receipt::Guard;
use super::request_id::X_REQUEST_ID;
use super::response_body::{InFlight, ResponseBody};
use crate::context::RequestId;
use crate::service::HttpService;
use http::Response;
use http::header::CACHE_CONTROL;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

pin_project! {
    /// Never fails: what goes wrong is in the response.
    pub(crate) struct StackFuture<S: HttpService, G: Guard> {
        #[pin]
        pub(super) inner: ServiceCall<S>,
        #[pin]
        pub(super) timer: Timer,
        pub(super) id: Option<RequestId>,
        pub(super) is_head: bool,
        pub(super) is_health_check: bool,
        pub(super) in_flight: Option<InFlight<G>>,
    }
}

impl<S: HttpService, G: Guard> Future for StackFuture<S, G> {
    type Output = Response<ResponseBody<S::ResponseBody, G>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        // One whose turn comes when its time is over has had none: the service does not get to see it.
        let is_late = match &this.in_flight {
            Some(in_flight) if in_flight.receipt.memory.is_waiting() => {
                this.timer.as_mut().poll(cx).is_ready()
            }
            _ => false,
        };
        let polled = if is_late {
            Poll::Ready(Err(Failure::Overloaded.into()))
        } else {
            this.inner.poll(cx)
        };
        let result = match polled {
            Poll::Ready(result) => result,
            Poll::Pending => {
                ready!(this.timer.poll(cx));
                Err(Failure::TimedOut.into())
            }
        };
        // Whatever the service makes of it: it has not seen the request whole.
        let result = match &this.in_flight {
            Some(in_flight) if in_flight.receipt.memory.was_refused() => {
                Err(Failure::Overloaded.into())
            }
            _ => result,
        };
        #[allow(
            clippy::expect_used,
            reason = "polling a finished future is the caller's mistake"
        )]
        let (id, mut in_flight) = this
            .id
            .take()
            .zip(this.in_flight.take())
            .expect("polled after completion");
        let mut response = match result {
            Ok(response) => answer::with(response, *this.is_head),
            Err(Instead::Failure(failure)) => answer::refusal(&failure, &id, *this.is_head),
            Err(Instead::Readiness(is_ready)) => answer::readiness(is_ready, *this.is_head),
        };
        if let Some(line) = &mut in_flight.receipt.line {
            line.status = Some(response.status());
        }
        let headers = response.headers_mut();
        headers.insert(X_REQUEST_ID, id.into_header_value());
        if *this.is_health_check {
            // A cache in between would tell of a health that is past.
            headers.entry(CACHE_CONTROL).or_insert(answer::NO_STORE);
        }
        Poll::Ready(response.map(|body| ResponseBody::new(body, in_flight)))
    }
}
