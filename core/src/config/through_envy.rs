//! Loads a type through envy, which converts every value, and takes groups, which envy does not know.
//!
//! envy reads pairs of a field and a text. A group is a run of such pairs: one for its own field, those of its
//! members, and one that closes it. A struct in a field reads on in envy's pairs until there.

use super::layout::{Role, Step, Values};
use serde::de::value::StrDeserializer;
use serde::de::{Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;
use std::cell::Cell;
use std::fmt;

/// The key of the pair that closes a group. No variable has it in its name.
const CLOSE: &str = "\0";

/// Why a type does not load.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// This step is not taken, and has to be.
    Missing(usize),
    /// A variable's value is not valid, or its field has one already.
    Value,
    /// The values are not valid together.
    Together,
}

/// envy, for the steps that are taken.
#[inline(never)]
pub(super) fn from_envy<T: DeserializeOwned>(
    steps: &[Step],
    values: &Values,
) -> Result<T, Failure> {
    let at = Cell::new(steps.len());
    let pairs = Pairs {
        steps,
        values,
        next: 0,
        at: &at,
    };
    match envy::from_iter(pairs) {
        Ok(Grouped(config)) => Ok(config),
        Err(error) => Err(failure(&error, steps, at.get())),
    }
}

/// What has failed, by the last step that was read.
fn failure(error: &envy::Error, steps: &[Step], at: usize) -> Failure {
    let last = steps.get(at);
    if let envy::Error::MissingValue(field) = error {
        // What is missing is missed at the end of the group that it is in.
        let group = last.and_then(|step| step.group);
        let is_it = |step: &Step| step.field == *field && step.group == group;
        if let Some(index) = steps.iter().position(is_it) {
            return Failure::Missing(index);
        }
    }
    match last.map(|step| &step.role) {
        Some(Role::Variable { .. } | Role::Open { .. }) => Failure::Value,
        Some(Role::Close) | None => Failure::Together,
    }
}

/// The pairs for envy, which note how far it has read.
struct Pairs<'a> {
    steps: &'a [Step],
    values: &'a Values,
    next: usize,
    at: &'a Cell<usize>,
}

impl Iterator for Pairs<'_> {
    type Item = (String, String);

    fn next(&mut self) -> Option<(String, String)> {
        loop {
            let at = self.next;
            self.at.set(at);
            let step = self.steps.get(at)?;
            self.next = at + 1;
            if let Some(value) = &self.values[at] {
                let key = match step.role {
                    Role::Close => CLOSE,
                    _ => step.field,
                };
                return Some((key.to_owned(), value.clone()));
            }
        }
    }
}

/// `T`, loaded with its groups.
struct Grouped<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Grouped<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(Whole(deserializer)).map(Self)
    }
}

/// The whole type.
struct Whole<D>(D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Whole<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Members(visitor))
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// Gives envy's pairs to the type's own visitor.
struct Members<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Members<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_map<M: MapAccess<'de>>(self, mut pairs: M) -> Result<V::Value, M::Error> {
        self.0.visit_map(Group(&mut pairs))
    }
}

/// The pairs of one group, or those of the whole type.
struct Group<'a, M>(&'a mut M);

impl<'de, M: MapAccess<'de>> MapAccess<'de> for Group<'_, M> {
    type Error = M::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, M::Error> {
        match key(self.0)? {
            Some(key) if key != CLOSE => seed.deserialize(StrDeserializer::new(&key)).map(Some),
            _ => Ok(None),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, M::Error> {
        seed.deserialize(Field(&mut *self.0))
    }
}

/// The value of one field: envy's, or the group that begins there.
struct Field<'a, M>(&'a mut M);

// Not for each visitor anew.
#[inline(never)]
fn key<'de, M: MapAccess<'de>>(pairs: &mut M) -> Result<Option<String>, M::Error> {
    pairs.next_key()
}

/// A value that envy converts.
#[inline(never)]
fn value<'de, T: Deserialize<'de>, M: MapAccess<'de>>(pairs: &mut M) -> Result<T, M::Error> {
    pairs.next_value()
}

macro_rules! by_envy {
    ($($method:ident: $type:ty => $visit:ident,)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, M::Error> {
            visitor.$visit(value::<$type, M>(self.0)?)
        }
    )*};
}

impl<'de, M: MapAccess<'de>> Deserializer<'de> for Field<'_, M> {
    type Error = M::Error;

    by_envy! {
        deserialize_bool: bool => visit_bool,
        deserialize_i8: i8 => visit_i8,
        deserialize_i16: i16 => visit_i16,
        deserialize_i32: i32 => visit_i32,
        deserialize_i64: i64 => visit_i64,
        deserialize_u8: u8 => visit_u8,
        deserialize_u16: u16 => visit_u16,
        deserialize_u32: u32 => visit_u32,
        deserialize_u64: u64 => visit_u64,
        deserialize_f32: f32 => visit_f32,
        deserialize_f64: f64 => visit_f64,
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, M::Error> {
        let text: String = value(self.0)?;
        visitor.visit_str(&text)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, M::Error> {
        let text: String = value(self.0)?;
        visitor.visit_enum(StrDeserializer::new(&text))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, M::Error> {
        struct List<V>(V);

        impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for List<V> {
            type Value = V::Value;

            fn deserialize<D: Deserializer<'de>>(self, envys: D) -> Result<V::Value, D::Error> {
                envys.deserialize_seq(self.0)
            }
        }

        self.0.next_value_seed(List(visitor))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, M::Error> {
        value::<String, M>(self.0)?;
        visitor.visit_map(Group(self.0))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, M::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, M::Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct tuple tuple_struct map
        identifier ignored_any
    }
}
