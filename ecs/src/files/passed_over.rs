//! What CloudFormation refuses of resources that are not on the way to the service. Their properties are left alone, however
//! they are made, but the names of conditions and mappings have to be there.

use super::intrinsics::{Scope, function};
use super::template::TemplateError;
use crate::typed::Step;
use serde_json::Value;

impl Scope<'_> {
    /// Of what a transform makes, the names are not there yet.
    pub(super) fn pass_over(&self, resource: &Value) -> Result<(), TemplateError> {
        if self.template.is_transformed() {
            return Ok(());
        }
        if let Some(condition) = resource["Condition"].as_str() {
            let step = Step::Key("Condition".into());
            if self.at(step, || self.holds(condition))? != Some(true) {
                return Ok(());
            }
        }
        let step = Step::Key("Properties".into());
        self.at(step, || self.names_in(&resource["Properties"]))
    }

    fn names_in(&self, value: &Value) -> Result<(), TemplateError> {
        match value {
            Value::Array(items) => items
                .iter()
                .enumerate()
                .try_for_each(|(number, item)| self.at(Step::Item(number), || self.names_in(item))),
            Value::Object(entries) => match function(entries) {
                Some(("Fn::If", Value::Array(parts))) => match parts.as_slice() {
                    [Value::String(name), then, otherwise] => match self.holds(name)? {
                        Some(true) => self.names_in(then),
                        Some(false) => self.names_in(otherwise),
                        None => Ok(()),
                    },
                    _ => Ok(()),
                },
                Some(("Fn::FindInMap", _)) => self.resolve(value).map(|_| ()),
                Some((_, argument)) => self.names_in(argument),
                None => entries.iter().try_for_each(|(key, value)| {
                    self.at(Step::Key(key.clone()), || self.names_in(value))
                }),
            },
            _ => Ok(()),
        }
    }
}
