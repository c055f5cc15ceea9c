//! For the tests of lines: what an event looks like.

use super::format::Format;
use super::layer::{Layer, batched};
use super::subscriber::Log;
use crate::options::LogFormat;
use std::io::{self, Write};
use std::sync::{Arc, LazyLock, Mutex};
use tracing::Dispatch;
use tracing_subscriber::Registry;
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

/// What `log` logs, with a subscriber that has the layer.
pub(crate) fn line(format: LogFormat, log: impl FnOnce()) -> String {
    logged(format, log, |layer| {
        Dispatch::new(tracing_subscriber::registry().with(layer))
    })
}

/// What `log` logs, with the subscriber that `run` sets up.
pub(crate) fn lines_of_run(format: LogFormat, filter: &str, log: impl FnOnce()) -> String {
    let filter = filter.parse().expect("a filter");
    logged(format, log, |layer| Dispatch::new(Log::new(layer, filter)))
}

fn logged(
    format: LogFormat,
    log: impl FnOnce(),
    subscriber: impl FnOnce(Layer) -> Dispatch,
) -> String {
    // With one subscriber alone, tracing asks that of the thread whether anybody wants a new kind of event, and a test beside this
    // one, which has none, would say no for all. With two it asks both.
    static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(Registry::default()));
    LazyLock::force(&SECOND);
    let memory = Memory::default();
    let (layer, guard) = batched(Format::of(format), memory.clone());
    tracing::dispatcher::with_default(&subscriber(layer), log);
    drop(guard);
    let bytes = memory.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}
