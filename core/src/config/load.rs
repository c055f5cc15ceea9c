//! Finds every problem, where envy stops at the first and prints the value.

use super::error::{ConfigError, Problem};
use super::file;
use super::layout::{Layout, Role, Values};
use super::list;
use super::through_envy::{Failure, from_envy};
use super::variables::Variables;
use serde::de::DeserializeOwned;

/// Loads `T` from the variables whose names are `prefix` and a field's name in capitals.
pub(crate) fn load_prefixed<T: DeserializeOwned>(
    prefix: &str,
    variables: &Variables,
) -> Result<T, ConfigError> {
    let layout = Layout::of::<T>(prefix)?;
    let values = values(&layout, variables)?;
    from_envy(&layout.steps, &values).map_err(|_| layout.rejected())
}

/// The values of all variables that are set, if they are sound and complete.
#[inline(never)]
fn values(layout: &Layout, variables: &Variables) -> Result<Values, ConfigError> {
    let mut problems = Vec::new();
    let mut values = layout.nothing();
    let mut is_told = vec![false; values.len()];
    for (index, is_told) in is_told.iter_mut().enumerate() {
        match value(layout, index, variables) {
            Ok(None) => {}
            Ok(Some(value)) => layout.set(&mut values, index, &value),
            Err(problem) => {
                // Whoever sets one variable of a group wants the group.
                layout.open(&mut values, index);
                *is_told = true;
                problems.push(problem);
            }
        }
    }

    // Serde reports one missing field at a time, so each gets a stand-in and the next one shows.
    while let Err(failure) = layout.attempt(&values) {
        let stand_in = match failure {
            Failure::Missing(index) if values[index].is_none() => {
                if layout.is_variable(index) && !is_told[index] {
                    let name = layout.steps[index].name.clone();
                    problems.push(Problem::Missing { name });
                }
                layout.stand_in(index).map(|value| (index, value))
            }
            _ if problems.is_empty() => return Err(layout.rejected()),
            _ => None,
        };
        let Some((index, value)) = stand_in else {
            break;
        };
        layout.set(&mut values, index, value);
    }
    ConfigError::check(problems).map(|()| values)
}

/// The value of one variable, or of the file that stands for it.
fn value(layout: &Layout, index: usize, variables: &Variables) -> Result<Option<String>, Problem> {
    let step = &layout.steps[index];
    let Role::Variable { file, .. } = &step.role else {
        return Ok(None);
    };
    let value = variables.get(&step.name);
    let file = file.as_deref();
    let file = file.and_then(|file| Some((file, variables.get(file)?)));
    let name = || step.name.clone();
    match (value, file) {
        (None, None) => Ok(None),
        (Some(value), None) => match value.to_str() {
            None => Err(Problem::NotUnicode { name: name() }),
            Some(value) if is_blank(value) => Err(Problem::Blank { name: name() }),
            Some(value) => convert(layout, index, value).map(Some),
        },
        (None, Some((file, path))) => {
            let name = file.to_owned();
            if path.to_str().is_some_and(is_blank) {
                return Err(Problem::Blank { name });
            }
            let value = file::read(path).and_then(|text| {
                convert(layout, index, &text).map_err(|problem| of_file(&problem))
            });
            match value {
                Ok(value) => Ok(Some(value)),
                Err(reason) => Err(Problem::File { name, reason }),
            }
        }
        (Some(_), Some((file, _))) => Err(Problem::Both {
            name: name(),
            file: file.to_owned(),
        }),
    }
}

fn is_blank(value: &str) -> bool {
    value.trim().is_empty()
}

/// The value as envy takes it, if the variable does.
#[inline(never)]
fn convert(layout: &Layout, index: usize, text: &str) -> Result<String, Problem> {
    let step = &layout.steps[index];
    let name = || step.name.clone();
    let (is_list, expected) = match &step.role {
        Role::Variable { expectation, .. } => (expectation.is_list, &expectation.text),
        _ => (false, &None),
    };
    let value = match is_list {
        true => list::trimmed(text).map_err(|item| Problem::EmptyItem { name: name(), item })?,
        false => text.to_owned(),
    };
    match layout.accepts(index, &value) {
        true => Ok(value),
        false => Err(Problem::Invalid {
            name: name(),
            expected: expected.clone(),
        }),
    }
}

/// What a file does whose text has this problem.
fn of_file(problem: &Problem) -> String {
    match problem {
        Problem::EmptyItem { item, .. } => format!("has nothing as item {item} of its list"),
        Problem::Invalid { expected, .. } => {
            let expected = expected.as_deref().unwrap_or("a valid value");
            format!("does not hold {expected}")
        }
        _ => "is not valid".to_owned(),
    }
}
