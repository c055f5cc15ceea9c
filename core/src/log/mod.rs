//! Logging: one line for each event, to stdout, as JSON or text, off the threads that serve.

mod format;
mod json;
mod panic;
mod sink;
#[cfg(test)]
mod testing;
mod text;

use self::format::{Format, Lines};
use self::sink::{Flush, Sink};
use crate::options::LogFormat;
use std::io::IsTerminal;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;

/// When lines reach stdout.
#[derive(Clone, Copy)]
pub(crate) enum Delivery {
    /// Soon, many at a time.
    Batched,
    /// At once: Lambda stops the process between two invocations.
    Immediate,
}

/// Writes what is still buffered when dropped. `None` if the program has a subscriber of its own.
pub(crate) type LogGuard = Option<Flush>;

/// Makes stdout the place for log lines, unless the program has set up a subscriber of its own.
pub(crate) fn init(format: LogFormat, level: LevelFilter, delivery: Delivery) -> LogGuard {
    let format = match format {
        LogFormat::Text => Format::Text,
        LogFormat::Auto if std::io::stdout().is_terminal() => Format::Text,
        LogFormat::Json | LogFormat::Auto => Format::Json,
    };
    let (sink, flush) = match delivery {
        Delivery::Batched => {
            let (sink, flush) = Sink::start(std::io::stdout(), format);
            (sink, Some(flush))
        }
        Delivery::Immediate => (Sink::Immediate, None),
    };
    let subscriber = tracing_subscriber::registry()
        .with(level)
        .with(Lines { format, sink });
    tracing::subscriber::set_global_default(subscriber).ok()?;
    panic::log_panics();
    flush
}
