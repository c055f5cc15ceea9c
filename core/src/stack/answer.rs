//! Makes a response of whatever came back: failures become JSON, and `HEAD` loses its body.

use super::Failure;
use crate::chain::chain;
use crate::context::RequestId;
use crate::{BoxError, json};
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderValue, RETRY_AFTER};
use http::{Response, StatusCode};
use http_body::Body;
use http_body_util::{Either, Full};
use std::error::Error;

/// Seconds after which a client that was turned away may try again.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("1");

/// What the service has answered.
pub(super) fn with<B>(response: Response<B>, is_head: bool) -> Response<Either<B, Full<Bytes>>>
where
    B: Body<Data = Bytes, Error: Into<BoxError>>,
{
    if is_head {
        without_body(response)
    } else {
        response.map(Either::Left)
    }
}

/// What the client is told in the service's place.
pub(super) fn refusal<B>(
    failure: &Failure,
    id: &RequestId,
    is_head: bool,
) -> Response<Either<B, Full<Bytes>>> {
    let status = failure.status();
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        let cause = failure.source().map(chain);
        tracing::error!(request_id = id.as_str(), cause, "{failure}");
    }
    let mut response: Response<Full<Bytes>> = json::error(status, failure.client_text(), Some(id));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response
            .headers_mut()
            .insert(RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    if is_head {
        without_body(response)
    } else {
        response.map(Either::Right)
    }
}

/// The headers of a `GET`, the length included (RFC 9110, section 9.3.2), and no body.
fn without_body<A: Body, B>(mut response: Response<A>) -> Response<Either<B, Full<Bytes>>> {
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
