//! Hands hyper's requests to the stack, and keeps count of them for the connection.

use super::activity::Activity;
use crate::Body;
use crate::context::Platform;
use crate::service::HttpService;
use crate::stack::{Arrival, Client, ResponseBody, Stack, StackFuture};
use http::header::{CONNECTION, HeaderValue};
use http::{Request, Response, Version};
use http_body::Body as _;
use hyper::body::Incoming;
use pin_project_lite::pin_project;
use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::time::Instant;

const CLOSE: HeaderValue = HeaderValue::from_static("close");

/// The stack as one connection sees it.
pub(super) struct Calls<S> {
    pub(super) stack: Stack<S>,
    pub(super) activity: Arc<Activity>,
    pub(super) peer: IpAddr,
}

impl<S: HttpService> hyper::service::Service<Request<Incoming>> for Calls<S> {
    type Response = Response<ResponseBody<S::ResponseBody, Call>>;
    type Error = Infallible;
    type Future = CallFuture<S>;

    fn call(&self, request: Request<Incoming>) -> CallFuture<S> {
        self.activity.on_call(!request.body().is_end_stream());
        let is_http1 = request.version() <= Version::HTTP_11;
        // A request with both a length and chunks is how requests are smuggled. hyper goes by the chunks and
        // hides the length, so any request with chunks has to end its connection (RFC 9112, section 6.1).
        let is_chunked = request.body().size_hint().exact().is_none();
        let arrival = Arrival {
            at: Instant::now(),
            cut_at: None,
            id: None,
            client: Client::Behind(self.peer),
            platform: Platform::Server,
            guard: Call(Arc::clone(&self.activity)),
        };
        let inner = self.stack.call(request.map(Body::incoming), arrival);
        CallFuture {
            inner,
            is_http1,
            is_chunked,
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
    pub(super) struct CallFuture<S: HttpService> {
        #[pin]
        inner: StackFuture<S, Call>,
        is_http1: bool,
        is_chunked: bool,
    }
}

impl<S: HttpService> Future for CallFuture<S> {
    type Output = Result<Response<ResponseBody<S::ResponseBody, Call>>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut response = ready!(this.inner.poll(cx));
        let Call(activity) = response.body().guard();
        if *this.is_http1 && (*this.is_chunked || activity.shared.is_ending()) {
            response.headers_mut().insert(CONNECTION, CLOSE);
        }
        Poll::Ready(Ok(response))
    }
}
