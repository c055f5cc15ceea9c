//! Puts small writes together, so that a response is one plain write, and so are the responses to requests that
//! came together.

use super::activity::Activity;
use super::half_close::PROBE;
use http::StatusCode;
use std::cell::Cell;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What is held back at most.
const CAPACITY: usize = 16 * 1024;
/// A larger write goes to the system as it is: to copy it would cost more than the gathering does.
const SMALL: usize = 4 * 1024;

thread_local! {
    /// Connections of a thread take turns, so that one buffer does for those whose clients take what they get.
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Holds small writes back until they are flushed, and through a flush if more may follow at once.
///
/// hyper flushes after each response, also when it has the next request at hand. If it has none it reads, and
/// finds that there is nothing to be read: a flush after that is passed on. Any other waits for a second one.
/// Where hyper goes to sleep before that, the [`Activity`] tells that it has to be polled once more.
pub(super) struct Coalesced<IO> {
    io: IO,
    activity: Arc<Activity>,
    held: Vec<u8>,
    /// So many of them are written.
    written: usize,
    /// Something was written after the last flush.
    is_fresh: bool,
    /// The client has sent nothing beyond what was read.
    is_drained: bool,
}

impl<IO> Coalesced<IO> {
    pub(super) const fn new(io: IO, activity: Arc<Activity>) -> Self {
        Self {
            io,
            activity,
            held: Vec::new(),
            written: 0,
            is_fresh: false,
            is_drained: false,
        }
    }

    /// What is beneath, for a connection that holds nothing back.
    pub(super) fn into_inner(self) -> IO {
        self.io
    }

    /// Holds a copy of all of `slices` back, if that is little and there is room.
    fn hold(&mut self, slices: &[IoSlice<'_>]) -> Option<usize> {
        let count: usize = slices.iter().map(|slice| slice.len()).sum();
        let is_too_large = count > SMALL || self.held.len() + count > CAPACITY;
        if is_too_large || self.activity.upgrade.is_expected() {
            return None;
        }
        if self.held.capacity() == 0 {
            self.held = SPARE.take();
            self.held.reserve(CAPACITY);
        }
        let before = self.held.len();
        for slice in slices {
            self.held.extend_from_slice(slice);
        }
        if let Some(status) = bare_error(&self.held[before..]) {
            if self.activity.is_between_responses() {
                self.held.truncate(before);
                self.activity.refuse(status);
                return Some(count);
            }
        }
        self.is_fresh = true;
        self.activity.unsent.on_write();
        if !self.held[before..].starts_with(PROBE) {
            self.activity.half_close.on_answer();
        }
        self.activity.on_held();
        Some(count)
    }
}

/// The status of what looks like an answer that hyper gives by itself: one of an error, without the id that all of ours
/// have. A body may look so too, so it counts only between two responses.
fn bare_error(answer: &[u8]) -> Option<StatusCode> {
    /// The longest of them has about a hundred bytes, and ours have more.
    const LONGEST: usize = 160;
    let status = match answer {
        [
            b'H',
            b'T',
            b'T',
            b'P',
            b'/',
            b'1',
            b'.',
            _,
            b' ',
            status @ ..,
        ] => status.get(..3)?,
        _ => return None,
    };
    let is_bare = status[0] == b'4'
        && answer.len() <= LONGEST
        && !answer.windows(13).any(|window| window == b"x-request-id:");
    is_bare
        .then(|| StatusCode::from_bytes(status).ok())
        .flatten()
}

impl<IO: AsyncWrite + Unpin> Coalesced<IO> {
    /// Sends what is held back.
    pub(super) async fn release(&mut self) -> io::Result<()> {
        poll_fn(|cx| self.poll_release(cx)).await
    }

    /// Sends what is held back, and flushes what is beneath.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_release(cx))?;
        let flushed = Pin::new(&mut self.io).poll_flush(cx);
        if !self.activity.unsent.is_partial() {
            // At once: whoever has the answer may ask again, and needs the place.
            self.activity.unsent.close_if_flushed();
        }
        flushed
    }

    fn poll_release(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.written < self.held.len() {
            self.activity.on_release();
            let rest = &self.held[self.written..];
            let count = ready!(Pin::new(&mut self.io).poll_write(cx, rest))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.written += count;
        }
        if self.written > 0 {
            self.held.clear();
            self.written = 0;
            SPARE.set(std::mem::take(&mut self.held));
        }
        Poll::Ready(Ok(()))
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> AsyncRead for Coalesced<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.io).poll_read(cx, buffer);
        self.is_drained = read.is_pending();
        if self.is_drained && !self.held.is_empty() {
            // Nothing more comes for now: hyper is about to sleep, and what it has flushed must not wait.
            self.is_fresh = false;
            if let Poll::Ready(Err(error)) = self.poll_send(cx) {
                return Poll::Ready(Err(error));
            }
        }
        read
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Coalesced<IO> {
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
        if let Some(count) = self.hold(slices) {
            return Poll::Ready(Ok(count));
        }
        ready!(self.poll_release(cx))?;
        self.activity.half_close.on_answer();
        Pin::new(&mut self.io).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.activity.unsent.on_handed_over();
        if std::mem::take(&mut self.is_fresh) && !self.is_drained {
            return Poll::Ready(Ok(()));
        }
        self.poll_send(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_release(cx))?;
        if self.activity.refused().is_some() {
            // Our own answer follows.
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
