//! Whether bytes have arrived that nobody has read, asked before a connection is given up.
//!
//! tokio learns of what has arrived when it next asks the system. A request that was there when the drain began may
//! not have been seen then, and would be closed upon.

use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// A question that the connection asks through hyper, which has the socket.
#[derive(Default)]
pub(super) struct Unread(AtomicU8);

impl Unread {
    const ASKED: u8 = 1;
    const SOME: u8 = 2;
    const NONE: u8 = 0;

    /// The next read that finds nothing is to ask the system.
    pub(super) fn ask(&self) {
        self.0.store(Self::ASKED, Relaxed);
    }

    /// A read found nothing.
    pub(super) fn on_nothing(&self, has_unread: impl FnOnce() -> bool) {
        if self.0.load(Relaxed) == Self::ASKED {
            let answer = if has_unread() { Self::SOME } else { Self::NONE };
            self.0.store(answer, Relaxed);
        }
    }

    /// The answer. None, if nobody has read.
    pub(super) fn is_some(&self) -> bool {
        self.0.swap(Self::NONE, Relaxed) == Self::SOME
    }
}
