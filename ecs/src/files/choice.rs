//! Which of a template's services and task definitions is meant.

use super::facts::{FilesError, Resources};
use std::collections::BTreeMap;
use std::path::PathBuf;

const SERVICE: &str = "AWS::ECS::Service";
const DEFINITION: &str = "AWS::ECS::TaskDefinition";
const STACK: &str = "AWS::CloudFormation::Stack";

/// A service, a task definition, or both, by their names in the template.
pub(super) struct Choice {
    pub(super) service: Option<String>,
    pub(super) definition: Option<String>,
}

/// The one that is wanted, or the only one.
pub(super) fn choose(
    resources: &Resources,
    absent: &BTreeMap<String, PathBuf>,
    wanted: Option<&str>,
) -> Result<Choice, FilesError> {
    let names = |kind: &str| -> Vec<String> {
        let all = resources.of(kind);
        all.map(|(name, _)| name.to_owned()).collect()
    };
    let (services, definitions) = (names(SERVICE), names(DEFINITION));
    let of_service = |service: &String| {
        let mut all = resources.of(SERVICE);
        let (_, properties) = all.find(|(name, _)| name == service)?;
        let definition = properties["TaskDefinition"].as_str()?;
        let mut all = definitions.iter();
        all.find(|name| *name == definition).cloned()
    };
    let both = |service: &String| Choice {
        definition: of_service(service),
        service: Some(service.clone()),
    };
    let alone = |definition: &String| Choice {
        service: None,
        definition: Some(definition.clone()),
    };
    if let Some(wanted) = wanted {
        let is_wanted = |name: &&String| name.as_str() == wanted;
        if let Some(service) = services.iter().find(is_wanted) {
            return Ok(both(service));
        }
        let found = definitions.iter().find(is_wanted);
        return found.map(alone).ok_or_else(|| FilesError::NoSuch {
            name: wanted.to_owned(),
            others: some_of(&[services, definitions].concat()),
        });
    }
    match (services.as_slice(), definitions.as_slice()) {
        ([service], _) => Ok(both(service)),
        ([], [definition]) => Ok(alone(definition)),
        ([], []) => Err(FilesError::Nothing {
            elsewhere: elsewhere(resources, absent),
        }),
        ([], several) => Err(several_of("task definitions", several)),
        (several, _) => Err(several_of("services", several)),
    }
}

/// A stack of stacks may have more than anybody reads.
fn some_of(names: &[String]) -> String {
    const MOST: usize = 20;
    match names.len().checked_sub(MOST) {
        None | Some(0) => names.join(", "),
        Some(more) => format!("{} and {more} more", names[..MOST].join(", ")),
    }
}

fn several_of(what: &'static str, names: &[String]) -> FilesError {
    FilesError::Several {
        what,
        names: some_of(names),
    }
}

/// The nested stacks, whose templates are not here if nothing was found in them.
fn elsewhere(resources: &Resources, absent: &BTreeMap<String, PathBuf>) -> String {
    let stacks = resources.of(STACK).map(|(name, _)| match absent.get(name) {
        Some(file) => format!("{name} (not at {})", file.display()),
        None => name.to_owned(),
    });
    let names: Vec<String> = stacks.collect();
    if names.is_empty() {
        return String::new();
    }
    let names = names.join(", ");
    format!("; it has the nested stacks {names}: check their templates, or name them by a path")
}
