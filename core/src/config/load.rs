//! Finds every problem, where envy stops at the first and prints the value.

use super::error::{ConfigError, Problem};
use super::probe::{self, Wanted};
use super::variables::Variables;
use serde::de::value::UnitDeserializer;
use serde::de::{DeserializeOwned, IntoDeserializer};
use std::any::type_name;

/// Loads `T` from the variables whose names are `prefix` and a field's name in capitals.
pub(crate) fn load_prefixed<T: DeserializeOwned>(
    prefix: &str,
    variables: &Variables,
) -> Result<T, ConfigError> {
    if let Wanted::Nothing = probe::shape::<T>() {
        let nothing: UnitDeserializer<envy::Error> = ().into_deserializer();
        return T::deserialize(nothing).map_err(|_| rejected::<T>());
    }

    let mut problems = Vec::new();
    let mut pairs = Vec::new();
    for field in fields::<T>(prefix)? {
        let name = variable_name(prefix, field);
        match variables.get(&name).map(|value| value.to_str()) {
            None => {}
            Some(None) => problems.push(Problem::NotUnicode { name }),
            Some(Some(value)) if value.trim().is_empty() => problems.push(Problem::Blank { name }),
            Some(Some(value)) if !accepts::<T>(field, value) => {
                let expected = probe::expectation::<T>(field).text;
                problems.push(Problem::Invalid { name, expected });
            }
            Some(Some(value)) => pairs.push(((*field).to_owned(), value.to_owned())),
        }
    }

    // Serde reports one missing field at a time, so each gets a stand-in and the next one shows.
    loop {
        match from_pairs::<T>(&pairs) {
            Ok(config) => return ConfigError::check(problems).map(|()| config),
            Err(envy::Error::MissingValue(field)) => {
                let name = variable_name(prefix, field);
                if !problems.iter().any(|p| p.variable() == Some(name.as_str())) {
                    problems.push(Problem::Missing { name });
                }
                match stand_in::<T>(field) {
                    Some(value) => pairs.push((field.to_owned(), value)),
                    None => break,
                }
            }
            Err(envy::Error::Custom(_)) if problems.is_empty() => return Err(rejected::<T>()),
            Err(envy::Error::Custom(_)) => break,
        }
    }
    ConfigError::check(problems)?;
    Err(rejected::<T>())
}

/// The names of `T`'s fields, if it can be loaded from variables with this prefix.
pub(crate) fn fields<T: DeserializeOwned>(
    prefix: &str,
) -> Result<&'static [&'static str], ConfigError> {
    let fields = match probe::shape::<T>() {
        Wanted::Fields(fields) => fields,
        Wanted::Nothing => &[],
        Wanted::Map => {
            return Err(unsupported::<T>(
                "its fields are not known beforehand; list them instead of using #[serde(flatten)] or a map",
            ));
        }
        Wanted::Value(_) => return Err(unsupported::<T>("it is not a struct with named fields")),
    };
    let is_upper = |field: &&&str| field.chars().any(char::is_uppercase);
    if let Some(field) = fields.iter().find(is_upper) {
        let name = variable_name(prefix, field);
        let reason =
            format!("write the field `{field}` in lower case; it is read from {name} then");
        return Err(unsupported::<T>(&reason));
    }
    Ok(fields)
}

pub(crate) fn variable_name(prefix: &str, field: &str) -> String {
    format!("{prefix}{}", field.to_uppercase())
}

/// envy, for fields by their names. One kind of iterator for all: each makes all that `T` is loaded with anew.
#[inline(never)]
pub(crate) fn from_pairs<T: DeserializeOwned>(pairs: &[(String, String)]) -> envy::Result<T> {
    envy::from_iter(pairs.iter().cloned())
}

/// Whether the field takes this value: with nothing else set, a good one leaves at most something missing.
#[inline(never)]
pub(crate) fn accepts<T: DeserializeOwned>(field: &str, value: &str) -> bool {
    let alone = [(field.to_owned(), value.to_owned())];
    !matches!(from_pairs::<T>(&alone), Err(envy::Error::Custom(_)))
}

/// A value that the field takes, if one is found.
pub(crate) fn stand_in<T: DeserializeOwned>(field: &'static str) -> Option<String> {
    let examples = probe::expectation::<T>(field).examples;
    examples
        .into_iter()
        .find(|value| accepts::<T>(field, value))
}

fn rejected<T>() -> ConfigError {
    let type_name = type_name::<T>();
    ConfigError::from(Problem::Rejected { type_name })
}

fn unsupported<T>(reason: &str) -> ConfigError {
    let (type_name, reason) = (type_name::<T>(), reason.to_owned());
    ConfigError::from(Problem::Unsupported { type_name, reason })
}
