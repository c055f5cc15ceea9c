//! An answer in pieces, each on its way as soon as the service has it.

use crate::BoxError;
use crate::chain::chain;
use bytes::Bytes;
use http::Response;
use http::header::{Entry, HeaderMap, HeaderValue, SET_COOKIE};
use http_body::Body;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyDataStream, BodyExt};
use lambda_runtime::{MetadataPrelude, StreamResponse};

/// The pieces of a body.
pub type BodyStream = BodyDataStream<UnsyncBoxBody<Bytes, BoxError>>;

pub(super) fn answer<B>(response: Response<B>) -> StreamResponse<BodyStream>
where
    B: Body<Data = Bytes, Error = BoxError> + Send + 'static,
{
    let (parts, body) = response.into_parts();
    let cookies = parts.headers.get_all(SET_COOKIE).iter();
    let cookies = cookies
        .map(|cookie| String::from_utf8_lossy(cookie.as_bytes()).into_owned())
        .collect();
    // The runtime puts the text of an error into the body, where the client would read it.
    let body = body.map_err(|error| {
        tracing::error!(cause = chain(error.as_ref()), "the response's body failed");
        BoxError::from("the response is incomplete")
    });
    StreamResponse {
        metadata_prelude: MetadataPrelude {
            status_code: parts.status,
            headers: joined(&parts.headers),
            cookies,
        },
        stream: body.boxed_unsync().into_data_stream(),
    }
}

/// Each header with one value, in which several are joined by commas (RFC 9110, section 5.3).
fn joined(headers: &HeaderMap) -> HeaderMap {
    let mut joined = HeaderMap::with_capacity(headers.keys_len());
    for (name, value) in headers.iter().filter(|(name, _)| **name != SET_COOKIE) {
        match joined.entry(name) {
            Entry::Vacant(entry) => drop(entry.insert(value.clone())),
            Entry::Occupied(mut entry) => {
                let both = [entry.get().as_bytes(), value.as_bytes()].join(&b", "[..]);
                // Two valid values and a comma are a valid value.
                if let Ok(both) = HeaderValue::from_bytes(&both) {
                    entry.insert(both);
                }
            }
        }
    }
    joined
}
