//! What stands in the files already, from an earlier run or by hand, so that nothing is asked twice.

use super::check::{self, Secret};
use super::guess::Guess;
use crate::facts::{self, Facts, TaskDefinition};
use crate::files::{definition_file, text};
use crate::image::Reference;
use crate::stand_in::{COMMIT, has_any_account};
use serde_json::Value;
use std::path::Path;
use toml::Table;

/// The task definition.
pub(super) const DEFINITION: &str = "ecs/task-definition.json";

/// The defaults of the commands.
pub(super) const DEFAULTS: &str = "ecs/ecs.toml";

/// The workflow that makes images.
pub(super) const IMAGES: &str = ".github/workflows/image.yml";

/// Answers that stand in files, as they stand there. Nothing, where a file cannot be read: it is kept and named later.
#[derive(Debug, Default)]
pub(super) struct Earlier {
    pub(super) name: Option<Guess<String>>,
    pub(super) image: Option<Guess<String>>,
    pub(super) branch: Option<Guess<String>>,
    pub(super) port: Option<Guess<String>>,
    pub(super) health_path: Option<Guess<String>>,
    pub(super) variables: Vec<(String, String)>,
    pub(super) secrets: Vec<Secret>,
    pub(super) cpu: Option<Guess<String>>,
    pub(super) memory: Option<Guess<String>>,
    pub(super) architecture: Option<Guess<String>>,
    pub(super) is_read_only: bool,
}

/// Names in a task definition that no other file can have.
#[derive(Debug, thiserror::Error)]
pub enum BadEarlier {
    /// A variable's, or a secret's.
    #[error("{DEFINITION}: invalid variable name {0:?}; it may have letters, digits and _.-")]
    Name(String),
    /// Where a secret's value is.
    #[error(
        "{DEFINITION}: the secret {0} has neither an ARN nor the name of a parameter in valueFrom"
    )]
    Source(String),
}

impl Earlier {
    /// What the stack gets by `ecs.toml` goes before what the definition says.
    pub(super) fn of(root: &Path) -> Result<Self, BadEarlier> {
        let definition = definition_file(&root.join(DEFINITION));
        let typed = definition
            .as_ref()
            .ok()
            .and_then(|(it, _)| Some((it.read::<TaskDefinition>().ok()?, it.as_given())));
        let of_definition = match typed {
            Some((typed, raw)) => Self::of_definition(typed, &raw)?,
            None => Self::default(),
        };
        let defaults = text(&root.join(DEFAULTS)).ok();
        let defaults: Table = defaults
            .and_then(|text| text.parse().ok())
            .unwrap_or_default();
        let said = |value: Option<&toml::Value>| {
            let text = match value? {
                toml::Value::String(text) => text.clone(),
                toml::Value::Integer(number) => number.to_string(),
                _ => return None,
            };
            Some(Guess::new(text, DEFAULTS))
        };
        let parameters = defaults.get("parameters");
        let parameter = |name: &str| said(parameters.and_then(|it| it.get(name)));
        Ok(Self {
            name: said(defaults.get("service")).or(of_definition.name),
            branch: branch(root),
            port: parameter("Port").or(of_definition.port),
            health_path: parameter("HealthPath"),
            cpu: parameter("Cpu").or(of_definition.cpu),
            memory: parameter("Memory").or(of_definition.memory),
            architecture: parameter("Architecture").or(of_definition.architecture),
            ..of_definition
        })
    }

    fn of_definition(definition: TaskDefinition, raw: &Value) -> Result<Self, BadEarlier> {
        let facts = Facts {
            definition,
            ..Facts::default()
        };
        let definition = &facts.definition;
        let Some(container) = facts.main_container() else {
            return Ok(Self::default());
        };
        let image = container.image.parse::<Reference>().ok();
        let image = image.filter(|image| image.tag.as_deref() == Some(COMMIT));
        let mut ports = container.port_mappings.iter();
        let port = ports.next().and_then(|it| it.container_port);
        let variables = container.environment.iter();
        let secrets = container.secrets.iter();
        let mut names = variables
            .clone()
            .map(|it| &it.name)
            .chain(secrets.clone().map(|it| &it.name));
        if let Some(odd) = names.find(|name| !check::is_name_of_definition(name)) {
            return Err(BadEarlier::Name(odd.clone()));
        }
        let containers = raw["containerDefinitions"].as_array();
        let own = containers.and_then(|all| all.iter().find(|it| it["name"] == container.name));
        let said = |text: &String| Guess::new(text.clone(), DEFINITION);
        let family = Some(&definition.family).filter(|it| !it.is_empty());
        Ok(Self {
            name: family.map(said),
            image: image.map(|image| said(&image.name())),
            port: port.map(|port| said(&port.to_string())),
            variables: variables
                .map(|it| (it.name.clone(), it.value.clone()))
                .collect(),
            secrets: secrets.map(secret).collect::<Result<_, _>>()?,
            cpu: definition.cpu.as_ref().map(said),
            memory: definition.memory.as_ref().map(said),
            architecture: definition
                .runtime_platform
                .cpu_architecture
                .as_ref()
                .map(said),
            is_read_only: own.is_some_and(|own| own["readonlyRootFilesystem"] == true),
            ..Self::default()
        })
    }
}

/// One whose account is left open is the stack's own.
fn secret(secret: &facts::Secret) -> Result<Secret, BadEarlier> {
    let source = &secret.value_from;
    if !check::is_source(source) {
        return Err(BadEarlier::Source(secret.name.clone()));
    }
    Ok(Secret {
        name: secret.name.clone(),
        arn: (!has_any_account(source)).then(|| source.clone()),
    })
}

/// The branch whose commits get images.
fn branch(root: &Path) -> Option<Guess<String>> {
    let workflow = text(&root.join(IMAGES)).ok()?;
    let workflow: Value = serde_yaml_ng::from_str(&workflow).ok()?;
    let branch = workflow["on"]["push"]["branches"][0].as_str()?;
    Some(Guess::new(branch.to_owned(), IMAGES))
}
