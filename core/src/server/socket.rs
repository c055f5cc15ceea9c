//! A socket that tells the connection's [`Activity`], and gives back the bytes that detection has read.

use super::activity::Activity;
use super::detect::Protocol;
use super::frames::Frames;
use bytes::{Buf, Bytes};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

pub(super) struct Socket<IO> {
    io: IO,
    replay: Bytes,
    activity: Arc<Activity>,
    /// Of an HTTP/2 connection.
    frames: Option<Box<Frames>>,
    is_shut_down: bool,
}

impl<IO> Socket<IO> {
    pub(super) fn new(io: IO, protocol: Protocol, replay: Bytes, activity: Arc<Activity>) -> Self {
        let frames = (protocol == Protocol::Http2).then(Box::default);
        Self {
            io,
            replay,
            activity,
            frames,
            is_shut_down: false,
        }
    }

    /// The socket beneath, for one that is taken out of use between two requests.
    pub(super) fn into_inner(self) -> IO {
        self.io
    }

    /// Bytes have arrived. Between requests, an HTTP/1 client has nothing to send but a head.
    fn note_read(&mut self, bytes: &[u8]) {
        match &mut self.frames {
            Some(frames) => {
                frames.read(bytes);
                if frames.is_mid_head() {
                    self.activity.on_head();
                } else {
                    self.activity.on_head_end();
                }
            }
            None if self.activity.calls() == 0 => self.activity.on_head(),
            None => {}
        }
    }

    fn note_write(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(_) => self.activity.on_write(),
            Poll::Pending => self.activity.on_write_blocked(),
        }
        written
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Socket<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let replayed = self.replay.len().min(buffer.remaining());
        buffer.put_slice(&self.replay[..replayed]);
        self.replay.advance(replayed);
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.io).poll_read(cx, buffer);
        match &buffer.filled()[before..] {
            [] => {}
            bytes => self.note_read(bytes),
        }
        // The rest of the head comes along, if it is there already: to parse half of one costs time, and has
        // hyper make room for another.
        if replayed > 0 {
            return Poll::Ready(Ok(()));
        }
        read
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Socket<IO> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(cx, bytes);
        self.note_write(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write_vectored(cx, slices);
        self.note_write(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    /// Closes our side, and then reads and discards what the client still sends, where that may be
    /// something: see [`Activity::must_linger`], which also bounds it.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.is_shut_down {
            ready!(Pin::new(&mut self.io).poll_shutdown(cx))?;
            self.is_shut_down = true;
            if !self.activity.must_linger() {
                return Poll::Ready(Ok(()));
            }
            self.activity.on_shutdown();
        }
        let mut discarded = [0; 4096];
        loop {
            let mut buffer = ReadBuf::new(&mut discarded);
            match ready!(Pin::new(&mut self.io).poll_read(cx, &mut buffer)) {
                Ok(()) if buffer.filled().is_empty() => return Poll::Ready(Ok(())),
                Ok(()) => {}
                // All was said; how the client goes does not matter.
                Err(_) => return Poll::Ready(Ok(())),
            }
        }
    }
}
