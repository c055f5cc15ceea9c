//! What one connection is doing, and by when it must have done it.

use super::Accepted;
use super::half_close::HalfClose;
use super::head_memory::HeadMemory;
use super::parked::Parked;
use super::stamp::Stamp;
use super::unread::Unread;
use super::unsent::Unsent;
use super::upgrade::{Upgrade, UpgradedStream};
use crate::server::idle::Seat;
use crate::server::shared::Shared;
use crate::stack::{Failure, Receipt};
use http::StatusCode;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::Instant;

/// How long a client may take to close when all is said: we go on reading, so that it gets to see the last
/// response.
const LINGER: Duration = Duration::from_secs(2);

/// The same where another connection waits for the place.
const HURRY: Duration = Duration::from_millis(250);

/// After this time without a request a connection gives its buffers back, or may have to make room for another.
const QUIET: Duration = Duration::from_secs(1);

/// For so long nothing is done about a client that has closed its side.
const GRACE: Duration = Duration::from_secs(2);
/// How soon after that, and how often, to look whether it is there.
const LOOK: Duration = Duration::from_millis(250);

/// h2 keeps the room for as many streams as were open at a time, about 1 KB for each. An HTTP/2 connection cannot be taken
/// down to its socket, since client and server share what they have compressed so far. So one that has had more
/// streams than this is closed when it is idle for a while, and the client makes a new one when it needs it.
const MANY_STREAMS: usize = 16;
const MANY_STREAMS_IDLE: Duration = Duration::from_secs(10);

/// Written by the socket and the calls, read by the connection that has to keep the deadlines.
///
/// Nobody but the connection reads the clock, and only if something is going on when it has nothing more to
/// do for the moment: a head that arrives whole has ended by then, and is never timed.
pub(super) struct Activity {
    pub(super) shared: Arc<Shared>,
    pub(super) peer: IpAddr,
    pub(super) unsent: Unsent,
    pub(super) parked: Parked,
    pub(super) upgrade: Upgrade,
    pub(super) half_close: HalfClose,
    pub(super) unread: Unread,
    start: Instant,
    calls: AtomicUsize,
    /// WebSockets over HTTP/2.
    upgrades: AtomicUsize,
    had_body: AtomicBool,
    had_many_streams: AtomicBool,
    may_rest: bool,
    is_held: AtomicBool,
    seat: Arc<Seat>,
    is_seated: AtomicBool,
    /// What the seat says, which is elsewhere in memory.
    is_evicted: AtomicBool,
    /// For a head that is larger than most.
    head_memory: HeadMemory,
    /// A status, or 0.
    refused: AtomicU16,
    clock: Stamp,
    half_closed: Stamp,
    looked: Stamp,
    idle: Stamp,
    head: Stamp,
    stuck: Stamp,
    ending: Stamp,
    closed: Stamp,
}

/// What a connection is overdue with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overdue {
    /// Nothing was asked for a while: it is time to give the buffers back.
    Quiet,
    /// Nothing was asked for too long.
    Idle,
    /// A head has begun and does not end.
    Head,
    /// The client does not take what it asked for.
    Stuck,
    /// The client does not close, and all is said.
    Linger,
    /// The client has closed its side: look whether it waits for the answer.
    HalfClosed,
}

impl Activity {
    /// Of a connection that was accepted at `start`.
    pub(super) fn new(accepted: &Accepted, start: Instant, may_rest: bool) -> Self {
        let idle = Stamp::default();
        idle.set(Duration::ZERO);
        Self {
            shared: Arc::clone(&accepted.shared),
            peer: accepted.peer,
            unsent: Unsent::default(),
            parked: Parked::default(),
            upgrade: Upgrade::default(),
            half_close: HalfClose::default(),
            unread: Unread::default(),
            start,
            calls: AtomicUsize::new(0),
            upgrades: AtomicUsize::new(0),
            had_body: AtomicBool::new(false),
            had_many_streams: AtomicBool::new(false),
            may_rest,
            is_held: AtomicBool::new(false),
            seat: Arc::clone(&accepted.seat),
            is_seated: AtomicBool::new(accepted.seat.is_in_queue()),
            is_evicted: AtomicBool::new(accepted.seat.is_evicted()),
            head_memory: HeadMemory::default(),
            refused: AtomicU16::new(0),
            clock: Stamp::default(),
            half_closed: Stamp::default(),
            looked: Stamp::default(),
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

    /// The connection is about to be polled: what was read off the clock before that is out of date.
    pub(super) fn on_poll(&self) {
        self.clock.clear();
    }

    /// The time since the connection's start. A request that has come in this poll has read the clock already.
    fn now(&self) -> Duration {
        self.clock
            .get(Duration::default)
            .unwrap_or_else(|| self.start.elapsed())
    }

    /// Bytes of a head have arrived. Whether they are not its first.
    pub(super) fn on_head(&self) -> bool {
        let had_begun = self.head.has_begun();
        self.head.begin();
        had_begun
    }

    /// No head has begun that is not complete.
    pub(super) fn on_head_end(&self) {
        self.head.clear();
    }

    /// Makes room for a buffer of so many bytes for a head, if there is any.
    pub(super) fn reserve_head(&self, bytes: u64) -> bool {
        self.head_memory.reserve(&self.shared.budget, bytes)
    }

    /// Nothing can be made of what the client has sent: it is told so, with this status, when hyper is done.
    pub(super) fn refuse(&self, status: StatusCode) {
        self.refused.store(status.as_u16(), Relaxed);
    }

    pub(super) fn refused(&self) -> Option<Failure> {
        match self.refused.load(Relaxed) {
            0 => None,
            431 => Some(Failure::HeadTooLarge),
            414 => Some(Failure::TargetTooLong),
            503 => Some(Failure::Overloaded),
            _ => Some(Failure::Malformed),
        }
    }

    /// The client has no room for more bytes.
    pub(super) fn on_write_blocked(&self) {
        self.stuck.begin();
    }

    /// Bytes were taken.
    pub(super) fn on_write(&self) {
        self.stuck.clear();
        self.half_closed.begin_anew();
    }

    /// The client has closed its side while it waits for an answer.
    pub(super) fn on_half_close(&self) {
        self.half_closed.begin();
    }

    /// It is time to look whether a client that has closed its side is there: at first by a write.
    pub(super) fn on_look(&self) {
        if !self.looked.has_begun() {
            self.half_close.probe();
        }
        self.looked.clear();
        self.looked.begin();
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
    pub(super) fn on_call(&self, at: Instant, has_body: bool) {
        self.clock.set(at - self.start);
        if self.calls.fetch_add(1, Relaxed) == MANY_STREAMS {
            self.had_many_streams.store(true, Relaxed);
        }
        self.head.clear();
        self.idle.clear();
        self.had_body.store(has_body, Relaxed);
        if self.is_seated.load(Relaxed) {
            self.is_seated.store(false, Relaxed);
            self.seat.leave();
            self.is_evicted.store(self.seat.is_evicted(), Relaxed);
        }
        if self.half_closed.has_begun() {
            self.half_closed.begin_anew();
            self.looked.clear();
        }
    }

    /// Its response has come to its end. The receipt is there unless it is known that not all of it can be sent.
    pub(super) fn on_call_end(&self, receipt: Option<Receipt>) {
        if let Some(receipt) = receipt {
            self.unsent.add(receipt);
        }
        self.head_memory.release();
        if self.calls.fetch_sub(1, Relaxed) == 1 && self.upgrades.load(Relaxed) == 0 {
            self.idle.begin();
        }
    }

    /// A stream of this connection belongs to a WebSocket from now on, until what is returned is dropped.
    pub(super) fn upgraded_stream(self: Arc<Self>) -> UpgradedStream {
        self.upgrades.fetch_add(1, Relaxed);
        self.idle.clear();
        UpgradedStream(self)
    }

    pub(super) fn on_upgraded_stream_end(&self) {
        if self.upgrades.fetch_sub(1, Relaxed) == 1 && self.calls() == 0 {
            self.idle.begin();
        }
    }

    /// Requests that are with the service.
    pub(super) fn calls(&self) -> usize {
        self.calls.load(Relaxed)
    }

    /// Whether what hyper writes next belongs to no response of ours.
    pub(super) fn is_between_responses(&self) -> bool {
        self.calls() == 0 && !self.unsent.is_partial()
    }

    /// Requests whose responses have not been sent to their end.
    pub(super) fn in_flight(&self) -> usize {
        self.calls() + self.unsent.count()
    }

    /// The connection has been idle for a while, and keeps its buffers. It is closed if another needs its place.
    pub(super) fn on_quiet(&self) {
        self.shared.idle.enter(&self.seat, self.idle_since());
        self.is_seated.store(true, Relaxed);
    }

    /// Asks to be woken if the connection has to make room for another.
    pub(super) fn poll_evicted(&self, cx: &mut Context<'_>) -> Poll<()> {
        if self.is_seated.load(Relaxed) && !self.ending.has_begun() {
            let evicted = self.seat.poll_evicted(cx);
            self.is_evicted.store(evicted.is_ready(), Relaxed);
            evicted
        } else {
            Poll::Pending
        }
    }

    /// Whether the drain has begun, or another connection needs the place, and the connection does not know yet. A head
    /// that is on its way is waited for: hyper would drop it.
    pub(super) fn must_end(&self) -> bool {
        (self.shared.is_draining() || self.is_evicted.load(Relaxed))
            && !self.ending.has_begun()
            && !self.head.has_begun()
    }

    /// Whether another connection needs the place of one whose head does not come to its end.
    pub(super) fn must_yield(&self) -> bool {
        self.is_evicted.load(Relaxed) && self.head.has_begun() && self.calls() == 0
    }

    /// All that has arrived has been read, so nothing would be reset.
    pub(super) fn on_all_read(&self) {
        self.had_body.store(false, Relaxed);
    }

    /// Whether the connection is between two requests, and may be taken down to its socket. Not after a
    /// request with a body: some of that may not have been read.
    pub(super) fn can_rest(&self) -> bool {
        self.may_rest
            && !self.upgrade.is_expected()
            && !self.had_body.load(Relaxed)
            && self.idle.has_begun()
            && ![&self.head, &self.stuck, &self.ending, &self.closed]
                .into_iter()
                .any(Stamp::has_begun)
    }

    /// Since when the connection has had nothing to do.
    pub(super) fn idle_since(&self) -> Instant {
        let idle = self.idle.get(|| self.now()).unwrap_or_default();
        self.start + idle
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
        let since = |stamp: &Stamp| stamp.get(|| self.now());
        let (since, timeout, overdue) = if let Some(closed) = since(&self.closed) {
            (closed, LINGER, Overdue::Linger)
        } else if let Some(stuck) = since(&self.stuck) {
            (stuck, timeouts.idle, Overdue::Stuck)
        } else if let Some(head) = since(&self.head) {
            (head, timeouts.head, Overdue::Head)
        } else if let Some(idle) = since(&self.idle) {
            match since(&self.ending) {
                Some(ending) if self.is_evicted.load(Relaxed) => {
                    (idle.max(ending), HURRY, Overdue::Linger)
                }
                Some(ending) => (idle.max(ending), LINGER, Overdue::Linger),
                None if !self.is_seated.load(Relaxed) => {
                    (idle, QUIET.min(timeouts.idle), Overdue::Quiet)
                }
                None if self.had_many_streams.load(Relaxed) => {
                    (idle, timeouts.idle.min(MANY_STREAMS_IDLE), Overdue::Idle)
                }
                None => (idle, timeouts.idle, Overdue::Idle),
            }
        } else if let Some(stuck) = self.parked.stuck_since() {
            let since = stuck.duration_since(self.start);
            (since, timeouts.send(), Overdue::Stuck)
        } else if let Some(half_closed) = since(&self.half_closed) {
            match since(&self.looked) {
                _ if self.half_close.has_answered() => (half_closed, timeouts.idle, Overdue::Stuck),
                _ if !self.half_close.can_probe() => return None,
                None => (half_closed, GRACE, Overdue::HalfClosed),
                Some(looked) => (looked, LOOK, Overdue::HalfClosed),
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
