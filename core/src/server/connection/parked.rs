//! HTTP/2 responses that hyper has handed over whole and that h2 still has, in the order in which that happened.
//!
//! They are small, and nearly all are written at once. One that is not waits for a window from its client, and nobody
//! holds its stream any more: its connection has to answer for it.

use super::stream::Stream;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::time::Instant;

#[derive(Default)]
pub(super) struct Parked {
    queue: Mutex<VecDeque<Entry>>,
    /// Spares the lock where there are none.
    is_some: AtomicBool,
}

struct Entry {
    /// What h2 still has of the answer holds it. This must not: it holds the connection, which this is a part of.
    stream: Weak<Stream>,
    /// How far it was, and when that was seen first.
    progress: u64,
    since: Option<Instant>,
}

impl Entry {
    /// The stream, unless it is over.
    fn goes_on(&self) -> Option<Arc<Stream>> {
        self.stream.upgrade().filter(|stream| !stream.is_over())
    }
}

impl Parked {
    pub(super) fn push(&self, stream: &Arc<Stream>) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        while queue.front().is_some_and(|entry| entry.goes_on().is_none()) {
            queue.pop_front();
        }
        queue.push_back(Entry {
            stream: Arc::downgrade(stream),
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
            let Some(stream) = entry.goes_on() else {
                queue.pop_front();
                continue;
            };
            let progress = stream.progress();
            if entry.progress != progress {
                (entry.progress, entry.since) = (progress, None);
            }
            return Some(*entry.since.get_or_insert_with(Instant::now));
        }
        self.is_some.store(false, Relaxed);
        None
    }
}
