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

/// The first bytes of a connection, up to where it is clear what it speaks.
#[derive(Default)]
pub(super) struct Detection {
    bytes: [u8; PREFACE.len()],
    filled: usize,
}

impl Detection {
    /// Reads until the protocol is clear. False if the client closes before that. It can be dropped and called again.
    ///
    /// What cannot be the preface any more is HTTP/1, or is refused by the HTTP/1 parser.
    pub(super) async fn read_from<IO>(&mut self, io: &mut IO) -> io::Result<bool>
    where
        IO: AsyncRead + Unpin,
    {
        loop {
            let read = io.read(&mut self.bytes[self.filled..]).await?;
            if read == 0 {
                return Ok(false);
            }
            self.filled += read;
            let is_clear = self.filled == PREFACE.len() || self.protocol() == Protocol::Http1;
            if is_clear {
                return Ok(true);
            }
        }
    }

    /// What it is, as far as the bytes tell.
    pub(super) fn protocol(&self) -> Protocol {
        if self.bytes[..self.filled] == PREFACE[..self.filled] {
            Protocol::Http2
        } else {
            Protocol::Http1
        }
    }

    /// What was read to find out.
    pub(super) fn bytes(&self) -> Bytes {
        Bytes::copy_from_slice(&self.bytes[..self.filled])
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
