//! CloudFormation's functions, as far as a template can be understood without an account.
//!
//! A template of this repository is to be understood whole, so what is not is an error. In one of other people ([`Scope::is_open`]),
//! a mark takes the place of what only AWS, another stack or whoever deploys knows.

use super::flaw::{Flaw, absent, misused, one_of};
use super::template::{Nested, Template, TemplateError};
use crate::placeholder::mark;
use crate::typed::Step;
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Attributes that name the resource itself.
const IDENTITIES: [&str; 9] = [
    "Arn",
    "GroupId",
    "Id",
    "ListenerArn",
    "LoadBalancerArn",
    "Name",
    "RuleArn",
    "ServiceArn",
    "TargetGroupArn",
];

/// Functions whose arguments are not taken in another form.
const TAKEN: [&str; 6] = [
    "Fn::FindInMap",
    "Fn::GetAtt",
    "Fn::If",
    "Fn::Join",
    "Fn::Select",
    "Fn::Sub",
];

/// What a template's functions refer to.
pub(super) struct Scope<'a> {
    pub(super) parameters: Map<String, Value>,
    pub(super) template: &'a Template,
    /// If a mark takes the place of what is unknown.
    pub(super) is_open: bool,
    /// What stands before the names of resources, for those of a nested stack.
    pub(super) prefix: String,
    /// The nested stacks that were evaluated, and those that are being evaluated.
    pub(super) done: RefCell<BTreeMap<String, Option<Nested>>>,
    /// The conditions that were evaluated.
    pub(super) conditions: RefCell<BTreeMap<String, Option<bool>>>,
    /// The names that are being evaluated, each for the one before it.
    pub(super) begun: RefCell<Vec<String>>,
    /// The way to what is being evaluated.
    pub(super) steps: RefCell<Vec<Step>>,
    pub(super) flaws: RefCell<Vec<Flaw>>,
}

impl Scope<'_> {
    /// The value with its functions replaced; none if it is `AWS::NoValue`.
    pub(super) fn resolve(&self, value: &Value) -> Result<Option<Value>, TemplateError> {
        match value {
            Value::Array(items) => {
                let items = items.iter().enumerate();
                let items = items
                    .map(|(number, item)| self.at(Step::Item(number), || self.resolve(item)))
                    .filter_map(Result::transpose);
                Ok(Some(Value::Array(items.collect::<Result<_, _>>()?)))
            }
            Value::Object(entries) => match function(entries) {
                Some((name, argument)) => self.marked(self.call(name, argument)),
                None => {
                    let mut resolved = Map::new();
                    for (key, value) in entries {
                        let value = self.at(Step::Key(key.clone()), || self.resolve(value));
                        if let Some(value) = value? {
                            resolved.insert(key.clone(), value);
                        }
                    }
                    Ok(Some(Value::Object(resolved)))
                }
            },
            value => Ok(Some(value.clone())),
        }
    }

    fn call(&self, name: &str, argument: &Value) -> Result<Option<Value>, TemplateError> {
        let value = match (name, argument) {
            ("Ref", Value::String(name)) if name == "AWS::NoValue" => return Ok(None),
            ("Ref", Value::String(name)) => self.reference(name)?,
            ("Fn::GetAtt", Value::Array(path)) => self.attribute(path)?,
            ("Fn::GetAtt", Value::String(path)) => {
                let path: Vec<Value> = path.splitn(2, '.').map(Value::from).collect();
                self.attribute(&path)?
            }
            ("Fn::Sub", Value::String(text)) => self.substitute(text, &Map::new())?,
            ("Fn::Sub", Value::Array(parts)) => match parts.as_slice() {
                [Value::String(text)] => self.substitute(text, &Map::new())?,
                [Value::String(text), Value::Object(own)] => self.substitute(text, own)?,
                _ => return Err(misused(name)),
            },
            ("Fn::If", Value::Array(parts)) => return self.either(parts),
            ("Fn::GetAZs", _) => json!(["a", "b", "c"]),
            ("Fn::Select", Value::Array(parts)) => self.select(parts)?,
            ("Fn::Join", Value::Array(parts)) => self.join(parts)?,
            ("Fn::Split", Value::Array(parts)) => self.split(parts)?,
            ("Fn::FindInMap", Value::Array(path)) => return self.mapped(path),
            ("Fn::Cidr", Value::Array(parts)) if self.is_open => self.blocks(parts)?,
            ("Fn::Length", list) if self.is_open => match self.resolve(list)? {
                Some(Value::Array(items)) => items.len().into(),
                _ => mark("function Fn::Length").into(),
            },
            ("Fn::ImportValue", name) if self.is_open => {
                let name = self.resolve(name)?.unwrap_or_default();
                mark(&format!("import {}", text(&name))).into()
            }
            (name, _) if self.is_open && name.starts_with("Fn::") && !TAKEN.contains(&name) => {
                mark(&format!("function {name}")).into()
            }
            _ => return Err(misused(name)),
        };
        Ok(Some(value))
    }

    /// A parameter's value, or else the name itself: a resource's, or a pseudo parameter's.
    fn reference(&self, name: &str) -> Result<Value, TemplateError> {
        Ok(match name {
            "AWS::Partition" => "aws".into(),
            "AWS::URLSuffix" if self.is_open => "amazonaws.com".into(),
            "AWS::NotificationARNs" if self.is_open => json!([]),
            name if name.starts_with("AWS::") && self.is_open => mark(name).into(),
            "AWS::StackName" => "dualrun".into(),
            "AWS::AccountId" => "111122223333".into(),
            "AWS::Region" => "us-east-1".into(),
            name => match self.parameters.get(name) {
                Some(value) => value.clone(),
                None => self.resource(name)?,
            },
        })
    }

    /// A resource by its name. Of what a transform makes, the names are not there yet.
    fn resource(&self, name: &str) -> Result<Value, TemplateError> {
        let is_there = !self.is_open || self.is_resource(name) || self.template.is_transformed();
        if is_there {
            return Ok(format!("{}{name}", self.prefix).into());
        }
        let names = self.template.section("Resources").map(|(name, _)| name);
        let near = names
            .chain(self.parameters.keys())
            .filter(|other| strsim::damerau_levenshtein(name, other) <= 2);
        Err(absent(
            format!("{name} is neither a parameter nor a resource of the template"),
            match one_of(near) {
                Some(near) => format!("name {near}"),
                None => format!("add {name} to the template, or name what is there"),
            },
        ))
    }

    fn attribute(&self, path: &[Value]) -> Result<Value, TemplateError> {
        let Some(name) = path.first().and_then(Value::as_str) else {
            return Err(misused("Fn::GetAtt"));
        };
        let own = || Value::from(format!("{}{name}", self.prefix));
        if !self.is_open {
            return Ok(own());
        }
        self.resource(name)?;
        if path.len() < 2 {
            return Err(misused("Fn::GetAtt"));
        }
        let rest = path[1..].iter().map(text).collect::<Vec<_>>().join(".");
        if let Some(output) = rest.strip_prefix("Outputs.") {
            return self.output(name, output);
        }
        if rest == "CidrBlock" {
            let block = &self.template.as_json()["Resources"][name]["Properties"]["CidrBlock"];
            let block = self.deeper(&format!("{name}.CidrBlock"), || self.resolve(block))?;
            if let Some(block) = block.filter(Value::is_string) {
                return Ok(block);
            }
        }
        if IDENTITIES.contains(&rest.as_str()) {
            return Ok(own());
        }
        Ok(mark(&format!("attribute {rest} of {name}")).into())
    }

    /// A value as a part of a text, where the name of a resource is not its name in the template.
    pub(super) fn part(&self, value: &Value) -> Result<Option<Value>, TemplateError> {
        let name = match value {
            Value::Object(entries) => match function(entries) {
                Some(("Ref", Value::String(name))) => Some(name.as_str()),
                Some(("Fn::GetAtt", Value::Array(path))) => path.first().and_then(Value::as_str),
                _ => None,
            },
            _ => None,
        };
        let resolved = self.resolve(value)?;
        let name = name.filter(|name| self.is_resource(name));
        let is_itself = |name: &&str| resolved == Some(format!("{}{name}", self.prefix).into());
        Ok(match name.filter(is_itself) {
            Some(name) => Some(mark(&format!("resource {name}")).into()),
            None => resolved,
        })
    }

    fn is_resource(&self, name: &str) -> bool {
        self.is_open && self.template.as_json()["Resources"].get(name).is_some()
    }

    fn substitute(&self, template: &str, own: &Map<String, Value>) -> Result<Value, TemplateError> {
        let named = |name: &str| match own.get(name) {
            Some(value) => self.part(value),
            None => self.part(&match name.split_once('.') {
                Some((name, rest)) => json!({ "Fn::GetAtt": [name, rest] }),
                None => json!({ "Ref": name }),
            }),
        };
        // Alone, it is the thing itself.
        let alone = template
            .strip_prefix("${")
            .and_then(|it| it.strip_suffix('}'));
        if let Some(name) =
            alone.filter(|it| !it.contains(['$', '}', '!']) && !own.contains_key(*it))
        {
            let path: Vec<Value> = name.trim().splitn(2, '.').map(Value::from).collect();
            return match path.as_slice() {
                [Value::String(name)] => self.reference(name),
                path => self.attribute(path),
            };
        }
        let mut parts = template.split("${");
        let mut result = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').unwrap_or((part, ""));
            match name.strip_prefix('!') {
                Some(literal) => result += &format!("${{{literal}}}"),
                None => result += &text(&named(name.trim())?.unwrap_or_default()),
            }
            result += rest;
        }
        Ok(result.into())
    }
}

/// The one entry of an object that is a function's call.
pub(super) fn function(entries: &Map<String, Value>) -> Option<(&str, &Value)> {
    let mut all = entries.iter();
    let (Some((name, argument)), None) = (all.next(), all.next()) else {
        return None;
    };
    let is_condition = name == "Condition" && argument.is_string();
    (name == "Ref" || name.starts_with("Fn::") || is_condition).then_some((name, argument))
}

/// A value as a text; a list as CloudFormation writes lists into one.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Template;
    use super::*;

    const TEMPLATE: &str = r#"
Parameters:
  Parked: { Type: String, Default: "false" }
  Image: { Type: String }
Conditions:
  IsRunning: !Equals [!Ref Parked, "false"]
  IsNever: !And [!Condition IsRunning, !Not [!Condition IsRunning]]
Resources:
  One:
    Type: T
    Condition: IsRunning
    Properties:
      Image: !Ref Image
      Name: !Sub "${AWS::StackName}-${Two.Name}"
      Both: [!If [IsRunning, a, b], !If [IsNever, c, !Ref AWS::NoValue]]
      Zone: !Select [1, !GetAZs ""]
      Arn: !GetAtt Two.Arn
      Gone: !If [IsNever, c, !Ref AWS::NoValue]
  Two: { Type: T, Condition: IsNever }
"#;

    #[test]
    fn parameters_conditions_and_functions_are_put_in() {
        let template = Template::parse(TEMPLATE).unwrap();
        let resources = template.resources(&[("Image", "a/b:1")]).unwrap();
        let expected = json!({
            "Image": "a/b:1",
            "Name": "dualrun-Two",
            "Both": ["a"],
            "Zone": "b",
            "Arn": "Two",
        });
        assert_eq!(resources["One"]["Properties"], expected);
        assert!(!resources.contains_key("Two"));
        assert!(
            template
                .resources(&[("Image", "a"), ("Parked", "true")])
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn a_parameter_of_systems_manager_is_a_reference_and_not_its_name() {
        let text = "
Parameters: { Path: { Type: AWS::SSM::Parameter::Value<String>, Default: /shop/health } }
Resources: { One: { Type: T, Properties: { Path: !Ref Path } } }";
        let template = Template::parse(text).unwrap();
        let resources = template.resources(&[]).unwrap();
        let expected = json!({ "Path": "{{resolve:ssm:/shop/health}}" });
        assert_eq!(resources["One"]["Properties"], expected);
    }

    #[test]
    fn a_missing_value_and_an_unknown_function_are_named() {
        let template = Template::parse(TEMPLATE).unwrap();
        let error = template.resources(&[]).unwrap_err().to_string();
        assert_eq!(error, "the template's parameter Image needs a value");
        let text = "Resources: { A: { Type: T, Properties: { B: !ImportValue c } } }";
        let error = Template::parse(text)
            .unwrap()
            .resources(&[])
            .unwrap_err()
            .to_string();
        assert!(error.contains("Fn::ImportValue"), "{error}");
    }
}
