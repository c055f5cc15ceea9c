//! What one connection is doing, and by when it must have done it.

use super::shared::Shared;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use tokio::time::Instant;

/// How long a client may take to close when all is said: we go on reading, so that it gets to see the last
/// response.
const LINGER: Duration = Duration::from_secs(2);

/// After this time without a request a connection gives its buffers back.
const REST: Duration = Duration::from_secs(1);

/// Written by the socket and the calls, read by the connection that has to keep the deadlines.
///
/// Nobody but the connection reads the clock, and only if something is going on when it has nothing more to
/// do for the moment: a head that arrives whole has ended by then, and is never timed.
pub(super) struct Activity {
    pub(super) shared: Arc<Shared>,
    start: Instant,
    calls: AtomicUsize,
    had_body: AtomicBool,
    may_rest: bool,
    is_held: AtomicBool,
    idle: Stamp,
    head: Stamp,
    stuck: Stamp,
    ending: Stamp,
    closed: Stamp,
}

/// What a connection is overdue with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overdue {
    /// Nothing was asked for a while, so that the connection may rest.
    Quiet,
    /// Nothing was asked for too long.
    Idle,
    /// A head has begun and does not end.
    Head,
    /// The client does not take what it asked for.
    Stuck,
    /// The client does not close, and all is said.
    Linger,
}

impl Activity {
    /// Of a connection that was accepted at `start`.
    pub(super) fn new(shared: Arc<Shared>, start: Instant, may_rest: bool) -> Self {
        let idle = Stamp::default();
        idle.set(Duration::ZERO);
        Self {
            shared,
            start,
            calls: AtomicUsize::new(0),
            had_body: AtomicBool::new(false),
            may_rest,
            is_held: AtomicBool::new(false),
            idle,
            head: Stamp::default(),
            stuck: Stamp::default(),
            ending: Stamp::default(),
            closed: Stamp::default(),
        }
    }

    /// The first head is due from the connection's start, however late its first byte comes.
    pub(super) fn on_first_head(&self) {
        self.head.set(Duration::ZERO);
    }

    /// Bytes of a head have arrived.
    pub(super) fn on_head(&self) {
        self.head.begin();
    }

    /// No head has begun that is not complete.
    pub(super) fn on_head_end(&self) {
        self.head.clear();
    }

    /// The client has no room for more bytes.
    pub(super) fn on_write_blocked(&self) {
        self.stuck.begin();
    }

    /// Bytes were taken.
    pub(super) fn on_write(&self) {
        self.stuck.clear();
    }

    /// Bytes are held back, and nobody will ask for more of them or for the system to take them.
    pub(super) fn on_held(&self) {
        self.is_held.store(true, Relaxed);
    }

    /// The system was asked to take what is held back: it has, or it will wake the connection.
    pub(super) fn on_release(&self) {
        self.is_held.store(false, Relaxed);
    }

    /// Whether bytes are held back that only another poll of the connection sends.
    pub(super) fn is_held(&self) -> bool {
        self.is_held.load(Relaxed)
    }

    /// The connection takes no new requests.
    pub(super) fn on_ending(&self) {
        self.ending.begin();
    }

    /// Our side is closed.
    pub(super) fn on_shutdown(&self) {
        self.closed.begin();
    }

    /// A request goes to the service.
    pub(super) fn on_call(&self, has_body: bool) {
        self.calls.fetch_add(1, Relaxed);
        self.head.clear();
        self.idle.clear();
        self.had_body.store(has_body, Relaxed);
    }

    /// Its response is sent, or will never be.
    pub(super) fn on_call_end(&self) {
        if self.calls.fetch_sub(1, Relaxed) == 1 {
            self.idle.begin();
        }
    }

    /// Requests that are with the service.
    pub(super) fn calls(&self) -> usize {
        self.calls.load(Relaxed)
    }

    /// Whether the drain has begun and the connection does not know yet. A head that is on its way is waited
    /// for: hyper would drop it.
    pub(super) fn must_end(&self) -> bool {
        self.shared.is_draining() && !self.ending.has_begun() && !self.head.has_begun()
    }

    /// Whether the connection is between two requests, and may be taken down to its socket. Not after a
    /// request with a body: some of that may not have been read.
    pub(super) fn can_rest(&self) -> bool {
        self.may_rest
            && !self.had_body.load(Relaxed)
            && self.idle.has_begun()
            && ![&self.head, &self.stuck, &self.ending, &self.closed]
                .into_iter()
                .any(Stamp::has_begun)
    }

    /// When a connection that has nothing to do is to be closed.
    pub(super) fn idle_end(&self) -> Instant {
        let idle = self.idle.get(|| self.start.elapsed()).unwrap_or_default();
        self.start + idle + self.shared.timeouts.idle
    }

    /// Whether the client may have sent bytes that nobody has read. To close on them would reset the
    /// connection, and the client might lose the response that is on its way.
    pub(super) fn must_linger(&self) -> bool {
        self.head.has_begun() || self.had_body.load(Relaxed)
    }

    /// When the connection is overdue with something, as a time after its start. `None` while it waits for
    /// the service.
    pub(super) fn due(&self) -> Option<(Duration, Overdue)> {
        let timeouts = &self.shared.timeouts;
        let since = |stamp: &Stamp| stamp.get(|| self.start.elapsed());
        let (since, timeout, overdue) = if let Some(closed) = since(&self.closed) {
            (closed, LINGER, Overdue::Linger)
        } else if let Some(stuck) = since(&self.stuck) {
            (stuck, timeouts.idle, Overdue::Stuck)
        } else if let Some(head) = since(&self.head) {
            (head, timeouts.head, Overdue::Head)
        } else if let Some(idle) = since(&self.idle) {
            match since(&self.ending) {
                Some(ending) => (idle.max(ending), LINGER, Overdue::Linger),
                None if self.can_rest() => (idle, REST.min(timeouts.idle), Overdue::Quiet),
                None => (idle, timeouts.idle, Overdue::Idle),
            }
        } else {
            return None;
        };
        Some((since + timeout, overdue))
    }

    /// A time after the connection's start, as the clock has it.
    pub(super) fn instant(&self, since_start: Duration) -> Instant {
        self.start + since_start
    }
}

/// The time at which something began that may not have: set aside as "now", and read off the clock only when
/// somebody asks.
#[derive(Default)]
struct Stamp(AtomicU64);

impl Stamp {
    const NEVER: u64 = 0;
    const NOW: u64 = 1;
    /// Nanoseconds are counted from here.
    const FIRST: u64 = 2;

    /// It has begun, unless it had before.
    fn begin(&self) {
        if !self.has_begun() {
            self.0.store(Self::NOW, Relaxed);
        }
    }

    fn set(&self, since_start: Duration) {
        let nanos = u64::try_from(since_start.as_nanos()).unwrap_or(u64::MAX - Self::FIRST);
        self.0.store(nanos + Self::FIRST, Relaxed);
    }

    fn clear(&self) {
        self.0.store(Self::NEVER, Relaxed);
    }

    fn has_begun(&self) -> bool {
        self.0.load(Relaxed) != Self::NEVER
    }

    fn get(&self, now: impl FnOnce() -> Duration) -> Option<Duration> {
        match self.0.load(Relaxed) {
            Self::NEVER => None,
            Self::NOW => {
                let now = now();
                self.set(now);
                Some(now)
            }
            nanos => Some(Duration::from_nanos(nanos - Self::FIRST)),
        }
    }
}
