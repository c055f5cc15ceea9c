//! Questions to ECS, each to one operation.

use super::definition::RawDefinition;
use super::deployment::{Brief, ServiceDeployment, ServiceRevision};
use super::service::{Service, ServiceStatus};
use super::service_name::ServiceName;
use super::task::Task;
use crate::aws::{ApiError, Cloud, ECS, Question};
use serde::Deserialize;
use serde_json::{Value, json};

/// So many tasks are described by one request (AWS, API reference, "DescribeTasks").
const TASKS: usize = 100;

/// And so many service revisions (AWS, API reference, "DescribeServiceRevisions").
const REVISIONS: usize = 20;

fn question<'a>(operation: &'static str, resource: &'a str, parameters: Value) -> Question<'a> {
    Question {
        api: ECS,
        operation,
        resource,
        parameters,
    }
}

/// A service, unless there is none or it was deleted.
///
/// # Errors
///
/// If it may not be read.
pub async fn describe_service(
    cloud: &impl Cloud,
    cluster: &str,
    name: &str,
) -> Result<Option<Service>, ApiError> {
    #[derive(Deserialize)]
    struct Answer {
        #[serde(default)]
        services: Vec<Service>,
    }
    let parameters = json!({ "cluster": cluster, "services": [name] });
    let question = question("DescribeServices", name, parameters);
    let Answer { services } = question.read(cloud).await?;
    // One that was deleted stays visible for a while.
    let mut there = services
        .into_iter()
        .filter(|service| service.status != ServiceStatus::Inactive);
    Ok(there.next())
}

/// The ARNs of a cluster's services.
///
/// # Errors
///
/// If they may not be read.
pub async fn list_services(cloud: &impl Cloud, cluster: &str) -> Result<Vec<String>, ApiError> {
    let question = question("ListServices", cluster, json!({ "cluster": cluster }));
    question.pages(cloud, "serviceArns").await
}

/// A task definition with its tags.
///
/// # Errors
///
/// If it may not be read, or is not there.
pub async fn describe_definition(
    cloud: &impl Cloud,
    name: &str,
) -> Result<RawDefinition, ApiError> {
    let parameters = json!({ "taskDefinition": name, "include": ["TAGS"] });
    let question = question("DescribeTaskDefinition", name, parameters);
    let answer = question.ask(cloud).await?;
    RawDefinition::new(answer).map_err(|error| ApiError::Malformed {
        operation: ECS.action(question.operation),
        why: error.to_string(),
    })
}

/// The ARNs of a family's revisions that services can be updated to, the newest first: at least `least` if there are so many.
///
/// # Errors
///
/// If they may not be read.
pub async fn list_definitions(
    cloud: &impl Cloud,
    family: &str,
    least: usize,
) -> Result<Vec<String>, ApiError> {
    let mut parameters = json!({ "familyPrefix": family, "status": "ACTIVE", "sort": "DESC" });
    let is_own = |arn: &String| {
        let name = arn.rsplit('/').next().unwrap_or(arn);
        name.rsplit_once(':').is_some_and(|(own, _)| own == family)
    };
    let mut all = Vec::new();
    loop {
        let question = question("ListTaskDefinitions", family, parameters.clone());
        let (arns, next) = question.some_pages(cloud, "taskDefinitionArns", 1).await?;
        all.extend(arns.into_iter().filter(is_own));
        match next.filter(|_| all.len() < least) {
            // Which has to move on, or this would not end.
            Some(next) if parameters["nextToken"] != next.as_str() => {
                parameters["nextToken"] = next.into();
            }
            _ => return Ok(all),
        }
    }
}

/// A service's deployments of the last 90 days, the newest first.
///
/// # Errors
///
/// If they may not be read.
pub async fn list_deployments(
    cloud: &impl Cloud,
    cluster: &str,
    service: &str,
) -> Result<Vec<Brief>, ApiError> {
    let parameters = json!({ "cluster": cluster, "service": service });
    let question = question("ListServiceDeployments", service, parameters);
    let mut all: Vec<Brief> = question.pages(cloud, "serviceDeployments").await?;
    all.sort_by(|a, b| b.created_at.0.total_cmp(&a.created_at.0));
    Ok(all)
}

/// A service deployment, unless there is none of this ARN.
///
/// # Errors
///
/// If it may not be read.
pub async fn describe_deployment(
    cloud: &impl Cloud,
    arn: &str,
) -> Result<Option<ServiceDeployment>, ApiError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        #[serde(default)]
        service_deployments: Vec<ServiceDeployment>,
    }
    let parameters = json!({ "serviceDeploymentArns": [arn] });
    let question = question("DescribeServiceDeployments", arn, parameters);
    let answer: Answer = question.read(cloud).await?;
    Ok(answer.service_deployments.into_iter().next())
}

/// A service revision, unless there is none of this ARN.
///
/// # Errors
///
/// If it may not be read.
pub async fn describe_revision(
    cloud: &impl Cloud,
    arn: &str,
) -> Result<Option<ServiceRevision>, ApiError> {
    let found = describe_revisions(cloud, &[arn]).await?;
    Ok(found.into_iter().next())
}

/// Service revisions by their ARNs, as far as they are there, in the order of their ARNs.
///
/// # Errors
///
/// If they may not be read.
pub async fn describe_revisions(
    cloud: &impl Cloud,
    arns: &[&str],
) -> Result<Vec<ServiceRevision>, ApiError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        #[serde(default)]
        service_revisions: Vec<ServiceRevision>,
    }
    let mut all = Vec::new();
    for some in arns.chunks(REVISIONS) {
        let parameters = json!({ "serviceRevisionArns": some });
        let question = question("DescribeServiceRevisions", some[0], parameters);
        let Answer { service_revisions } = question.read(cloud).await?;
        all.extend(service_revisions);
    }
    let place = |revision: &ServiceRevision| {
        let arn = revision.arn.as_deref();
        arns.iter().position(|wanted| Some(*wanted) == arn)
    };
    all.sort_by_key(place);
    Ok(all)
}

/// The ARNs of a service's tasks that are `RUNNING` or `STOPPED`.
///
/// # Errors
///
/// If they may not be read.
pub async fn list_tasks(
    cloud: &impl Cloud,
    ServiceName { cluster, service }: ServiceName<'_>,
    status: &str,
) -> Result<Vec<String>, ApiError> {
    let parameters = json!({ "cluster": cluster, "serviceName": service, "desiredStatus": status });
    let question = question("ListTasks", service, parameters);
    question.pages(cloud, "taskArns").await
}

/// Tasks by their ARNs, as far as they are there.
///
/// # Errors
///
/// If they may not be read.
pub async fn describe_tasks(
    cloud: &impl Cloud,
    cluster: &str,
    arns: &[String],
) -> Result<Vec<Task>, ApiError> {
    #[derive(Deserialize)]
    struct Answer {
        #[serde(default)]
        tasks: Vec<Task>,
    }
    let mut all = Vec::new();
    for some in arns.chunks(TASKS) {
        let parameters = json!({ "cluster": cluster, "tasks": some });
        let question = question("DescribeTasks", cluster, parameters);
        let Answer { tasks } = question.read(cloud).await?;
        all.extend(tasks);
    }
    Ok(all)
}
