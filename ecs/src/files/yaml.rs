//! YAML as JSON, with CloudFormation's short forms written out.

use serde_json::{Map, Value};
use serde_yaml_ng::{Mapping, Value as Yaml};

/// Reads YAML, with anchors and merges put in.
pub(super) fn parsed(text: &str) -> Result<Value, serde_yaml_ng::Error> {
    let mut yaml: Yaml = serde_yaml_ng::from_str(text)?;
    yaml.apply_merge()?;
    Ok(json_of(yaml))
}

fn json_of(yaml: Yaml) -> Value {
    match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => value.into(),
        Yaml::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(number), _) => number.into(),
            (None, number) => number.into(),
        },
        Yaml::String(text) => text.into(),
        Yaml::Sequence(items) => items.into_iter().map(json_of).collect(),
        Yaml::Mapping(entries) => {
            if let Some(name) = braced(&entries) {
                return format!("{{{{ {name} }}}}").into();
            }
            let entries = entries
                .into_iter()
                .map(|(key, value)| (key_of(key), json_of(value)));
            Value::Object(entries.collect())
        }
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let name = tag.trim_start_matches('!');
            let value = json_of(tagged.value);
            let (name, value) = match (name, value) {
                ("Ref" | "Condition", value) => (name.to_owned(), value),
                ("GetAtt", Value::String(path)) => (
                    "Fn::GetAtt".into(),
                    path.split('.').map(Value::from).collect(),
                ),
                (name, value) => (format!("Fn::{name}"), value),
            };
            Value::Object(Map::from_iter([(name, value)]))
        }
    }
}

/// The name in `{{ name }}`, which YAML takes for a mapping whose key is one.
fn braced(entries: &Mapping) -> Option<&str> {
    let only = |entries: &Mapping| entries.len() == 1;
    let (Yaml::Mapping(inner), Yaml::Null) = entries.iter().next().filter(|_| only(entries))?
    else {
        return None;
    };
    match inner.iter().next().filter(|_| only(inner))? {
        (Yaml::String(name), Yaml::Null) => Some(name),
        _ => None,
    }
}

fn key_of(key: Yaml) -> String {
    match json_of(key) {
        Value::String(key) => key,
        key => key.to_string(),
    }
}
