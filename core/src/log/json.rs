//! A line as a JSON object: `timestamp`, `level`, the message and the event's fields, `target`.

use crate::chain::chain;
use serde::{Serialize, Serializer};
use std::error::Error;
use std::fmt::{self, Debug, Display};
use std::io::Write;
use tracing::Event;
use tracing::field::{Field, Visit};

pub(super) fn write(line: &mut Vec<u8>, now: &dyn Display, event: &Event<'_>) {
    let metadata = event.metadata();
    let level = metadata.level();
    // Neither a time nor a level has anything to escape, and to write into memory does not fail.
    let _ = write!(line, r#"{{"timestamp":"{now}","level":"{level}""#);
    let mut members = Members(line);
    event.record(&mut members);
    members.add("target", metadata.target());
    line.push(b'}');
}

struct Members<'a>(&'a mut Vec<u8>);

impl Members<'_> {
    fn add(&mut self, name: &str, value: impl Serialize) {
        let Self(line) = self;
        let before = line.len();
        // A field's name is a Rust identifier, perhaps with dots.
        line.extend_from_slice(b",\"");
        line.extend_from_slice(name.as_bytes());
        line.extend_from_slice(b"\":");
        if serde_json::to_writer(&mut **line, &value).is_err() {
            line.truncate(before);
        }
    }
}

impl Visit for Members<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field.name(), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field.name(), value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field.name(), value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field.name(), value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.add(field.name(), chain(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.add(field.name(), AsText(format_args!("{value:?}")));
    }
}

/// A value by its text, escaped while it is formatted.
struct AsText<'a>(fmt::Arguments<'a>);

impl Serialize for AsText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::format::Format;
    use super::super::testing::line;

    #[test]
    fn values_keep_their_types_and_are_escaped() {
        let error = std::io::Error::other("broken");
        let line = line(Format::Json, || {
            tracing::warn!(
                text = "a \"quoted\"\nline \u{1b}[31m",
                number = 7_u64,
                negative = -7_i64,
                ratio = 0.5,
                flag = true,
                shown = %"x\ty",
                debugged = ?Some("z"),
                nothing = Option::<u64>::None,
                error = &error as &dyn std::error::Error,
                "hello {}",
                "world"
            );
        });
        let json: serde_json::Value = serde_json::from_str(&line).unwrap();
        for (name, value) in [
            ("level", serde_json::json!("WARN")),
            ("message", "hello world".into()),
            ("text", "a \"quoted\"\nline \u{1b}[31m".into()),
            ("number", 7.into()),
            ("negative", (-7).into()),
            ("ratio", 0.5.into()),
            ("flag", true.into()),
            ("shown", "x\ty".into()),
            ("debugged", "Some(\"z\")".into()),
            ("nothing", serde_json::Value::Null),
            ("error", "broken".into()),
            ("target", module_path!().into()),
        ] {
            assert_eq!(json[name], value, "{name}");
        }
        assert!(
            line.ends_with("}\n") && line.matches('\n').count() == 1,
            "{line}"
        );
        assert!(json["timestamp"].as_str().unwrap().ends_with('Z'));
    }
}
