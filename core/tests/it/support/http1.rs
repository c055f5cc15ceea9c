//! An HTTP/1 client that sends bytes as they are, and shows what comes back.

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};

pub(crate) const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";
pub(crate) const GET_SLOW: &[u8] = b"GET /slow HTTP/1.1\r\nhost: a\r\n\r\n";

/// Sends bytes over a connection that stays open.
pub(crate) async fn send(io: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) {
    io.write_all(bytes).await.unwrap();
}

/// Everything up to and with `end`, of a connection that stays open.
pub(crate) async fn read_until(io: &mut (impl AsyncRead + Unpin), end: &str) -> String {
    let mut text = Vec::new();
    while !text.ends_with(end.as_bytes()) {
        text.push(io.read_u8().await.expect("more of an answer"));
    }
    String::from_utf8(text).unwrap()
}

/// A response up to its body.
pub(crate) async fn head(io: &mut (impl AsyncRead + Unpin)) -> String {
    read_until(io, "\r\n\r\n").await
}

/// Everything until the server closes the connection.
pub(crate) async fn rest(mut io: impl AsyncRead + Unpin) -> String {
    let mut text = String::new();
    io.read_to_string(&mut text).await.unwrap();
    text
}

/// All that the server says to `request` until it closes the connection. The client's own side stays open, and a
/// client that is refused may find the connection closed before it has sent everything.
pub(crate) async fn exchange(io: impl AsyncRead + AsyncWrite, request: &[u8]) -> Vec<u8> {
    let (mut read, mut write) = split(io);
    let mut answer = Vec::new();
    let (_, read) = tokio::join!(write.write_all(request), read.read_to_end(&mut answer));
    read.expect("an answer that is not lost in a reset");
    answer
}
