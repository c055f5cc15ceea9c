//! A template's conditions: which hold, and which cannot be decided.

use super::flaw::{absent, misused, one_of, wrong};
use super::intrinsics::{Scope, function, text};
use super::template::TemplateError;
use crate::placeholder::{self, mark};
use serde_json::Value;

/// Conditions on conditions, and networks of networks, as deep as this are followed.
const DEEPEST: usize = 200;

impl Scope<'_> {
    /// If a condition of this name holds; none if that depends on what is unknown.
    pub(super) fn holds(&self, name: &str) -> Result<Option<bool>, TemplateError> {
        if let Some(known) = self.conditions.borrow().get(name) {
            return Ok(*known);
        }
        let conditions = &self.template.as_json()["Conditions"];
        let Some(condition) = conditions.get(name) else {
            let others = conditions.as_object().into_iter().flat_map(|it| it.keys());
            let fix = match one_of(others) {
                Some(others) => format!("name {others}, or add {name} to Conditions"),
                None => format!("add {name} to Conditions"),
            };
            return self.marked(Err(absent(
                format!("the template has no condition {name}"),
                fix,
            )));
        };
        let holds = self.elsewhere(&["Conditions", name], || {
            let holds = self.deeper(name, || self.is_true(condition));
            self.marked(holds)
        })?;
        self.conditions.borrow_mut().insert(name.to_owned(), holds);
        Ok(holds)
    }

    /// What is behind a name, unless that is in a circle.
    pub(super) fn deeper<T>(
        &self,
        name: &str,
        inner: impl FnOnce() -> Result<T, TemplateError>,
    ) -> Result<T, TemplateError> {
        let begun = self.begun.borrow();
        if begun.len() >= DEEPEST {
            return Err(wrong(
                format!("{name} is referred to through more than {DEEPEST} others"),
                "refer to it more directly",
            ));
        }
        if let Some(first) = begun.iter().position(|it| it == name) {
            let names = begun[first..].join(", ");
            return Err(match &begun[first..] {
                [only] if only == name => wrong(
                    format!("{name} refers to itself"),
                    format!("take {name} out of its own value"),
                ),
                _ => wrong(
                    format!("{names} refer to each other"),
                    "take one of them out of the value of another",
                ),
            });
        }
        drop(begun);
        self.begun.borrow_mut().push(name.to_owned());
        let result = inner();
        self.begun.borrow_mut().pop();
        result
    }

    pub(super) fn either(&self, parts: &[Value]) -> Result<Option<Value>, TemplateError> {
        let [Value::String(condition), then, otherwise] = parts else {
            return Err(misused("Fn::If"));
        };
        match self.holds(condition)? {
            Some(true) => self.resolve(then),
            Some(false) => self.resolve(otherwise),
            None => {
                let (then, otherwise) = (self.resolve(then)?, self.resolve(otherwise)?);
                let is_there = self.template.as_json()["Conditions"]
                    .get(condition)
                    .is_some();
                let why = if is_there {
                    format!("condition {condition}")
                } else {
                    format!("because the template has no condition {condition}")
                };
                let unknown = || Some(mark(&why).into());
                Ok(if then == otherwise { then } else { unknown() })
            }
        }
    }

    fn is_true(&self, condition: &Value) -> Result<Option<bool>, TemplateError> {
        let form = || {
            wrong(
                "a condition is not a function",
                "write it with Fn::Equals, Fn::And, Fn::Or, Fn::Not or Condition",
            )
        };
        let entries = condition.as_object().ok_or_else(form)?;
        let (name, argument) = function(entries).ok_or_else(form)?;
        let parts = argument.as_array().map(Vec::as_slice).unwrap_or_default();
        let all = || parts.iter().map(|part| self.is_true(part));
        match (name, parts) {
            ("Condition", _) => self.holds(argument.as_str().unwrap_or_default()),
            ("Fn::Equals", [left, right]) => {
                let sides = (self.resolve(left)?, self.resolve(right)?);
                let sides = (sides.0.as_ref().map(text), sides.1.as_ref().map(text));
                let is_open = |side: &Option<String>| {
                    let side = side.as_deref().and_then(placeholder::first);
                    self.is_open && side.is_some()
                };
                let are_same = sides.0 == sides.1;
                let is_unknown = !are_same && (is_open(&sides.0) || is_open(&sides.1));
                Ok((!is_unknown).then_some(are_same))
            }
            ("Fn::Not", [part]) => Ok(self.is_true(part)?.map(|it| !it)),
            ("Fn::And", _) => decided(all(), false),
            ("Fn::Or", _) => decided(all(), true),
            _ if self.is_open => Ok(None),
            _ => Err(misused(name)),
        }
    }
}

/// What one part alone decides, if one does; unknown if one is that could.
fn decided(
    parts: impl Iterator<Item = Result<Option<bool>, TemplateError>>,
    by: bool,
) -> Result<Option<bool>, TemplateError> {
    let parts = parts.collect::<Result<Vec<_>, _>>()?;
    Ok(if parts.contains(&Some(by)) {
        Some(by)
    } else {
        (!parts.contains(&None)).then_some(!by)
    })
}
