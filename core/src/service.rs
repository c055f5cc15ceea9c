//! What a service must be to run on either runtime.

use crate::{Body, BoxError};
use bytes::Bytes;
use http::{Request, Response};
use tower::Service;

/// A tower service from [`Request<Body>`](Body) to a response with any body of [`Bytes`].
///
/// Implemented for all that fits: an axum `Router`, a [`tower::service_fn`], a stack of tower-http
/// layers around either. Its readiness is awaited, under the request's deadline; an error is a 500.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be served by dualrun",
    label = "not a `Service<http::Request<dualrun::Body>>` that fits",
    note = "it must be `Clone + Send + 'static`, its future `Send + 'static`, its error `Into<BoxError>`",
    note = "its response must be `http::Response<B>`, with `B: http_body::Body<Data = Bytes> + Send + 'static` and `B::Error: Into<BoxError>`"
)]
pub trait HttpService:
    Service<
        Request<Body>,
        Response = Response<Self::ResponseBody>,
        Error: Into<BoxError>,
        Future: Send + 'static,
    > + Clone
    + Send
    + 'static
{
    /// The body of the service's responses.
    type ResponseBody: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static;
}

impl<S, B> HttpService for S
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type ResponseBody = B;
}
