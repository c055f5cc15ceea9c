//! A CloudFormation template: its YAML as JSON, and its resources with the parameters put in.

use super::intrinsics::Scope;
use serde_json::{Map, Value, json};
use serde_yaml_ng::Value as Yaml;
use std::collections::BTreeMap;

/// Why a template cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// Of the parser.
    #[error("invalid YAML in the template")]
    Yaml(#[from] serde_yaml_ng::Error),
    /// A function that is not known here, or one that is used wrongly.
    #[error("the template uses {0} in a way that is not understood")]
    Function(String),
    /// A parameter without default that was given no value.
    #[error("the template's parameter {0} needs a value")]
    Parameter(String),
}

/// A template.
#[derive(Clone, Debug)]
pub struct Template(Value);

impl Template {
    /// Reads YAML with CloudFormation's short forms (`!Ref` and so on).
    ///
    /// # Errors
    ///
    /// If it is no YAML.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        Ok(Self(json_of(serde_yaml_ng::from_str(text)?)))
    }

    /// The template as it stands, with short forms written out.
    pub fn as_json(&self) -> &Value {
        &self.0
    }

    /// The resources whose conditions hold, with parameters and functions replaced. A resource's attribute, such
    /// as its ARN, is the resource's name in the template.
    ///
    /// # Errors
    ///
    /// If a parameter has no value, or a function is not known.
    pub fn resources(
        &self,
        parameters: &[(&str, &str)],
    ) -> Result<BTreeMap<String, Value>, TemplateError> {
        let mut values = Map::new();
        for (name, parameter) in self.section("Parameters") {
            let given = parameters.iter().find(|(given, _)| given == name);
            let value = match given {
                Some((_, value)) if parameter["Type"] == "Number" => value
                    .parse::<i64>()
                    .map_or_else(|_| json!(value), Value::from),
                Some((_, value)) => json!(value),
                None => parameter["Default"].clone(),
            };
            if value.is_null() {
                return Err(TemplateError::Parameter(name.clone()));
            }
            let kind = parameter["Type"].as_str().unwrap_or_default();
            let value = match &value {
                // Its value is the name of one that only AWS knows, and may look like a path.
                Value::String(name) if kind.starts_with("AWS::SSM::Parameter::Value") => {
                    json!(format!("{{{{resolve:ssm:{name}}}}}"))
                }
                _ => value,
            };
            values.insert(name.clone(), value);
        }
        let scope = Scope {
            parameters: &values,
            conditions: &self.0["Conditions"],
        };
        let mut resources = BTreeMap::new();
        for (name, resource) in self.section("Resources") {
            if let Some(condition) = resource["Condition"].as_str()
                && !scope.holds(condition)?
            {
                continue;
            }
            let properties = scope.resolve(&resource["Properties"])?.unwrap_or_default();
            let resource = json!({ "Type": resource["Type"], "Properties": properties });
            resources.insert(name.clone(), resource);
        }
        Ok(resources)
    }

    fn section(&self, name: &str) -> impl Iterator<Item = (&String, &Value)> {
        self.0[name].as_object().into_iter().flatten()
    }
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

fn key_of(key: Yaml) -> String {
    match json_of(key) {
        Value::String(key) => key,
        key => key.to_string(),
    }
}
