//! A task definition beside a stack that runs one of its own: what the stack's service asks and the file does not have.

use crate::doctor::CheckId;
use crate::facts::{Container, Facts, Fault, in_words};
use std::path::Path;

/// The server's option for the path of its health check.
const HEALTH_PATH: &str = "DUALRUN_HEALTH_PATH";

/// Where the file cannot run in the place of the stack's own definition, which its service suits. It is then for another
/// service, and only its author knows if that is meant.
pub(super) fn differences(stack: &Facts, alone: &Facts, file: &Path) -> Vec<Fault> {
    let warning = |check, text, fix| Fault {
        check,
        text: format!(
            "{text}; the stack runs its own definition, so this counts where the file is deployed"
        ),
        fix,
        is_failure: false,
    };
    let file = file.display();
    let mut found = Vec::new();
    for attachment in &stack.service.load_balancers {
        let (Some(name), Some(port)) = (&attachment.container_name, attachment.container_port)
        else {
            continue;
        };
        // What does not suit the stack's own definition either is wrong in the stack.
        if !container(stack, name).is_some_and(|it| it.maps(port)) {
            continue;
        }
        match container(alone, name) {
            None if !alone.may_have_more_containers() => {
                let own = alone.main_container().map_or("", |it| it.name.as_str());
                found.push(warning(
                    CheckId::Attachment,
                    format!(
                        "the stack's service sends requests to {name}, which {file} does not have"
                    ),
                    format!("rename {own} to {name} in {file}"),
                ));
            }
            Some(own) if !own.maps(port) && !own.may_have_more_ports() && has_ports(own) => {
                let ports = in_words(&own.ports());
                found.push(warning(
                    CheckId::Attachment,
                    format!(
                        "the stack's service sends requests to port {port} of {name}, and {file} maps {ports}"
                    ),
                    format!("set containerPort of {name} in {file} to {port}"),
                ));
            }
            _ => {}
        }
    }
    let path = |facts: &Facts| {
        let container = facts.main_container();
        container.and_then(|it| it.variable(HEALTH_PATH).map(str::to_owned))
    };
    if let Some(asked) = path(stack)
        && path(alone).as_ref() != Some(&asked)
        && stack
            .target_groups
            .iter()
            .any(|it| it.health_path.as_ref() == Some(&asked))
        && asked != dualrun::options::DEFAULT_HEALTH_PATH
    {
        found.push(warning(
            CheckId::ContainerPort,
            format!("the stack's health check asks {asked}, and {file} does not set it"),
            format!("set {HEALTH_PATH} in {file} to {asked}"),
        ));
    }
    found
}

fn container<'a>(facts: &'a Facts, name: &str) -> Option<&'a Container> {
    let mut containers = facts.definition.container_definitions.iter();
    containers.find(|it| it.name == name)
}

fn has_ports(container: &Container) -> bool {
    !container.port_mappings.is_empty()
}
