//! The files for a service that runs.

use super::told::About;
use super::{Init, Plan, repository};
use crate::aws::Cloud;
use crate::aws::ecs::describe_definition;
use crate::cli::error::CliError;
use crate::cli::say;
use crate::cli::service::access;
use crate::cli::service_id::ServiceId;
use crate::init::running;
use crate::live::{self, LiveError};

impl Init {
    pub(super) async fn of_service(&self, id: &ServiceId) -> Result<Plan, CliError> {
        let (repository, folder) = repository()?;
        let (aws, _) = access().await?;
        let (name, cluster) = (&id.name, id.cluster(self.running_in.as_deref()));
        let service = live::service(&aws, cluster, name).await?;
        let Some(definition) = &service.task_definition else {
            return Err(LiveError::TaskSets {
                service: name.clone(),
                controller: service.controller().clone(),
            }
            .into());
        };
        let definition = describe_definition(&aws, definition).await?;
        let running = running((&service, &definition), (cluster, aws.region()));
        let mut running = running.map_err(super::InitError::from)?;
        if running.variables > 0 {
            say::err(format_args!(
                "the values of {} are written as they are in the definition: look at them before you commit",
                counted(running.variables, "variable")
            ));
        }
        for (container, name) in &running.secretive {
            say::err(format_args!(
                "warning: {name} of {container} looks like a secret with its value in the open; move it to Secrets Manager: \
                 cargo ecs deploy --set-secret has it from there"
            ));
        }
        Ok(Plan {
            repository,
            folder,
            files: std::mem::take(&mut running.files),
            about: About::Service {
                name: name.to_owned(),
                cluster: cluster.to_owned(),
                running,
            },
        })
    }
}

fn counted(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    }
}
