//! A line for a person: time, level, message, and the fields as `name=value`.

use super::invisible::is_invisible;
use super::value::Value;
use crate::chain::chain;
use std::fmt::{self, Display, Formatter, Write as _};
use std::io::Write as _;
use tracing::Level;

pub(super) fn begin(line: &mut Vec<u8>, now: &dyn Display, level: Level) {
    // To write into memory does not fail.
    let _ = write!(line, "{now} {level:>5}");
}

pub(super) fn field(line: &mut Vec<u8>, name: &str, value: Value<'_>) {
    match value {
        Value::Text(text) => add(line, name, text),
        Value::Unsigned(number) => add(line, name, &number.to_string()),
        Value::Signed(number) => add(line, name, &number.to_string()),
        Value::Float(number) => add(line, name, &format!("{number:?}")),
        Value::Bool(flag) => add(line, name, &flag.to_string()),
        Value::Error(error) => add(line, name, &chain(error)),
        Value::Debug(value) => {
            let mut text = String::new();
            // A value that fails to format itself is left out; `format!` would panic.
            if write!(text, "{value:?}").is_ok() {
                add(line, name, &text);
            }
        }
    }
}

fn add(line: &mut Vec<u8>, name: &str, text: &str) {
    // Nothing in a value may look like its end.
    let must_quote = |c: char| c.is_whitespace() || c == '"' || is_invisible(c);
    // To write into memory does not fail.
    let _ = match name {
        "message" if !text.contains(is_invisible) => write!(line, " {text}"),
        "message" => write!(line, " {}", Escaped(text)),
        name if text.contains(must_quote) => {
            write!(line, " {}=\"{}\"", Escaped(name), Escaped(text))
        }
        name => write!(line, " {}={text}", Escaped(name)),
    };
}

/// A text with escapes as in a Rust string, so that nothing in it is invisible.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '"' | '\\' => write!(f, "\\{c}"),
            // `\n` and the like.
            _ if c.is_control() => write!(f, "{}", c.escape_debug()),
            _ if is_invisible(c) => write!(f, "{}", c.escape_unicode()),
            _ => f.write_char(c),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::line;
    use crate::options::LogFormat;

    #[test]
    fn a_line_stays_a_line() {
        let line = line(LogFormat::Text, || {
            tracing::info!(
                path = "/a",
                agent = "two words\n\u{1b}[31m",
                count = 7,
                "hello\nworld"
            );
        });
        let (_, rest) = line.split_once("Z ").unwrap();
        assert_eq!(
            rest,
            " INFO hello\\nworld path=/a agent=\"two words\\n\\u{1b}[31m\" count=7\n"
        );
    }

    #[test]
    fn what_nobody_would_see_is_an_escape() {
        let hidden = "\u{202e}a\u{2066}\u{2028}\u{85}\u{7f}\u{200b}\u{feff}\u{fe0f}\u{e0041}";
        let escaped = r"\u{202e}a\u{2066}\u{2028}\u{85}\u{7f}\u{200b}\u{feff}\u{fe0f}\u{e0041}";
        let line = line(LogFormat::Text, || {
            tracing::info!(shown = %hidden, "{hidden}");
        });
        let (_, rest) = line.split_once(" INFO ").unwrap();
        assert_eq!(rest, format!("{escaped} shown=\"{escaped}\"\n"));
    }

    #[test]
    fn a_value_does_not_look_like_another_field() {
        let line = line(LogFormat::Text, || {
            tracing::info!(path = "/a\u{a0}status=200", agent = "\" b=\\", "m");
        });
        let (_, rest) = line.split_once(" INFO ").unwrap();
        assert_eq!(
            rest,
            "m path=\"/a\u{a0}status=200\" agent=\"\\\" b=\\\\\"\n"
        );
    }
}
