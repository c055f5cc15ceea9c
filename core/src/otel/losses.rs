//! Spans that wait, and spans that were lost: how many, why, and when the log was last told.

use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The log hears of losses at most this often.
const INTERVAL: Duration = Duration::from_secs(60);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug)]
pub(super) struct Losses {
    most: usize,
    waiting: AtomicUsize,
    /// Since the log was told.
    lost: AtomicUsize,
    told: Mutex<Told>,
    /// What went wrong with a request that is being repeated, or given up.
    trouble: Mutex<Option<String>>,
}

#[derive(Debug, Default)]
struct Told {
    at: Option<Instant>,
    /// Why the collector did not get the last spans.
    cause: Option<String>,
}

impl Losses {
    /// At most so many spans wait.
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            waiting: AtomicUsize::new(0),
            lost: AtomicUsize::new(0),
            told: Mutex::default(),
            trouble: Mutex::default(),
        }
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Relaxed)
    }

    /// Whether there is room for one more span. Otherwise it is lost.
    pub(super) fn admit(&self) -> bool {
        let has_room = self.waiting.fetch_add(1, Relaxed) < self.most;
        if !has_room {
            self.waiting.fetch_sub(1, Relaxed);
            self.lost.fetch_add(1, Relaxed);
        }
        has_room
    }

    /// So many spans wait no longer, sent or not.
    pub(super) fn sent(&self, spans: usize, result: &OTelSdkResult) {
        self.waiting.fetch_sub(spans, Relaxed);
        let trouble = lock(&self.trouble).take();
        if let Err(error) = result {
            self.lost.fetch_add(spans, Relaxed);
            // The SDK only says that the network was at fault.
            let cause = trouble.unwrap_or_else(|| match error {
                OTelSdkError::InternalFailure(reason) => reason.clone(),
                other => other.to_string(),
            });
            lock(&self.told).cause = Some(cause);
        }
    }

    /// Why a request got no answer.
    pub(super) fn set_trouble(&self, trouble: String) {
        *lock(&self.trouble) = Some(trouble);
    }

    /// Tells the log what was lost, unless it was told a short while ago. Not for a thread that serves requests.
    pub(super) fn tell(&self) {
        let mut told = lock(&self.told);
        if told.at.is_none_or(|at| at.elapsed() >= INTERVAL) {
            self.write(&mut told);
        }
    }

    /// The same at the end, when those that wait are lost too.
    pub(super) fn tell_the_rest(&self) {
        let left = self.waiting.swap(0, Relaxed);
        self.lost.fetch_add(left, Relaxed);
        let mut told = lock(&self.told);
        if left > 0 {
            let cause = "the end did not wait for the collector any longer";
            told.cause.get_or_insert_with(|| cause.to_owned());
        }
        self.write(&mut told);
    }

    fn write(&self, told: &mut Told) {
        let count = self.lost.swap(0, Relaxed);
        if count == 0 {
            return;
        }
        told.at = Some(Instant::now());
        let cause = told.cause.take();
        let cause = cause.as_deref().unwrap_or("the queue was full");
        tracing::warn!(count, cause, "spans lost");
    }
}
