//! Reads variables one by one, and collects what is wrong with them.
//!
//! As OpenTelemetry asks, a variable that is set to nothing counts as not set.

use crate::config::{ConfigError, Problem, Variables};

pub(super) struct Reader<'a> {
    variables: &'a Variables,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(super) fn of(variables: &'a Variables) -> Self {
        Self {
            variables,
            problems: Vec::new(),
        }
    }

    /// The value of the first of these that is set.
    pub(super) fn text(&mut self, names: &[&str]) -> Option<&'a str> {
        self.named(names).map(|(_, text)| text)
    }

    /// And with its name.
    pub(super) fn named<'n>(&mut self, names: &[&'n str]) -> Option<(&'n str, &'a str)> {
        let is_set = |name: &&str| {
            self.variables
                .get(name)
                .is_some_and(|value| !value.is_empty())
        };
        let name = *names.iter().find(|name| is_set(name))?;
        let Some(text) = self.variables.get(name)?.to_str() else {
            self.problems
                .push(Problem::NotUnicode { name: name.into() });
            return None;
        };
        let text = text.trim();
        (!text.is_empty()).then_some((name, text))
    }

    /// The first of these that is set, as `parse` understands it. Where it does not, that is a problem.
    pub(super) fn parsed<T>(
        &mut self,
        names: &[&str],
        expected: &str,
        parse: impl FnOnce(&'a str) -> Option<T>,
    ) -> Option<T> {
        let (name, text) = self.named(names)?;
        let parsed = parse(text);
        if parsed.is_none() {
            self.reject(name, expected);
        }
        parsed
    }

    pub(super) fn reject(&mut self, name: &str, expected: &str) {
        self.problems.push(Problem::Invalid {
            name: name.to_owned(),
            expected: Some(expected.to_owned()),
        });
    }

    pub(super) fn finish(self) -> Result<(), ConfigError> {
        ConfigError::check(self.problems)
    }
}
