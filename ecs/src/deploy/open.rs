//! What a file leaves open and what runs does not tell: filled in by the image that comes, or refused.

use super::{Changes, DeployError};
use crate::aws::ecs::RawDefinition;
use crate::facts::TaskDefinition;
use crate::image::Reference;
use crate::stand_in::{has_any_account, leaves_commit_open, with_commit};
use serde_json::Value;
use std::collections::BTreeSet;

/// The definition of a file with the tag of each container's image wherever else the container names the commit.
///
/// # Errors
///
/// If something is open after that.
pub(super) fn filled_in_by_image(
    file: &RawDefinition,
    changes: &Changes,
) -> Result<RawDefinition, DeployError> {
    let typed: TaskDefinition = file.read()?;
    let mut containers = typed.container_definitions.iter();
    if let Some(open) = containers.find(|container| leaves_commit_open(&container.image)) {
        return Err(DeployError::Placeholder {
            container: open.name.clone(),
            image: open.image.clone(),
        });
    }
    // What the command line says is meant as it is.
    let said = changes.variables.iter().chain(&changes.secrets);
    let said: BTreeSet<&str> = said.map(|(_, value)| value.as_str()).collect();
    let mut next = file.to_register();
    let containers = next["containerDefinitions"].as_array_mut();
    for container in containers.into_iter().flatten() {
        let text = |key: &str| container[key].as_str().unwrap_or_default().to_owned();
        let (name, image) = (text("name"), text("image"));
        let tag = image.parse::<Reference>().ok().and_then(|it| it.tag);
        fill_in(container, (tag.as_deref(), &said)).map_err(|text| DeployError::NoCommit {
            container: name,
            text,
            image,
        })?;
    }
    if has_open_account(&next, &said) {
        return Err(DeployError::AnyAccount);
    }
    Ok(RawDefinition::new(next)?)
}

/// Puts the tag into each text that names the commit. The error is a text for which there is none.
fn fill_in(value: &mut Value, (tag, said): (Option<&str>, &BTreeSet<&str>)) -> Result<(), String> {
    match value {
        Value::Object(members) => {
            let mut members = members.values_mut();
            members.try_for_each(|member| fill_in(member, (tag, said)))
        }
        Value::Array(items) => {
            let mut items = items.iter_mut();
            items.try_for_each(|item| fill_in(item, (tag, said)))
        }
        Value::String(text) if leaves_commit_open(text) && !said.contains(text.as_str()) => {
            let filled = tag.and_then(|tag| with_commit(text, tag));
            *text = filled.ok_or_else(|| text.clone())?;
            Ok(())
        }
        _ => Ok(()),
    }
}

fn has_open_account(value: &Value, said: &BTreeSet<&str>) -> bool {
    match value {
        Value::Object(members) => members.values().any(|it| has_open_account(it, said)),
        Value::Array(items) => items.iter().any(|it| has_open_account(it, said)),
        Value::String(text) => has_any_account(text) && !said.contains(text.as_str()),
        _ => false,
    }
}
