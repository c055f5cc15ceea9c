//! One line in the log for each request, written when its response has been sent or has been cut off.

use crate::Body;
use crate::app::HEALTH_PATH;
use crate::context::{ClientAddr, RequestId};
use crate::options::AccessLog;
use bytes::Bytes;
use http::header::{HeaderName, HeaderValue, USER_AGENT};
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use http_body::{Frame, SizeHint};
use pin_project_lite::pin_project;
use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::time::Instant;
use tower::Service;

/// The target of the access log's events, for those who filter.
pub(crate) const TARGET: &str = "dualrun::access";

const X_AMZN_TRACE_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

#[derive(Clone)]
pub(crate) struct Log<S> {
    inner: S,
    mode: AccessLog,
}

impl<S> Log<S> {
    pub(super) const fn new(inner: S, mode: AccessLog) -> Self {
        Self { inner, mode }
    }
}

impl<S, B> Service<Request<Body>> for Log<S>
where
    S: Service<Request<Body>, Response = Response<B>, Error = Infallible>,
    B: http_body::Body,
{
    type Response = Response<Logged<B>>;
    type Error = Infallible;
    type Future = LogFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let line = (self.mode != AccessLog::Off).then(|| Box::new(Line::of(&request, self.mode)));
        LogFuture {
            inner: self.inner.call(request),
            line,
        }
    }
}

pin_project! {
    pub(crate) struct LogFuture<F> {
        #[pin]
        inner: F,
        line: Option<Box<Line>>,
    }
}

impl<F, B> Future for LogFuture<F>
where
    F: Future<Output = Result<Response<B>, Infallible>>,
    B: http_body::Body,
{
    type Output = Result<Response<Logged<B>>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Ok(response) = ready!(this.inner.poll(cx));
        let mut line = this.line.take();
        if let Some(line) = &mut line {
            line.status = Some(response.status());
            line.is_complete = response.body().is_end_stream();
        }
        Poll::Ready(Ok(response.map(|body| Logged { body, line })))
    }
}

pin_project! {
    /// A response's body that counts its bytes and notices its end.
    pub(crate) struct Logged<B> {
        #[pin]
        body: B,
        line: Option<Box<Line>>,
    }
}

impl<B: http_body::Body<Data = Bytes>> http_body::Body for Logged<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let mut this = self.project();
        let frame = ready!(this.body.as_mut().poll_frame(cx));
        if let Some(line) = this.line {
            let data = frame
                .as_ref()
                .and_then(|frame| frame.as_ref().ok()?.data_ref());
            line.bytes += data.map_or(0, |data| data.len() as u64);
            line.is_complete = frame.is_none() || this.body.is_end_stream();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// What a line says. It is written on drop, and so also when the client goes away before the end.
struct Line {
    mode: AccessLog,
    start: Instant,
    method: Method,
    uri: Uri,
    id: Option<RequestId>,
    client: Option<IpAddr>,
    trace_id: Option<HeaderValue>,
    traceparent: Option<HeaderValue>,
    user_agent: Option<HeaderValue>,
    status: Option<StatusCode>,
    bytes: u64,
    is_complete: bool,
}

impl Line {
    fn of(request: &Request<Body>, mode: AccessLog) -> Self {
        let header = |name| HeaderMap::get(request.headers(), name).cloned();
        Self {
            mode,
            start: Instant::now(),
            method: request.method().clone(),
            uri: request.uri().clone(),
            id: request.extensions().get().cloned(),
            client: request.extensions().get().map(|ClientAddr(ip)| *ip),
            trace_id: header(X_AMZN_TRACE_ID),
            traceparent: header(TRACEPARENT),
            user_agent: header(USER_AGENT),
            status: None,
            bytes: 0,
            is_complete: false,
        }
    }

    fn is_wanted(&self) -> bool {
        let failed =
            !self.is_complete || self.status.is_some_and(|status| status.is_server_error());
        match self.mode {
            AccessLog::Off => false,
            AccessLog::Errors => failed,
            AccessLog::Requests => failed || !self.is_successful_health_check(),
            AccessLog::All => true,
        }
    }

    fn is_successful_health_check(&self) -> bool {
        self.uri.path() == HEALTH_PATH && self.status.is_some_and(|status| status.is_success())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if !self.is_wanted() {
            return;
        }
        macro_rules! write_line {
            ($level:ident) => {
                tracing::$level!(
                    target: TARGET,
                    request_id = self.id.as_ref().map(RequestId::as_str),
                    method = self.method.as_str(),
                    // Without the query: people put secrets there.
                    path = self.uri.path(),
                    status = self.status.map(|status| status.as_u16()),
                    bytes = self.bytes,
                    duration_ms = milliseconds(self.start),
                    client = self.client.map(tracing::field::display),
                    trace_id = self.trace_id.as_ref().map(text),
                    traceparent = self.traceparent.as_ref().map(text),
                    user_agent = self.user_agent.as_ref().map(text),
                    cut_off = (!self.is_complete).then_some(true),
                    "request"
                )
            };
        }
        match self.status {
            Some(status) if status.is_server_error() => write_line!(error),
            Some(_) if self.is_complete => write_line!(info),
            _ => write_line!(warn),
        }
    }
}

/// Milliseconds since `start`, to the microsecond.
fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_micros() as f64 / 1000.0
}

/// A header as text. One with other bytes than ASCII is shown as such, not left out.
fn text(value: &HeaderValue) -> &str {
    value.to_str().unwrap_or("(not ASCII)")
}
