//! A service's log: where it is, and what the service's own tasks have written there.
//!
//! | file | what it is |
//! |---|---|
//! | `reader` | reads it page by page, and each line once |
//! | `owners` | which task has written a line, since services may share a group |

mod owners;
mod reader;

pub use self::reader::{Page, Reader};

use super::{LiveError, definition, service};
use crate::aws::Cloud;
use crate::aws::ecs::ServiceName;
use crate::facts::{Container, Facts};

/// Where the log of one container is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LogPlace {
    /// The container.
    pub container: String,
    /// The one that requests go to, if that has no log and nobody has named one.
    pub instead_of: Option<String>,
    /// The group.
    pub group: String,
    /// What the names of the container's streams begin with; none if that is not known.
    pub prefix: Option<String>,
}

/// Where the log of a container is; without a name, of the one that requests go to, or else of the first that has one.
///
/// # Errors
///
/// If the service cannot be read, or has no such log.
pub async fn log_place(
    aws: &impl Cloud,
    ServiceName {
        cluster,
        service: name,
    }: ServiceName<'_>,
    container: Option<&str>,
) -> Result<LogPlace, LiveError> {
    let service = service(aws, cluster, name).await?;
    let revision = service.task_definition.as_deref().unwrap_or_default();
    let facts = Facts {
        definition: definition(aws, revision).await?,
        service: super::service::facts_of(&service)?,
        ..Facts::default()
    };
    let containers = &facts.definition.container_definitions;
    let found = match container {
        Some(wanted) => {
            let found = containers.iter().find(|it| it.name == wanted);
            if found.is_none() {
                let names = containers.iter().map(|it| it.name.as_str());
                return Err(LiveError::NoContainer {
                    name: wanted.to_owned(),
                    others: names.collect::<Vec<_>>().join(", "),
                });
            }
            found
        }
        None => {
            let main = facts.main_container();
            main.into_iter().chain(containers).find(|it| has_log(it))
        }
    };
    let mut place = found
        .and_then(place)
        .ok_or_else(|| LiveError::NoLog(container.unwrap_or(name).to_owned()))?;
    let main = facts.main_container().filter(|_| container.is_none());
    let main = main.filter(|main| main.name != place.container);
    place.instead_of = main.map(|main| main.name.clone());
    let region = found.and_then(|it| it.log_option("awslogs-region"));
    if let Some(region) = region.filter(|region| *region != aws.region()) {
        return Err(LiveError::LogElsewhere {
            container: place.container,
            group: place.group,
            region: region.to_owned(),
        });
    }
    Ok(place)
}

fn has_log(container: &Container) -> bool {
    container.log_option("awslogs-group").is_some()
}

fn place(container: &Container) -> Option<LogPlace> {
    Some(LogPlace {
        container: container.name.clone(),
        instead_of: None,
        group: container.log_option("awslogs-group")?.to_owned(),
        prefix: container.log_stream(""),
    })
}
