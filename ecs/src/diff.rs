//! A definition in a file against the one that runs.

use crate::image::Reference;
use serde::Serialize;
use serde_json::{Map, Value};

/// The account of AWS's documents, which stands for one's own in files.
const ANY_ACCOUNT: &str = "111122223333";
/// The tag in files that stands for the commit.
pub const COMMIT: &str = "COMMIT";

/// What AWS adds to a definition when it is registered.
const ADDED: [&str; 9] = [
    "taskDefinitionArn",
    "revision",
    "status",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "registeredBy",
    "deregisteredAt",
    "deleteRequestedAt",
];

/// A definition as it was given to AWS, and so as AWS takes it again.
pub(crate) fn as_given(definition: &Value) -> Value {
    let mut definition = definition.clone();
    if let Some(definition) = definition.as_object_mut() {
        definition.retain(|key, _| !ADDED.contains(&key.as_str()));
    }
    definition
}

/// One place where the two differ.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Difference {
    /// Where, such as `containerDefinitions.app.stopTimeout`.
    pub path: String,
    /// What the file says.
    pub file: Option<Value>,
    /// What runs.
    pub live: Option<Value>,
}

/// Where a file and what runs differ. What AWS fills in by itself is no difference, and neither is the commit where
/// the file has `COMMIT`.
pub fn differences(file: &Value, live: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare("", Some(file), Some(&as_given(live)), &mut found);
    found.sort_by(|a: &Difference, b| a.path.cmp(&b.path));
    found
}

fn compare(path: &str, file: Option<&Value>, live: Option<&Value>, found: &mut Vec<Difference>) {
    match (file.map(keyed), live.map(keyed)) {
        (Some(Value::Object(file)), Some(Value::Object(live))) => {
            let keys = file
                .keys()
                .chain(live.keys().filter(|key| !file.contains_key(*key)));
            for key in keys {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                compare(&path, file.get(key), live.get(key), found);
            }
        }
        (Some(file), Some(live)) if is_same(&file, &live) => {}
        (None, Some(live)) if is_filled_in(path, &live) => {}
        (file, live) => found.push(Difference {
            path: path.to_owned(),
            file,
            live,
        }),
    }
}

/// A list of things with names as an object by their names, since their order means nothing.
fn keyed(value: &Value) -> Value {
    let Some(items) = value.as_array() else {
        return value.clone();
    };
    let key = |item: &Value| match (&item["name"], &item["containerPort"]) {
        (Value::String(name), _) => Some(name.clone()),
        (_, Value::Number(port)) => Some(port.to_string()),
        _ => None,
    };
    let pairs: Option<Map<String, Value>> = items
        .iter()
        .map(|item| Some((key(item)?, item.clone())))
        .collect();
    pairs
        .filter(|pairs| !pairs.is_empty())
        .map_or_else(|| value.clone(), Value::Object)
}

fn is_same(file: &Value, live: &Value) -> bool {
    let (Some(file_text), Some(live_text)) = (file.as_str(), live.as_str()) else {
        return file == live;
    };
    let repository = |text: &str| text.parse::<Reference>().ok().map(|image| image.name());
    file_text == live_text
        || file_text.contains(ANY_ACCOUNT)
        || file_text.ends_with(&format!(":{COMMIT}"))
            && repository(file_text) == repository(live_text)
}

/// What a definition gets by default.
fn is_filled_in(path: &str, live: &Value) -> bool {
    let is_empty = match live {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        _ => false,
    };
    let last = path.rsplit('.').next().unwrap_or(path);
    let is_default = match last {
        "essential" => *live == true,
        "protocol" => live == "tcp",
        // With awsvpc, the container's own.
        "hostPort" => true,
        _ => false,
    };
    is_empty || is_default
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn file() -> Value {
        json!({
            "family": "shop",
            "executionRoleArn": "arn:aws:iam::111122223333:role/x",
            "containerDefinitions": [{
                "name": "app",
                "image": "me/shop:COMMIT",
                "portMappings": [{ "containerPort": 8000 }],
                "environment": [{ "name": "A", "value": "1" }, { "name": "B", "value": "2" }],
            }],
        })
    }

    /// As AWS gives it back.
    fn live() -> Value {
        json!({
            "taskDefinitionArn": "arn:x:7",
            "revision": 7,
            "family": "shop",
            "volumes": [],
            "executionRoleArn": "arn:aws:iam::999999999999:role/x",
            "containerDefinitions": [{
                "name": "app",
                "image": "me/shop:3f1c9e7",
                "cpu": 0,
                "essential": true,
                "mountPoints": [],
                "portMappings": [{ "containerPort": 8000, "hostPort": 8000, "protocol": "tcp" }],
                "environment": [{ "name": "B", "value": "2" }, { "name": "A", "value": "1" }],
            }],
        })
    }

    #[test]
    fn what_aws_fills_in_is_no_difference() {
        assert_eq!(differences(&file(), &live()), []);
    }

    #[test]
    fn each_difference_is_told_with_its_place() {
        let mut live = live();
        let app = &mut live["containerDefinitions"][0];
        app["image"] = "other/shop:3f1c9e7".into();
        app["stopTimeout"] = 5.into();
        app["environment"][1]["value"] = "9".into();
        app["portMappings"] = json!([]);
        let differences = differences(&file(), &live);
        let paths: Vec<&str> = differences.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "containerDefinitions.app.environment.A.value",
                "containerDefinitions.app.image",
                "containerDefinitions.app.portMappings",
                "containerDefinitions.app.stopTimeout",
            ]
        );
    }
}
