//! A definition in a file against the one that runs.

use crate::aws::ecs::{BadDefinition, RawDefinition};
use crate::image::Reference;
use serde::Serialize;
use serde_json::{Map, Value};

/// The account of AWS's documents, which stands for one's own in files.
pub(crate) const ANY_ACCOUNT: &str = "111122223333";
/// The tag in files that stands for the commit.
pub const COMMIT: &str = "COMMIT";

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
pub fn differences(file: &RawDefinition, live: &RawDefinition) -> Vec<Difference> {
    Compared { is_same }.of(file, live)
}

/// A comparison by a rule of what is the same.
struct Compared {
    is_same: fn(&Value, &Value) -> bool,
}

impl Compared {
    fn of(&self, file: &RawDefinition, live: &RawDefinition) -> Vec<Difference> {
        let mut found = Vec::new();
        let (file, live) = (file.as_given(), live.as_given());
        self.compare("", Some(&file), Some(&live), &mut found);
        found.sort_by(|a, b| a.path.cmp(&b.path));
        found
    }

    fn compare(
        &self,
        path: &str,
        file: Option<&Value>,
        live: Option<&Value>,
        found: &mut Vec<Difference>,
    ) {
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
                    self.compare(&path, file.get(key), live.get(key), found);
                }
            }
            (Some(file), Some(live)) if (self.is_same)(&file, &live) => {}
            (None, Some(live)) if is_filled_in(path, &live) => {}
            (file, live) => found.push(Difference {
                path: path.to_owned(),
                file,
                live,
            }),
        }
    }
}

/// Where a definition that is to be registered differs from what runs, but for what AWS fills in. Here a placeholder is a
/// text like any other.
pub(crate) fn exact_differences(next: &RawDefinition, live: &RawDefinition) -> Vec<Difference> {
    let compared = Compared {
        is_same: |a, b| a == b,
    };
    compared.of(next, live)
}

/// A file's definition with what runs in the place of what the file leaves open: the commit, and the account.
///
/// # Errors
///
/// If that makes no definition of it.
pub(crate) fn filled_in(
    file: &RawDefinition,
    live: &RawDefinition,
) -> Result<RawDefinition, BadDefinition> {
    let mut definition = file.to_register();
    // arn:partition:ecs:region:account:…
    let account = live.arn().and_then(|arn| arn.split(':').nth(4));
    fill_in(&mut definition, &live.as_given(), account);
    RawDefinition::new(definition)
}

fn fill_in(file: &mut Value, live: &Value, account: Option<&str>) {
    let live = keyed(live);
    match file {
        Value::Object(members) => {
            for (key, member) in members {
                fill_in(member, &live[key], account);
            }
        }
        Value::Array(items) => {
            for item in items {
                let found = key_of(item).map(|key| live[&key].clone());
                fill_in(item, &found.unwrap_or_default(), account);
            }
        }
        Value::String(text) => {
            if live.as_str().is_some_and(|live| is_same_text(text, live)) {
                *file = live;
            } else if let Some(account) = account.filter(|_| has_placeholder(text)) {
                *text = text.replacen(ANY_ACCOUNT, account, 1);
            }
        }
        _ => {}
    }
}

/// A list of things with names as an object by their names, since their order means nothing.
fn keyed(value: &Value) -> Value {
    let Some(items) = value.as_array() else {
        return value.clone();
    };
    let pairs: Option<Map<String, Value>> = items
        .iter()
        .map(|item| Some((key_of(item)?, item.clone())))
        .collect();
    // Of two with the same name, neither may be lost.
    pairs
        .filter(|pairs| !pairs.is_empty() && pairs.len() == items.len())
        .map_or_else(|| value.clone(), Value::Object)
}

fn key_of(item: &Value) -> Option<String> {
    match (&item["name"], &item["containerPort"]) {
        (Value::String(name), _) => Some(name.clone()),
        (_, Value::Number(port)) => {
            let protocol = item["protocol"].as_str().unwrap_or("tcp");
            Some(match protocol {
                "tcp" => port.to_string(),
                protocol => format!("{port}/{protocol}"),
            })
        }
        _ => None,
    }
}

fn is_same(file: &Value, live: &Value) -> bool {
    match (file.as_str(), live.as_str()) {
        (Some(file), Some(live)) => is_same_text(file, live),
        _ => file == live,
    }
}

/// If a file's text says what runs, with what it leaves open.
fn is_same_text(file: &str, live: &str) -> bool {
    let repository = |text: &str| text.parse::<Reference>().ok().map(|image| image.name());
    file == live
        || has_placeholder(file) && is_same_but_account(file, live)
        || file.ends_with(&format!(":{COMMIT}")) && {
            let of_file = repository(file).zip(repository(live));
            of_file.is_some_and(|(file, live)| file == live || is_same_but_account(&file, &live))
        }
}

/// If a text has the account of AWS's documents where an account stands: in an ARN, or in the name of a registry of ECR.
pub(crate) fn has_placeholder(text: &str) -> bool {
    text.contains(&format!(":{ANY_ACCOUNT}:"))
        || text.starts_with(&format!("{ANY_ACCOUNT}.dkr.ecr."))
}

fn is_same_but_account(file: &str, live: &str) -> bool {
    let Some((before, after)) = file.split_once(ANY_ACCOUNT) else {
        return false;
    };
    let Some(rest) = live.strip_prefix(before) else {
        return false;
    };
    let live_after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_account = rest.len() - live_after.len() == ANY_ACCOUNT.len();
    // Secrets Manager adds a hyphen and six characters to a secret's name.
    let suffix = live_after.strip_prefix(after);
    let is_suffix = |suffix: &str| {
        file.contains(":secretsmanager:") && suffix.len() == 7 && suffix.starts_with('-')
    };
    is_account && suffix.is_some_and(|suffix| suffix.is_empty() || is_suffix(suffix))
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

    fn raw(value: Value) -> RawDefinition {
        RawDefinition::new(value).unwrap()
    }

    #[test]
    fn what_a_file_leaves_open_is_taken_from_what_runs() {
        let filled = filled_in(&raw(file()), &raw(live())).unwrap().as_given();
        assert_eq!(filled["executionRoleArn"], live()["executionRoleArn"]);
        let app = &filled["containerDefinitions"][0];
        assert_eq!(app["image"], "me/shop:3f1c9e7");
        assert_eq!(
            app["environment"],
            file()["containerDefinitions"][0]["environment"]
        );
    }

    #[test]
    fn what_aws_fills_in_is_no_difference() {
        assert_eq!(differences(&raw(file()), &raw(live())), []);
    }

    #[test]
    fn each_difference_is_told_with_its_place() {
        let mut live = live();
        let app = &mut live["containerDefinitions"][0];
        app["image"] = "other/shop:3f1c9e7".into();
        app["stopTimeout"] = 5.into();
        app["environment"][1]["value"] = "9".into();
        app["portMappings"] = json!([]);
        let differences = differences(&raw(file()), &raw(live));
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
