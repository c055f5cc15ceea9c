//! Sets up logging: to stdout, as JSON or text, off the threads that serve.

mod panic;
mod sink;

use self::sink::Sink;
use crate::options::LogFormat;
use std::io::IsTerminal;
use tracing::Level;

/// Writes what is still buffered when dropped.
#[must_use]
pub(crate) struct LogGuard {
    _sink: Option<sink::Flush>,
}

/// Makes stdout the place for log lines, unless the program has set up a subscriber of its own.
pub(crate) fn init(format: LogFormat) -> LogGuard {
    let is_text = match format {
        LogFormat::Text => true,
        LogFormat::Json => false,
        LogFormat::Auto => std::io::stdout().is_terminal(),
    };
    if tracing::dispatcher::has_been_set() {
        return LogGuard { _sink: None };
    }
    panic::log_panics();
    let (sink, flush) = Sink::start(std::io::stdout());
    let builder = tracing_subscriber::fmt()
        .with_writer(sink)
        .with_max_level(Level::INFO);
    if is_text {
        builder.init();
    } else {
        builder
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .init();
    }
    LogGuard { _sink: Some(flush) }
}
