//! What a client is told that has not sent a request that could be handed over, in the form of the other errors.
//!
//! hyper answers a malformed head by itself, with a bare status. That answer is held back (see `coalesce`), and this one
//! goes out in its place.

use super::coalesce::Coalesced;
use crate::context::RequestId;
use crate::stack::{Failure, X_REQUEST_ID, answer, new_request_id};
use bytes::Bytes;
use http::Response;
use http::header::{CONNECTION, CONTENT_LENGTH, DATE, HeaderValue};
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

/// How long a client may take to read its answer and to close.
pub(super) const LINGER: Duration = Duration::from_secs(2);

/// Tells the client, and closes once it has had the time to read that.
pub(super) async fn refuse<IO>(mut io: Coalesced<IO>, failure: &Failure) -> RequestId
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let id = new_request_id();
    let text = response(failure, &id);
    let told = async {
        // What was held back for earlier requests goes out first.
        io.release().await?;
        let mut io = io.into_inner();
        io.write_all(&text).await?;
        // Which also reads on: to close on what the client still sends would reset the connection, and the answer with
        // it.
        io.shutdown().await
    };
    // How the client takes it does not matter any more.
    let _ = timeout(LINGER, told).await;
    id
}

fn response(failure: &Failure, id: &RequestId) -> Vec<u8> {
    let mut response: Response<Bytes> = answer::of_failure(failure, Some(id));
    let length = response.body().len();
    let date = httpdate::fmt_http_date(SystemTime::now());
    let headers = response.headers_mut();
    headers.insert(X_REQUEST_ID, id.clone().into_header_value());
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    headers.insert(CONTENT_LENGTH, length.into());
    if let Ok(date) = HeaderValue::from_str(&date) {
        headers.insert(DATE, date);
    }
    let mut text = format!("HTTP/1.1 {}\r\n", response.status()).into_bytes();
    for (name, value) in response.headers() {
        text.extend_from_slice(name.as_str().as_bytes());
        text.extend_from_slice(b": ");
        text.extend_from_slice(value.as_bytes());
        text.extend_from_slice(b"\r\n");
    }
    text.extend_from_slice(b"\r\n");
    text.extend_from_slice(response.body());
    text
}
