//! For the tests of the formats: what an event looks like.

use super::format::{Format, Lines};
use super::sink::Sink;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use tracing_subscriber::layer::SubscriberExt;

#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What `log` logs.
pub(super) fn line(format: Format, log: impl FnOnce()) -> String {
    let memory = Memory::default();
    let (sink, flush) = Sink::start(memory.clone(), format);
    let subscriber = tracing_subscriber::registry().with(Lines { format, sink });
    tracing::subscriber::with_default(subscriber, log);
    drop(flush);
    let bytes = memory.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}
