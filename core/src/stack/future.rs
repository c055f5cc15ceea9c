//! One request on its way: waits for the service or the deadline, and turns what comes into a response.

use super::answer;
use super::deadline::Timer;
use super::failure::Failure;
use super::isolate::{Instead, ServiceCall};
use super::memory::Held;
use super::receipt::Guard;
use super::request_id::X_REQUEST_ID;
use super::response_body::{InFlight, ResponseBody};
use crate::context::RequestId;
use crate::metrics::Outcome;
use crate::service::HttpService;
use http::Response;
use http::header::CACHE_CONTROL;
use pin_project_lite::pin_project;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

pin_project! {
    /// Never fails: what goes wrong is in the response.
    pub(crate) struct StackFuture<S: HttpService, G: Guard> {
        #[pin]
        pub(super) call: Call<S>,
        pub(super) id: Option<RequestId>,
        pub(super) is_head: bool,
        pub(super) is_health_check: bool,
        pub(super) in_flight: Option<InFlight<G>>,
    }

    impl<S: HttpService, G: Guard> PinnedDrop for StackFuture<S, G> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            // The client has gone away. What the service logs while it is dropped belongs to this request.
            if let Some(in_flight) = this.in_flight {
                let _entered = in_flight.receipt.span.enter();
                this.call.as_mut().abandon();
            }
        }
    }
}

pin_project! {
    /// The service's answer, as long as there is time for it.
    pub(super) struct Call<S: HttpService> {
        #[pin]
        pub(super) inner: ServiceCall<S>,
        #[pin]
        pub(super) timer: Timer,
    }
}

impl<S: HttpService> Call<S> {
    #[inline(always)]
    fn poll(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        memory: &Held,
    ) -> Poll<Result<Response<S::ResponseBody>, Instead>> {
        let mut this = self.as_mut().project();
        // One whose turn comes when its time is over has had none: the service does not get to see it.
        let is_late = memory.is_waiting() && this.timer.as_mut().poll(cx).is_ready();
        let polled = if is_late {
            Poll::Ready(Err(Failure::Overloaded.into()))
        } else {
            this.inner.poll(cx)
        };
        let result = match polled {
            Poll::Ready(result) => result,
            Poll::Pending => {
                ready!(this.timer.poll(cx));
                self.abandon();
                Err(Failure::TimedOut.into())
            }
        };
        // Whatever the service makes of it: it has not seen the request whole.
        Poll::Ready(if memory.was_refused() {
            Err(Failure::Overloaded.into())
        } else {
            result
        })
    }

    /// Drops the service's work. A panic of that is as one of its polls: it ends nothing but this request.
    fn abandon(self: Pin<&mut Self>) {
        let mut inner = self.project().inner;
        let drop = || inner.set(ServiceCall::never(Failure::TimedOut));
        // The panic hook has logged it.
        let _ = catch_unwind(AssertUnwindSafe(drop));
    }
}

impl<S: HttpService, G: Guard> Future for StackFuture<S, G> {
    type Output = Response<ResponseBody<S::ResponseBody, G>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        #[allow(
            clippy::expect_used,
            reason = "polling a finished future is the caller's mistake"
        )]
        let in_flight = this.in_flight.as_mut().expect("polled after completion");
        let receipt = &mut in_flight.receipt;
        let entered = receipt.span.enter();
        let result = ready!(this.call.poll(cx, &receipt.memory));
        let outcome = match &result {
            Err(Instead::Failure(failure)) => failure.outcome(),
            _ => Outcome::Answered,
        };
        let mut response = match result {
            Ok(response) => answer::with(response, *this.is_head),
            Err(Instead::Failure(failure)) => {
                answer::refusal(&failure, this.id.as_ref(), *this.is_head)
            }
            Err(Instead::Readiness(is_ready)) => answer::readiness(is_ready, *this.is_head),
        };
        drop(entered);
        if let Some(progress) = receipt.span.progress() {
            progress.status = Some(response.status());
            progress.measured.outcome = outcome;
        }
        let headers = response.headers_mut();
        if let Some(id) = this.id.take() {
            headers.insert(X_REQUEST_ID, id.into_header_value());
        }
        if *this.is_health_check {
            // A cache in between would tell of a health that is past.
            headers.entry(CACHE_CONTROL).or_insert(answer::NO_STORE);
        }
        let in_flight = this.in_flight.take();
        Poll::Ready(response.map(|body| ResponseBody::new(body, in_flight)))
    }
}
