//! An HTTP/2 client that knows that the server speaks it: hyper's, or a few bytes.

use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};

/// The preface and empty settings (RFC 9113, section 3.4).
pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// `GET /` on a stream: HEADERS with END_STREAM and END_HEADERS, and four fields of HPACK's static table.
pub(crate) fn get(stream: u8) -> Vec<u8> {
    let fields = [0x82, 0x86, 0x84, 0x41, 1, b'a'];
    [&[0, 0, 6, 1, 5, 0, 0, 0, stream][..], &fields].concat()
}

/// A client over a connection that has said nothing so far.
pub(crate) async fn handshake(
    io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
) -> SendRequest<Empty<Bytes>> {
    let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(io))
        .await
        .unwrap();
    tokio::spawn(connection);
    sender
}
