//! A line as a JSON object: `timestamp`, `level`, the message and the event's fields, those of its spans, `target`.

use super::json_string::JsonString;
use super::value::Value;
use crate::chain::chain;
use serde::Serialize;
use std::fmt::{self, Display, Write as _};
use std::io::Write as _;
use tracing::Level;

/// The members that each line has.
pub(super) const OWN: &[&str] = &["timestamp", "level", "target"];

/// The name of a field's member: its own, unless that is one of each line's.
pub(super) fn key(name: &'static str) -> &'static str {
    match name {
        "timestamp" => "field.timestamp",
        "level" => "field.level",
        "target" => "field.target",
        _ => name,
    }
}

pub(super) fn begin(line: &mut Vec<u8>, now: &dyn Display, level: Level) {
    // Neither a time nor a level has anything to escape, and to write into memory does not fail.
    let _ = write!(line, r#"{{"timestamp":"{now}","level":"{level}""#);
}

pub(super) fn member(line: &mut Vec<u8>, name: &str, value: Value<'_>) {
    match value {
        Value::Text(text) => add_text(line, name, |string| string.write_str(text)),
        Value::Unsigned(number) => add(line, name, number),
        Value::Signed(number) => add(line, name, number),
        Value::Float(number) => add(line, name, number),
        Value::Bool(flag) => add(line, name, flag),
        Value::Error(error) => add_text(line, name, |string| string.write_str(&chain(error))),
        Value::Debug(value) => add_text(line, name, |string| write!(string, "{value:?}")),
    }
}

pub(super) fn end(line: &mut Vec<u8>, target: &str) {
    add_text(line, "target", |string| string.write_str(target));
    line.push(b'}');
}

/// Adds all of a member but its value.
fn add_name(line: &mut Vec<u8>, name: &str) {
    line.extend_from_slice(b",\"");
    // Nearly always an identifier, but a program can name a field by any literal. To write into memory does not fail.
    let _ = JsonString(line).write_str(name);
    line.extend_from_slice(b"\":");
}

fn add(line: &mut Vec<u8>, name: &str, value: impl Serialize) {
    add_name(line, name);
    // Neither numbers nor booleans fail.
    let _ = serde_json::to_writer(line, &value);
}

/// Adds a text, or nothing at all if `write` fails.
fn add_text(
    line: &mut Vec<u8>,
    name: &str,
    write: impl FnOnce(&mut JsonString<'_>) -> fmt::Result,
) {
    let before = line.len();
    add_name(line, name);
    line.push(b'"');
    if write(&mut JsonString(line)).is_ok() {
        line.push(b'"');
    } else {
        line.truncate(before);
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
