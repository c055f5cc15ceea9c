//! Tells HTTP/2 with prior knowledge from HTTP/1 by a connection's first bytes.

use bytes::Bytes;
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt};

/// What a client that speaks HTTP/2 begins with (RFC 9113, section 3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Http1,
    Http2,
}

/// Reads until the protocol is clear. `None` if the client closes before that.
///
/// What cannot be the preface any more is HTTP/1, or is refused by the HTTP/1 parser. The bytes that were
/// read to find out belong to the connection still.
pub(super) async fn detect<IO>(io: &mut IO) -> io::Result<Option<(Protocol, Bytes)>>
where
    IO: AsyncRead + Unpin,
{
    let mut bytes = [0; PREFACE.len()];
    let mut filled = 0;
    loop {
        let read = io.read(&mut bytes[filled..]).await?;
        if read == 0 {
            return Ok(None);
        }
        filled += read;
        let read = &bytes[..filled];
        if read != &PREFACE[..filled] {
            return Ok(Some((Protocol::Http1, Bytes::copy_from_slice(read))));
        }
        if filled == PREFACE.len() {
            return Ok(Some((Protocol::Http2, Bytes::copy_from_slice(read))));
        }
    }
}

/// Reads the first bytes of whatever comes next. `None` if the client closes before that.
pub(super) async fn next<IO>(io: &mut IO) -> io::Result<Option<Bytes>>
where
    IO: AsyncRead + Unpin,
{
    let mut bytes = [0; PREFACE.len()];
    let read = io.read(&mut bytes).await?;
    Ok((read > 0).then(|| Bytes::copy_from_slice(&bytes[..read])))
}
