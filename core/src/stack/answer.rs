//! Makes a response of whatever came back: failures become JSON, and `HEAD` loses its body.

use super::Failure;
use super::error_body::{APPLICATION_JSON, ErrorBody};
use crate::BoxError;
use crate::chain::chain;
use crate::context::RequestId;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{Response, StatusCode};
use http_body::Body;
use http_body_util::{Either, Full};
use std::error::Error;

/// Seconds after which a client that was turned away may try again.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("1");

pub(super) const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// What the service has answered.
pub(super) fn with<B>(response: Response<B>, is_head: bool) -> Response<Either<B, Full<Bytes>>>
where
    B: Body<Data = Bytes, Error: Into<BoxError>>,
{
    if matches!(
        response.status(),
        StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
    ) {
        without_content(response)
    } else if is_head {
        without_body(response)
    } else {
        response.map(Either::Left)
    }
}

/// What the client is told in the service's place, for a failure that the log may have to hear of.
pub(super) fn refusal<B>(
    failure: &Failure,
    id: Option<&RequestId>,
    is_head: bool,
) -> Response<Either<B, Full<Bytes>>> {
    if failure.status() == StatusCode::INTERNAL_SERVER_ERROR {
        let cause = failure.source().map(chain);
        let request_id = id.map(RequestId::as_str);
        tracing::error!(request_id, cause, "{failure}");
    }
    own(of_failure(failure, id), is_head)
}

/// Whether the process wants traffic, for those who ask the ready path.
pub(super) fn readiness<B>(is_ready: bool, is_head: bool) -> Response<Either<B, Full<Bytes>>> {
    let (status, body) = if is_ready {
        (StatusCode::OK, r#"{"status":"ready"}"#)
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"not ready"}"#)
    };
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, APPLICATION_JSON);
    headers.insert(CACHE_CONTROL, NO_STORE);
    own(response, is_head)
}

/// A failure as the client gets to see it.
pub(crate) fn of_failure<B: From<Bytes>>(failure: &Failure, id: Option<&RequestId>) -> Response<B> {
    let status = failure.status();
    let mut response = ErrorBody::new(failure.client_text())
        .with_request_id(id)
        .into_response_of(status);
    let headers = response.headers_mut();
    // A cache that is not told keeps even an error: CloudFront for ten seconds, or a day where it was so set up.
    headers.insert(CACHE_CONTROL, NO_STORE);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    response
}

fn own<B>(response: Response<Full<Bytes>>, is_head: bool) -> Response<Either<B, Full<Bytes>>> {
    if is_head {
        without_body(response)
    } else {
        response.map(Either::Right)
    }
}

/// Neither a body nor the length of one that is not sent (RFC 9110, sections 8.6, 15.3.5 and 15.4.5).
fn without_content<A, B>(mut response: Response<A>) -> Response<Either<B, Full<Bytes>>> {
    response.headers_mut().remove(CONTENT_LENGTH);
    response.map(|_| Either::Right(Full::default()))
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
