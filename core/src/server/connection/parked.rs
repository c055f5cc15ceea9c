//! HTTP/2 responses that hyper has handed over whole and that h2 still has, in the order in which that happened.
//!
//! They are small, and nearly all are written at once. One that is not waits for a window from its client, and nobody
//! holds its stream any more: its connection has to answer for it.

use super::stream::Stream;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::time::Instant;

#[derive(Default)]
pub(super) struct Parked {
    queue: Mutex<VecDeque<Entry>>,
    /// Spares the lock where there are none.
    is_some: AtomicBool,
}

struct Entry {
    stream: Arc<Stream>,
    /// How far it was, and when that was seen first.
    progress: u64,
    since: Option<Instant>,
}

impl Parked {
    pub(super) fn push(&self, stream: &Arc<Stream>) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        while queue.front().is_some_and(|entry| entry.stream.is_over()) {
            queue.pop_front();
        }
        queue.push_back(Entry {
            stream: Arc::clone(stream),
            progress: stream.progress(),
            since: None,
        });
        self.is_some.store(true, Relaxed);
    }

    /// Since when the first of them has not got on.
    pub(super) fn stuck_since(&self) -> Option<Instant> {
        if !self.is_some.load(Relaxed) {
            return None;
        }
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(entry) = queue.front_mut() {
            if entry.stream.is_over() {
                queue.pop_front();
                continue;
            }
            let progress = entry.stream.progress();
            if entry.progress != progress {
                (entry.progress, entry.since) = (progress, None);
            }
            return Some(*entry.since.get_or_insert_with(Instant::now));
        }
        self.is_some.store(false, Relaxed);
        None
    }
}
