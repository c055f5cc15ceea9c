//! Bounds a request's body: at once by its announced length, otherwise while it is read.

use super::Failure;
use crate::Body;
use http::Request;
use http_body::Body as _;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};
use tower::Service;

#[derive(Clone)]
pub(crate) struct BodyLimit<S> {
    inner: S,
    limit: u64,
}

impl<S> BodyLimit<S> {
    pub(super) const fn new(inner: S, limit: u64) -> Self {
        Self { inner, limit }
    }
}

impl<S> Service<Request<Body>> for BodyLimit<S>
where
    S: Service<Request<Body>, Error = Failure>,
{
    type Response = S::Response;
    type Error = Failure;
    type Future = BodyLimitFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        if request.body().size_hint().lower() > self.limit {
            return BodyLimitFuture { inner: None };
        }
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let request = request.map(|body| body.limited(limit));
        BodyLimitFuture {
            inner: Some(self.inner.call(request)),
        }
    }
}

pin_project! {
    /// Without an inner future the body was announced to be too large.
    pub(crate) struct BodyLimitFuture<F> {
        #[pin]
        inner: Option<F>,
    }
}

impl<F, R> Future for BodyLimitFuture<F>
where
    F: Future<Output = Result<R, Failure>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        match self.project().inner.as_pin_mut() {
            Some(inner) => inner.poll(cx),
            None => Poll::Ready(Err(Failure::BodyTooLarge)),
        }
    }
}
