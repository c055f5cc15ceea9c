//! Bounds a request's body: at once by its announced length, otherwise while it is read.

use super::Failure;
use crate::Body;
use http::Request;
use http_body::Body as _;

/// Gives the request a body that fails beyond `limit` bytes. Whether its length is known.
pub(super) fn limit_body(request: &mut Request<Body>, limit: u64) -> Result<Length, Failure> {
    let length = request.body().size_hint();
    if length.lower() > limit {
        return Err(Failure::BodyTooLarge);
    }
    if let Some(length) = length.exact() {
        return Ok(Length::Known(length));
    }
    if length.upper().is_none_or(|upper| upper > limit) {
        let body = std::mem::take(request.body_mut());
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        *request.body_mut() = body.limited(limit);
    }
    Ok(Length::Unknown)
}

/// The length of a request's body, in bytes.
pub(super) enum Length {
    Known(u64),
    Unknown,
}
