//! Hands hyper's requests to the stack, with what the connection knows of them, and keeps count of them.

use super::activity::Activity;
use super::stream::{Pieces, Stream, Streaming, Streams};
use super::target;
use super::upgrade::Request as Asked;
use crate::context::Platform;
use crate::service::HttpService;
use crate::stack::{
    Arrival, Client, Failure, Guard, Receipt, ResponseBody, Stack, StackFuture, X_REQUEST_ID,
};
use crate::{Body, BoxError};
use bytes::Bytes;
use http::header::{CONNECTION, HeaderValue};
use http::{HeaderMap, Method, Request, Response, StatusCode, Version};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use pin_project_lite::pin_project;
use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::time::Instant;

const CLOSE: HeaderValue = HeaderValue::from_static("close");

/// The stack as one connection sees it.
pub(super) struct ConnectionService<S> {
    pub(super) stack: Stack<S>,
    pub(super) activity: Arc<Activity>,
    pub(super) peer: IpAddr,
}

impl<S: HttpService> ConnectionService<S> {
    /// Hands a request over. `fault` is what is wrong with it already.
    #[inline(always)]
    fn arrive<G: Guard>(
        &self,
        request: Request<Body>,
        at: Instant,
        fault: Option<Failure>,
        guard: G,
    ) -> StackFuture<S, G> {
        let arrival = Arrival {
            at,
            cut_at: None,
            id: None,
            trace: None,
            client: Client::Behind(self.peer),
            platform: Platform::Server,
            fault,
            guard,
        };
        self.stack.call(request, arrival)
    }

    /// The path of a request that has asked for another protocol than HTTP.
    fn asked(&self, request: &Request<Body>) -> Option<Box<Asked>> {
        request.extensions().get::<OnUpgrade>()?;
        Some(Box::new(Asked {
            // Known when it is answered.
            id: HeaderValue::from_static(""),
            trace_id: None,
            path: request.uri().path().to_owned(),
            client: self.peer,
            log: self.stack.access_log(),
            meter: self.stack.meter().clone(),
        }))
    }
}

/// [`ConnectionService`] for HTTP/1.
pub(super) struct Http1Service<S>(pub(super) ConnectionService<S>);

impl<S: HttpService> hyper::service::Service<Request<Incoming>> for Http1Service<S> {
    type Response = Response<ResponseBody<S::ResponseBody, Call>>;
    type Error = Infallible;
    type Future = Http1Future<S>;

    fn call(&self, request: Request<Incoming>) -> Http1Future<S> {
        let Self(service) = self;
        let mut request = request.map(Body::incoming);
        let activity = &service.activity;
        let at = Instant::now();
        activity.on_call(at, !request.body().is_end_stream());
        let is_1_1 = request.version() == Version::HTTP_11;
        activity.half_close.on_call(is_1_1);
        let asked = service.asked(&request);
        if asked.is_some() {
            activity.upgrade.expect();
        }
        // A request with both a length and chunks is how requests are smuggled. hyper goes by the chunks and
        // hides the length, so any request with chunks has to end its connection (RFC 9112, section 6.1).
        let is_chunked = request.body().size_hint().exact().is_none();
        let fault = target::check(&mut request).err();
        // What follows a CONNECT is not HTTP, and what follows another such request may be not either.
        let must_close = is_chunked || fault.is_some();
        let asked = asked.filter(|_| fault.is_none());
        let waits_for = asked.is_some().then(|| Arc::clone(activity));
        if waits_for.is_some() {
            activity.upgrade.ask();
        }
        Http1Future {
            inner: service.arrive(request, at, fault, Call(Arc::clone(activity))),
            asked,
            waits_for,
            must_close,
        }
    }
}

/// Tells the connection when a response's body has ended.
pub(super) struct Call(Arc<Activity>);

impl Guard for Call {
    fn on_body_end(self, receipt: Receipt) {
        self.0.on_call_end(Some(receipt));
    }
}

pin_project! {
    pub(super) struct Http1Future<S: HttpService> {
        #[pin]
        inner: StackFuture<S, Call>,
        asked: Option<Box<Asked>>,
        // The connection, until it is in the form in which it can be handed over.
        waits_for: Option<Arc<Activity>>,
        must_close: bool,
    }
}

impl<S: HttpService> Future for Http1Future<S> {
    type Output = Result<Response<ResponseBody<S::ResponseBody, Call>>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Some(activity) = this.waits_for {
            if activity.upgrade.is_asked() {
                // It looks after each poll, and polls again then.
                return Poll::Pending;
            }
            *this.waits_for = None;
        }
        let mut response = ready!(this.inner.poll(cx));
        let Some(Call(activity)) = response.body().guard() else {
            return Poll::Ready(Ok(response));
        };
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            if let Some(asked) = this.asked.take() {
                activity.upgrade.agree(asked.answered(&response));
            }
        } else if *this.must_close || activity.shared.is_ending() {
            response.headers_mut().insert(CONNECTION, CLOSE);
        }
        Poll::Ready(Ok(response))
    }
}

/// [`ConnectionService`] for HTTP/2.
pub(super) struct Http2Service<S>(pub(super) ConnectionService<S>);

impl<S: HttpService> hyper::service::Service<Request<Incoming>> for Http2Service<S> {
    type Response = Response<Pieces<S::ResponseBody>>;
    type Error = Infallible;
    type Future = Http2Future<S>;

    fn call(&self, request: Request<Incoming>) -> Http2Future<S> {
        let Self(service) = self;
        let mut request = request.map(Body::incoming);
        let activity = &service.activity;
        let at = Instant::now();
        activity.on_call(at, !request.body().is_end_stream());
        let asked = (request.method() == Method::CONNECT)
            .then(|| service.asked(&request))
            .flatten();
        // HTTP/2 sends them compressed, so what they take is known only now.
        let size = size_of(request.headers());
        let (memory, fault) = match activity.shared.budget.try_reserve(size) {
            Ok(memory) => (memory, target::check(&mut request).err()),
            Err(_) => (None, Some(Failure::Overloaded)),
        };
        let stream = Stream::new(Arc::clone(activity), memory);
        Streams::expect(&stream);
        Http2Future {
            inner: service.arrive(request, at, fault, Streaming(Arc::clone(&stream))),
            stream,
            asked,
        }
    }
}

pin_project! {
    pub(super) struct Http2Future<S: HttpService> {
        #[pin]
        inner: StackFuture<S, Streaming>,
        stream: Arc<Stream>,
        asked: Option<Box<Asked>>,
    }
}

impl<S: HttpService> Future for Http2Future<S> {
    type Output = Result<Response<Pieces<S::ResponseBody>>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let response = ready!(this.inner.poll(cx));
        if let Some(asked) = this.asked.take().filter(|_| response.status().is_success()) {
            this.stream.agree(asked.answered(&response));
        }
        let stream = Arc::clone(this.stream);
        Poll::Ready(Ok(response.map(|body| Pieces::new(body, stream))))
    }
}

fn size_of(headers: &HeaderMap) -> u64 {
    let sizes = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len());
    sizes.sum::<usize>() as u64
}

impl Asked {
    fn answered<B, G: Guard>(mut self, response: &Response<ResponseBody<B, G>>) -> Self
    where
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>>,
    {
        self.trace_id = response.body().trace_id();
        if let Some(id) = response.headers().get(X_REQUEST_ID) {
            self.id.clone_from(id);
        }
        self
    }
}
