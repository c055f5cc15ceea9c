//! One HTTP/2 response on its way out: what of it has been sent, and by when it must get on.
//!
//! hyper hands a response's pieces to h2, and h2 keeps them until the client grants a window for them. So that a
//! request stays in flight for as long, the pieces themselves tell when they are written. And so that it does not stay
//! for ever, the task that hyper has for each stream is watched: one that gets rid of nothing is ended, which resets
//! the stream.

use super::activity::Activity;
use super::upgrade::{EndLine, Request};
use crate::BoxError;
use crate::stack::{Guard, Receipt, Reserved, ResponseBody};
use bytes::{Buf, Bytes};
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use std::cell::RefCell;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use tokio::time::{Instant, Sleep, sleep_until};

/// The largest piece that h2 gets at once: what every peer takes as one frame (RFC 9113, section 6.5.2).
const PIECE: usize = 16 * 1024;

/// What is known of a stream from its request to its last byte.
pub(super) struct Stream {
    pub(super) activity: Arc<Activity>,
    /// Steps in which its pieces were written.
    progress: AtomicU64,
    state: Mutex<State>,
    /// For its request's head, if that is larger than most.
    _memory: Option<Reserved>,
}

#[derive(Default)]
struct State {
    /// Pieces that h2 has, or is about to get.
    pieces: usize,
    /// One was thrown away before it was written.
    is_spoiled: bool,
    /// The body has ended.
    receipt: Option<Receipt>,
    is_over: bool,
    /// Of the body, which waits until all of it is written.
    waker: Option<Waker>,
    /// The request, if it has made a WebSocket of the stream.
    upgrade: Option<Request>,
}

impl Stream {
    pub(super) fn new(activity: Arc<Activity>, memory: Option<Reserved>) -> Arc<Self> {
        Arc::new(Self {
            activity,
            progress: AtomicU64::new(0),
            state: Mutex::default(),
            _memory: memory,
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether pieces wait to be written.
    fn is_sending(&self) -> bool {
        self.lock().pieces > 0
    }

    pub(super) fn is_over(&self) -> bool {
        self.lock().is_over
    }

    /// The stream belongs to what the request has asked for.
    pub(super) fn agree(&self, request: Request) {
        self.lock().upgrade = Some(request);
    }

    pub(super) fn progress(&self) -> u64 {
        self.progress.load(SeqCst)
    }

    fn poll_sent(&self, cx: &Context<'_>) -> Poll<()> {
        let mut state = self.lock();
        if state.pieces == 0 {
            return Poll::Ready(());
        }
        state.waker = Some(cx.waker().clone());
        Poll::Pending
    }

    fn on_piece(&self) {
        self.lock().pieces += 1;
    }

    fn on_piece_end(&self, is_written: bool) {
        let mut state = self.lock();
        state.pieces -= 1;
        state.is_spoiled |= !is_written;
        if state.pieces == 0 {
            if let Some(waker) = state.waker.take() {
                waker.wake();
            }
        }
        self.end_if_sent(state);
    }

    fn end_if_sent(&self, mut state: MutexGuard<'_, State>) {
        if state.pieces > 0 {
            return;
        }
        let Some(receipt) = state.receipt.take() else {
            return;
        };
        state.is_over = true;
        let receipt = (!state.is_spoiled).then_some(receipt);
        drop(state);
        self.activity.on_call_end(receipt);
    }
}

/// Tells the stream when its response's body has ended.
pub(super) struct Streaming(pub(super) Arc<Stream>);

impl Guard for Streaming {
    fn on_body_end(self, receipt: Receipt) {
        let mut state = self.0.lock();
        state.receipt = Some(receipt);
        self.0.end_if_sent(state);
    }
}

/// A part of a body that tells the stream when it is written.
pub(super) struct Piece {
    bytes: Bytes,
    stream: Arc<Stream>,
}

impl Piece {
    fn new(bytes: Bytes, stream: &Arc<Stream>) -> Self {
        stream.on_piece();
        Self {
            bytes,
            stream: Arc::clone(stream),
        }
    }
}

impl Buf for Piece {
    fn remaining(&self) -> usize {
        self.bytes.remaining()
    }

    fn chunk(&self) -> &[u8] {
        self.bytes.chunk()
    }

    fn advance(&mut self, count: usize) {
        self.bytes.advance(count);
        self.stream.progress.fetch_add(1, SeqCst);
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        self.stream.on_piece_end(!self.bytes.has_remaining());
    }
}

pin_project! {
    /// A response's body in pieces. Of one that is larger than a piece, the end waits until the pieces are written: once
    /// h2 has the end, hyper lets go of the stream, and nobody can reset it any more.
    pub(super) struct Pieces<B> {
        #[pin]
        body: ResponseBody<B, Streaming>,
        stream: Arc<Stream>,
        // Of a piece that was too large.
        rest: Bytes,
        // Bytes in all, so far.
        size: usize,
        end: Option<End>,
    }
}

enum End {
    Plain,
    Trailers(HeaderMap),
}

impl<B> Pieces<B> {
    pub(super) fn new(body: ResponseBody<B, Streaming>, stream: Arc<Stream>) -> Self {
        Self {
            body,
            stream,
            rest: Bytes::new(),
            size: 0,
            end: None,
        }
    }
}

impl<B> Body for Pieces<B>
where
    B: Body<Data = Bytes, Error: Into<BoxError>>,
{
    type Data = Piece;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Piece>, BoxError>>> {
        let mut this = self.project();
        if this.rest.is_empty() && this.end.is_none() {
            match ready!(this.body.as_mut().poll_frame(cx)) {
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => *this.end = Some(End::Plain),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => {
                        *this.size += data.len();
                        *this.rest = data;
                    }
                    Err(frame) => {
                        let trailers = frame.into_trailers().unwrap_or_default();
                        *this.end = Some(End::Trailers(trailers));
                    }
                },
            }
        }
        if this.end.is_none() {
            let piece = this.rest.split_to(this.rest.len().min(PIECE));
            let piece = Piece::new(piece, this.stream);
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        if *this.size > PIECE {
            ready!(this.stream.poll_sent(cx));
        }
        Poll::Ready(match this.end.take() {
            Some(End::Trailers(trailers)) => Some(Ok(Frame::trailers(trailers))),
            _ => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.size <= PIECE
            && self.rest.is_empty()
            && self.end.is_none()
            && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

pin_project! {
    /// hyper's task for one stream, which is ended where nothing of the response gets on.
    struct Watched<F> {
        #[pin]
        task: F,
        stream: Arc<Stream>,
        watch: Option<Watch>,
    }
}

/// How often to look, in the time that a stream has to get on.
const LOOKS: u32 = 4;

/// How far the stream was, how often that has been seen, and when to look again.
struct Watch {
    progress: u64,
    looks: u32,
    sleep: Pin<Box<Sleep>>,
}

impl<F: Future<Output = ()>> Future for Watched<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        let polled = {
            let _current = Current::enter(this.stream);
            this.task.poll(cx)
        };
        if polled.is_ready() {
            if !this.stream.is_over() {
                this.stream.activity.parked.push(this.stream);
            }
            return Poll::Ready(());
        }
        if !this.stream.is_sending() {
            *this.watch = None;
            return Poll::Pending;
        }
        let interval = this.stream.activity.shared.timeouts.send() / LOOKS;
        let progress = this.stream.progress();
        let watch = this.watch.get_or_insert_with(|| Watch {
            progress,
            looks: 0,
            sleep: Box::pin(sleep_until(Instant::now() + interval)),
        });
        if watch.progress != progress {
            (watch.progress, watch.looks) = (progress, 0);
            watch.sleep.as_mut().reset(Instant::now() + interval);
        }
        loop {
            ready!(watch.sleep.as_mut().poll(cx));
            watch.looks += 1;
            if watch.looks == LOOKS {
                tracing::debug!("stream reset: its client takes nothing");
                return Poll::Ready(());
            }
            watch.sleep.as_mut().reset(Instant::now() + interval);
        }
    }
}

thread_local! {
    /// The stream for which hyper is about to execute a task, or from whose task it does.
    static STREAM: RefCell<Option<Owner>> = const { RefCell::new(None) };
}

enum Owner {
    /// It has been handed to the service just now, and hyper's next step is to spawn its task.
    New(Arc<Stream>),
    /// Its task is running, and may spawn another for its upgrade.
    Running(Arc<Stream>),
}

struct Current;

impl Current {
    fn enter(stream: &Arc<Stream>) -> Self {
        STREAM.set(Some(Owner::Running(Arc::clone(stream))));
        Self
    }
}

impl Drop for Current {
    fn drop(&mut self) {
        STREAM.set(None);
    }
}

/// Spawns hyper's tasks for the streams of a connection, each with what is known of its stream.
#[derive(Clone, Copy)]
pub(super) struct Streams;

impl Streams {
    /// The next task is this stream's.
    pub(super) fn expect(stream: &Arc<Stream>) {
        STREAM.set(Some(Owner::New(Arc::clone(stream))));
    }
}

impl<F> hyper::rt::Executor<F> for Streams
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, task: F) {
        match STREAM.take() {
            Some(Owner::New(stream)) => {
                tokio::spawn(Watched {
                    task,
                    stream,
                    watch: None,
                });
            }
            Some(Owner::Running(stream)) => {
                let upgrade = stream.activity.clone().upgraded_stream();
                let line = stream.lock().upgrade.take().map(EndLine::new);
                tokio::spawn(async move {
                    task.await;
                    if let Some(mut line) = line {
                        line.is_complete = !upgrade.is_cut();
                    }
                });
                STREAM.set(Some(Owner::Running(stream)));
            }
            None => {
                tokio::spawn(task);
            }
        }
    }
}
