//! The innermost layer: keeps the service's readiness, errors and panics to the one request.

use super::Failure;
use crate::Body;
use crate::service::HttpService;
use http::Request;
use pin_project_lite::pin_project;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};
use tower::util::Oneshot;
use tower::{Service, ServiceExt};

/// Always ready itself: the service's readiness is awaited with the request in hand, so that the deadline
/// holds for it too, and a failure to get ready fails this request only.
#[derive(Clone)]
pub(crate) struct Isolate<S> {
    service: S,
}

impl<S> Isolate<S> {
    pub(super) const fn new(service: S) -> Self {
        Self { service }
    }
}

impl<S: HttpService> Service<Request<Body>> for Isolate<S> {
    type Response = S::Response;
    type Error = Failure;
    type Future = IsolateFuture<Oneshot<S, Request<Body>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        IsolateFuture {
            inner: self.service.clone().oneshot(request),
        }
    }
}

pin_project! {
    pub(crate) struct IsolateFuture<F> {
        #[pin]
        inner: F,
    }
}

impl<F, R, E> Future for IsolateFuture<F>
where
    F: Future<Output = Result<R, E>>,
    E: Into<crate::BoxError>,
{
    type Output = Result<R, Failure>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let inner = self.project().inner;
        // After a panic the future is only dropped, never polled again, so nobody sees a broken state of it.
        match catch_unwind(AssertUnwindSafe(|| inner.poll(cx))) {
            Ok(poll) => poll.map_err(|error| Failure::of_service(error.into())),
            Err(_) => Poll::Ready(Err(Failure::Panicked)),
        }
    }
}
