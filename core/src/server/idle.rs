//! Which connection has been idle longest: it is the one to close when there is no room for a new one.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::time::Instant;

/// Who has been idle for less is not closed: a client that has just connected is about to ask, and one that has just
/// been answered may ask again.
const YOUNG: Duration = Duration::from_secs(1);

/// The idle connections of a server.
///
/// Who leaves is not looked for: its entry is out of date, and is skipped when its turn comes. So both ways cost
/// the same however many there are.
#[derive(Default)]
pub(super) struct IdleConnections {
    queue: Mutex<VecDeque<Entry>>,
}

struct Entry {
    seat: Arc<Seat>,
    stay: u32,
    since: Instant,
}

/// A connection as the queue knows it.
#[derive(Default)]
pub(super) struct Seat {
    /// Counts up when the connection enters or leaves the queue, and is odd while it is in there.
    stay: AtomicU32,
    is_evicted: AtomicBool,
    is_http2: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl IdleConnections {
    /// A connection has been idle since then.
    pub(super) fn enter(&self, seat: &Arc<Seat>, since: Instant) {
        seat.leave();
        let stay = seat.stay.fetch_add(1, SeqCst) + 1;
        let mut queue = lock(&self.queue);
        if queue.len() == queue.capacity() {
            queue.retain(Entry::is_current);
        }
        queue.push_back(Entry {
            seat: Arc::clone(seat),
            stay,
            since,
        });
    }

    /// Has the HTTP/2 connection closed that has been idle longest, for another that finds no memory for its window.
    pub(super) fn evict_http2(&self) -> bool {
        let mut queue = lock(&self.queue);
        let fits = |entry: &Entry| {
            entry.is_current() && entry.seat.is_http2.load(SeqCst) && entry.since.elapsed() >= YOUNG
        };
        let entry = queue.iter().position(fits).and_then(|at| queue.remove(at));
        drop(queue);
        if let Some(Entry { seat, .. }) = &entry {
            seat.evict();
        }
        entry.is_some()
    }

    /// Has the connection closed that has been idle longest. False if none has been idle for a while.
    pub(super) fn evict(&self) -> bool {
        let mut queue = lock(&self.queue);
        while let Some(entry) = queue.front() {
            if !entry.is_current() {
                queue.pop_front();
                continue;
            }
            if entry.since.elapsed() < YOUNG {
                return false;
            }
            if let Some(Entry { seat, .. }) = queue.pop_front() {
                drop(queue);
                seat.evict();
                return true;
            }
        }
        false
    }
}

impl Entry {
    fn is_current(&self) -> bool {
        self.seat.stay.load(SeqCst) == self.stay
    }
}

impl Seat {
    /// The connection is not idle any longer, if it was.
    pub(super) fn leave(&self) {
        if self.is_in_queue() {
            self.stay.fetch_add(1, SeqCst);
        }
    }

    /// The connection speaks HTTP/2.
    pub(super) fn set_http2(&self) {
        self.is_http2.store(true, SeqCst);
    }

    pub(super) fn is_in_queue(&self) -> bool {
        self.stay.load(SeqCst) % 2 == 1
    }

    fn evict(&self) {
        self.leave();
        self.is_evicted.store(true, SeqCst);
        if let Some(waker) = lock(&self.waker).take() {
            waker.wake();
        }
    }

    pub(super) fn is_evicted(&self) -> bool {
        self.is_evicted.load(SeqCst)
    }

    /// Ready when the connection is to close for another.
    pub(super) fn poll_evicted(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut waker = lock(&self.waker);
        match &mut *waker {
            Some(waker) => waker.clone_from(cx.waker()),
            None => *waker = Some(cx.waker().clone()),
        }
        drop(waker);
        if self.is_evicted() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    #[tokio::test(start_paused = true)]
    async fn the_longest_idle_one_goes_first_and_nobody_before_a_second() {
        let idle = IdleConnections::default();
        let [first, second, third] = [(); 3].map(|()| Arc::new(Seat::default()));
        for seat in [&first, &second, &third] {
            idle.enter(seat, Instant::now());
        }
        assert!(!idle.evict(), "all are young");
        advance(YOUNG).await;
        first.leave();
        assert!(idle.evict());
        assert_eq!(
            [&first, &second, &third].map(|seat| seat.is_evicted()),
            [false, true, false]
        );
        idle.enter(&first, Instant::now());
        assert!(idle.evict());
        assert!(third.is_evicted());
        assert!(!idle.evict(), "the first is young again");
    }

    #[tokio::test(start_paused = true)]
    async fn who_comes_and_goes_leaves_nothing_behind() {
        let idle = IdleConnections::default();
        let seat = Arc::new(Seat::default());
        for _ in 0..10_000 {
            idle.enter(&seat, Instant::now());
            seat.leave();
        }
        assert!(lock(&idle.queue).capacity() < 100);
    }
}
