//! A line for a person: time, level, message, and the fields as `name=value`.

use crate::chain::chain;
use std::error::Error;
use std::fmt::{Debug, Display};
use std::io::Write;
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
        let is_plain = |c: char| !c.is_control();
        // To write into memory does not fail.
        let _ = match field.name() {
            "message" if text.chars().all(is_plain) => write!(line, " {text}"),
            "message" => write!(line, " {}", text.escape_debug()),
            name if text.chars().all(|c| is_plain(c) && c != ' ' && c != '"') => {
                write!(line, " {name}={text}")
            }
            name => write!(line, " {name}={text:?}"),
        };
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
        self.add(field, &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::format::Format;
    use super::super::testing::line;

    #[test]
    fn a_line_stays_a_line() {
        let line = line(Format::Text, || {
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
}
