//! Events as lines.
//!
//! tracing-subscriber has formatters of its own, but its JSON costs more than serving the request that the
//! line is about.

use super::{json, text};
use crate::options::LogFormat;
use std::io::IsTerminal;
use std::time::SystemTime;
use tracing::Event;

/// What a line looks like.
#[derive(Clone, Copy, Debug)]
pub(super) enum Format {
    Json,
    Text,
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

    /// Appends the event as a line.
    pub(super) fn write(self, line: &mut Vec<u8>, event: &Event<'_>) {
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
