//! Takes a stack down, and looks for what is left.

use super::read::read;
use super::{StackError, follow};
use crate::aws::{ApiError, CLOUDFORMATION, Cloud, ECS, TAGGING};
use crate::deploy::Progress;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::Duration;

/// Something that bears the stack's tag still.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Left {
    /// Its ARN.
    pub arn: String,
    /// If it costs something.
    pub costs: bool,
}

/// So many revisions are deleted by one request (AWS, API reference, "DeleteTaskDefinitions").
const REVISIONS: usize = 10;

/// Takes the stack with this name down, and the revisions that deployments have registered for it. No stack is as good.
///
/// # Errors
///
/// If something keeps it from going, which is named.
pub async fn down(
    cloud: &impl Cloud,
    name: &str,
    timeout: Duration,
    progress: &mut impl Progress,
) -> Result<(), StackError> {
    if read(cloud, name).await?.is_none() {
        progress.tell(&format!("there is no stack {name}"));
    } else {
        delete_stack(cloud, name, timeout, progress).await?;
    }
    match delete_revisions(cloud, name).await {
        Ok(0) => {}
        Ok(count) => progress.tell(&format!("deleted {count} revisions of its task definition")),
        // They run nothing and cost nothing.
        Err(error) => progress.tell(&format!("revisions of its task definition stay: {error}")),
    }
    Ok(())
}

async fn delete_stack(
    cloud: &impl Cloud,
    name: &str,
    timeout: Duration,
    progress: &mut impl Progress,
) -> Result<(), StackError> {
    // Without tasks the service goes at once; with them it would wait for each to drain.
    let parameters = json!({ "cluster": name, "service": name, "desiredCount": 0 });
    match cloud.json(ECS, "UpdateService", name, &parameters).await {
        Ok(_) => progress.tell("no tasks are wanted any more"),
        Err(error) if error.is_lockout() || error.is_denied() => return Err(error.into()),
        // There is none, or not any more.
        Err(_) => {}
    }
    let parameters = [("StackName".to_owned(), name.to_owned())];
    let seen: HashSet<String> = follow::events(cloud, name).await?;
    cloud
        .query(CLOUDFORMATION, "DeleteStack", name, &parameters)
        .await?;
    follow::until_the_end(cloud, name, seen, timeout, progress).await
}

/// Deletes the revisions that bear the stack's tag; returns how many.
async fn delete_revisions(cloud: &impl Cloud, name: &str) -> Result<usize, ApiError> {
    let mut revisions = left_behind(cloud, name).await?;
    revisions.retain(|left| left.arn.contains(":task-definition/"));
    let revisions: Vec<String> = revisions.into_iter().map(|left| left.arn).collect();
    for revision in &revisions {
        let parameters = json!({ "taskDefinition": revision });
        cloud
            .json(ECS, "DeregisterTaskDefinition", revision, &parameters)
            .await?;
    }
    for some in revisions.chunks(REVISIONS) {
        let parameters = json!({ "taskDefinitions": some });
        cloud
            .json(ECS, "DeleteTaskDefinitions", name, &parameters)
            .await?;
    }
    Ok(revisions.len())
}

/// What bears the tag of this stack still.
///
/// # Errors
///
/// If it may not be read.
pub async fn left_behind(cloud: &impl Cloud, name: &str) -> Result<Vec<Left>, ApiError> {
    let mut parameters = json!({ "TagFilters": [{ "Key": "dualrun", "Values": [name] }] });
    let mut left = Vec::new();
    loop {
        let answer = cloud
            .json(TAGGING, "GetResources", name, &parameters)
            .await?;
        let resources = answer["ResourceTagMappingList"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let arns = resources
            .iter()
            .filter_map(|resource| resource["ResourceARN"].as_str());
        left.extend(arns.filter(|arn| !is_task(arn)).map(|arn| Left {
            arn: arn.to_owned(),
            costs: costs(arn),
        }));
        match answer["PaginationToken"]
            .as_str()
            .filter(|token| !token.is_empty())
        {
            Some(token) => parameters["PaginationToken"] = Value::from(token),
            None => return Ok(left),
        }
    }
}

/// Tasks have stopped with their service, and stay listed for a while.
fn is_task(arn: &str) -> bool {
    arn.contains(":task/")
}

fn costs(arn: &str) -> bool {
    let kinds = [
        ":loadbalancer/",
        ":natgateway/",
        ":elastic-ip/",
        ":service/",
        ":secret:",
        ":log-group:",
    ];
    kinds.iter().any(|kind| arn.contains(kind))
}
