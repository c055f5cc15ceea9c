//! An answer as one piece of JSON.

use super::response::Answer;
use super::shape::Shape;
use crate::chain::chain;
use crate::context::RequestId;
use crate::stack::X_REQUEST_ID;
use crate::{BoxError, json};
use bytes::Bytes;
use http::response::Parts;
use http::{Response, StatusCode};
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::value::{RawValue, to_raw_value};
use tokio::time::{Instant, timeout_at};

/// The response, or a 500 or 504 in its place if its body fails, is too large for Lambda, or does not end
/// in time.
pub(super) async fn answer<B>(
    response: Response<B>,
    shape: Shape,
    id: Option<&RequestId>,
    end: Option<Instant>,
) -> Box<RawValue>
where
    B: Body<Data = Bytes, Error = BoxError>,
{
    let (parts, body) = response.into_parts();
    let body = Limited::new(body, shape.limit()).collect();
    let body = match end {
        Some(end) => timeout_at(end, body).await,
        None => Ok(body.await),
    };
    let failure = match body {
        Ok(Ok(body)) => {
            let answer = json_of(&parts, &body.to_bytes(), shape);
            if answer.get().len() <= shape.limit() {
                return answer;
            }
            Failure::TooLarge {
                limit: shape.limit(),
            }
        }
        Ok(Err(error)) if error.is::<LengthLimitError>() => Failure::TooLarge {
            limit: shape.limit(),
        },
        Ok(Err(error)) => Failure::Body(error),
        Err(_) => Failure::TimedOut,
    };
    tracing::error!(
        request_id = id.map(RequestId::as_str),
        cause = chain(&failure),
        "the response was replaced"
    );
    match failure {
        Failure::TimedOut => refusal(StatusCode::GATEWAY_TIMEOUT, "timed out", shape, id),
        _ => refusal(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal server error",
            shape,
            id,
        ),
    }
}

/// Why a response cannot go to Lambda.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the response is over the limit of {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the response's body failed")]
    Body(#[source] BoxError),
    #[error("the response's body did not end before the invocation does")]
    TimedOut,
}

/// What the client is told in the service's place.
pub(super) fn refusal(
    status: StatusCode,
    text: &str,
    shape: Shape,
    id: Option<&RequestId>,
) -> Box<RawValue> {
    let mut response: Response<Bytes> = json::error(status, text, id);
    if let Some(id) = id.cloned() {
        response
            .headers_mut()
            .insert(X_REQUEST_ID, id.into_header_value());
    }
    let (parts, body) = response.into_parts();
    json_of(&parts, &body, shape)
}

fn json_of(parts: &Parts, body: &Bytes, shape: Shape) -> Box<RawValue> {
    // Nothing in an answer is anything but numbers, strings and lists of them, so this does not fail.
    to_raw_value(&Answer::new(parts, body, shape)).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
