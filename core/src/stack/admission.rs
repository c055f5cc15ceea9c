//! Turns requests away when too many are in flight, rather than letting all of them be slow.

use super::{Failure, Guarded};
use crate::Body;
use crate::app::HEALTH_PATH;
use http::{Request, Response};
use pin_project_lite::pin_project;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use tower::Service;

/// Admits up to `limit` requests, counted until their responses are sent. Health checks always get in:
/// a load balancer that is told "unhealthy" would kill the task that is merely busy.
#[derive(Clone)]
pub(crate) struct Admission<S> {
    inner: S,
    in_flight: Arc<AtomicUsize>,
    limit: usize,
}

impl<S> Admission<S> {
    pub(super) fn new(inner: S, limit: NonZeroUsize) -> Self {
        Self {
            inner,
            in_flight: Arc::default(),
            limit: limit.get(),
        }
    }

    fn admit(&self) -> Option<Permit> {
        // The count goes up first, so that two requests cannot both take the last place.
        let before = self.in_flight.fetch_add(1, Ordering::Relaxed);
        let permit = Permit(Arc::clone(&self.in_flight));
        (before < self.limit).then_some(permit)
    }
}

/// One place among the requests in flight, given back on drop.
pub(crate) struct Permit(Arc<AtomicUsize>);

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<S, B> Service<Request<Body>> for Admission<S>
where
    S: Service<Request<Body>, Response = Response<B>, Error = Failure>,
{
    type Response = Response<Guarded<B, Option<Permit>>>;
    type Error = Failure;
    type Future = AdmissionFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let permit = self.admit();
        if permit.is_none() && request.uri().path() != HEALTH_PATH {
            return AdmissionFuture {
                inner: None,
                permit,
            };
        }
        AdmissionFuture {
            inner: Some(self.inner.call(request)),
            permit,
        }
    }
}

pin_project! {
    /// Without an inner future the request was refused.
    pub(crate) struct AdmissionFuture<F> {
        #[pin]
        inner: Option<F>,
        permit: Option<Permit>,
    }
}

impl<F, B> Future for AdmissionFuture<F>
where
    F: Future<Output = Result<Response<B>, Failure>>,
{
    type Output = Result<Response<Guarded<B, Option<Permit>>>, Failure>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Some(inner) = this.inner.as_pin_mut() else {
            return Poll::Ready(Err(Failure::Overloaded));
        };
        let response = ready!(inner.poll(cx))?;
        let permit = this.permit.take();
        Poll::Ready(Ok(response.map(|body| Guarded::new(body, permit))))
    }
}
