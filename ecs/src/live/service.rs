//! The service, its definition and its tasks, from ECS.

use super::LiveError;
use crate::aws::{ApiError, Cloud, ECS};
use crate::facts::{RunningImage, TaskDefinition};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// What ECS says about a service, as it stands.
///
/// # Errors
///
/// If it may not be read, or is not there.
pub async fn raw_service(aws: &impl Cloud, cluster: &str, name: &str) -> Result<Value, LiveError> {
    let parameters = json!({ "cluster": cluster, "services": [name] });
    let answer = aws.json(ECS, "DescribeServices", name, &parameters).await?;
    let mut found = answer["services"].as_array().into_iter().flatten();
    // A service that was deleted stays visible for a while.
    match found.find(|service| service["status"] != "INACTIVE") {
        Some(service) => Ok(service.clone()),
        None => Err(LiveError::NoService {
            service: name.to_owned(),
            cluster: cluster.to_owned(),
            others: others(aws, cluster).await,
        }),
    }
}

/// The services that there are, for who has mistyped a name.
async fn others(aws: &impl Cloud, cluster: &str) -> String {
    let parameters = json!({ "cluster": cluster });
    let answer = aws.json(ECS, "ListServices", cluster, &parameters).await;
    let answer = answer.unwrap_or_default();
    let arns = answer["serviceArns"].as_array().into_iter().flatten();
    let names = arns.filter_map(|arn| arn.as_str()?.rsplit('/').next());
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
    let (definition, _) = raw_definition(aws, name).await?;
    typed("DescribeTaskDefinition", definition)
}

/// A task definition and its tags, as they stand.
///
/// # Errors
///
/// If they may not be read, or are not there.
pub async fn raw_definition(aws: &impl Cloud, name: &str) -> Result<(Value, Value), ApiError> {
    let parameters = json!({ "taskDefinition": name, "include": ["TAGS"] });
    let mut answer = aws
        .json(ECS, "DescribeTaskDefinition", name, &parameters)
        .await?;
    Ok((answer["taskDefinition"].take(), answer["tags"].take()))
}

pub(super) async fn running(
    aws: &impl Cloud,
    cluster: &str,
    service: &str,
) -> Result<Vec<RunningImage>, ApiError> {
    let parameters =
        json!({ "cluster": cluster, "serviceName": service, "desiredStatus": "RUNNING" });
    let answer = aws.json(ECS, "ListTasks", service, &parameters).await?;
    let tasks = answer["taskArns"]
        .as_array()
        .filter(|tasks| !tasks.is_empty());
    let Some(tasks) = tasks else {
        return Ok(Vec::new());
    };
    let parameters = json!({ "cluster": cluster, "tasks": tasks });
    let answer = aws.json(ECS, "DescribeTasks", service, &parameters).await?;
    let tasks = answer["tasks"].as_array().into_iter().flatten();
    Ok(tasks.flat_map(images).collect())
}

fn images(task: &Value) -> Vec<RunningImage> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let id = text(&task["taskArn"]);
    let id = id.rsplit('/').next().unwrap_or_default();
    let containers = task["containers"].as_array().into_iter().flatten();
    // Until it is pulled, an image has no digest.
    let pulled = containers.filter(|container| container["imageDigest"].is_string());
    let images = pulled.map(|container| RunningImage {
        task: id.to_owned(),
        container: text(&container["name"]),
        digest: text(&container["imageDigest"]),
    });
    images.collect()
}

pub(super) fn typed<T: DeserializeOwned>(operation: &str, value: Value) -> Result<T, ApiError> {
    serde_json::from_value(value).map_err(|error| ApiError::Malformed {
        operation: format!("ecs:{operation}"),
        why: error.to_string(),
    })
}
