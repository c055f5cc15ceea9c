//! What all connections of a server share: how far it is on its way to the end, and the timeouts.

use crate::Options;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering::SeqCst};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;

/// So many connections keep their buffers between two requests that follow soon: 16 MB of them.
pub(super) const AWAKE: usize = 1024;

/// The timeouts that connections keep.
pub(super) struct Timeouts {
    pub(super) head: Duration,
    pub(super) idle: Duration,
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
    stage: AtomicU8,
    draining: Arc<Notify>,
    requests_cut: AtomicUsize,
    awake: AtomicUsize,
}

impl Shared {
    pub(super) fn new(options: &Options) -> Arc<Self> {
        Arc::new(Self {
            timeouts: Timeouts {
                head: options.head_timeout,
                idle: options.idle_timeout,
            },
            stage: AtomicU8::new(Stage::Serving as u8),
            draining: Arc::default(),
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
    }

    pub(super) fn is_ending(&self) -> bool {
        self.has_reached(Stage::LameDuck)
    }

    /// Every connection ends when what it has in flight is answered.
    pub(super) fn begin_drain(&self) {
        self.stage.store(Stage::Draining as u8, SeqCst);
        self.draining.notify_waiters();
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

    /// A connection ended, or rests, with this many requests in flight.
    pub(super) fn on_connection_end(&self, calls: usize) {
        self.awake.fetch_sub(1, SeqCst);
        if self.has_reached(Stage::Cutting) {
            self.requests_cut.fetch_add(calls, SeqCst);
        }
    }

    pub(super) fn requests_cut(&self) -> usize {
        self.requests_cut.load(SeqCst)
    }
}
