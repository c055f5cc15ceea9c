//! A definition in a file against the one that runs.

use crate::aws::Arn;
use crate::aws::ecs::{BadDefinition, RawDefinition};
use crate::stand_in::{has_any_account, is_same_account, is_same_text, with_account};
use serde::Serialize;
use serde_json::{Map, Value};

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
        let defaults = Defaults::of(&live);
        let mut all = Vec::new();
        self.compare(&mut Vec::new(), Some(&file), Some(&live), &mut all);
        for (place, difference) in all {
            let is_default = difference.file.is_none()
                && (difference.live.as_ref()).is_some_and(|live| defaults.has(&place, live));
            if !is_default {
                found.push(difference);
            }
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        found
    }

    /// Each place where the two differ, with the names on the way to it: a name may have dots.
    fn compare(
        &self,
        place: &mut Vec<String>,
        file: Option<&Value>,
        live: Option<&Value>,
        found: &mut Vec<(Vec<String>, Difference)>,
    ) {
        match (file.map(keyed), live.map(keyed)) {
            (Some(Value::Object(file)), Some(Value::Object(live))) => {
                let keys = file
                    .keys()
                    .chain(live.keys().filter(|key| !file.contains_key(*key)));
                for key in keys {
                    place.push(key.clone());
                    self.compare(place, file.get(key), live.get(key), found);
                    place.pop();
                }
            }
            (Some(file), Some(live)) if (self.is_same)(&file, &live) => {}
            (file, live) => {
                let path = place.join(".");
                found.push((place.clone(), Difference { path, file, live }));
            }
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
    let account = live.arn().and_then(|arn| Arn::parse(arn)?.account);
    fill_in(&mut definition, &live.as_given(), (account, false));
    RawDefinition::new(definition)
}

/// The commit is taken from what runs only in an image: elsewhere it is that of the image that comes.
fn fill_in(file: &mut Value, live: &Value, (account, is_image): (Option<&str>, bool)) {
    let live = keyed(live);
    match file {
        Value::Object(members) => {
            for (key, member) in members {
                fill_in(member, &live[key], (account, key == "image"));
            }
        }
        Value::Array(items) => {
            for item in items {
                let found = key_of(item).map(|key| live[&key].clone());
                fill_in(item, &found.unwrap_or_default(), (account, false));
            }
        }
        Value::String(text) => {
            let is_same = if is_image {
                is_same_text
            } else {
                is_same_account
            };
            if live.as_str().is_some_and(|live| is_same(text, live)) {
                *file = live;
            } else if let Some(account) = account.filter(|_| has_any_account(text)) {
                *text = with_account(text, account);
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

/// What AWS fills in where a definition says nothing.
struct Defaults {
    /// If a port of the host is that of the container: in the other modes AWS chooses one.
    has_own_ports: bool,
}

impl Defaults {
    fn of(live: &Value) -> Self {
        let mode = live["networkMode"].as_str();
        Self {
            has_own_ports: matches!(mode, Some("awsvpc" | "host")),
        }
    }

    /// If what runs there is nothing but a default.
    fn has(&self, place: &[String], live: &Value) -> bool {
        let names: Vec<&str> = place.iter().map(String::as_str).collect();
        match names.as_slice() {
            ["containerDefinitions", _, "essential"] => *live == true,
            ["containerDefinitions", _, "portMappings", _, "protocol"] => live == "tcp",
            ["containerDefinitions", _, "portMappings", _, "hostPort"] => {
                self.has_own_ports || *live == 0
            }
            ["containerDefinitions", _, "healthCheck", "interval"] => *live == 30,
            ["containerDefinitions", _, "healthCheck", "timeout"] => *live == 5,
            ["containerDefinitions", _, "healthCheck", "retries"] => *live == 3,
            // Nothing is less than their default.
            [.., "stopTimeout" | "swappiness" | "maxSwap"] => false,
            _ => is_empty(live),
        }
    }
}

fn is_empty(live: &Value) -> bool {
    match live {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
