//! Values in the types that are needed. What does not fit is told in the words of JSON and YAML, and not in Rust's.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, Visitor,
};
use serde_json::Value;
use std::fmt;

/// A step on the way to a field.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Step {
    /// Of an object.
    Key(String),
    /// Of a list, from 0.
    Item(usize),
}

/// A field that does not have the form that is needed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{}", self.said())]
pub struct Misfit {
    /// From the field up.
    upwards: Vec<Step>,
    /// Boxed, since errors are returned by value.
    why: Box<Why>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Why {
    Type {
        /// The kind of what is there, and the same with what it says.
        there: (&'static str, String),
        needed: String,
        advice: &'static str,
    },
    Missing(String),
    Other(String),
}

/// A value as a type.
///
/// # Errors
///
/// If a field does not fit.
pub(crate) fn typed<T: DeserializeOwned>(value: &Value) -> Result<T, Misfit> {
    T::deserialize(Plain(value))
}

/// Such as `containerDefinitions[0].image`.
pub(crate) fn path<'a>(steps: impl IntoIterator<Item = &'a Step>) -> String {
    steps
        .into_iter()
        .fold(String::new(), |path, step| match step {
            Step::Item(number) => format!("{path}[{number}]"),
            Step::Key(key) if path.is_empty() => key.clone(),
            Step::Key(key) => format!("{path}.{key}"),
        })
}

impl Misfit {
    /// What is wrong with a whole value, in words that follow the name of it.
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self {
            upwards: Vec::new(),
            why: Box::new(Why::Other(why.into())),
        }
    }

    /// The same of a value that stands in another one.
    #[must_use]
    pub(crate) fn within(mut self, step: Step) -> Self {
        self.upwards.push(step);
        self
    }

    /// The way to the field.
    pub fn steps(&self) -> Vec<Step> {
        self.upwards.iter().rev().cloned().collect()
    }

    fn said(&self) -> String {
        let field = match path(self.upwards.iter().rev()) {
            path if path.is_empty() => "it".to_owned(),
            path => path,
        };
        match &*self.why {
            Why::Type {
                there: (kind, whole),
                needed,
                advice,
            } => {
                let there = if self.may_be_secret() {
                    kind
                } else {
                    whole.as_str()
                };
                format!("{field} is {there}, and has to be {needed}{advice}")
            }
            Why::Missing(name) if self.upwards.is_empty() => format!("{name} is missing"),
            Why::Missing(name) => format!("{field}.{name} is missing"),
            Why::Other(why) => format!("{field} {why}"),
        }
    }

    fn may_be_secret(&self) -> bool {
        let open = ["command", "entryPoint", "environment", "options", "value"];
        let mut steps = self.upwards.iter();
        steps.any(|step| matches!(step, Step::Key(key) if open.contains(&key.as_str())))
    }

    fn of(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let needed = needed(&expected.to_string());
        let is_number = needed.contains("number");
        let advice = match unexpected {
            Unexpected::Str(text) if is_number && text.trim().parse::<u64>().is_ok() => {
                "; leave out the quotes"
            }
            Unexpected::Str("true" | "false") if needed.starts_with("true") => {
                "; leave out the quotes"
            }
            Unexpected::Unsigned(_)
            | Unexpected::Signed(_)
            | Unexpected::Float(_)
            | Unexpected::Bool(_)
                if needed == "a string" =>
            {
                "; put it in quotes"
            }
            Unexpected::Str(_) | Unexpected::Map if needed == "a list" => "; put it in [ ]",
            _ => "",
        };
        Self {
            upwards: Vec::new(),
            why: Box::new(Why::Type {
                there: there(unexpected),
                needed,
                advice,
            }),
        }
    }
}

/// How long a text may be that is told in an error.
const LONGEST: usize = 60;

fn there(unexpected: Unexpected<'_>) -> (&'static str, String) {
    let (kind, says) = match unexpected {
        Unexpected::Bool(flag) => ("a flag", Some(format!("the value {flag}"))),
        Unexpected::Unsigned(number) => ("a number", Some(format!("the number {number}"))),
        Unexpected::Signed(number) => ("a number", Some(format!("the number {number}"))),
        Unexpected::Float(number) => ("a number", Some(format!("the number {number}"))),
        Unexpected::Str(text) => {
            let is_short = text.len() <= LONGEST;
            ("a string", is_short.then(|| format!("the string {text:?}")))
        }
        Unexpected::Unit | Unexpected::Option => ("null", None),
        Unexpected::Seq => ("a list", None),
        _ => ("an object", None),
    };
    (kind, says.unwrap_or_else(|| kind.to_owned()))
}

/// What a type takes, by serde's words for it.
fn needed(expected: &str) -> String {
    match expected {
        "u8" => "a whole number from 0 to 255".into(),
        "u16" => "a whole number from 0 to 65535".into(),
        "u32" | "u64" | "usize" => "a whole number from 0 on".into(),
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number".into(),
        "f32" | "f64" => "a number".into(),
        "a boolean" => "true or false".into(),
        "a sequence" => "a list".into(),
        "a map" => "an object".into(),
        struct_ if struct_.starts_with("struct ") => "an object".into(),
        other => other.to_owned(),
    }
}

impl de::Error for Misfit {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(format!("is invalid: {message}"))
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::of(unexpected, expected)
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::of(unexpected, expected)
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let all = expected.join(", ");
        Self::new(format!("is {variant:?}, and has to be one of {all}"))
    }

    fn missing_field(field: &'static str) -> Self {
        Self {
            upwards: Vec::new(),
            why: Box::new(Why::Missing(field.to_owned())),
        }
    }
}

/// A value as serde reads it.
struct Plain<'a>(&'a Value);

impl<'de> Deserializer<'de> for Plain<'de> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(flag) => visitor.visit_bool(*flag),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(number), _) => visitor.visit_u64(number),
                (None, Some(number)) => visitor.visit_i64(number),
                (None, None) => visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN)),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(items) => visitor.visit_seq(Items(items.iter().enumerate())),
            Value::Object(members) => visitor.visit_map(Members {
                left: members.iter(),
                current: None,
            }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::String(text) => visitor.visit_enum(text.as_str().into_deserializer()),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    /// Of an object only: serde would take a list for its fields one by one.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Array(_) => Err(de::Error::invalid_type(Unexpected::Seq, &visitor)),
            _ => self.deserialize_any(visitor),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

/// The items of a list. What is wrong with one is told with its number.
struct Items<'a>(std::iter::Enumerate<std::slice::Iter<'a, Value>>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Misfit> {
        let Some((number, item)) = self.0.next() else {
            return Ok(None);
        };
        let item = seed.deserialize(Plain(item));
        item.map(Some)
            .map_err(|misfit| misfit.within(Step::Item(number)))
    }
}

/// The members of an object. What is wrong with one is told with its key.
struct Members<'a> {
    left: serde_json::map::Iter<'a>,
    current: Option<(&'a str, &'a Value)>,
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Misfit> {
        self.current = self.left.next().map(|(key, member)| (key.as_str(), member));
        let key = self.current.map(|(key, _)| key);
        key.map(|key| seed.deserialize(BorrowedStrDeserializer::new(key)))
            .transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Misfit> {
        let (key, member) = self.current.unwrap_or(("", &Value::Null));
        let member = seed.deserialize(Plain(member));
        member.map_err(|misfit| misfit.within(Step::Key(key.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Service, TaskDefinition};
    use serde_json::json;

    #[track_caller]
    fn assert_said<T: DeserializeOwned + fmt::Debug>(value: &Value, said: &str) {
        assert_eq!(typed::<T>(value).unwrap_err().to_string(), said);
    }

    #[test]
    fn what_fits_is_read_as_serde_json_reads_it() {
        let value = json!({
            "family": "shop",
            "cpu": null,
            "containerDefinitions": [{ "name": "app", "portMappings": [{ "containerPort": 80 }] }],
        });
        let read: TaskDefinition = typed(&value).unwrap();
        let other: TaskDefinition = serde_json::from_value(value).unwrap();
        assert_eq!(format!("{read:?}"), format!("{other:?}"));
    }

    #[test]
    fn a_misfit_says_which_field_what_is_there_and_what_should_be() {
        let of_container =
            |key: &str, value: Value| json!({ "containerDefinitions": [{}, { key: value }] });
        for (value, said) in [
            (
                json!({ "cpu": 256 }),
                "cpu is the number 256, and has to be a string; put it in quotes",
            ),
            (
                json!({ "requiresCompatibilities": "FARGATE" }),
                "requiresCompatibilities is the string \"FARGATE\", and has to be a list; put it in [ ]",
            ),
            (
                of_container("portMappings", json!([{ "containerPort": "80" }])),
                "containerDefinitions[1].portMappings[0].containerPort is the string \"80\", and has to be a whole number from 0 to 65535; leave out the quotes",
            ),
            (
                of_container("portMappings", json!([{ "containerPort": 70000 }])),
                "containerDefinitions[1].portMappings[0].containerPort is the number 70000, and has to be a whole number from 0 to 65535",
            ),
            (
                of_container("essential", json!("true")),
                "containerDefinitions[1].essential is the string \"true\", and has to be true or false; leave out the quotes",
            ),
            (
                of_container("logConfiguration", json!([])),
                "containerDefinitions[1].logConfiguration is a list, and has to be an object",
            ),
            (
                // What a variable says may be a secret.
                of_container("environment", json!([{ "name": "A", "value": 1234 }])),
                "containerDefinitions[1].environment[0].value is a number, and has to be a string; put it in quotes",
            ),
            (
                of_container("healthCheck", json!({ "interval": "often" })),
                "containerDefinitions[1].healthCheck.interval is the string \"often\", and has to be a whole number from 0 on",
            ),
        ] {
            assert_said::<TaskDefinition>(&value, said);
        }
        let value = json!({ "loadBalancers": [1] });
        let said = "loadBalancers[0] is the number 1, and has to be an object";
        assert_said::<Service>(&value, said);
        assert_said::<Service>(&json!([]), "it is a list, and has to be an object");
    }
}
