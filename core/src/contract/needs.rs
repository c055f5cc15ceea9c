//! Finds out what a struct needs, by loading it from nothing.

use super::{Kind, Variable};
use crate::config::{
    ConfigError, accepts, expectation, fields, from_pairs, stand_in, variable_name,
};
use serde::de::DeserializeOwned;

/// No type but a text takes this.
const NONSENSE: &str = "\u{1}";

/// The variables of `T`'s fields, whose names are those of the fields in capitals.
pub(super) fn needs<T: DeserializeOwned>() -> Result<Vec<Variable>, ConfigError> {
    let fields = fields::<T>("")?;
    let Required { names, are_all } = required::<T>();
    let aliases: Vec<Vec<&str>> = fields
        .iter()
        .map(|field| match names.contains(field) {
            true => aliases::<T>(field, fields, &names),
            false => Vec::new(),
        })
        .collect();
    let is_alias = |field: &str| aliases.iter().any(|others| others.contains(&field));
    let mut variables = Vec::new();
    for (field, aliases) in fields.iter().zip(&aliases) {
        if is_alias(field) {
            continue;
        }
        let (kind, expects) = kind::<T>(field);
        let required = match names.contains(field) {
            true => Some(true),
            false => are_all.then_some(false),
        };
        variables.push(Variable {
            name: variable_name("", field),
            required,
            aliases: aliases.iter().map(|it| variable_name("", it)).collect(),
            default: None,
            kind,
            expects,
        });
    }
    Ok(variables)
}

/// What the field of `T` takes, and the same in words.
pub(super) fn kind<T: DeserializeOwned>(field: &'static str) -> (Kind, Option<String>) {
    let expectation = expectation::<T>(field);
    match expectation.kind {
        Kind::Text => (Kind::Text, expectation.text),
        // It says less than it takes, such as an enum with a variant for all others.
        _ if accepts::<T>(field, NONSENSE) => (Kind::Text, None),
        kind => (kind, expectation.text),
    }
}

struct Required {
    names: Vec<&'static str>,
    /// If these are all. A field that no stand-in fits hides those behind it.
    are_all: bool,
}

/// Serde reports one missing field at a time, so each gets a stand-in and the next one shows.
fn required<T: DeserializeOwned>() -> Required {
    let (mut names, mut pairs) = (Vec::new(), Vec::new());
    while let Some(field) = missing::<T>(&pairs) {
        names.push(field);
        let Some(value) = stand_in::<T>(field) else {
            return Required {
                names,
                are_all: false,
            };
        };
        pairs.push((field.to_owned(), value));
    }
    Required {
        names,
        are_all: true,
    }
}

/// Fields that stand for `field`: with one of them set, it is not missed.
fn aliases<T: DeserializeOwned>(
    field: &'static str,
    fields: &[&'static str],
    required: &[&'static str],
) -> Vec<&'static str> {
    let pair = |field: &'static str| Some((field.to_owned(), stand_in::<T>(field)?));
    let others = required.iter().filter(|it| **it != field);
    let Some(others) = others.map(|it| pair(it)).collect::<Option<Vec<_>>>() else {
        return Vec::new();
    };
    let mut aliases = fields.to_vec();
    aliases.retain(|candidate| {
        let is_other = !required.contains(candidate);
        let alone = is_other.then(|| pair(candidate)).flatten();
        alone.is_some_and(|alone| {
            let mut pairs = others.clone();
            pairs.push(alone);
            missing::<T>(&pairs) != Some(field)
        })
    });
    aliases
}

/// The first field that is missing beside these.
fn missing<T: DeserializeOwned>(pairs: &[(String, String)]) -> Option<&'static str> {
    match from_pairs::<T>(pairs) {
        Err(envy::Error::MissingValue(field)) => Some(field),
        _ => None,
    }
}
