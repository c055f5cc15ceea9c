//! The part of check 6 that looks at variables whose names a container has twice.

use super::{Finding, Part};
use crate::facts::{Container, Facts};
use crate::placeholder;
use std::collections::BTreeSet;

pub(super) fn findings(facts: &Facts) -> Vec<Finding> {
    let containers = facts.definition.container_definitions.iter();
    let findings = containers.flat_map(|container| {
        let part = Part::Image(container.name.clone());
        let findings = of_container(container).into_iter();
        findings.map(move |it| it.at(part.clone()))
    });
    findings.collect()
}

fn of_container(container: &Container) -> Vec<Finding> {
    let app = &container.name;
    let (plain, plain_twice) = counted(container.environment.iter().map(|it| &it.name));
    let (secret, secret_twice) = counted(container.secrets.iter().map(|it| &it.name));
    let mut findings = Vec::new();
    // RegisterTaskDefinition answers both with a ClientException.
    for name in plain.intersection(&secret) {
        let text =
            format!("{app} has {name} in environment and in secrets, which ECS does not take");
        let fix = format!("take {name} out of environment, or out of secrets");
        findings.push(Finding::fail(text, fix).definition());
    }
    for name in secret_twice {
        let text = format!("{app} has {name} twice in secrets, which ECS does not take");
        let fix = format!("take one {name} out of secrets");
        findings.push(Finding::fail(text, fix).definition());
    }
    // This is registered as it stands.
    for name in plain_twice {
        let text = format!("{app} has {name} twice in environment, and gets the last value");
        let fix = format!("take the other {name} out of environment");
        findings.push(Finding::warn(text).fix(fix));
    }
    findings
}

/// The names, and those that are there more than once. Of two that are open, nobody knows if they are the same.
fn counted<'a>(names: impl Iterator<Item = &'a String>) -> (BTreeSet<&'a str>, BTreeSet<&'a str>) {
    let names = names.map(String::as_str);
    let known = names.filter(|name| placeholder::first(name).is_none());
    let (mut all, mut twice) = (BTreeSet::new(), BTreeSet::new());
    for name in known {
        if !all.insert(name) {
            twice.insert(name);
        }
    }
    (all, twice)
}
