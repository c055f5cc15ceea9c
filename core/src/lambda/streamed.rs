//! An answer in pieces, each on its way as soon as the service has it.

use crate::BoxError;
use crate::chain::chain;
use crate::metrics::Invocation;
use bytes::Bytes;
use http::Response;
use http::header::{Entry, HeaderMap, HeaderValue, SET_COOKIE};
use http_body::{Body, Frame, SizeHint};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyDataStream, BodyExt};
use lambda_runtime::{MetadataPrelude, StreamResponse};
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The pieces of a body.
pub type BodyStream = BodyDataStream<UnsyncBoxBody<Bytes, BoxError>>;

/// The invocation lasts until the body is dropped.
pub(super) fn answer<B>(response: Response<B>, invocation: Invocation) -> StreamResponse<BodyStream>
where
    B: Body<Data = Bytes, Error = BoxError> + Send + 'static,
{
    let (parts, body) = response.into_parts();
    let cookies = parts.headers.get_all(SET_COOKIE).iter();
    let cookies = cookies
        .map(|cookie| String::from_utf8_lossy(cookie.as_bytes()).into_owned())
        .collect();
    // The runtime puts the text of an error into the body, where the client would read it.
    let body = Invoked {
        body,
        _invocation: invocation,
    };
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

pin_project! {
    /// A body with its invocation, which ends after it.
    struct Invoked<B> {
        #[pin]
        body: B,
        _invocation: Invocation,
    }
}

impl<B: Body> Body for Invoked<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        self.project().body.poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
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
