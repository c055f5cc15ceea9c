//! Error responses: JSON with the text for the client and the request's id.

use crate::Body;
use crate::context::RequestId;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Request, Response, StatusCode};
use serde::Serialize;
use std::borrow::Cow;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};
use tower::Service;

pub(super) const APPLICATION_JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The body of an error, in the form that the runtime's own have: `{"error":"not found","request_id":"…"}`.
///
/// Its response can be returned from an axum handler as it is.
///
/// ```
/// use dualrun::{Body, ErrorBody, context::RequestId};
/// use http::{Response, StatusCode};
///
/// fn no_such_order(id: &RequestId) -> Response<Body> {
///     ErrorBody::new("no such order")
///         .with_request_id(Some(id))
///         .into_response(StatusCode::NOT_FOUND)
/// }
/// # assert_eq!(no_such_order(&"abc-1".parse().unwrap()).status(), 404);
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct ErrorBody {
    error: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

impl ErrorBody {
    /// An error with a text for the client.
    pub fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            error: text.into(),
            request_id: None,
        }
    }

    /// The same with the request's id, which a handler finds in the request's extensions.
    #[must_use]
    pub fn with_request_id(mut self, id: Option<&RequestId>) -> Self {
        self.request_id = id.map(ToString::to_string);
        self
    }

    /// The response.
    pub fn into_response(self, status: StatusCode) -> Response<Body> {
        self.into_response_of(status)
    }

    pub(crate) fn into_response_of<B: From<Bytes>>(self, status: StatusCode) -> Response<B> {
        #[allow(clippy::expect_used, reason = "two strings always are valid JSON")]
        let bytes = serde_json::to_vec(&self).expect("strings serialize");
        let mut response = Response::new(B::from(Bytes::from(bytes)));
        *response.status_mut() = status;
        response
            .headers_mut()
            .insert(CONTENT_TYPE, APPLICATION_JSON);
        response
    }
}

/// A service that answers each request with a 404 and an [`ErrorBody`], such as for an axum `Router`'s
/// `fallback_service`.
///
/// ```
/// use axum::{Router, routing::get};
///
/// let router: Router = Router::new()
///     .route("/", get(|| async { "hello" }))
///     .fallback_service(dualrun::NotFound);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct NotFound;

impl<B> Service<Request<B>> for NotFound {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let response = ErrorBody::new("not found")
            .with_request_id(request.extensions().get())
            .into_response(StatusCode::NOT_FOUND);
        ready(Ok(response))
    }
}
