//! One request on its way: waits for the service or the deadline, and turns what comes into a response.

use super::answer;
use super::deadline::Timer;
use super::failure::Failure;
use super::isolate::Isolated;
use super::request_id::X_REQUEST_ID;
use super::response_body::{Attached, ResponseBody};
use crate::context::RequestId;
use crate::service::HttpService;
use http::Response;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

pin_project! {
    /// Never fails: what goes wrong is in the response.
    pub(crate) struct StackFuture<S: HttpService, G> {
        #[pin]
        pub(super) inner: Isolated<S>,
        #[pin]
        pub(super) timer: Timer,
        pub(super) id: Option<RequestId>,
        pub(super) is_head: bool,
        pub(super) attached: Option<Attached<G>>,
    }
}

impl<S: HttpService, G> Future for StackFuture<S, G> {
    type Output = Response<ResponseBody<S::ResponseBody, G>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let result = match this.inner.poll(cx) {
            Poll::Ready(result) => result,
            Poll::Pending => {
                ready!(this.timer.poll(cx));
                Err(Failure::TimedOut)
            }
        };
        #[allow(
            clippy::expect_used,
            reason = "polling a finished future is the caller's mistake"
        )]
        let (id, mut attached) = this
            .id
            .take()
            .zip(this.attached.take())
            .expect("polled after completion");
        let mut response = match result {
            Ok(response) => answer::with(response, *this.is_head),
            Err(failure) => answer::refusal(&failure, &id, *this.is_head),
        };
        if let Some(line) = &mut attached.line {
            line.status = Some(response.status());
        }
        response
            .headers_mut()
            .insert(X_REQUEST_ID, id.into_header_value());
        Poll::Ready(response.map(|body| ResponseBody::new(body, attached)))
    }
}
