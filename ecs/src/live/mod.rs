//! A service that runs, as facts.

mod balancers;
mod groups;
mod log;
mod service;
mod status;
mod tasks;

pub use self::balancers::{target_groups, weights};
pub use self::log::{LogPlace, Page, Reader, log_place};
pub(crate) use self::service::attachments;
pub use self::service::{definition, service, typed};
pub use self::status::{
    DeploymentStatus, EventStatus, Status, StoppedStatus, TargetStatus, TaskStatus, changes, status,
};
pub(crate) use self::tasks::{log_groups, missing_log_groups};

use crate::aws::ecs::{self, Controller, RawDefinition, describe_definition};
use crate::aws::{ApiError, Cloud};
use crate::chain::chain;
use crate::doctor::{CheckId, is_on_dualrun};
use crate::facts::{Extent, Facts, TaskDefinition};

/// Why nothing can be said about a service.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// Of AWS.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// There is no such service.
    #[error("there is no service {service} in the cluster {cluster}; {others}")]
    NoService {
        /// The service.
        service: String,
        /// The cluster.
        cluster: String,
        /// What there is.
        others: String,
    },
    /// The definition has no such container.
    #[error("the service has no container {name:?}; it has {others}")]
    NoContainer {
        /// The name.
        name: String,
        /// What it has.
        others: String,
    },
    /// A container, or all of a service's, write to no group of CloudWatch.
    #[error("the log of {0} is not in CloudWatch: no awslogs-group in its logConfiguration")]
    NoLog(String),
    /// It is not where the service is.
    #[error(
        "the log of {container} is in the region {region}; read it by: aws logs tail {group} --region {region} --follow"
    )]
    LogElsewhere {
        /// The container.
        container: String,
        /// The group.
        group: String,
        /// Its region.
        region: String,
    },
    /// Its tasks come from task sets, which have definitions of their own.
    #[error(
        "the service {service} is deployed by {controller}, in task sets, which this tool does not look into"
    )]
    TaskSets {
        /// The service.
        service: String,
        /// Who deploys it.
        controller: Controller,
    },
}

/// What was read of a service: the facts, and beside them what ECS said.
#[derive(Clone, Debug)]
pub struct Live {
    /// What the checks look at.
    pub facts: Facts,
    /// The service.
    pub service: ecs::Service,
    /// Its task definition.
    pub definition: RawDefinition,
}

/// The facts about a service. What may not be read is noted, the definition too, and the rest is read all the same.
///
/// # Errors
///
/// If the service cannot be read.
pub async fn facts_of(aws: &impl Cloud, cluster: &str, name: &str) -> Result<Facts, LiveError> {
    let service = service(aws, cluster, name).await?;
    let definition = definition(aws, definition_of(&service)?).await;
    Ok(facts_about(aws, cluster, &service, definition).await?)
}

/// Reads all that the checks look at. What may not be read is noted, and the rest is read all the same.
///
/// # Errors
///
/// If the service or its definition cannot be read.
pub async fn read(aws: &impl Cloud, cluster: &str, name: &str) -> Result<Live, LiveError> {
    let service = service(aws, cluster, name).await?;
    read_about(aws, cluster, service).await
}

/// The same of a service that was read before.
///
/// # Errors
///
/// If its definition cannot be read.
pub async fn read_about(
    aws: &impl Cloud,
    cluster: &str,
    service: ecs::Service,
) -> Result<Live, LiveError> {
    let definition = describe_definition(aws, definition_of(&service)?).await?;
    let typed = Ok(typed(&definition)?);
    Ok(Live {
        facts: facts_about(aws, cluster, &service, typed).await?,
        service,
        definition,
    })
}

fn definition_of(service: &ecs::Service) -> Result<&str, LiveError> {
    let definition = service.task_definition.as_deref();
    definition.ok_or_else(|| LiveError::TaskSets {
        service: service.name.clone(),
        controller: service.controller().clone(),
    })
}

async fn facts_about(
    aws: &impl Cloud,
    cluster: &str,
    service: &ecs::Service,
    definition: Result<TaskDefinition, ApiError>,
) -> Result<Facts, ApiError> {
    let mut facts = Facts {
        is_made: true,
        service: service::facts_of(service)?,
        ..Facts::default()
    };
    match definition {
        Ok(definition) => facts.definition = definition,
        Err(error) => facts.lack_definition(&chain(&error)),
    }
    let running = service::running(aws, cluster, &service.name).await;
    note(&mut facts, CheckId::ImageName, running, |facts, running| {
        facts.running = running;
    });
    let groups = balancers::read_groups(aws, &facts.service.target_groups()).await;
    facts.target_groups = groups.all;
    let balancers = balancers::balancers(aws, &facts.target_groups).await;
    facts.balancers = balancers.all;
    for error in groups.failed.iter().chain(&balancers.failed) {
        facts.note_unknown(CheckId::Attachment, Extent::Part, chain(error));
    }
    let mut listening = facts.balancers.iter().map(|it| &it.listeners);
    if let Some(error) = &balancers.failed
        && listening.any(Vec::is_empty)
    {
        // Where nobody knows the ports that it listens on.
        facts.note_unknown(CheckId::SecurityGroups, Extent::Part, chain(error));
    }
    let of_balancers = facts
        .balancers
        .iter()
        .flat_map(|balancer| &balancer.security_groups);
    let ids = facts
        .service
        .security_groups()
        .iter()
        .chain(of_balancers)
        .cloned()
        .collect();
    let groups = groups::security_groups(aws, ids).await;
    note(
        &mut facts,
        CheckId::SecurityGroups,
        groups,
        |facts, groups| {
            facts.groups = groups;
        },
    );
    let missing = tasks::missing_log_groups(aws, &facts.definition).await;
    note(&mut facts, CheckId::Tasks, missing, |facts, missing| {
        facts.missing_log_groups = missing;
    });
    let free = tasks::free_addresses(aws, facts.service.subnets()).await;
    note(&mut facts, CheckId::Tasks, free, |facts, free| {
        facts.free_addresses = free;
    });
    let mut groups = facts.groups.iter();
    if facts.service.load_balancers.is_empty()
        && let Some(vpc) = groups.find_map(|group| group.vpc_id.as_deref())
    {
        // Only for a hint.
        let groups = balancers::groups_for_addresses(aws, vpc).await;
        facts.other_balancers = balancers::names(aws, vpc).await.unwrap_or_default();
        facts.other_groups = groups.unwrap_or_default();
    }
    leave_out_requests(&mut facts);
    Ok(facts)
}

/// What has neither a port nor a load balancer is right if nobody sends it requests, which only its owner knows. The server
/// of this repository is there for requests.
fn leave_out_requests(facts: &mut Facts) {
    if facts.lacks_definition {
        return leave_out_attachment(facts);
    }
    let main = facts.main_container();
    let Some(container) = main.filter(|it| it.port_mappings.is_empty()) else {
        return;
    };
    if !facts.service.load_balancers.is_empty() || is_on_dualrun(facts) {
        return;
    }
    let why = format!(
        "{} maps no port and the service has no load balancer, which is right if nobody sends it requests",
        container.name
    );
    for check in [
        CheckId::ContainerPort,
        CheckId::Attachment,
        CheckId::SecurityGroups,
    ] {
        facts.note_unknown(check, Extent::Whole, why.clone());
    }
}

/// Whether a service without a load balancer maps a port, only its definition tells.
fn leave_out_attachment(facts: &mut Facts) {
    if facts.service.load_balancers.is_empty() && !facts.service.is_parked() {
        let why = "the service has no load balancer, which is right if nobody sends it requests";
        facts.note_unknown(CheckId::Attachment, Extent::Whole, why);
        facts.note_unknown(CheckId::SecurityGroups, Extent::Whole, why);
    }
}

fn note<T>(
    facts: &mut Facts,
    check: CheckId,
    read: Result<T, ApiError>,
    keep: impl FnOnce(&mut Facts, T),
) {
    match read {
        Ok(value) => keep(facts, value),
        Err(error) => facts.note_unknown(check, Extent::Part, chain(&error)),
    }
}
