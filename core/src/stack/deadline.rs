//! Gives up on the service at the request's deadline.

use super::Failure;
use crate::Body;
use crate::context::Deadline;
use http::Request;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::time::{Sleep, sleep_until};
use tower::Service;

#[derive(Clone)]
pub(crate) struct Deadlined<S> {
    inner: S,
}

impl<S> Deadlined<S> {
    pub(super) const fn new(inner: S) -> Self {
        Self { inner }
    }
}

impl<S> Service<Request<Body>> for Deadlined<S>
where
    S: Service<Request<Body>, Error = Failure>,
{
    type Response = S::Response;
    type Error = Failure;
    type Future = DeadlinedFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let deadline = request.extensions().get().copied();
        DeadlinedFuture {
            inner: self.inner.call(request),
            deadline,
            sleep: None,
        }
    }
}

pin_project! {
    pub(crate) struct DeadlinedFuture<F> {
        #[pin]
        inner: F,
        deadline: Option<Deadline>,
        // Set up by the first poll that has to wait: a service that answers at once pays for no timer.
        #[pin]
        sleep: Option<Sleep>,
    }
}

impl<F, R> Future for DeadlinedFuture<F>
where
    F: Future<Output = Result<R, Failure>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        if let Poll::Ready(result) = this.inner.poll(cx) {
            return Poll::Ready(result);
        }
        if let Some(Deadline(deadline)) = this.deadline.take() {
            this.sleep.set(Some(sleep_until(deadline.into())));
        }
        match this.sleep.as_pin_mut() {
            Some(sleep) => {
                ready!(sleep.poll(cx));
                Poll::Ready(Err(Failure::TimedOut))
            }
            None => Poll::Pending,
        }
    }
}
