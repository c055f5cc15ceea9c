//! What an earlier run has written, so that another one asks nothing twice.

use super::check::{self, Secret};
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

/// Answers that stand in files. Nothing, where a file cannot be read: it is kept and named later.
#[derive(Debug, Default)]
pub(super) struct Earlier {
    pub(super) name: Option<String>,
    pub(super) image: Option<String>,
    pub(super) port: Option<u16>,
    pub(super) health_path: Option<String>,
    pub(super) variables: Vec<(String, String)>,
    pub(super) secrets: Vec<Secret>,
    pub(super) size: Option<(String, String)>,
    pub(super) architecture: Option<String>,
    pub(super) is_read_only: bool,
}

impl Earlier {
    pub(super) fn of(root: &Path) -> Self {
        let defaults = text(&root.join(DEFAULTS)).ok();
        let defaults: Option<Table> = defaults.and_then(|text| text.parse().ok());
        let health_path = defaults.and_then(|it| {
            let path = it.get("parameters")?.get("HealthPath")?.as_str()?;
            check::health_path(path).ok()
        });
        let definition = definition_file(&root.join(DEFINITION));
        let typed = definition
            .as_ref()
            .ok()
            .and_then(|(it, _)| Some((it.read::<TaskDefinition>().ok()?, it.as_given())));
        let Some((typed, raw)) = typed else {
            return Self {
                health_path,
                ..Self::default()
            };
        };
        Self {
            health_path,
            ..Self::of_definition(typed, &raw)
        }
    }

    fn of_definition(definition: TaskDefinition, raw: &Value) -> Self {
        let facts = Facts {
            definition,
            ..Facts::default()
        };
        let definition = &facts.definition;
        let Some(container) = facts.main_container() else {
            return Self::default();
        };
        let image = container.image.parse::<Reference>().ok();
        let image = image.filter(|image| image.tag.as_deref() == Some(COMMIT));
        let mut ports = container.port_mappings.iter();
        let variables = container.environment.iter();
        let secrets = container.secrets.iter();
        let containers = raw["containerDefinitions"].as_array();
        let own = containers.and_then(|all| all.iter().find(|it| it["name"] == container.name));
        Self {
            name: check::name(&definition.family).ok(),
            image: image.map(|image| image.name()),
            port: ports.next().and_then(|it| it.container_port),
            health_path: None,
            variables: variables
                .map(|it| (it.name.clone(), it.value.clone()))
                .collect(),
            secrets: secrets.map(secret).collect(),
            size: definition.cpu.clone().zip(definition.memory.clone()),
            architecture: definition.runtime_platform.cpu_architecture.clone(),
            is_read_only: own.is_some_and(|own| own["readonlyRootFilesystem"] == true),
        }
    }
}

/// One whose account is left open is the stack's own.
fn secret(secret: &facts::Secret) -> Secret {
    let arn = &secret.value_from;
    Secret {
        name: secret.name.clone(),
        arn: (!has_any_account(arn)).then(|| arn.clone()),
    }
}
