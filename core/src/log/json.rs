//! A line as a JSON object: `timestamp`, `level`, the message and the event's fields, `target`.

use super::json_string::JsonString;
use crate::chain::chain;
use serde::Serialize;
use std::error::Error;
use std::fmt::{self, Debug, Display, Write as _};
use std::io::Write as _;
use tracing::Event;
use tracing::field::{Field, Visit};

pub(super) fn write(line: &mut Vec<u8>, now: &dyn Display, event: &Event<'_>) {
    let metadata = event.metadata();
    let level = metadata.level();
    // Neither a time nor a level has anything to escape, and to write into memory does not fail.
    let _ = write!(line, r#"{{"timestamp":"{now}","level":"{level}""#);
    let mut members = Members(line);
    event.record(&mut members);
    members.add_text("target", |text| text.write_str(metadata.target()));
    line.push(b'}');
}

struct Members<'a>(&'a mut Vec<u8>);

impl Members<'_> {
    /// Adds all of a member but its value.
    fn add_name(&mut self, name: &str) {
        self.0.extend_from_slice(b",\"");
        // Nearly always an identifier, but a program can name a field by any literal. To write into memory does not fail.
        let _ = JsonString(self.0).write_str(name);
        self.0.extend_from_slice(b"\":");
    }

    fn add(&mut self, field: &Field, value: impl Serialize) {
        self.add_name(field.name());
        // Neither numbers nor booleans fail.
        let _ = serde_json::to_writer(&mut *self.0, &value);
    }

    /// Adds a text, or nothing at all if `write` fails.
    fn add_text(&mut self, name: &str, write: impl FnOnce(&mut JsonString<'_>) -> fmt::Result) {
        let before = self.0.len();
        self.add_name(name);
        self.0.push(b'"');
        if write(&mut JsonString(self.0)).is_ok() {
            self.0.push(b'"');
        } else {
            self.0.truncate(before);
        }
    }
}

impl Visit for Members<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add_text(field.name(), |text| text.write_str(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.record_str(field, &chain(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.add_text(field.name(), |text| write!(text, "{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::invisible::is_invisible;
    use super::super::testing::line;
    use crate::options::LogFormat;

    #[test]
    fn values_keep_their_types_and_are_escaped() {
        let error = std::io::Error::other("broken");
        let line = line(LogFormat::Json, || {
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

    #[test]
    fn nothing_invisible_gets_into_a_line_and_all_of_it_parses_back() {
        let hidden =
            "\u{202e}a\u{2066}\u{200f}\u{61c}\u{2028}\u{85}\u{7f}\u{200b}\u{feff}\u{e0041}";
        let error = std::io::Error::other(hidden);
        let line = line(LogFormat::Json, || {
            tracing::info!(
                target: "t\u{202e}",
                text = hidden,
                "a \"name\"\u{202e}" = 1,
                shown = %hidden,
                debugged = ?format_args!("{hidden}"),
                error = &error as &dyn std::error::Error,
                "{hidden}"
            );
        });
        assert!(!line.trim_end().contains(is_invisible), "{line:?}");
        let json: serde_json::Value = serde_json::from_str(&line).unwrap();
        for name in ["text", "shown", "debugged", "error", "message"] {
            assert_eq!(json[name], hidden, "{name}");
        }
        assert_eq!(json["a \"name\"\u{202e}"], 1);
    }

    #[test]
    fn a_value_that_cannot_be_formatted_leaves_the_rest() {
        struct Broken;
        impl std::fmt::Debug for Broken {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("half of it")?;
                Err(std::fmt::Error)
            }
        }
        let line = line(LogFormat::Json, || tracing::info!(a = ?Broken, b = 1, "c"));
        let json: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            (&json["a"], &json["b"], &json["message"]),
            (&serde_json::Value::Null, &1.into(), &"c".into())
        );
    }
}
