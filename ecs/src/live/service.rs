//! The service, its definition and its tasks, from ECS.

use super::LiveError;
use crate::aws::ecs::{
    self, RawDefinition, ServiceName, Task, describe_definition, describe_service, describe_tasks,
    list_services, list_tasks,
};
use crate::aws::{ApiError, Cloud, last_part};
use crate::facts::{
    Attachment, CapacityProvider, DeploymentConfiguration, DeploymentController, Facts,
    RunningImage, Service, TaskDefinition,
};

/// What ECS says about a service.
///
/// # Errors
///
/// If it may not be read, or is not there.
pub async fn service(
    aws: &impl Cloud,
    cluster: &str,
    name: &str,
) -> Result<ecs::Service, LiveError> {
    match describe_service(aws, cluster, name).await? {
        Some(service) => Ok(service),
        None => Err(LiveError::NoService {
            service: name.to_owned(),
            cluster: cluster.to_owned(),
            others: others(aws, cluster).await,
        }),
    }
}

/// The services that there are, for who has mistyped a name.
async fn others(aws: &impl Cloud, cluster: &str) -> String {
    let Ok(arns) = list_services(aws, cluster).await else {
        return "which others it has may not be read".into();
    };
    let names = arns.iter().map(|arn| last_part(arn));
    let names: Vec<&str> = names.collect();
    if names.is_empty() {
        "it has none".into()
    } else {
        format!("it has {}", names.join(", "))
    }
}

/// A task definition.
///
/// # Errors
///
/// If it may not be read, or is not there.
pub async fn definition(aws: &impl Cloud, name: &str) -> Result<TaskDefinition, ApiError> {
    typed(&describe_definition(aws, name).await?)
}

/// A task definition, as far as the checks look at it.
///
/// # Errors
///
/// If a field of it is not as ECS has it.
pub fn typed(definition: &RawDefinition) -> Result<TaskDefinition, ApiError> {
    definition.read().map_err(|error| ApiError::Malformed {
        operation: "ecs:DescribeTaskDefinition".into(),
        why: error.to_string(),
    })
}

/// The facts that tell which container requests go to, once there is a definition.
pub(crate) fn attachments(service: &ecs::Service) -> Result<Facts, ApiError> {
    Ok(Facts {
        service: facts_of(service)?,
        ..Facts::default()
    })
}

/// A service, as far as the checks look at it.
pub(super) fn facts_of(service: &ecs::Service) -> Result<Service, ApiError> {
    let attachments = service.load_balancers.iter().map(|balancer| Attachment {
        target_group_arn: balancer.target_group_arn.clone(),
        alternate_target_group_arn: balancer.alternate_target_group_arn().map(str::to_owned),
        load_balancer_name: balancer.load_balancer_name.clone(),
        container_name: balancer.container_name.clone(),
        container_port: balancer.container_port,
    });
    let network = service.network_configuration.clone().unwrap_or_default();
    let network = if network.is_null() {
        Ok(Default::default())
    } else {
        crate::typed::typed(&network)
    };
    let rolls = &service.deployment_configuration;
    Ok(Service {
        name: service.name.clone(),
        cluster_arn: service.cluster_arn.clone(),
        desired_count: service.desired_count,
        running_count: service.running_count,
        pending_count: service.pending_count,
        launch_type: service.launch_type.clone(),
        capacity_provider_strategy: providers(service)?,
        // Its percentages are told, whatever it schedules.
        scheduling_strategy: None,
        deployment_controller: DeploymentController {
            kind: Some(service.controller().to_string()),
        },
        task_definition: service.task_definition.clone().unwrap_or_default(),
        load_balancers: attachments.collect(),
        network_configuration: network.map_err(|misfit| ApiError::Malformed {
            operation: "ecs:DescribeServices".into(),
            why: format!("networkConfiguration: {misfit}"),
        })?,
        deployment_configuration: DeploymentConfiguration {
            strategy: Some(rolls.strategy().to_string()),
            minimum_healthy_percent: rolls.minimum_healthy_percent,
            maximum_percent: rolls.maximum_percent,
        },
        health_check_grace_period_seconds: service.health_check_grace_period_seconds,
    })
}

fn providers(service: &ecs::Service) -> Result<Vec<CapacityProvider>, ApiError> {
    let providers = service.capacity_provider_strategy.clone();
    let providers = providers.filter(|providers| !providers.is_null());
    let read = providers.as_ref().map(crate::typed::typed).transpose();
    let read = read.map_err(|misfit| ApiError::Malformed {
        operation: "ecs:DescribeServices".into(),
        why: format!("capacityProviderStrategy: {misfit}"),
    });
    Ok(read?.unwrap_or_default())
}

pub(super) async fn running(
    aws: &impl Cloud,
    cluster: &str,
    service: &str,
) -> Result<Vec<RunningImage>, ApiError> {
    let name = ServiceName { cluster, service };
    let arns = list_tasks(aws, name, "RUNNING").await?;
    let tasks = describe_tasks(aws, cluster, &arns).await?;
    Ok(tasks.iter().flat_map(images).collect())
}

fn images(task: &Task) -> Vec<RunningImage> {
    let containers = task.containers.iter();
    // Until it is pulled, an image has no digest.
    let images = containers.filter_map(|container| {
        Some(RunningImage {
            task: task.id().to_owned(),
            container: container.name.clone(),
            digest: container.image_digest.clone()?,
        })
    });
    images.collect()
}
