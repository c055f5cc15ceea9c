//! A line for a person: time, level, message, and the fields as `name=value`.

use super::invisible::is_invisible;
use crate::chain::chain;
use std::error::Error;
use std::fmt::{self, Debug, Display, Formatter, Write as _};
use std::io::Write as _;
use tracing::Event;
use tracing::field::{Field, Visit};

pub(super) fn write(line: &mut Vec<u8>, now: &dyn Display, event: &Event<'_>) {
    let level = event.metadata().level();
    // To write into memory does not fail.
    let _ = write!(line, "{now} {level:>5}");
    event.record(&mut Fields(line));
}

struct Fields<'a>(&'a mut Vec<u8>);

impl Fields<'_> {
    fn add(&mut self, field: &Field, text: &str) {
        let Self(line) = self;
        // Nothing in a value may look like its end.
        let must_quote = |c: char| c.is_whitespace() || c == '"' || is_invisible(c);
        // To write into memory does not fail.
        let _ = match field.name() {
            "message" if !text.contains(is_invisible) => write!(line, " {text}"),
            "message" => write!(line, " {}", Escaped(text)),
            name if text.contains(must_quote) => {
                write!(line, " {}=\"{}\"", Escaped(name), Escaped(text))
            }
            name => write!(line, " {}={text}", Escaped(name)),
        };
    }
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

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.add(field, &chain(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let mut text = String::new();
        // A value that fails to format itself is left out; `format!` would panic.
        if write!(text, "{value:?}").is_ok() {
            self.add(field, &text);
        }
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
