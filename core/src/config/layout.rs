//! The variables that a type is read from, in the order of its fields, with groups opened and closed.

use super::error::{ConfigError, Problem};
use super::expectation::Expectation;
use super::probe::{self, Wanted};
use super::through_envy::{Failure, from_envy};
use serde::de::DeserializeOwned;
use std::any::type_name;

/// More groups in each other than anybody has, which a type that contains itself goes past.
const DEEPEST: usize = 8;

/// The steps through a type. A group is its `Open`, its members, and its `Close`.
pub(crate) struct Layout {
    pub(crate) steps: Vec<Step>,
    of: Type,
}

/// What is set: a text for each step that is taken, also for the ends of groups.
pub(crate) type Values = Vec<Option<String>>;

pub(crate) struct Step {
    pub(crate) field: &'static str,
    /// The variable's whole name. Of a group, what stands before its members' names.
    pub(crate) name: String,
    /// The `Open` of the group that it is in. A `Close` is in its own group.
    pub(crate) group: Option<usize>,
    pub(crate) role: Role,
}

pub(crate) enum Role {
    Variable {
        expectation: Expectation,
        /// The variable that may name a file with the value.
        file: Option<String>,
    },
    Open {
        /// The step that closes it.
        close: usize,
    },
    Close,
}

/// All that is asked of a type, so that what asks is no generic code.
struct Type {
    name: &'static str,
    wanted: fn(&[&'static str]) -> Wanted,
    attempt: fn(&[Step], &Values) -> Result<(), Failure>,
}

impl Layout {
    /// That of `T`, whose variables have this prefix.
    ///
    /// # Errors
    ///
    /// If `T` cannot be loaded from variables.
    pub(crate) fn of<T: DeserializeOwned>(prefix: &str) -> Result<Self, ConfigError> {
        let mut layout = Self {
            steps: Vec::new(),
            of: Type {
                name: type_name::<T>(),
                wanted: probe::wanted::<T>,
                attempt: |steps, values| from_envy::<T>(steps, values).map(drop),
            },
        };
        layout.build(prefix)?;
        Ok(layout)
    }

    fn build(&mut self, prefix: &str) -> Result<(), ConfigError> {
        match (self.of.wanted)(&[]) {
            Wanted::Fields(fields) => self.add(fields, prefix, &mut Vec::new(), None)?,
            Wanted::Nothing => {}
            Wanted::Map => {
                return Err(self.unsupported(
                    "its fields are not known beforehand; list them instead of using #[serde(flatten)] or a map. \
                     Without flatten, a struct in a field is a group of variables with the field's name before theirs",
                ));
            }
            Wanted::Unfit(_) | Wanted::Value(_) => {
                return Err(self.unsupported("it is not a struct with named fields"));
            }
        }
        self.add_files();
        Ok(())
    }

    fn add(
        &mut self,
        fields: &[&'static str],
        prefix: &str,
        path: &mut Vec<&'static str>,
        group: Option<usize>,
    ) -> Result<(), ConfigError> {
        for &field in fields {
            let name = prefix.to_owned() + &field.to_ascii_uppercase();
            path.push(field);
            let is_lower = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase();
            let why = match (self.of.wanted)(path) {
                _ if !field.bytes().all(is_lower) => {
                    "is not in lower-case ASCII letters; its variable is the same in capitals"
                }
                Wanted::Fields(_) if path.len() > DEEPEST => {
                    "is in too many groups; does the type contain itself?"
                }
                Wanted::Fields(members) => {
                    let open = self.steps.len();
                    let prefix = name.clone() + "_";
                    self.push(field, name, group, Role::Open { close: open });
                    self.add(members, &prefix, path, Some(open))?;
                    let close = self.steps.len();
                    self.push("", prefix, Some(open), Role::Close);
                    self.steps[open].role = Role::Open { close };
                    path.pop();
                    continue;
                }
                Wanted::Value(expectation) => {
                    self.check_name(&name, path)?;
                    let file = None;
                    self.push(field, name, group, Role::Variable { expectation, file });
                    path.pop();
                    continue;
                }
                Wanted::Nothing => "holds nothing; leave it out",
                Wanted::Map => {
                    "is a map or has #[serde(flatten)], so its variables are not known beforehand; make it a struct that lists them"
                }
                Wanted::Unfit(why) => why,
            };
            let path = path.join(".");
            return Err(self.unsupported(&format!("the field `{path}` {why}")));
        }
        Ok(())
    }

    #[inline(never)]
    fn push(&mut self, field: &'static str, name: String, group: Option<usize>, role: Role) {
        self.steps.push(Step {
            field,
            name,
            group,
            role,
        });
    }

    /// Two fields are not read from one variable.
    #[inline(never)]
    fn check_name(&self, name: &str, path: &[&str]) -> Result<(), ConfigError> {
        let Some(same) = self.position(name) else {
            return Ok(());
        };
        let (one, other) = (self.path(same), path.join("."));
        Err(self.unsupported(&format!(
            "the fields `{one}` and `{other}` are both read from {name}; rename one"
        )))
    }

    /// Lets each secret come from a file, unless a field has that name.
    fn add_files(&mut self) {
        for index in 0..self.steps.len() {
            let step = &self.steps[index];
            if !matches!(&step.role, Role::Variable { expectation, .. } if expectation.is_secret) {
                continue;
            }
            let name = format!("{}_FILE", step.name);
            let is_taken = self.position(&name).is_some();
            if let Role::Variable { file, .. } = &mut self.steps[index].role {
                *file = (!is_taken).then_some(name);
            }
        }
    }

    /// The variable of this name.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        let is_it = |step: &Step| step.name == name && matches!(step.role, Role::Variable { .. });
        self.steps.iter().position(is_it)
    }

    /// A field with the groups that it is in.
    fn path(&self, index: usize) -> String {
        let step = &self.steps[index];
        match step.group {
            Some(group) => format!("{}.{}", self.path(group), step.field),
            None => step.field.to_owned(),
        }
    }

    /// Nothing set.
    pub(crate) fn nothing(&self) -> Values {
        vec![None; self.steps.len()]
    }

    /// Whether this step is a variable.
    pub(crate) fn is_variable(&self, index: usize) -> bool {
        matches!(self.steps[index].role, Role::Variable { .. })
    }

    /// Opens a group, or those around a variable.
    #[inline(never)]
    pub(crate) fn open(&self, values: &mut Values, index: usize) {
        let mut next = Some(index);
        while let Some(index) = next {
            if let Role::Open { close } = self.steps[index].role {
                values[index] = Some(String::new());
                values[close] = Some(String::new());
            }
            next = self.steps[index].group;
        }
    }

    /// Sets a variable.
    #[inline(never)]
    pub(crate) fn set(&self, values: &mut Values, index: usize, value: &str) {
        self.open(values, index);
        values[index] = Some(value.to_owned());
    }

    /// Loads the type, and says what is wrong.
    pub(crate) fn attempt(&self, values: &Values) -> Result<(), Failure> {
        (self.of.attempt)(&self.steps, values)
    }

    /// Whether a variable takes this value: with nothing else set, a good one leaves at most something missing.
    #[inline(never)]
    pub(crate) fn accepts(&self, index: usize, value: &str) -> bool {
        let mut alone = self.nothing();
        self.set(&mut alone, index, value);
        !matches!(self.attempt(&alone), Err(Failure::Value))
    }

    /// A value that a variable takes, if one is found. It is empty for a group.
    #[inline(never)]
    pub(crate) fn stand_in(&self, index: usize) -> Option<&'static str> {
        let Role::Variable { expectation, .. } = &self.steps[index].role else {
            return Some("");
        };
        let mut examples = expectation.examples.iter().copied();
        examples.find(|value| self.accepts(index, value))
    }

    pub(super) fn rejected(&self) -> ConfigError {
        let type_name = self.of.name;
        ConfigError::from(Problem::Rejected { type_name })
    }

    #[inline(never)]
    fn unsupported(&self, reason: &str) -> ConfigError {
        let (type_name, reason) = (self.of.name, reason.to_owned());
        ConfigError::from(Problem::Unsupported { type_name, reason })
    }
}
