//! Events as lines.
//!
//! tracing-subscriber has formatters of its own, but its JSON costs more than serving the request that the
//! line is about.

use super::names::Names;
use super::spans::Collected;
use super::value::{Each, Value};
use super::{json, text};
use crate::options::LogFormat;
use std::io::IsTerminal;
use std::time::SystemTime;
use tracing::Event;
use tracing_subscriber::registry::{LookupSpan, Scope};

/// What a line looks like.
#[derive(Clone, Copy, Debug)]
pub(super) enum Format {
    Json,
    Text,
}

/// A line in the making, and room for what is needed on the way. Used again, so that a line takes no memory.
#[derive(Default)]
pub(super) struct Line {
    pub(super) text: Vec<u8>,
    names: Names,
    spans: Collected,
}

/// A line that took more room than this gives it back.
const RETAINED: usize = 1 << 16;

impl Line {
    pub(super) fn shrink(&mut self) {
        if self.text.capacity() > RETAINED {
            *self = Self::default();
        }
    }
}

impl Format {
    /// The one that was chosen, or the one that suits stdout.
    pub(super) fn of(chosen: LogFormat) -> Self {
        match chosen {
            LogFormat::Text => Self::Text,
            LogFormat::Auto if std::io::stdout().is_terminal() => Self::Text,
            LogFormat::Json | LogFormat::Auto => Self::Json,
        }
    }

    /// Makes an event, with the fields of the spans around it, the line.
    pub(super) fn write<'a, S: LookupSpan<'a>>(
        self,
        line: &mut Line,
        event: &Event<'_>,
        scope: Option<Scope<'a, S>>,
    ) {
        let now = humantime::format_rfc3339_micros(SystemTime::now());
        let Line { text, names, spans } = line;
        let metadata = event.metadata();
        text.clear();
        match self {
            Self::Json => {
                names.reset(json::OWN);
                json::begin(text, &now, *metadata.level());
            }
            Self::Text => {
                names.reset(&[]);
                text::begin(text, &now, *metadata.level());
            }
        }
        event.record(&mut Each(|name, value: Value<'_>| {
            let name = self.key(name);
            if names.add(name) {
                self.field(text, name, value);
            }
        }));
        if let Some(scope) = scope {
            spans.write(text, self, names, scope);
        }
        if let Self::Json = self {
            json::end(text, metadata.target());
        }
        text.push(b'\n');
    }

    /// The name that a field has in a line.
    pub(super) fn key(self, name: &'static str) -> &'static str {
        match self {
            Self::Json => json::key(name),
            Self::Text => name,
        }
    }

    /// Appends a field, or nothing if its value fails to format itself.
    pub(super) fn field(self, line: &mut Vec<u8>, name: &str, value: Value<'_>) {
        match self {
            Self::Json => json::member(line, name, value),
            Self::Text => text::field(line, name, value),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_missing_are_told_like_any_other_event() {
        let line = Format::Json.dropped(7);
        let json: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            (&json["level"], &json["message"], &json["count"]),
            (&"WARN".into(), &"log lines dropped".into(), &7.into())
        );
        let text = Format::Text.dropped(7);
        assert!(
            text.ends_with("Z  WARN log lines dropped count=7\n"),
            "{text}"
        );
    }
}
