//! A time that is read off the clock only if somebody asks for it.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// The time at which something began that may not have: set aside as "now", and read off the clock only when
/// somebody asks.
#[derive(Default)]
pub(super) struct Stamp(AtomicU64);

impl Stamp {
    const NEVER: u64 = 0;
    const NOW: u64 = 1;
    /// Nanoseconds are counted from here.
    const FIRST: u64 = 2;

    /// It has begun, unless it had before.
    pub(super) fn begin(&self) {
        if !self.has_begun() {
            self.0.store(Self::NOW, Relaxed);
        }
    }

    /// If it has begun, it has done so now.
    pub(super) fn begin_anew(&self) {
        if self.has_begun() {
            self.0.store(Self::NOW, Relaxed);
        }
    }

    pub(super) fn set(&self, since_start: Duration) {
        let nanos = u64::try_from(since_start.as_nanos()).unwrap_or(u64::MAX - Self::FIRST);
        self.0.store(nanos + Self::FIRST, Relaxed);
    }

    pub(super) fn clear(&self) {
        self.0.store(Self::NEVER, Relaxed);
    }

    pub(super) fn has_begun(&self) -> bool {
        self.0.load(Relaxed) != Self::NEVER
    }

    pub(super) fn get(&self, now: impl FnOnce() -> Duration) -> Option<Duration> {
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
