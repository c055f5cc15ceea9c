//! What one connection is doing, and by when it must have done it.

use super::shared::Shared;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use tokio::time::Instant;

/// How long a client may take to close when all is said: we go on reading, so that it gets to see the last
/// response.
const LINGER: Duration = Duration::from_secs(2);

/// Written by the socket and the calls, read by the connection that has to keep the deadlines.
///
/// Only time stamps are kept, no timers: a request costs two readings of the clock, and the connection's
/// one timer is set anew only when it runs out.
pub(super) struct Activity {
    pub(super) shared: Arc<Shared>,
    start: Instant,
    calls: AtomicUsize,
    idle_since: AtomicU64,
    head_since: Stamp,
    stuck_since: Stamp,
    ending_since: Stamp,
    closed_since: Stamp,
    had_body: AtomicBool,
}

/// What a connection is overdue with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overdue {
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
    pub(super) fn new(shared: Arc<Shared>, start: Instant) -> Self {
        Self {
            shared,
            start,
            calls: AtomicUsize::new(0),
            idle_since: AtomicU64::new(0),
            head_since: Stamp::default(),
            stuck_since: Stamp::default(),
            ending_since: Stamp::default(),
            closed_since: Stamp::default(),
            had_body: AtomicBool::new(false),
        }
    }

    /// The first head is due from the connection's start, however late its first byte comes.
    pub(super) fn on_first_head(&self) {
        self.head_since.set_once(Duration::ZERO);
    }

    /// Bytes of a head have arrived.
    pub(super) fn on_head(&self) {
        if !self.head_since.is_set() {
            self.head_since.set_once(self.start.elapsed());
        }
    }

    /// No head has begun that is not complete.
    pub(super) fn on_head_end(&self) {
        self.head_since.clear();
    }

    /// The client has no room for more bytes.
    pub(super) fn on_write_blocked(&self) {
        if !self.stuck_since.is_set() {
            self.stuck_since.set_once(self.start.elapsed());
        }
    }

    /// Bytes were taken.
    pub(super) fn on_write(&self) {
        self.stuck_since.clear();
    }

    /// The connection takes no new requests.
    pub(super) fn on_ending(&self) {
        self.ending_since.set_once(self.start.elapsed());
    }

    /// Whether the drain has begun and the connection does not know yet. A head that is on its way is waited
    /// for: hyper would drop it.
    pub(super) fn must_end(&self) -> bool {
        self.shared.is_draining() && !self.ending_since.is_set() && !self.head_since.is_set()
    }

    /// Our side is closed.
    pub(super) fn on_shutdown(&self) {
        self.closed_since.set_once(self.start.elapsed());
    }

    /// A request goes to the service.
    pub(super) fn on_call(&self, has_body: bool) {
        self.calls.fetch_add(1, Relaxed);
        self.on_head_end();
        self.had_body.store(has_body, Relaxed);
    }

    /// Its response is sent, or will never be.
    pub(super) fn on_call_end(&self) {
        self.idle_since.store(micros(self.start.elapsed()), Relaxed);
        self.calls.fetch_sub(1, Relaxed);
    }

    /// Requests that are with the service.
    pub(super) fn calls(&self) -> usize {
        self.calls.load(Relaxed)
    }

    /// Whether the client may have sent bytes that nobody has read. To close on them would reset the
    /// connection, and the client might lose the response that is on its way.
    pub(super) fn must_linger(&self) -> bool {
        self.head_since.is_set() || self.had_body.load(Relaxed)
    }

    /// When the connection is overdue with something, unless it waits for the service.
    pub(super) fn due(&self) -> Option<(Instant, Overdue)> {
        let timeouts = &self.shared.timeouts;
        let (since, timeout, overdue) = if let Some(closed) = self.closed_since.get() {
            (closed, LINGER, Overdue::Linger)
        } else if let Some(stuck) = self.stuck_since.get() {
            (stuck, timeouts.idle, Overdue::Stuck)
        } else if let Some(head) = self.head_since.get() {
            (head, timeouts.head, Overdue::Head)
        } else if self.calls() > 0 {
            return None;
        } else {
            let idle = Duration::from_micros(self.idle_since.load(Relaxed));
            match self.ending_since.get() {
                Some(ending) => (idle.max(ending), LINGER, Overdue::Linger),
                None => (idle, timeouts.idle, Overdue::Idle),
            }
        };
        Some((self.start + since + timeout, overdue))
    }
}

/// A point in time that may not have come: microseconds after the connection's start, and one.
#[derive(Default)]
struct Stamp(AtomicU64);

impl Stamp {
    fn is_set(&self) -> bool {
        self.0.load(Relaxed) != 0
    }

    fn set_once(&self, since_start: Duration) {
        if !self.is_set() {
            self.0.store(micros(since_start) + 1, Relaxed);
        }
    }

    fn clear(&self) {
        self.0.store(0, Relaxed);
    }

    fn get(&self) -> Option<Duration> {
        self.0
            .load(Relaxed)
            .checked_sub(1)
            .map(Duration::from_micros)
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX - 1)
}
