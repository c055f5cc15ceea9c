//! Tells HTTP/2 with prior knowledge from HTTP/1 by a connection's first bytes.

use std::io;
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};

/// What a client that speaks HTTP/2 begins with (RFC 9113, section 3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Http1,
    Http2,
}

/// The bytes that were read to find out; they belong to the connection still.
#[derive(Default)]
pub(super) struct Detected {
    bytes: [u8; PREFACE.len()],
    filled: usize,
    taken: usize,
}

impl Detected {
    fn bytes(&self) -> &[u8] {
        &self.bytes[self.taken..self.filled]
    }

    /// Moves bytes into `buffer`; false when there are none left.
    pub(super) fn take_into(&mut self, buffer: &mut ReadBuf<'_>) -> bool {
        let bytes = self.bytes();
        let count = bytes.len().min(buffer.remaining());
        buffer.put_slice(&bytes[..count]);
        self.taken += count;
        count > 0
    }
}

/// Reads until the protocol is clear. `None` if the client closes before that.
///
/// What cannot be the preface any more is HTTP/1, or is refused by the HTTP/1 parser.
pub(super) async fn detect<IO>(io: &mut IO) -> io::Result<Option<(Protocol, Detected)>>
where
    IO: AsyncRead + Unpin,
{
    let mut detected = Detected::default();
    loop {
        let read = io.read(&mut detected.bytes[detected.filled..]).await?;
        if read == 0 {
            return Ok(None);
        }
        detected.filled += read;
        if detected.bytes() != &PREFACE[..detected.filled] {
            return Ok(Some((Protocol::Http1, detected)));
        }
        if detected.filled == PREFACE.len() {
            return Ok(Some((Protocol::Http2, detected)));
        }
    }
}
