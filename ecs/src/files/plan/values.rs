//! The values of a resource: what a plan knows, the addresses of resources in the place of their ids and ARNs, and marks for the rest.

use super::planned::{Planned, Resources, items};
use super::references::{Search, Targets};
use crate::placeholder::mark;
use serde_json::Value;

pub(super) const GROUPS: &[&str] = &["aws_security_group"];
pub(super) const TARGET_GROUPS: &[&str] = &["aws_lb_target_group", "aws_alb_target_group"];
pub(super) const BALANCERS: &[&str] = &["aws_lb", "aws_alb"];
pub(super) const LISTENERS: &[&str] = &["aws_lb_listener", "aws_alb_listener"];
pub(super) const DEFINITIONS: &[&str] = &["aws_ecs_task_definition"];
pub(super) const SUBNETS: &[&str] = &["aws_subnet"];

/// A resource, or a block in it.
#[derive(Clone)]
pub(super) struct Block<'r, 'a> {
    resources: &'r Resources<'a>,
    of: &'r Planned<'a>,
    values: &'a Value,
    /// Its configuration. Of what a `dynamic` block has made, a plan has none.
    expressions: Option<&'a Value>,
    path: String,
}

impl<'r, 'a> Block<'r, 'a> {
    pub(super) fn of(resources: &'r Resources<'a>, of: &'r Planned<'a>) -> Self {
        Self {
            resources,
            of,
            values: of.values,
            expressions: Some(&of.config["expressions"]),
            path: String::new(),
        }
    }

    /// The blocks of this name in it.
    pub(super) fn blocks(&self, name: &str) -> Vec<Self> {
        let values: Vec<&Value> = items(&self.values[name]).collect();
        let written = self.expressions.and_then(|it| it[name].as_array());
        let blocks = values.iter().enumerate().map(|(number, own)| Self {
            values: own,
            expressions: match written {
                // In their order, unless it is a set: then those that do not contradict.
                Some(written) if written.len() == values.len() => {
                    let same = written.get(number).filter(|it| agrees(own, it));
                    same.or_else(|| written.iter().find(|it| agrees(own, it)))
                }
                _ => None,
            },
            path: self.path_of(name),
            ..self.clone()
        });
        blocks.collect()
    }

    /// A value that names no resource.
    pub(super) fn plain(&self, name: &str) -> Value {
        match self.values.get(name) {
            Some(value) => value.clone(),
            None if self.is_unset(name) => Value::Null,
            None => self.unknown(self.targets(name, &[]).lost, name),
        }
    }

    /// The one resource of these kinds that it names.
    pub(super) fn one(&self, name: &str, kinds: &'static [&'static str]) -> Value {
        match self.values.get(name) {
            Some(value) => self.known(value, kinds),
            None if self.is_unset(name) => Value::Null,
            None => {
                let targets = self.targets(name, kinds);
                match (targets.resources.as_slice(), self.only(kinds)) {
                    ([one], _) => one.address.into(),
                    ([], Some(only)) => only.address.into(),
                    _ => self.unknown(targets.lost, name),
                }
            }
        }
    }

    /// The resources of these kinds that it names.
    pub(super) fn many(&self, name: &str, kinds: &'static [&'static str]) -> Value {
        let known = match self.values.get(name) {
            Some(Value::Array(values)) => values.as_slice(),
            Some(_) => return Value::Null,
            None if self.is_unset(name) => return Value::Null,
            None => &[],
        };
        let is_whole = self.values.get(name).is_some() && known.iter().all(|it| !it.is_null());
        let known = known.iter().filter(|it| !it.is_null());
        let mut all: Vec<Value> = known.map(|it| self.known(it, kinds)).collect();
        if is_whole {
            return all.into();
        }
        let targets = self.targets(name, kinds);
        match (targets.resources.as_slice(), self.only(kinds)) {
            ([], Some(only)) => all.push(only.address.into()),
            ([], None) => all.push(self.unknown(targets.lost, name)),
            (several, _) => all.extend(several.iter().map(|it| Value::from(it.address))),
        }
        all.into()
    }

    /// The address of the resource that has this id or ARN, or the value itself.
    fn known(&self, value: &Value, kinds: &[&str]) -> Value {
        let is_its = |it: &&Planned<'_>| ["id", "arn"].iter().any(|key| it.values[*key] == *value);
        let found = self
            .resources
            .of_kind(kinds)
            .find(|it| value.is_string() && is_its(it));
        found.map_or_else(|| value.clone(), |it| it.address.into())
    }

    /// If it has no value because nobody has given it one.
    fn is_unset(&self, name: &str) -> bool {
        self.expressions.is_some_and(|it| it[name].is_null())
    }

    fn targets(&self, name: &str, kinds: &'static [&'static str]) -> Targets<'r, 'a> {
        let search = Search {
            resources: self.resources,
            kinds,
            of: self.of,
        };
        let expression = self.expressions.map(|it| &it[name]);
        expression.map_or_else(Targets::default, |it| search.targets(it))
    }

    /// The only resource of these kinds that is yet to be made, in the same module or else in all: an id that is unknown is its.
    fn only(&self, kinds: &'static [&'static str]) -> Option<&'r Planned<'a>> {
        let new = || {
            let all = self.resources.of_kind(kinds);
            all.filter(|it| ["id", "arn"].iter().all(|key| it.values[*key].is_null()))
        };
        let in_module = || new().filter(|it| it.module == self.of.module);
        let mut own = in_module();
        let mut all = new();
        match (own.next(), own.next()) {
            (Some(only), None) => Some(only),
            (Some(_), Some(_)) => None,
            (None, _) => all.next().filter(|_| all.next().is_none()),
        }
    }

    fn unknown(&self, reference: Option<String>, name: &str) -> Value {
        let what = reference.unwrap_or_else(|| self.path_of(name));
        mark(&format!("apply {what}")).into()
    }

    fn path_of(&self, name: &str) -> String {
        match self.path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        }
    }
}

/// If a block may be the one that is written so: no constant of it is another.
fn agrees(values: &Value, written: &Value) -> bool {
    let written = written.as_object().into_iter().flatten();
    let mut constants = written.filter_map(|(name, it)| Some((name, it.get("constant_value")?)));
    constants.all(|(name, constant)| {
        let value = &values[name];
        // A number may be written as a text, and the reverse.
        value.is_null()
            || value == constant
            || value.to_string().trim_matches('"') == constant.to_string().trim_matches('"')
    })
}
