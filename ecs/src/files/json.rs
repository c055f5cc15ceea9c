//! JSON whose objects have each key once: of two, a parser keeps the last, and nobody knows which one is meant.
//! What editors allow in JSON and AWS does not is found too.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// Reads JSON whose objects have each key once.
pub(super) fn parsed(text: &str) -> Result<Value, serde_json::Error> {
    let Unique(value) = serde_json::from_str(text)?;
    Ok(value)
}

/// What some editors allow in JSON.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Extra {
    Comment,
    Comma,
}

/// The first comment, or comma before a closing bracket, with its line.
pub(super) fn extra(text: &str) -> Option<(Extra, usize)> {
    let (mut line, mut in_string) = (1, false);
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        let behind = &text[at + letter.len_utf8()..];
        match letter {
            '\n' => line += 1,
            '\\' if in_string => {
                letters.next();
            }
            '"' => in_string = !in_string,
            '/' if !in_string && behind.starts_with(['/', '*']) => {
                return Some((Extra::Comment, line));
            }
            ',' if !in_string && behind.trim_start().starts_with(['}', ']']) => {
                return Some((Extra::Comma, line));
            }
            _ => {}
        }
    }
    None
}

/// A text without the comments before what it has to say.
pub(super) fn without_comments(mut text: &str) -> &str {
    loop {
        text = text.trim_start();
        let end = match text.get(..2) {
            Some("//") => text.find('\n'),
            Some("/*") => text.find("*/").map(|at| at + 2),
            _ => return text,
        };
        text = &text[end.unwrap_or(text.len())..];
    }
}

/// A value without duplicate keys.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Unique;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Unique, E> {
        Ok(Unique(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Unique, A::Error> {
        let mut all = Vec::new();
        while let Some(Unique(item)) = items.next_element()? {
            all.push(item);
        }
        Ok(Unique(all.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Unique, A::Error> {
        let mut all = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            if all.contains_key(&key) {
                return Err(A::Error::custom(format!("duplicate key {key:?}")));
            }
            let Unique(member) = members.next_value()?;
            all.insert(key, member);
        }
        Ok(Unique(all.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_a_file_has_twice_is_named_with_its_place() {
        let text = "{\"containerDefinitions\":[{\"name\":\"app\",
\"environment\":[{\"name\":\"A\",\"value\":\"1\"}],
\"environment\":[]}]}";
        let error = parsed(text).unwrap_err().to_string();
        assert_eq!(error, "duplicate key \"environment\" at line 3 column 13");
    }

    #[test]
    fn what_editors_allow_is_found_outside_of_strings_only() {
        for (text, found) in [
            ("{\n// a\n}", Some((Extra::Comment, 2))),
            ("{\"a\": 1 /* b */}", Some((Extra::Comment, 1))),
            ("{\n\"a\": [1,\n],\n}", Some((Extra::Comma, 2))),
            ("{\"a\": \"http://b, }\\\", ]\"}", None),
            ("[1, 2]", None),
        ] {
            assert_eq!(extra(text), found, "{text}");
        }
    }

    #[test]
    fn what_comes_behind_comments_is_what_counts() {
        assert_eq!(without_comments("// a\n /* b\n*/ {}"), "{}");
        assert_eq!(without_comments("// a"), "");
        assert_eq!(without_comments("/* a"), "");
        assert_eq!(without_comments("a: b // c"), "a: b // c");
    }
}
