//! The line of a field: values know none, so the text is read once more, up to the field.

use crate::typed::Step;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::cell::Cell;
use std::fmt;

/// Line and column, from 1.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Where the field is, or the nearest one around it that is written out: functions and merge keys put in what stands elsewhere.
pub(super) fn place(text: &str, is_json: bool, (value, steps): (&Value, &[Step])) -> Place {
    let written = written(value, steps);
    let mut lengths = (1..=written.len()).rev();
    let found = lengths.find_map(|length| seek(text, is_json, &written[..length]));
    found.unwrap_or(Place { line: 1, column: 1 })
}

/// The steps as they are written, up to what a function makes. Properties may have a capital letter in the file.
fn written(mut value: &Value, steps: &[Step]) -> Vec<Step> {
    let mut written = Vec::new();
    for step in steps {
        let next = match (value, step) {
            (Value::Object(members), Step::Key(key)) => {
                let same = |other: &&String| other.eq_ignore_ascii_case(key);
                let key = members.get_key_value(key).map(|(key, _)| key);
                let key = key.or_else(|| members.keys().find(same));
                key.map(|key| (&members[key], Step::Key(key.clone())))
            }
            (Value::Array(items), Step::Item(number)) => {
                let mut before = items.iter().take(*number + 1);
                let is_known = before.all(|item| !is_function(item));
                let item = items.get(*number).filter(|_| is_known);
                item.map(|item| (item, step.clone()))
            }
            _ => None,
        };
        let Some((inner, step)) = next else {
            break;
        };
        value = inner;
        written.push(step);
    }
    written
}

fn is_function(value: &Value) -> bool {
    let mut keys = value.as_object().into_iter().flat_map(|it| it.keys());
    keys.next()
        .is_some_and(|key| key == "Ref" || key.starts_with("Fn::"))
}

fn seek(text: &str, is_json: bool, steps: &[Step]) -> Option<Place> {
    let found = Cell::new(false);
    let seek = Seek {
        steps,
        is_json,
        found: &found,
    };
    let (line, column) = if is_json {
        let error = seek.deserialize(&mut serde_json::Deserializer::from_str(text));
        let error = error.err()?;
        // It is at what comes before the value.
        (error.line(), error.column() + 1)
    } else {
        let error = seek.deserialize(serde_yaml_ng::Deserializer::from_str(text));
        let place = error.err()?.location()?;
        (place.line(), place.column())
    };
    found.get().then_some(Place { line, column })
}

/// Goes to a field, and fails there, since only errors have places.
#[derive(Clone, Copy)]
struct Seek<'a> {
    steps: &'a [Step],
    is_json: bool,
    found: &'a Cell<bool>,
}

impl<'de> DeserializeSeed<'de> for Seek<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if !self.steps.is_empty() {
            return deserializer.deserialize_any(self);
        }
        self.found.set(true);
        if self.is_json {
            return Err(D::Error::custom("here"));
        }
        // Of YAML, an error has the place where the value begins that fails.
        deserializer.deserialize_any(Here)
    }
}

impl<'de> Visitor<'de> for Seek<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what has the field")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(key) = members.next_key_seed(Key(self))? {
            match self.steps {
                [Step::Key(wanted), steps @ ..] if *wanted == key => {
                    return members.next_value_seed(Seek { steps, ..self });
                }
                _ => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let [Step::Item(wanted), steps @ ..] = self.steps else {
            return Ok(());
        };
        for _ in 0..*wanted {
            if items.next_element::<IgnoredAny>()?.is_none() {
                return Ok(());
            }
        }
        items.next_element_seed(Seek { steps, ..self })?;
        Ok(())
    }
}

/// Of YAML, a field is where its key is: its value may begin in another line.
struct Key<'a>(Seek<'a>);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<String, E> {
        let Self(seek) = self;
        if !seek.is_json && matches!(seek.steps, [Step::Key(wanted)] if wanted == key) {
            seek.found.set(true);
            return Err(E::custom("here"));
        }
        Ok(key.to_owned())
    }
}

/// Takes nothing.
struct Here;

impl Visitor<'_> for Here {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing")
    }
}

#[cfg(test)]
mod tests {
    use super::super::yaml;
    use super::*;

    fn at(text: &str, steps: &[&str]) -> String {
        let steps = steps.iter().map(|step| match step.parse() {
            Ok(number) => Step::Item(number),
            Err(_) => Step::Key((*step).to_owned()),
        });
        let steps: Vec<Step> = steps.collect();
        let is_json = text.starts_with('{');
        let value = yaml::parsed(text).unwrap();
        place(text, is_json, (&value, &steps)).to_string()
    }

    #[test]
    fn a_field_is_found_in_json() {
        let text = "{\n  \"a\": 1,\n  \"b\": [ { \"c\": 1 },\n    { \"c\": \"x\" } ]\n}";
        assert_eq!(at(text, &["a"]), "2:8");
        assert_eq!(at(text, &["b"]), "3:8");
        assert_eq!(at(text, &["b", "0", "c"]), "3:17");
        assert_eq!(at(text, &["b", "1", "c"]), "4:12");
        // What is not there is at what would have it.
        assert_eq!(at(text, &["b", "1", "d"]), "4:5");
        assert_eq!(at(text, &["z"]), "1:1");
    }

    #[test]
    fn a_field_is_found_in_yaml_by_its_name_in_either_spelling() {
        let text = "A: &a\n  B:\n    - C: 1\n    - C: x\nD: *a\nE: { F: !Ref G }\n";
        assert_eq!(at(text, &["a", "b", "1", "c"]), "4:7");
        assert_eq!(at(text, &["A", "B", "0"]), "3:7");
        assert_eq!(at(text, &["E", "F"]), "6:6");
        // An alias stands for what is elsewhere.
        assert_eq!(at(text, &["D", "B", "0", "C"]), "3:7");
    }

    #[test]
    fn behind_a_function_the_place_is_the_functions() {
        let text = "A:\n  - !If [B, 1, 2]\n  - C: 1\nD: !If\n  - B\n  - { E: 1 }\n  - 2\n";
        assert_eq!(at(text, &["A", "1", "C"]), "1:1");
        assert_eq!(at(text, &["D", "E"]), "4:1");
    }
}
