//! The receipts of responses whose bodies have ended, until all that was written of them is with the kernel.

use crate::stack::Receipt;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

/// Responses between the end of their bodies and the moment at which the kernel has taken all of them.
///
/// Who writes says so beneath hyper and h2, and those hold bytes back: only after a flush that went through is it
/// known that nothing of a response is left with us.
#[derive(Default)]
pub(super) struct Unsent {
    receipts: Mutex<Receipts>,
    /// Spares the lock where there are none.
    is_some: AtomicBool,
    /// Something was written that may not be with the kernel.
    is_dirty: AtomicBool,
    /// hyper may have some of a response whose body has ended.
    is_partial: AtomicBool,
}

/// Nearly always there is one at most, which needs no room elsewhere.
#[derive(Default)]
struct Receipts {
    first: Option<Receipt>,
    more: Vec<Receipt>,
}

impl Unsent {
    /// A response's body has ended.
    pub(super) fn add(&self, receipt: Receipt) {
        self.with(|receipts| match receipts.first {
            None => receipts.first = Some(receipt),
            Some(_) => receipts.more.push(receipt),
        });
        self.is_some.store(true, Relaxed);
        self.is_partial.store(true, Relaxed);
    }

    /// hyper has nothing left to write.
    pub(super) fn on_handed_over(&self) {
        self.is_partial.store(false, Relaxed);
    }

    /// Whether what hyper writes next may belong to a response whose body has ended.
    pub(super) fn is_partial(&self) -> bool {
        self.is_partial.load(Relaxed)
    }

    pub(super) fn on_write(&self) {
        self.is_dirty.store(true, Relaxed);
    }

    pub(super) fn on_flush(&self) {
        self.is_dirty.store(false, Relaxed);
    }

    /// To be asked when hyper has done all that it can for the moment, its own flush included.
    pub(super) fn close_if_flushed(&self) {
        if self.is_some.load(Relaxed) && !self.is_dirty.load(Relaxed) {
            self.is_some.store(false, Relaxed);
            self.with(|receipts| {
                if let Some(first) = receipts.first.take() {
                    first.close();
                }
                receipts.more.drain(..).for_each(Receipt::close);
            });
        }
    }

    pub(super) fn count(&self) -> usize {
        self.with(|receipts| usize::from(receipts.first.is_some()) + receipts.more.len())
    }

    fn with<T>(&self, f: impl FnOnce(&mut Receipts) -> T) -> T {
        f(&mut self.receipts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
