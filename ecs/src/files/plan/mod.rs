//! A plan of Terraform, as `terraform show -json` prints it, in the form of a template: so the checks see what is to be made as they see a
//! stack.
//!
//! | file | what it is about |
//! |---|---|
//! | `planned` | the resources, each with its configuration and its module |
//! | `references` | from an expression to the resources that it names |
//! | `values` | values, addresses in the place of ids and ARNs, and marks for what is known only after apply |
//! | `resources`, `groups` | each kind of resource as a template has it |
//! | `error` | why a plan tells nothing |

mod error;
mod groups;
mod planned;
mod references;
mod resources;
mod values;

pub use self::error::PlanError;

use super::choice::choose;
use super::facts::{Resources, lower};
use super::keys::{SERVICE, TASK_DEFINITION};
use super::outside::{Seen, look_at};
use super::spelling::{Style, corrected};
use super::template::Nested;
use crate::doctor::CheckId;
use crate::facts::{Facts, Fault};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;

/// What the two first bytes of an archive are, in which Terraform keeps a plan of its own.
const ARCHIVE: &[u8] = b"PK";

/// The name of the standard input, as a file's.
const STDIN: &str = "-";

/// A plan.
#[derive(Clone, Debug)]
pub struct Plan {
    value: Value,
}

impl Plan {
    /// What a file has in it, or the standard input if that is `-`.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or is no plan.
    pub fn read(file: &Path) -> Result<Self, PlanError> {
        let is_stdin = file == Path::new(STDIN);
        let mut bytes = Vec::new();
        let read = match is_stdin {
            true => io::stdin().read_to_end(&mut bytes).map(drop),
            false => std::fs::read(file).map(|read| bytes = read),
        };
        let place = match is_stdin {
            true => "standard input".to_owned(),
            false => file.display().to_string(),
        };
        read.map_err(|source| PlanError::Read {
            place: file.to_owned(),
            source,
        })?;
        if bytes.starts_with(ARCHIVE) {
            return Err(PlanError::Binary(place));
        }
        let value: Value = serde_json::from_slice(&bytes).map_err(|source| PlanError::Json {
            place: place.clone(),
            source,
        })?;
        if !is_plan(&value) {
            return Err(PlanError::Other(place));
        }
        Ok(Self::of(value))
    }

    pub(super) fn of(value: Value) -> Self {
        Self { value }
    }

    /// What it says of a service, or of a task definition alone. What is known only after apply is unknown.
    ///
    /// # Errors
    ///
    /// If there is nothing to check, or several.
    pub(super) fn facts(&self, wanted: Option<&str>) -> Result<Facts, PlanError> {
        let all = planned::Resources::of(&self.value);
        let resources = Resources(resources::translated(&all));
        let choice = choose(&resources, &BTreeMap::new(), wanted)?;
        let properties = |name: &Option<String>| {
            let name = name.as_ref()?;
            Some((name.clone(), resources.0[name]["Properties"].clone()))
        };
        let mut faults = Vec::new();
        let definition = match properties(&choice.definition) {
            Some((name, given)) => {
                let given = with_containers(&name, lower(&given))?;
                let (given, misspelled) = corrected(given, &TASK_DEFINITION, Style::Small);
                faults.extend(misspelled.iter().map(|it| Fault {
                    check: CheckId::Tasks,
                    text: format!(
                        "{} of {name}, which AWS does not know, though Terraform may let it pass",
                        it.what()
                    ),
                    fix: it.fix(),
                    is_failure: false,
                }));
                Some((name, given))
            }
            None => None,
        };
        let service = properties(&choice.service).map(|(name, given)| {
            let (given, _) = corrected(lower(&given), &SERVICE, Style::Small);
            (name, given)
        });
        let seen = Seen {
            resources: &resources,
            definition,
            service,
        };
        let mut facts = look_at(seen, &Nested::default())?;
        facts.is_of_plan = true;
        facts.faults.extend(faults);
        Ok(facts)
    }
}

/// If a value is a plan.
pub(super) fn is_plan(value: &Value) -> bool {
    value["planned_values"].is_object() && value.get("format_version").is_some()
}

/// A task definition whose containers are a text of JSON. One that is unknown is a mark.
fn with_containers(name: &str, mut definition: Value) -> Result<Value, PlanError> {
    let Some(text) = definition["containerDefinitions"].as_str() else {
        return Ok(definition);
    };
    if crate::placeholder::first(text).is_some_and(|mark| mark.len() == text.len()) {
        return Ok(definition);
    }
    let containers: Value = serde_json::from_str(text).unwrap_or_default();
    if !containers.is_array() {
        return Err(PlanError::Containers {
            resource: name.to_owned(),
        });
    }
    definition["containerDefinitions"] = containers;
    Ok(definition)
}

/// If a name is an address of Terraform's, and not an id or an ARN.
pub(super) fn is_address(name: &str) -> bool {
    name.starts_with("aws_") || name.starts_with("module.")
}
