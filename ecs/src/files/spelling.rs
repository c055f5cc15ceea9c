//! Misspelled keys. AWS refuses them or takes them for nothing. One that is not like any that is known may be newer than this
//! tool, and is left alone.

use super::fit::may_have;
use super::keys::Shape;
use crate::typed::{Step, path};
use serde_json::{Map, Value};

/// A key with so many letters is none by chance.
const LONG: usize = 16;

/// How a format writes the API's keys.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Style {
    /// `portMappings`, as in task definitions.
    Small,
    /// `PortMappings`, as CloudFormation does.
    Capital,
}

/// A key that is not known, and is like one that is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Misspelled {
    /// The way to it, with the key as it is written.
    pub(super) steps: Vec<Step>,
    key: String,
    /// The key that is meant, as the format writes it.
    meant: String,
    /// The way to that, as the API writes it.
    pub(super) field: String,
}

impl Misspelled {
    pub(super) fn what(&self) -> String {
        let within = path(&self.steps[..self.steps.len() - 1]);
        match within.is_empty() {
            true => format!("unknown key {}", self.key),
            false => format!("unknown key {} in {within}", self.key),
        }
    }

    pub(super) fn fix(&self) -> String {
        format!("rename {} to {}", self.key, self.meant)
    }
}

/// A value with its keys as they are meant, and those that were misspelled.
pub(super) fn corrected(value: Value, shape: &Shape, style: Style) -> (Value, Vec<Misspelled>) {
    let mut correction = Correction {
        style,
        steps: Vec::new(),
        field: Vec::new(),
        found: Vec::new(),
    };
    let value = correction.value(value, shape);
    (value, correction.found)
}

struct Correction {
    style: Style,
    /// The way to what is looked at, as it is written.
    steps: Vec<Step>,
    /// The same as the API writes it.
    field: Vec<Step>,
    found: Vec<Misspelled>,
}

impl Correction {
    fn value(&mut self, value: Value, shape: &Shape) -> Value {
        match value {
            Value::Array(items) => {
                let items = items.into_iter().enumerate().map(|(number, item)| {
                    self.within((Step::Item(number), Step::Item(number)), |it| {
                        it.value(item, shape)
                    })
                });
                items.collect()
            }
            Value::Object(members) => self.object(members, shape),
            value => value,
        }
    }

    fn within<T>(&mut self, (step, field): (Step, Step), inner: impl FnOnce(&mut Self) -> T) -> T {
        self.steps.push(step);
        self.field.push(field);
        let result = inner(self);
        self.steps.pop();
        self.field.pop();
        result
    }

    fn object(&mut self, members: Map<String, Value>, shape: &Shape) -> Value {
        let names: Vec<String> = members.keys().cloned().collect();
        let mut corrected = Map::new();
        for (key, member) in members {
            let Some(known) = nearest(&key, shape) else {
                corrected.insert(key, member);
                continue;
            };
            let meant = self.style.spelled(known);
            let steps = (Step::Key(key.clone()), Step::Key(known.to_owned()));
            let part = shape.parts.iter().find(|(name, _)| *name == known);
            let member = self.within(steps, |it| {
                if key != meant {
                    it.found.push(Misspelled {
                        steps: it.steps.clone(),
                        field: path(&it.field),
                        key: key.clone(),
                        meant: meant.clone(),
                    });
                }
                match part {
                    Some((_, shape)) => it.value(member, shape),
                    None => member,
                }
            });
            // Of two that mean the same, the one that is right counts. What another type has is told and not taken.
            let is_taken = key != meant
                && (names.contains(&meant) || !may_have(known, self.field.is_empty(), &member));
            corrected.insert(if is_taken { key } else { meant }, member);
        }
        Value::Object(corrected)
    }
}

impl Style {
    fn spelled(self, key: &str) -> String {
        match self {
            Self::Small => key.to_owned(),
            Self::Capital => {
                let (first, rest) = key.split_at(1);
                first.to_ascii_uppercase() + rest
            }
        }
    }
}

/// The key of a shape that is meant.
fn nearest(key: &str, shape: &Shape) -> Option<&'static str> {
    let written = plain(key);
    let near = shape.keys.iter().filter_map(|known| {
        let known_plain = plain(known);
        // Two letters are another word, such as comment and command, but in a long one.
        let most = match known.len() {
            0..4 => 0,
            4..9 => 1,
            _ => 2,
        };
        let distance = strsim::damerau_levenshtein(&written, &known_plain);
        let is_meant = distance <= most || is_short_for(&written, &known_plain);
        is_meant.then_some((distance, *known))
    });
    near.min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// If a key is the singular of another, or a long one without its last word.
fn is_short_for(written: &str, known: &str) -> bool {
    let singular = known.strip_suffix("ies").zip(written.strip_suffix('y'));
    singular.is_some_and(|(known, written)| known == written)
        || written.len() >= LONG && known.starts_with(written)
}

/// Without what people write differently.
fn plain(key: &str) -> String {
    let letters = key.chars().filter(|c| !matches!(c, '_' | '-'));
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::keys::{SERVICE, TASK_DEFINITION};
    use super::*;
    use serde_json::json;

    #[test]
    fn a_key_that_is_like_one_that_is_known_is_meant_to_be_it() {
        for (key, meant) in [
            ("enviroment", "environment"),
            ("Environment", "environment"),
            ("portMapping", "portMappings"),
            ("port_mappings", "portMappings"),
            ("secret", "secrets"),
            ("logconfiguration", "logConfiguration"),
            ("healthcheck", "healthCheck"),
            ("entrypoint", "entryPoint"),
            ("Name", "name"),
            ("comand", "command"),
        ] {
            let given = match meant {
                "name" => json!("app"),
                _ => json!([]),
            };
            let value = json!({ "containerDefinitions": [{ key: given }] });
            let (value, found) = corrected(value, &TASK_DEFINITION, Style::Small);
            let right = json!({ "containerDefinitions": [{ meant: given }] });
            assert_eq!(value, right);
            let said: Vec<(String, String)> =
                found.iter().map(|it| (it.what(), it.fix())).collect();
            let what = format!("unknown key {key} in containerDefinitions[0]");
            assert_eq!(said, [(what, format!("rename {key} to {meant}"))]);
            assert_eq!(found[0].field, format!("containerDefinitions[0].{meant}"));
        }
    }

    #[test]
    fn a_key_without_its_last_letters_or_in_the_singular_is_meant_to_be_the_whole() {
        let task = json!({ "requiresCompatibility": ["FARGATE"] });
        let (task, found) = corrected(task, &TASK_DEFINITION, Style::Small);
        let right = json!({ "requiresCompatibilities": ["FARGATE"] });
        assert_eq!((task, found.len()), (right, 1));
        let service = json!({ "HealthCheckGracePeriod": 9 });
        let (service, found) = corrected(service, &SERVICE, Style::Capital);
        let right = json!({ "HealthCheckGracePeriodSeconds": 9 });
        assert_eq!((service, found.len()), (right, 1));
        let inner = json!({ "capabilties": { "drop": ["ALL"] } });
        let task = json!({ "containerDefinitions": [{ "linuxParameters": inner }] });
        let (_, found) = corrected(task, &TASK_DEFINITION, Style::Small);
        assert_eq!(found[0].fix(), "rename capabilties to capabilities");
    }

    #[test]
    fn another_word_is_not_meant_to_be_one_that_is_known() {
        for value in [json!("why"), json!(["why"])] {
            let value = json!({ "containerDefinitions": [{ "comment": value }] });
            let (same, found) = corrected(value.clone(), &TASK_DEFINITION, Style::Small);
            assert_eq!((same, found), (value, Vec::new()));
        }
    }

    #[test]
    fn what_the_field_cannot_have_is_told_and_not_taken_for_its_value() {
        let value = json!({ "containerDefinitions": [{ "comand": "why" }] });
        let (same, found) = corrected(value.clone(), &TASK_DEFINITION, Style::Small);
        assert_eq!((same, found.len()), (value, 1));
    }

    #[test]
    fn each_format_has_its_capitals() {
        let small = json!({ "loadBalancers": [{ "targetGroupArn": "a" }] });
        let capital = json!({ "LoadBalancers": [{ "TargetGroupArn": "a" }] });
        for (value, style, count) in [
            (&small, Style::Small, 0),
            (&small, Style::Capital, 2),
            (&capital, Style::Capital, 0),
            (&capital, Style::Small, 2),
        ] {
            let (_, found) = corrected(value.clone(), &SERVICE, style);
            assert_eq!(found.len(), count, "{value} {style:?}: {found:?}");
        }
    }

    #[test]
    fn what_is_new_or_a_name_of_ones_own_is_left_alone() {
        let value = json!({
            "aFieldOfTomorrow": 1,
            "containerDefinitions": [{
                "gpu": 1,
                "dockerLabels": { "Name": "a", "enviroment": "b" },
                "logConfiguration": { "options": { "Mode": "a" } },
            }],
        });
        let (same, found) = corrected(value.clone(), &TASK_DEFINITION, Style::Small);
        assert_eq!((same, found), (value, Vec::new()));
    }

    #[test]
    fn of_two_that_mean_the_same_neither_is_lost() {
        let value = json!({ "cpu": "256", "Cpu": "512" });
        let (same, found) = corrected(value.clone(), &TASK_DEFINITION, Style::Small);
        assert_eq!((same, found.len()), (value, 1));
    }
}
