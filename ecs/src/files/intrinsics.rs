//! CloudFormation's functions, as far as a template can be understood without an account.

use super::template::TemplateError;
use serde_json::{Map, Value, json};

/// What a template's functions refer to.
pub(super) struct Scope<'a> {
    pub(super) parameters: &'a Map<String, Value>,
    pub(super) conditions: &'a Value,
}

impl Scope<'_> {
    /// If a condition of this name holds.
    pub(super) fn holds(&self, name: &str) -> Result<bool, TemplateError> {
        let condition = self.conditions.get(name);
        self.is_true(condition.ok_or_else(|| misused(&format!("the condition {name}")))?)
    }

    /// The value with its functions replaced; none if it is `AWS::NoValue`.
    pub(super) fn resolve(&self, value: &Value) -> Result<Option<Value>, TemplateError> {
        match value {
            Value::Array(items) => {
                let items = items
                    .iter()
                    .map(|item| self.resolve(item))
                    .filter_map(Result::transpose);
                Ok(Some(Value::Array(items.collect::<Result<_, _>>()?)))
            }
            Value::Object(entries) => match function(entries) {
                Some((name, argument)) => self.call(name, argument),
                None => {
                    let mut resolved = Map::new();
                    for (key, value) in entries {
                        if let Some(value) = self.resolve(value)? {
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
            ("Ref", Value::String(name)) => self.reference(name),
            ("Fn::GetAtt", Value::Array(path)) => path.first().cloned().unwrap_or_default(),
            ("Fn::Sub", Value::String(text)) => self.substitute(text).into(),
            ("Fn::If", Value::Array(parts)) => {
                let [Value::String(condition), then, otherwise] = parts.as_slice() else {
                    return Err(misused(name));
                };
                return self.resolve(if self.holds(condition)? {
                    then
                } else {
                    otherwise
                });
            }
            ("Fn::GetAZs", _) => json!(["a", "b", "c"]),
            ("Fn::Select", Value::Array(parts)) => {
                let index = parts.first().and_then(|index| match index {
                    Value::String(index) => index.parse().ok(),
                    index => index.as_u64().and_then(|index| usize::try_from(index).ok()),
                });
                let list = self
                    .resolve(parts.get(1).unwrap_or(&Value::Null))?
                    .unwrap_or_default();
                let item = index.and_then(|index: usize| list.get(index)).cloned();
                item.ok_or_else(|| misused(name))?
            }
            ("Fn::Join", Value::Array(parts)) => {
                let [Value::String(separator), list] = parts.as_slice() else {
                    return Err(misused(name));
                };
                let list = self.resolve(list)?.unwrap_or_default();
                let items: Vec<String> = list.as_array().into_iter().flatten().map(text).collect();
                items.join(separator).into()
            }
            _ => return Err(misused(name)),
        };
        Ok(Some(value))
    }

    /// A parameter's value, or else the name itself: a resource's, or a pseudo parameter's.
    fn reference(&self, name: &str) -> Value {
        match name {
            "AWS::StackName" => "dualrun".into(),
            "AWS::AccountId" => "111122223333".into(),
            "AWS::Region" => "us-east-1".into(),
            "AWS::Partition" => "aws".into(),
            name => self
                .parameters
                .get(name)
                .cloned()
                .unwrap_or_else(|| name.into()),
        }
    }

    fn substitute(&self, template: &str) -> String {
        let mut parts = template.split("${");
        let mut result = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').unwrap_or((part, ""));
            let name = name.split('.').next().unwrap_or(name);
            result += &text(&self.reference(name));
            result += rest;
        }
        result
    }

    fn is_true(&self, condition: &Value) -> Result<bool, TemplateError> {
        let entries = condition
            .as_object()
            .ok_or_else(|| misused("a condition"))?;
        let (name, argument) = function(entries).ok_or_else(|| misused("a condition"))?;
        let parts = argument.as_array().map(Vec::as_slice).unwrap_or_default();
        match (name, parts) {
            ("Condition", _) => self.holds(argument.as_str().unwrap_or_default()),
            ("Fn::Equals", [left, right]) => {
                let sides = (self.resolve(left)?, self.resolve(right)?);
                Ok(sides.0.as_ref().map(text) == sides.1.as_ref().map(text))
            }
            ("Fn::Not", [part]) => Ok(!self.is_true(part)?),
            ("Fn::And", parts) => parts
                .iter()
                .try_fold(true, |all, part| Ok(all && self.is_true(part)?)),
            ("Fn::Or", parts) => parts
                .iter()
                .try_fold(false, |any, part| Ok(any || self.is_true(part)?)),
            _ => Err(misused(name)),
        }
    }
}

/// The one entry of an object that is a function's call.
fn function(entries: &Map<String, Value>) -> Option<(&str, &Value)> {
    let mut all = entries.iter();
    let (Some((name, argument)), None) = (all.next(), all.next()) else {
        return None;
    };
    let is_condition = name == "Condition" && argument.is_string();
    (name == "Ref" || name.starts_with("Fn::") || is_condition).then_some((name, argument))
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn misused(what: &str) -> TemplateError {
    TemplateError::Function(what.to_owned())
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
