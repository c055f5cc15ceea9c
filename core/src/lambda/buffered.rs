//! An answer as one piece of JSON.

use super::kind::EventKind;
use super::response::Answer;
use crate::BoxError;
use crate::chain::chain;
use crate::context::RequestId;
use crate::stack::{Failure, X_REQUEST_ID, answer};
use bytes::Bytes;
use http::Response;
use http::response::Parts;
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::value::{RawValue, to_raw_value};
use tokio::time::{Instant, timeout_at};

/// The response, or a 500 or 504 in its place if its body fails, is too large for Lambda, or does not end
/// in time.
pub(super) async fn respond<B>(
    response: Response<B>,
    kind: EventKind,
    id: Option<&RequestId>,
    end: Option<Instant>,
) -> Box<RawValue>
where
    B: Body<Data = Bytes, Error = BoxError>,
{
    let (parts, body) = response.into_parts();
    let body = Limited::new(body, kind.limit()).collect();
    let body = match end {
        Some(end) => timeout_at(end, body).await,
        None => Ok(body.await),
    };
    let failure = match body {
        Ok(Ok(body)) => {
            let answer = json_of(&parts, &body.to_bytes(), kind);
            if answer.get().len() <= kind.limit() {
                return answer;
            }
            Failure::ResponseTooLarge {
                limit: kind.limit(),
            }
        }
        Ok(Err(error)) if error.is::<LengthLimitError>() => Failure::ResponseTooLarge {
            limit: kind.limit(),
        },
        Ok(Err(error)) => Failure::ResponseBody(error),
        Err(_) => Failure::TimedOut,
    };
    tracing::error!(
        request_id = id.map(RequestId::as_str),
        cause = chain(&failure),
        "the response was replaced"
    );
    refusal(&failure, kind, id)
}

/// What the client is told in the service's place.
pub(super) fn refusal(failure: &Failure, kind: EventKind, id: Option<&RequestId>) -> Box<RawValue> {
    let mut response: Response<Bytes> = answer::of_failure(failure, id);
    if let Some(id) = id.cloned() {
        response
            .headers_mut()
            .insert(X_REQUEST_ID, id.into_header_value());
    }
    let (parts, body) = response.into_parts();
    json_of(&parts, &body, kind)
}

fn json_of(parts: &Parts, body: &Bytes, kind: EventKind) -> Box<RawValue> {
    // Nothing in an answer is anything but numbers, strings and lists of them, so this does not fail.
    to_raw_value(&Answer::new(parts, body, kind)).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
