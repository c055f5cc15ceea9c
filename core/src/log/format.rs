//! Events as lines.
//!
//! tracing-subscriber has formatters of its own, but its JSON costs more than serving the request that the
//! line is about.

use super::sink::Sink;
use super::{json, text};
use std::cell::RefCell;
use std::time::SystemTime;
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

/// What a line looks like.
#[derive(Clone, Copy)]
pub(super) enum Format {
    Json,
    Text,
}

impl Format {
    /// Appends the event as a line.
    fn write(self, line: &mut Vec<u8>, event: &Event<'_>) {
        let now = humantime::format_rfc3339_micros(SystemTime::now());
        match self {
            Self::Json => json::write(line, &now, event),
            Self::Text => text::write(line, &now, event),
        }
        line.push(b'\n');
    }

    /// The line that says that lines are missing.
    pub(super) fn dropped(self, count: u64) -> String {
        let now = humantime::format_rfc3339_micros(SystemTime::now());
        match self {
            Self::Json => format!(
                "{{\"timestamp\":\"{now}\",\"level\":\"WARN\",\"message\":\"log lines dropped\",\"count\":{count}}}\n"
            ),
            Self::Text => format!("{now}  WARN log lines dropped count={count}\n"),
        }
    }
}

/// Hands each event to the sink, as a line.
pub(super) struct Lines {
    pub(super) format: Format,
    pub(super) sink: Sink,
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        thread_local! {
            static LINE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
        }
        LINE.with(|line| {
            // An event within an event, from the formatting of a value, has to do without the buffer.
            let mut own = Vec::new();
            let mut shared = line.try_borrow_mut();
            let line = shared.as_deref_mut().unwrap_or(&mut own);
            line.clear();
            self.format.write(line, event);
            self.sink.push(line);
        });
    }
}
