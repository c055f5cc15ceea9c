//! Asks a type what it wants, without a value: its field names, and what each field expects.
//!
//! Serde has no reflection, but a type under deserialization says what it wants by the method that it
//! calls. These deserializers note that and then fail, with the note as the error.

use crate::contract::Kind;
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, Expected, MapAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use std::fmt;

/// What the type asked for.
#[derive(Debug)]
pub(crate) enum Wanted {
    /// A struct with these fields.
    Fields(&'static [&'static str]),
    /// Nothing: `()` or a unit struct.
    Nothing,
    /// A map whose keys are not known: `#[serde(flatten)]`, or a map itself.
    Map,
    /// A single value.
    Value(Expectation),
}

/// What a field accepts.
#[derive(Debug, Default)]
pub(crate) struct Expectation {
    /// In words, if the type tells more than "a string".
    pub(crate) text: Option<String>,
    /// Values that the type may accept; which ones has to be tried.
    pub(crate) examples: Vec<String>,
    /// The same as the words, for programs.
    pub(crate) kind: Kind,
}

/// What `T` asks for.
pub(crate) fn shape<T: DeserializeOwned>() -> Wanted {
    match T::deserialize(Shape) {
        Ok(_) => Wanted::Nothing,
        Err(wanted) => wanted,
    }
}

/// What the field of `T` accepts.
#[inline(never)]
pub(crate) fn expectation<T: DeserializeOwned>(field: &'static str) -> Expectation {
    match T::deserialize(OneField(Some(field))) {
        Err(Wanted::Value(expectation)) => expectation,
        _ => Expectation::default(),
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Wanted {}

impl Error for Wanted {
    fn custom<M: fmt::Display>(_: M) -> Self {
        Self::Value(Expectation::default())
    }
}

/// Catches the names of a struct's fields.
struct Shape;

impl<'de> Deserializer<'de> for Shape {
    type Error = Wanted;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wanted> {
        Err(Wanted::Value(described(&visitor)))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Wanted> {
        Err(Wanted::Fields(fields))
    }

    fn deserialize_map<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Wanted> {
        Err(Wanted::Map)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wanted> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wanted> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wanted> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option seq tuple tuple_struct enum identifier ignored_any
    }
}

/// A struct with one field set, whose value catches what the field expects.
struct OneField(Option<&'static str>);

impl<'de> Deserializer<'de> for OneField {
    type Error = Wanted;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wanted> {
        visitor.visit_map(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wanted> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> MapAccess<'de> for OneField {
    type Error = Wanted;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Wanted> {
        let key = self.0.take().map(StrDeserializer::new);
        key.map(|key| seed.deserialize(key)).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Wanted> {
        seed.deserialize(Value)
    }
}

/// Catches what one value is expected to be.
struct Value;

macro_rules! numbers {
    ($($method:ident: $type:ty),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wanted> {
            let mut expectation = described(&visitor);
            let (mut min, max) = (<$type>::MIN, <$type>::MAX);
            let text = expectation.text.take().unwrap_or_default();
            let is_plain = text == stringify!($type);
            if text.starts_with("a nonzero") && min == 0 {
                min = 1;
            }
            expectation.text = Some(match is_plain || min == 1 {
                true => format!("a whole number from {min} to {max}"),
                false => text,
            });
            expectation.kind = Kind::Integer { min: min.try_into().unwrap_or_default(), max: max.try_into().unwrap_or(u64::MAX) };
            expectation.examples = vec!["0".into(), "1".into()];
            Err(Wanted::Value(expectation))
        }
    )*};
}

impl<'de> Deserializer<'de> for Value {
    type Error = Wanted;

    numbers! {
        deserialize_i8: i8, deserialize_i16: i16, deserialize_i32: i32, deserialize_i64: i64,
        deserialize_u8: u8, deserialize_u16: u16, deserialize_u32: u32, deserialize_u64: u64,
    }

    fn deserialize_f32<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Wanted> {
        Err(known(Kind::Number, "a number", &["0"]))
    }

    fn deserialize_f64<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Wanted> {
        Err(known(Kind::Number, "a number", &["0"]))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Wanted> {
        Err(known(Kind::Boolean, "true or false", &["true"]))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Wanted> {
        let text = format!("one of {}", variants.join(", "));
        let kind = Kind::choice(variants);
        Err(known(kind, &text, variants))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Wanted> {
        let text = "a comma-separated list";
        Err(known(Kind::Text, text, &["x", "0", "1"]))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wanted> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wanted> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wanted> {
        Err(Wanted::Value(described(&visitor)))
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct tuple tuple_struct map struct
        identifier ignored_any
    }
}

fn known(kind: Kind, text: &str, examples: &[&str]) -> Wanted {
    Wanted::Value(Expectation {
        text: Some(text.to_owned()),
        examples: examples.iter().map(|&example| example.to_owned()).collect(),
        kind,
    })
}

/// What a visitor says of itself. "A string" says nothing: whatever was wrong, it was no missing string.
fn described(visitor: &dyn Expected) -> Expectation {
    const COMMON: [&str; 8] = [
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
        examples: COMMON.iter().map(|&example| example.to_owned()).collect(),
        kind: Kind::Text,
    }
}
