//! What a file says, made to fit ECS's types: CloudFormation takes numbers as texts and the reverse, and a placeholder stands
//! in the place of any type.

use crate::placeholder;
use serde_json::{Map, Value};

/// A field whose value is not known.
pub(super) struct Open {
    /// Such as `containerDefinitions[0].image`.
    pub(super) path: String,
    /// What the file has in its place.
    pub(super) text: String,
}

/// A field whose value was written in another type than ECS's.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Converted {
    /// Such as `containerDefinitions[0].cpu`.
    pub(super) path: String,
    /// What is there, what has to be, and how to write it.
    pub(super) kinds: (&'static str, &'static str, &'static str),
}

/// The type of a field.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Form {
    Text,
    Number,
    Flag,
    /// An object or a list of what else is here.
    Parts,
    /// Texts by names, or a list of them.
    Texts,
    /// Nothing looks at it.
    Other,
}

const TEXTS: [&str; 19] = [
    "alternateTargetGroupArn",
    "capacityProvider",
    "containerName",
    "containerPortRange",
    "cpuArchitecture",
    "executionRoleArn",
    "family",
    "image",
    "launchType",
    "loadBalancerName",
    "logDriver",
    "name",
    "networkMode",
    "operatingSystemFamily",
    "schedulingStrategy",
    "serviceName",
    "strategy",
    "targetGroupArn",
    "taskDefinition",
];
const NUMBERS: [&str; 11] = [
    "containerPort",
    "desiredCount",
    "healthCheckGracePeriodSeconds",
    "hostPort",
    "interval",
    "maximumPercent",
    "minimumHealthyPercent",
    "retries",
    "startPeriod",
    "startTimeout",
    "timeout",
];
const PARTS: [&str; 14] = [
    "advancedConfiguration",
    "awsvpcConfiguration",
    "capacityProviderStrategy",
    "containerDefinitions",
    "deploymentConfiguration",
    "deploymentController",
    "environment",
    "environmentFiles",
    "healthCheck",
    "loadBalancers",
    "logConfiguration",
    "networkConfiguration",
    "portMappings",
    "runtimePlatform",
];

fn form(key: &str, is_top: bool) -> Form {
    match key {
        // Of a container, they are numbers.
        "cpu" | "memory" if is_top => Form::Text,
        "cpu" | "memory" | "memoryReservation" | "stopTimeout" => Form::Number,
        "protocol" | "value" | "valueFrom" => Form::Text,
        "command"
        | "entryPoint"
        | "options"
        | "requiresCompatibilities"
        | "securityGroups"
        | "subnets" => Form::Texts,
        "essential" => Form::Flag,
        "secrets" => Form::Parts,
        key if TEXTS.contains(&key) => Form::Text,
        key if NUMBERS.contains(&key) => Form::Number,
        key if PARTS.contains(&key) => Form::Parts,
        _ => Form::Other,
    }
}

/// If a field may have a value, going by its type alone.
pub(super) fn may_have(key: &str, is_top: bool, value: &Value) -> bool {
    let is_open = value
        .as_str()
        .is_some_and(|it| placeholder::first(it).is_some());
    is_open
        || match form(key, is_top) {
            Form::Text | Form::Number | Form::Flag => !value.is_array() && !value.is_object(),
            Form::Parts | Form::Texts => value.is_array() || value.is_object(),
            Form::Other => true,
        }
}

/// What is done to a file's values.
#[derive(Default)]
pub(super) struct Fit {
    pub(super) open: Vec<Open>,
    /// Numbers made of texts and the reverse, as CloudFormation does. ECS's API does not.
    pub(super) converted: Vec<Converted>,
}

impl Fit {
    /// An object without the fields that are not known, but for texts, which keep their placeholders.
    pub(super) fn object(&mut self, object: Map<String, Value>, path: &str) -> Value {
        let mut fitted = Map::new();
        for (key, value) in object {
            let inner = match path {
                "" => key.clone(),
                path => format!("{path}.{key}"),
            };
            let form = form(&key, path.is_empty());
            if let Some(value) = self.value(value, form, &inner) {
                fitted.insert(key, value);
            }
        }
        Value::Object(fitted)
    }

    fn value(&mut self, value: Value, form: Form, path: &str) -> Option<Value> {
        if let Value::String(text) = &value
            && placeholder::first(text).is_some()
            && form != Form::Other
        {
            self.open.push(Open {
                path: path.to_owned(),
                text: text.clone(),
            });
            return (form == Form::Text).then_some(value);
        }
        Some(match (form, value) {
            (Form::Parts, Value::Object(object)) => self.object(object, path),
            (Form::Parts | Form::Texts, Value::Array(items)) => {
                let items = items.into_iter().enumerate();
                let items = items.filter_map(|(number, item)| {
                    let path = format!("{path}[{number}]");
                    match (form, item) {
                        (Form::Parts, Value::Object(object)) => Some(self.object(object, &path)),
                        (Form::Texts, item) => self.value(item, Form::Text, &path),
                        (_, item) => self.value(item, form, &path),
                    }
                });
                items.collect()
            }
            (Form::Texts, Value::Object(entries)) => {
                let entries = entries.into_iter().filter_map(|(key, value)| {
                    let value = self.value(value, Form::Text, &format!("{path}.{key}"))?;
                    Some((key, value))
                });
                Value::Object(entries.collect())
            }
            (form, value) => self.converted(value, form, path),
        })
    }

    fn converted(&mut self, value: Value, form: Form, path: &str) -> Value {
        let before = kind(&value);
        let value = converted(value, form);
        let after = kind(&value);
        if before != after {
            let how = match after {
                "a string" => "put it in quotes",
                _ => "leave out the quotes",
            };
            self.converted.push(Converted {
                path: path.to_owned(),
                kinds: (before, after, how),
            });
        }
        value
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a flag",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A value in the type that is needed, if it can be written so.
fn converted(value: Value, form: Form) -> Value {
    match (form, value) {
        (Form::Text, Value::Number(number)) => number.to_string().into(),
        (Form::Text, Value::Bool(flag)) => flag.to_string().into(),
        (Form::Number, Value::String(text)) => match text.trim().parse::<u64>() {
            Ok(number) => number.into(),
            Err(_) => text.into(),
        },
        (Form::Flag, Value::String(text)) => match text.to_ascii_lowercase().as_str() {
            "true" => true.into(),
            "false" => false.into(),
            _ => text.into(),
        },
        (_, value) => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// With the paths of what is open, and of what was written in another type.
    fn fit(value: Value) -> (Value, Vec<String>, Vec<String>) {
        let Value::Object(object) = value else {
            panic!("{value}");
        };
        let mut fit = Fit::default();
        let value = fit.object(object, "");
        // serde_json has an order of its own, unless another crate asks for that of the file.
        let mut open: Vec<String> = fit.open.into_iter().map(|it| it.path).collect();
        let mut converted: Vec<String> = fit.converted.into_iter().map(|it| it.path).collect();
        open.sort();
        converted.sort();
        (value, open, converted)
    }

    #[test]
    fn cloudformations_numbers_and_texts_are_what_ecs_takes() {
        let of_template = json!({
            "cpu": 256,
            "containerDefinitions": [{
                "essential": "true",
                "portMappings": [{ "containerPort": "8000" }],
                "environment": [{ "name": "A", "value": 1 }, { "name": "B", "value": true }],
            }],
        });
        let of_api = json!({
            "cpu": "256",
            "containerDefinitions": [{
                "essential": true,
                "portMappings": [{ "containerPort": 8000 }],
                "environment": [{ "name": "A", "value": "1" }, { "name": "B", "value": "true" }],
            }],
        });
        let converted = [
            "containerDefinitions[0].environment[0].value",
            "containerDefinitions[0].environment[1].value",
            "containerDefinitions[0].essential",
            "containerDefinitions[0].portMappings[0].containerPort",
            "cpu",
        ];
        let converted = converted.map(str::to_owned).to_vec();
        assert_eq!(fit(of_template), (of_api.clone(), Vec::new(), converted));
        assert_eq!(fit(of_api.clone()), (of_api, Vec::new(), Vec::new()));
    }

    #[test]
    fn a_placeholder_stays_in_texts_and_leaves_everything_else_open() {
        let (value, open, _) = fit(json!({
                "family": "app",
                "containerDefinitions": [{
                    "image": "<IMAGE>",
                    "portMappings": [{ "containerPort": "${PORT}" }],
                    "environment": [{ "name": "A", "value": "1" }, "{{condition B}}"],
                    "dockerLabels": { "a": "${B}" },
                }],
        }));
        let expected = json!({
            "family": "app",
            "containerDefinitions": [{
                "image": "<IMAGE>",
                "portMappings": [{}],
                "environment": [{ "name": "A", "value": "1" }],
                "dockerLabels": { "a": "${B}" },
            }],
        });
        assert_eq!(value, expected);
        let expected = [
            "containerDefinitions[0].environment[1]",
            "containerDefinitions[0].image",
            "containerDefinitions[0].portMappings[0].containerPort",
        ];
        assert_eq!(open, expected);
    }
}
