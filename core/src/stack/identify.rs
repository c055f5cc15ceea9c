//! The outermost layer: says who asks, under which id and until when, and gives the id back.

use super::request_id::X_REQUEST_ID;
use super::{client_addr, request_id};
use crate::Body;
use crate::context::{ClientAddr, Deadline, Platform, RequestId};
use http::{Request, Response};
use pin_project_lite::pin_project;
use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::Instant;
use tower::Service;

/// A request as a runtime hands it in, with what only the runtime knows.
pub(crate) struct Arrival {
    pub(crate) request: Request<Body>,
    pub(crate) peer: IpAddr,
    pub(crate) platform: Platform,
}

#[derive(Clone)]
pub(crate) struct Identify<S> {
    inner: S,
    trusted_hops: u8,
    request_timeout: Duration,
}

impl<S> Identify<S> {
    pub(super) const fn new(inner: S, trusted_hops: u8, request_timeout: Duration) -> Self {
        Self {
            inner,
            trusted_hops,
            request_timeout,
        }
    }
}

impl<S, B> Service<Arrival> for Identify<S>
where
    S: Service<Request<Body>, Response = Response<B>, Error = Infallible>,
{
    type Response = Response<B>;
    type Error = Infallible;
    type Future = IdentifyFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, arrival: Arrival) -> Self::Future {
        let Arrival {
            mut request,
            peer,
            platform,
        } = arrival;
        let deadline = Instant::now() + self.request_timeout;
        let id = request_id::of(request.headers());
        let client = client_addr::of(request.headers(), self.trusted_hops, peer);

        let extensions = request.extensions_mut();
        extensions.insert(id.clone());
        extensions.insert(ClientAddr(client));
        extensions.insert(Deadline(deadline.into_std()));
        extensions.insert(platform);
        IdentifyFuture {
            inner: self.inner.call(request),
            id: Some(id),
        }
    }
}

pin_project! {
    pub(crate) struct IdentifyFuture<F> {
        #[pin]
        inner: F,
        id: Option<RequestId>,
    }
}

impl<F, B> Future for IdentifyFuture<F>
where
    F: Future<Output = Result<Response<B>, Infallible>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let Ok(mut response) = ready!(this.inner.poll(cx));
        if let Some(id) = this.id.take() {
            response
                .headers_mut()
                .insert(X_REQUEST_ID, id.into_header_value());
        }
        Poll::Ready(Ok(response))
    }
}
