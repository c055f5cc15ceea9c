//! What a connection takes of the memory for requests, for a head that is larger than most.

use crate::stack::{Budget, Reserved};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

#[derive(Default)]
pub(super) struct HeadMemory {
    reserved: Mutex<Option<Reserved>>,
    /// Spares the lock where there is none.
    is_some: AtomicBool,
}

impl HeadMemory {
    /// Makes room for a buffer of so many bytes, in the place of the one before. False if there is none.
    pub(super) fn reserve(&self, budget: &Budget, bytes: u64) -> bool {
        let mut reserved = self.reserved.lock().unwrap_or_else(PoisonError::into_inner);
        // First, so that what it counted for up to now is there for it.
        *reserved = None;
        match budget.try_reserve(bytes) {
            Ok(room) => {
                *reserved = room;
                self.is_some.store(true, Relaxed);
                true
            }
            Err(_) => false,
        }
    }

    /// The request is over.
    pub(super) fn release(&self) {
        if self.is_some.load(Relaxed) {
            self.is_some.store(false, Relaxed);
            *self.reserved.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }
}
