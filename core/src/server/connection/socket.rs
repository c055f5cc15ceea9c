//! A socket that tells the connection's [`Activity`], and gives back the bytes that detection has read.

use super::activity::Activity;
use super::detect::Protocol;
use super::frames::Frames;
use super::half_close::PROBE;
use super::upgrade::SocketEnd;
use crate::server::listener::Transport;
use bytes::{Buf, Bytes};
use http::StatusCode;
use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::futures::OwnedNotified;

pub(super) struct Socket<IO> {
    io: IO,
    replay: Bytes,
    activity: Arc<Activity>,
    /// Of an HTTP/2 connection.
    frames: Option<Box<Frames>>,
    /// Bytes of a head that has begun.
    head: u64,
    is_shut_down: bool,
    /// Ready when the drain's time is over. Made for a connection that hyper has let go of.
    cut: Option<Pin<Box<OwnedNotified>>>,
    _end: SocketEnd,
}

impl<IO> Socket<IO> {
    pub(super) fn new(io: IO, protocol: Protocol, replay: Bytes, activity: Arc<Activity>) -> Self {
        let frames = (protocol == Protocol::Http2).then(Box::default);
        Self {
            io,
            replay,
            frames,
            head: 0,
            is_shut_down: false,
            cut: None,
            _end: SocketEnd(Arc::clone(&activity)),
            activity,
        }
    }

    /// The socket beneath, for one that is taken out of use between two requests.
    pub(super) fn into_inner(self) -> IO {
        self.io
    }

    /// Bytes have arrived, and have filled hyper's buffer or not. Between requests, an HTTP/1 client has nothing to send
    /// but a head.
    fn note_read(&mut self, bytes: &[u8], is_full: bool) -> io::Result<()> {
        if self.activity.upgrade.is_done() {
            self.activity.upgrade.on_received(bytes.len());
            return Ok(());
        }
        match &mut self.frames {
            Some(frames) => {
                frames.read(bytes);
                if frames.is_flood() {
                    return Err(io::Error::new(ErrorKind::InvalidData, "a flood of frames"));
                }
                if frames.is_mid_head() {
                    self.activity.on_head();
                } else {
                    self.activity.on_head_end();
                }
            }
            None if self.activity.calls() == 0 => {
                if !self.activity.on_head() {
                    self.head = 0;
                }
                self.head += bytes.len() as u64;
                // Before hyper makes a larger one, to at most three times what has filled this.
                let must_grow = is_full && !has_end(bytes);
                if must_grow && !self.activity.reserve_head(3 * self.head) {
                    self.activity.refuse(StatusCode::SERVICE_UNAVAILABLE);
                    return Err(ErrorKind::OutOfMemory.into());
                }
            }
            None => {}
        }
        Ok(())
    }

    fn note_write(&mut self, written: &Poll<io::Result<usize>>) {
        self.activity.unsent.on_write();
        match written {
            Poll::Ready(count) => {
                self.activity.on_write();
                if let Some(frames) = &mut self.frames {
                    frames.on_write();
                }
                if self.activity.upgrade.is_done() {
                    let count = count.as_ref().copied().unwrap_or_default();
                    self.activity.upgrade.on_sent(count);
                }
            }
            Poll::Pending => self.activity.on_write_blocked(),
        }
    }
}

impl<IO: Transport> Socket<IO> {
    /// While a request is with the service, hyper does not read, and would not notice that the client closes its side or
    /// is gone.
    fn watch(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        if self.activity.half_close.take_probe() {
            // If it does not take these few bytes, the next look finds out why.
            let _ = Pin::new(&mut self.io).poll_write(cx, PROBE)?;
        }
        if let Poll::Ready(count) = self.io.poll_peek(cx) {
            if count? == 0 {
                self.activity.on_half_close();
            }
        }
        Ok(())
    }

    /// Fails when the drain's time is over, on a connection that nobody but its user holds any more.
    fn check_cut(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        let shared = &self.activity.shared;
        let cut = self
            .cut
            .get_or_insert_with(|| Box::pin(shared.cut_begins()));
        if cut.as_mut().poll(cx).is_ready() || shared.is_cutting() {
            return Err(ErrorKind::ConnectionAborted.into());
        }
        Ok(())
    }
}

/// Whether a head ends in these bytes. What follows it, such as a body, has the buffer that is there.
fn has_end(bytes: &[u8]) -> bool {
    bytes.windows(4).any(|window| window == b"\r\n\r\n")
}

impl<IO: Transport> AsyncRead for Socket<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.activity.upgrade.is_done() {
            self.check_cut(cx)?;
        }
        let replayed = self.replay.len().min(buffer.remaining());
        buffer.put_slice(&self.replay[..replayed]);
        self.replay.advance(replayed);
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.io).poll_read(cx, buffer);
        let is_full = buffer.remaining() == 0;
        match &buffer.filled()[before..] {
            [] => {}
            bytes => self.note_read(bytes, is_full)?,
        }
        // The rest of the head comes along, if it is there already: to parse half of one costs time, and has
        // hyper make room for another.
        if replayed > 0 {
            return Poll::Ready(Ok(()));
        }
        if read.is_pending() {
            self.activity.unread.on_nothing(|| self.io.has_unread());
        }
        read
    }
}

impl<IO: Transport> AsyncWrite for Socket<IO> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.activity.upgrade.is_done() {
            self.check_cut(cx)?;
        }
        let written = match slices {
            [slice] => Pin::new(&mut self.io).poll_write(cx, slice),
            slices => Pin::new(&mut self.io).poll_write_vectored(cx, slices),
        };
        self.note_write(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.io).poll_flush(cx))?;
        self.activity.unsent.on_flush();
        if self.frames.is_none() && self.activity.calls() > 0 {
            self.watch(cx)?;
        }
        Poll::Ready(Ok(()))
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
