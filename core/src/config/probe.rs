//! Asks a type what it wants, without a value: its fields, and what each of them expects.
//!
//! Serde has no reflection, but a type under deserialization says what it wants by the method that it
//! calls. This deserializer notes that and then fails, with the note as the error.

use super::expectation::{Expectation, described, known, whole};
use super::secret::SECRET;
use crate::contract::Kind;
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use std::fmt;

/// What a type asked for.
#[derive(Debug)]
pub(super) enum Wanted {
    /// A struct with these fields.
    Fields(&'static [&'static str]),
    /// Nothing: `()` or a unit struct.
    Nothing,
    /// A map whose keys are not known: `#[serde(flatten)]`, or a map itself.
    Map,
    /// What variables cannot give, and why.
    Unfit(&'static str),
    /// A single value.
    Value(Expectation),
}

/// What the field of `T` asks for that this path leads to, or `T` itself without a path.
#[inline(never)]
pub(super) fn wanted<T: DeserializeOwned>(path: &[&'static str]) -> Wanted {
    let is_whole = path.is_empty();
    match T::deserialize(Probe { path, is_whole }) {
        Ok(_) if is_whole => Wanted::Nothing,
        Ok(_) => Wanted::Value(Expectation::default()),
        Err(wanted) => wanted,
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a note")
    }
}

impl std::error::Error for Wanted {}

impl Error for Wanted {
    fn custom<M: fmt::Display>(_: M) -> Self {
        Self::Value(Expectation::default())
    }
}

#[derive(Clone, Copy)]
struct Probe<'a> {
    /// The fields from here to the one that is asked about.
    path: &'a [&'static str],
    /// If it is the whole type that is asked about.
    is_whole: bool,
}

macro_rules! whole_numbers {
    ($($method:ident: $type:ty),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wanted> {
            Err(Wanted::Value(whole(&visitor, <$type>::MIN as i64, <$type>::MAX as u64)))
        }
    )*};
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Wanted;

    whole_numbers! {
        deserialize_i8: i8, deserialize_i16: i16, deserialize_i32: i32, deserialize_i64: i64,
        deserialize_u8: u8, deserialize_u16: u16, deserialize_u32: u32, deserialize_u64: u64,
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wanted> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Wanted> {
        Err(Wanted::Value(known(Kind::Number, "a number", &["0"])))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Wanted> {
        let text = "true or false";
        Err(Wanted::Value(known(Kind::Boolean, text, &["true"])))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Wanted> {
        let text = format!("one of {}", variants.join(", "));
        Err(Wanted::Value(known(
            Kind::choice(variants),
            &text,
            variants,
        )))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wanted> {
        match self.path {
            // Its own two fields would be read as a group.
            [] if name == "Duration" && fields == ["secs", "nanos"] => Err(Wanted::Unfit(
                "is a std::time::Duration, which takes no units; make it a dualrun::config::Duration",
            )),
            [] => Err(Wanted::Fields(fields)),
            [field, path @ ..] => visitor.visit_map(OneField {
                field: Some(field),
                path,
            }),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Wanted> {
        Err(Wanted::Map)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wanted> {
        match visitor.visit_seq(Items) {
            Ok(_) => Err(Wanted::Value(Expectation::default().in_list())),
            Err(Wanted::Value(item)) if !item.is_list => Err(Wanted::Value(item.in_list())),
            Err(_) => Err(Wanted::Unfit(
                "is a list of more than plain values, which one variable cannot hold",
            )),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Wanted> {
        Err(Wanted::Unfit(
            "is a tuple or an array; make it a Vec or a struct",
        ))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Wanted> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wanted> {
        match self.is_whole {
            true => self.deserialize_any(visitor),
            false => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wanted> {
        let noted = visitor.visit_newtype_struct(self);
        noted.map_err(|wanted| match wanted {
            Wanted::Value(inner) if name == SECRET => Wanted::Value(Expectation {
                is_secret: true,
                ..inner
            }),
            other => other,
        })
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wanted> {
        match self.is_whole {
            true => visitor.visit_unit(),
            false => Err(Wanted::Nothing),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wanted> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wanted> {
        Err(Wanted::Value(described(&visitor)))
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf identifier ignored_any
    }
}

/// A struct with one field set.
struct OneField<'a> {
    field: Option<&'static str>,
    path: &'a [&'static str],
}

impl<'de> MapAccess<'de> for OneField<'_> {
    type Error = Wanted;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Wanted> {
        let key = self.field.take().map(StrDeserializer::new);
        key.map(|key| seed.deserialize(key)).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Wanted> {
        seed.deserialize(Probe {
            path: self.path,
            is_whole: false,
        })
    }
}

/// The items of a list.
struct Items;

impl<'de> SeqAccess<'de> for Items {
    type Error = Wanted;

    fn next_element_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<Option<V::Value>, Wanted> {
        let item = seed.deserialize(Probe {
            path: &[],
            is_whole: false,
        });
        // An item that needs nothing would go on for ever.
        item.and(Err(Wanted::Nothing))
    }
}
