//! CloudFormation's functions of lists and maps: `Fn::Select`, `Fn::Join`, `Fn::Split` and `Fn::FindInMap`.

use super::intrinsics::{Scope, misused, text};
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
        let key = |value| self.resolve(value).map(|it| text(&it.unwrap_or_default()));
        let (name, first, second) = (key(name)?, key(first)?, key(second)?);
        let found = self.template["Mappings"][&name][&first].get(&second);
        if let Some(found) = found {
            return Ok(Some(found.clone()));
        }
        if let Some(default) = rest.first().and_then(|rest| rest.get("DefaultValue")) {
            return self.resolve(default);
        }
        let is_unknown = [&name, &first, &second].map(|it| placeholder::first(it).is_some());
        if self.is_open && is_unknown.contains(&true) {
            return Ok(Some(mark(&format!("mapping {name}")).into()));
        }
        Err(misused(&format!(
            "Fn::FindInMap of {name}, {first}, {second}"
        )))
    }
}
