//! Error responses: JSON with the text for the client and the request's id.

use crate::context::RequestId;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};

pub(crate) const APPLICATION_JSON: HeaderValue = HeaderValue::from_static("application/json");

#[derive(serde::Serialize)]
struct ErrorBody<'a> {
    error: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
}

/// `{"error":"not found","request_id":"…"}`
pub(crate) fn error<B: From<Bytes>>(
    status: StatusCode,
    text: &str,
    request_id: Option<&RequestId>,
) -> Response<B> {
    let body = ErrorBody {
        error: text,
        request_id: request_id.map(RequestId::as_str),
    };
    #[allow(clippy::expect_used, reason = "two strings always are valid JSON")]
    let bytes = serde_json::to_vec(&body).expect("strings serialize");
    let mut response = Response::new(B::from(Bytes::from(bytes)));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, APPLICATION_JSON);
    response
}
