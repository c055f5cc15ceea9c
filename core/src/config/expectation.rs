//! What a single value is expected to be, in words and for programs.

use crate::contract::Kind;
use serde::de::Expected;

/// What a field accepts.
#[derive(Debug, Default)]
pub(crate) struct Expectation {
    /// In words, if the type tells more than "a string".
    pub(crate) text: Option<String>,
    /// The same as the words, for programs.
    pub(crate) kind: Kind,
    /// Values that the type may accept; which ones has to be tried.
    pub(super) examples: &'static [&'static str],
    pub(super) is_list: bool,
    /// If it is a [`Secret`](super::Secret).
    pub(super) is_secret: bool,
}

impl Expectation {
    /// The same of each item of a list.
    pub(super) fn in_list(self) -> Self {
        let list = "a comma-separated list".to_owned();
        Self {
            text: Some(match &self.text {
                Some(item) => list + ", each item " + item,
                None => list,
            }),
            kind: Kind::Text,
            is_list: true,
            ..self
        }
    }
}

pub(super) fn known(kind: Kind, text: &str, examples: &'static [&'static str]) -> Expectation {
    Expectation {
        text: Some(text.to_owned()),
        kind,
        examples,
        ..Expectation::default()
    }
}

/// What a visitor says of itself. "A string" says nothing: whatever was wrong, it was no missing string.
pub(super) fn described(visitor: &dyn Expected) -> Expectation {
    static COMMON: [&str; 8] = [
        "x",
        "1",
        "true",
        "1s",
        "1KiB",
        "127.0.0.1",
        "127.0.0.1:1",
        "http://localhost/",
    ];
    let text = visitor.to_string();
    Expectation {
        text: (text != "a string").then_some(text),
        examples: &COMMON,
        ..Expectation::default()
    }
}

/// A whole number. Serde's own visitors give the name of the type, those for another range describe it.
#[inline(never)]
pub(super) fn whole(visitor: &dyn Expected, min: i64, max: u64) -> Expectation {
    let text = visitor.to_string();
    let nonzero = text.strip_prefix("a nonzero ");
    let name = nonzero.unwrap_or(&text);
    let size = name.strip_prefix(['i', 'u']);
    let is_plain = size.is_some_and(|size| size == "size" || size.parse::<u8>().is_ok());
    let min = match nonzero {
        Some(_) if min == 0 => 1,
        _ => min,
    };
    let but = match nonzero {
        Some(_) if min < 0 => ", but not 0",
        _ => "",
    };
    let text = match is_plain {
        true => format!("a whole number from {min} to {max}{but}"),
        false => text,
    };
    known(Kind::Integer { min, max }, &text, &["0", "1"])
}
