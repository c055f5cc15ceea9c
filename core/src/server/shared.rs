//! What all connections of a server share: how far it is on its way to the end, the timeouts, and the room.

use super::idle::IdleConnections;
use super::memory;
use crate::Options;
use crate::context::Lifecycle;
use crate::stack::Budget;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering::SeqCst};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;

/// So many connections keep their buffers between two requests that follow soon: 16 MB of them.
pub(super) const AWAKE: usize = 1024;
/// Streams that one HTTP/2 connection may have open. RFC 9113 (section 6.5.2) recommends no fewer than 100.
const STREAMS: usize = 100;
/// No connection's streams take more than this part of the places for requests.
const PART_OF_PLACES: usize = 8;

/// The timeouts that connections keep.
pub(super) struct Timeouts {
    pub(super) head: Duration,
    pub(super) idle: Duration,
    pub(super) request: Duration,
}

impl Timeouts {
    /// How long a stream of HTTP/2 may go without getting rid of anything, while there is something.
    pub(super) fn send(&self) -> Duration {
        self.idle.min(self.request)
    }
}

/// How far the server is on its way to the end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
#[repr(u8)]
enum Stage {
    /// Serving.
    Serving,
    /// Still serving, but each response asks the client to connect elsewhere next time.
    LameDuck,
    /// Finishing what is in flight.
    Draining,
    /// Cutting off the rest.
    Cutting,
}

/// Shared by all connections.
pub(super) struct Shared {
    pub(super) timeouts: Timeouts,
    pub(super) idle: IdleConnections,
    /// For heads and bodies.
    pub(super) budget: Budget,
    /// For the windows of HTTP/2 connections, half as much again. Were it one with the other, idle connections could take
    /// all of it.
    pub(super) windows: Budget,
    /// Streams that an HTTP/2 connection may have open.
    pub(super) max_streams: u32,
    lifecycle: Lifecycle,
    stage: AtomicU8,
    draining: Arc<Notify>,
    cutting: Arc<Notify>,
    requests_cut: AtomicUsize,
    awake: AtomicUsize,
}

impl Shared {
    pub(super) fn new(options: &Options, lifecycle: Lifecycle) -> Arc<Self> {
        let streams = (options.max_in_flight.get() / PART_OF_PLACES).clamp(1, STREAMS);
        let memory = options.buffer_limit.unwrap_or_else(memory::budget);
        Arc::new(Self {
            timeouts: Timeouts {
                head: options.head_timeout,
                idle: options.idle_timeout,
                request: options.request_timeout,
            },
            idle: IdleConnections::default(),
            budget: Budget::new(memory),
            windows: Budget::new(memory / 2),
            max_streams: u32::try_from(streams).unwrap_or(u32::MAX),
            lifecycle,
            stage: AtomicU8::new(Stage::Serving as u8),
            draining: Arc::default(),
            cutting: Arc::default(),
            requests_cut: AtomicUsize::new(0),
            awake: AtomicUsize::new(0),
        })
    }

    fn has_reached(&self, stage: Stage) -> bool {
        self.stage.load(SeqCst) >= stage as u8
    }

    /// Every response from now on ends its connection.
    pub(super) fn begin_lame_duck(&self) {
        self.stage.store(Stage::LameDuck as u8, SeqCst);
        self.lifecycle.begin_stop();
    }

    pub(super) fn is_ending(&self) -> bool {
        self.has_reached(Stage::LameDuck)
    }

    /// Every connection ends when what it has in flight is answered.
    pub(super) fn begin_drain(&self) {
        self.stage.store(Stage::Draining as u8, SeqCst);
        self.draining.notify_waiters();
        self.lifecycle.begin_drain();
    }

    pub(super) fn is_draining(&self) -> bool {
        self.has_reached(Stage::Draining)
    }

    /// Ready when the drain begins. One that is made later never is, so ask `is_draining` after making it.
    pub(super) fn drain_begins(&self) -> OwnedNotified {
        Arc::clone(&self.draining).notified_owned()
    }

    /// Connections that end from now on were cut.
    pub(super) fn begin_cut(&self) {
        self.stage.store(Stage::Cutting as u8, SeqCst);
        self.cutting.notify_waiters();
    }

    pub(super) fn is_cutting(&self) -> bool {
        self.has_reached(Stage::Cutting)
    }

    /// Ready when the cut begins. One that is made later never is, so ask `is_cutting` after making it.
    pub(super) fn cut_begins(&self) -> OwnedNotified {
        Arc::clone(&self.cutting).notified_owned()
    }

    /// A connection has taken buffers.
    pub(super) fn on_connection_begin(&self) {
        self.awake.fetch_add(1, SeqCst);
    }

    /// Connections that have buffers.
    #[cfg(test)]
    pub(super) fn awake(&self) -> usize {
        self.awake.load(SeqCst)
    }

    /// Whether so many connections have buffers that one without a request should give its own back at once.
    pub(super) fn is_crowded(&self) -> bool {
        self.awake.load(SeqCst) > AWAKE
    }

    /// A connection ended, or is taken down to its socket, with this many requests in flight.
    pub(super) fn on_connection_end(&self, in_flight: usize) {
        self.awake.fetch_sub(1, SeqCst);
        if self.is_cutting() {
            self.requests_cut.fetch_add(in_flight, SeqCst);
        }
    }

    pub(super) fn requests_cut(&self) -> usize {
        self.requests_cut.load(SeqCst)
    }
}
