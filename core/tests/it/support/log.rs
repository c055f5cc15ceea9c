//! What is logged, for tests that look at it.

use serde_json::Value;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, Once};
use tracing::Dispatch;
use tracing::subscriber::{DefaultGuard, NoSubscriber};

/// Collects what is logged on this thread until it is dropped.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    pub(crate) fn capture() -> (Self, DefaultGuard) {
        ask_every_subscriber();
        let lines = Self::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .with_writer(move || writer.clone())
            .finish();
        (lines, tracing::subscriber::set_default(subscriber))
    }

    pub(crate) fn take(&self) -> Vec<Value> {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap());
        let text = String::from_utf8(bytes).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// Makes `tracing` ask every subscriber whether it wants an event. As long as there is only one subscriber, it asks the
/// one of the thread that logs the event first. If that is another test's, without a subscriber, nobody gets the event.
pub(crate) fn ask_every_subscriber() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for _ in 0..2 {
            std::mem::forget(Dispatch::new(NoSubscriber::default()));
        }
    });
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
