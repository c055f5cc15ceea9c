//! Hands hyper's requests to the stack, and keeps count of them for the connection.

use super::activity::Activity;
use crate::Body;
use crate::context::Platform;
use crate::stack::{Arrival, Guarded};
use http::header::{CONNECTION, HeaderValue, TRANSFER_ENCODING};
use http::{Request, Response, Version};
use http_body::Body as _;
use hyper::body::Incoming;
use pin_project_lite::pin_project;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tower::Service;

const CLOSE: HeaderValue = HeaderValue::from_static("close");

/// The stack as one connection sees it.
pub(super) struct Calls<S> {
    pub(super) stack: S,
    pub(super) activity: Arc<Activity>,
    pub(super) peer: IpAddr,
}

impl<S, B> hyper::service::Service<Request<Incoming>> for Calls<S>
where
    S: Service<Arrival, Response = Response<B>> + Clone,
{
    type Response = Response<Guarded<B, Call>>;
    type Error = S::Error;
    type Future = CallFuture<S::Future>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        self.activity.on_call(!request.body().is_end_stream());
        let call = Call(Arc::clone(&self.activity));
        let is_http1 = request.version() <= Version::HTTP_11;
        // A request with both a length and chunks is how requests are smuggled. hyper goes by the chunks and
        // hides the length, so any request with chunks has to end its connection (RFC 9112, section 6.1).
        let is_suspect = is_http1 && request.headers().contains_key(TRANSFER_ENCODING);
        let arrival = Arrival {
            request: request.map(Body::incoming),
            peer: self.peer,
            platform: Platform::Server,
        };
        // The stack is always ready: the service's own readiness is awaited inside.
        let inner = self.stack.clone().call(arrival);
        CallFuture {
            inner,
            call: Some(call),
            is_http1,
            is_suspect,
        }
    }
}

/// A request that is with the service, until its response is sent or dropped.
pub(super) struct Call(Arc<Activity>);

impl Drop for Call {
    fn drop(&mut self) {
        self.0.on_call_end();
    }
}

pin_project! {
    pub(super) struct CallFuture<F> {
        #[pin]
        inner: F,
        call: Option<Call>,
        is_http1: bool,
        is_suspect: bool,
    }
}

impl<F, B, E> Future for CallFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = Result<Response<Guarded<B, Call>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut response = ready!(this.inner.poll(cx))?;
        #[allow(
            clippy::expect_used,
            reason = "polling a finished future is the caller's mistake"
        )]
        let call = this.call.take().expect("polled after completion");
        if *this.is_http1 && (*this.is_suspect || call.0.shared.is_ending()) {
            response.headers_mut().insert(CONNECTION, CLOSE);
        }
        Poll::Ready(Ok(response.map(|body| Guarded::new(body, call))))
    }
}
