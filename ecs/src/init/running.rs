//! The files for a service that runs: its task definition, and the defaults that name it.

use super::earlier::{DEFAULTS, DEFINITION};
use super::secretive::looks_secret;
use crate::aws::ecs::{self, BadDefinition, RawDefinition};
use crate::facts::{Facts, TaskDefinition};
use crate::image::Reference;
use crate::live::{LiveError, attachments, typed};
use crate::new::write::NewFile;
use crate::stand_in::COMMIT;
use serde_json::Value;

/// What was read of a service.
#[derive(Debug)]
pub struct Running {
    /// The files.
    pub files: Vec<NewFile>,
    /// The container that gets the commit's image.
    pub container: String,
    /// Its image, as the file names it.
    pub image: String,
    /// How many variables the file has, with their values.
    pub variables: usize,
    /// Those that look like secrets, by container and name.
    pub secretive: Vec<(String, String)>,
}

/// Why there are no files for a service.
#[derive(Debug, thiserror::Error)]
pub enum RunningError {
    /// It cannot be read.
    #[error(transparent)]
    Live(#[from] LiveError),
    /// Its definition has no container that requests go to.
    #[error("the task definition of {0} has no essential container")]
    NoContainer(String),
    /// Its definition cannot be changed.
    #[error("cannot write the task definition")]
    Definition(#[from] BadDefinition),
}

/// The files for a service in a cluster and region.
///
/// # Errors
///
/// If its definition is not understood.
pub fn running(
    (service, definition): (&ecs::Service, &RawDefinition),
    (cluster, region): (&str, &str),
) -> Result<Running, RunningError> {
    let facts = Facts {
        definition: typed(definition).map_err(LiveError::from)?,
        ..attachments(service).map_err(LiveError::from)?
    };
    let container = facts.main_container();
    let container = container.ok_or_else(|| RunningError::NoContainer(service.name.clone()))?;
    let image = match container.image.parse::<Reference>() {
        Ok(image) => format!("{}:{COMMIT}", image.name()),
        Err(_) => container.image.clone(),
    };
    let changed = definition.clone().with_image(&container.name, &image)?;
    let mut given = changed.as_given();
    leave_out_empty(&mut given);
    let text = format!("{given:#}\n");
    Ok(Running {
        files: vec![
            NewFile::new(DEFINITION, text),
            NewFile::new(DEFAULTS, defaults(&service.name, (cluster, region))),
        ],
        container: container.name.clone(),
        image,
        variables: all_variables(&facts.definition).count(),
        secretive: secretive(&facts.definition),
    })
}

/// What ECS fills in where nothing was given.
fn leave_out_empty(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(leave_out_empty);
            members.retain(|key, member| {
                let is_empty = member.as_array().is_some_and(Vec::is_empty);
                !(is_empty || key == "cpu" && *member == 0)
            });
        }
        Value::Array(items) => items.iter_mut().for_each(leave_out_empty),
        _ => {}
    }
}

fn defaults(service: &str, (cluster, region): (&str, &str)) -> String {
    let mut text = String::from(
        "# What options of `cargo ecs` are by default. Options and variables go before it.\n",
    );
    text += &format!("service = {service:?}\n");
    if cluster != service {
        text += &format!("cluster = {cluster:?}\n");
    }
    text + &format!("region = {region:?}\n")
}

fn all_variables(definition: &TaskDefinition) -> impl Iterator<Item = (&str, &str, &str)> {
    let containers = definition.container_definitions.iter();
    containers.flat_map(|container| {
        let variables = container.environment.iter();
        variables.map(|it| (container.name.as_str(), it.name.as_str(), it.value.as_str()))
    })
}

fn secretive(definition: &TaskDefinition) -> Vec<(String, String)> {
    let all = all_variables(definition);
    let secret = all.filter(|(_, name, value)| looks_secret(name, value));
    secret
        .map(|(container, name, _)| (container.to_owned(), name.to_owned()))
        .collect()
}
