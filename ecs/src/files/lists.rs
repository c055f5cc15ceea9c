//! CloudFormation's functions of lists and maps: `Fn::Select`, `Fn::Join`, `Fn::Split` and `Fn::FindInMap`.

use super::flaw::{absent, misused, one_of, wrong};
use super::intrinsics::{Scope, text};
use super::template::TemplateError;
use crate::placeholder::{self, mark};
use serde_json::Value;

impl Scope<'_> {
    pub(super) fn select(&self, parts: &[Value]) -> Result<Value, TemplateError> {
        let resolved = |part: usize| {
            let value = self.resolve(parts.get(part).unwrap_or(&Value::Null))?;
            Ok::<_, TemplateError>(value.unwrap_or_default())
        };
        let index = match resolved(0)? {
            Value::String(index) => index.parse().ok(),
            index => index.as_u64().and_then(|index| usize::try_from(index).ok()),
        };
        let list = resolved(1)?;
        if let Some(item) = index.and_then(|index: usize| list.get(index)) {
            return Ok(item.clone());
        }
        // Of a list that is unknown, so is each item.
        let unknown = match &list {
            Value::String(text) => placeholder::first(text),
            Value::Array(items) => {
                let mut marks = items.iter().filter_map(Value::as_str);
                marks.find_map(placeholder::first)
            }
            _ => None,
        };
        match unknown {
            Some(found) => Ok(found.into()),
            None if self.is_open && index.is_none() => Ok(mark("function Fn::Select").into()),
            None => Err(misused("Fn::Select")),
        }
    }

    pub(super) fn join(&self, parts: &[Value]) -> Result<Value, TemplateError> {
        let [Value::String(separator), list] = parts else {
            return Err(misused("Fn::Join"));
        };
        let items = match list {
            Value::Array(items) => {
                let items = items.iter().map(|item| self.part(item));
                items.filter_map(Result::transpose).collect()
            }
            list => self.resolve(list).map(|list| match list {
                Some(Value::Array(items)) => items,
                Some(Value::String(one)) => vec![one.into()],
                _ => Vec::new(),
            }),
        };
        let items: Vec<String> = items?.iter().map(text).collect();
        Ok(items.join(separator).into())
    }

    pub(super) fn split(&self, parts: &[Value]) -> Result<Value, TemplateError> {
        let [Value::String(separator), whole] = parts else {
            return Err(misused("Fn::Split"));
        };
        let whole = self.part(whole)?.unwrap_or_default();
        let whole = text(&whole);
        Ok(match placeholder::first(&whole) {
            Some(found) => found.into(),
            None => whole.split(separator.as_str()).map(Value::from).collect(),
        })
    }

    pub(super) fn mapped(&self, path: &[Value]) -> Result<Option<Value>, TemplateError> {
        let [name, first, second, rest @ ..] = path else {
            return Err(misused("Fn::FindInMap"));
        };
        let has_default = rest.first().and_then(|rest| rest.get("DefaultValue"));
        if has_default.is_some() && self.is_open && !self.template.is_transformed() {
            return Err(wrong(
                "Fn::FindInMap has a DefaultValue, which only the transform AWS::LanguageExtensions knows",
                "add Transform: AWS::LanguageExtensions to the template",
            ));
        }
        let key = |value| match self.resolve(value)? {
            Some(Value::Array(_)) => Err(misused("Fn::FindInMap")),
            key => Ok(text(&key.unwrap_or_default())),
        };
        let (name, first, second) = (key(name)?, key(first)?, key(second)?);
        let mappings = &self.template.as_json()["Mappings"];
        if let Some(found) = mappings[&name][&first].get(&second) {
            return Ok(Some(found.clone()));
        }
        if let Some(default) = has_default {
            return self.resolve(default);
        }
        let is_unknown = [&name, &first, &second].map(|it| placeholder::first(it).is_some());
        if self.is_open && is_unknown.contains(&true) {
            return Ok(Some(mark(&format!("mapping {name}")).into()));
        }
        let names = |value: &Value| {
            let members = value.as_object().into_iter();
            one_of(members.flat_map(|it| it.keys()))
        };
        let Some(mapping) = mappings.get(&name) else {
            let what = format!("the template has no mapping {name}");
            let others = names(mappings).map(|others| format!("name {others}, or "));
            let fix = format!("{}add {name} to Mappings", others.unwrap_or_default());
            return Err(absent(what, fix));
        };
        let (key, of, has) = match mapping.get(&first) {
            None => (first, name, names(mapping)),
            Some(inner) => (second, format!("{first} of {name}"), names(inner)),
        };
        let has = has.map(|has| format!("name {has}, or "));
        Err(wrong(
            format!("the mapping {of} has no key {key}"),
            format!("{}add {key} to it", has.unwrap_or_default()),
        ))
    }
}
