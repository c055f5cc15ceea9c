//! Makes a response of whatever came back: failures become JSON, and `HEAD` loses its body.

use super::Failure;
use crate::chain::chain;
use crate::context::RequestId;
use crate::{Body, BoxError, json};
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderValue, RETRY_AFTER};
use http::{Method, Request, Response, StatusCode};
use http_body::Body as _;
use http_body_util::{Either, Full};
use pin_project_lite::pin_project;
use std::convert::Infallible;
use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tower::Service;

/// Seconds after which a client that was turned away may try again.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("1");

#[derive(Clone)]
pub(crate) struct Answer<S> {
    inner: S,
}

impl<S> Answer<S> {
    pub(super) const fn new(inner: S) -> Self {
        Self { inner }
    }
}

impl<S, B> Service<Request<Body>> for Answer<S>
where
    S: Service<Request<Body>, Response = Response<B>, Error = Failure>,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>>,
{
    type Response = Response<Either<B, Full<Bytes>>>;
    type Error = Infallible;
    type Future = AnswerFuture<S::Future>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        AnswerFuture {
            id: request.extensions().get().cloned(),
            is_head: request.method() == Method::HEAD,
            inner: self.inner.call(request),
        }
    }
}

pin_project! {
    pub(crate) struct AnswerFuture<F> {
        #[pin]
        inner: F,
        id: Option<RequestId>,
        is_head: bool,
    }
}

impl<F, B> Future for AnswerFuture<F>
where
    F: Future<Output = Result<Response<B>, Failure>>,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>>,
{
    type Output = Result<Response<Either<B, Full<Bytes>>>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let response = match ready!(this.inner.poll(cx)) {
            Ok(response) => response.map(Either::Left),
            Err(failure) => refuse(&failure, this.id.as_ref()).map(Either::Right),
        };
        Poll::Ready(Ok(if *this.is_head {
            without_body(response)
        } else {
            response
        }))
    }
}

fn refuse(failure: &Failure, id: Option<&RequestId>) -> Response<Full<Bytes>> {
    let status = failure.status();
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        let cause = failure.source().map(chain);
        tracing::error!(request_id = id.map(RequestId::as_str), cause, "{failure}");
    }
    let mut response = json::error(status, failure.client_text(), id);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response
            .headers_mut()
            .insert(RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    response
}

/// The headers of a `GET`, the length included (RFC 9110, section 9.3.2), and no body.
fn without_body<B>(
    mut response: Response<Either<B, Full<Bytes>>>,
) -> Response<Either<B, Full<Bytes>>>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>>,
{
    let length = response
        .body()
        .size_hint()
        .exact()
        .filter(|&length| length > 0);
    if let Some(length) = length {
        let headers = response.headers_mut();
        headers
            .entry(CONTENT_LENGTH)
            .or_insert_with(|| length.into());
    }
    response.map(|_| Either::Right(Full::default()))
}
