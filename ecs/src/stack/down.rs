//! Takes a stack down, and looks for what is left.

use super::follow::{self, Following, Goal};
use super::read::read;
use super::resources::{Resource, resources};
use super::tagged::{Tagged, tagged};
use super::{StackError, Tag, Teardown, stop};
use crate::aws::{ApiError, CLOUDFORMATION, Cloud, ECS, SECRETS};
use crate::chain::chain;
use crate::deploy::Progress;
use serde::Serialize;
use serde_json::json;
use std::collections::HashSet;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Something that still has the stack's tag.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Left {
    /// Its ARN.
    pub arn: String,
    /// If it costs something.
    pub costs: bool,
}

/// So many revisions are deleted by one request (AWS, API reference, "DeleteTaskDefinitions").
const REVISIONS: usize = 10;

/// How long what was deleted may stay listed by its tag, and how often to look again.
const LAG: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_secs(10);

/// Takes a stack down as it was read and checked, and with it what CloudFormation leaves: the revisions that deployments
/// have registered, and a secret that waits for its end. No stack is as good.
///
/// # Errors
///
/// If something keeps it from going, which is named.
pub async fn down(
    cloud: &impl Cloud,
    teardown: &Teardown,
    timeout: Duration,
    progress: &mut impl Progress,
) -> Result<(), StackError> {
    let name = &teardown.stack;
    if teardown.status.is_none() {
        progress.tell(&format!("there is no stack {name}"));
    } else {
        delete_stack(cloud, teardown, timeout, progress).await?;
    }
    if let Err(error) = delete_rest(cloud, teardown, progress).await {
        // It runs nothing and costs next to nothing.
        progress.tell(&format!(
            "revisions and the secret may stay: {}",
            chain(&error)
        ));
    }
    Ok(())
}

async fn delete_stack(
    cloud: &impl Cloud,
    teardown: &Teardown,
    timeout: Duration,
    progress: &mut impl Progress,
) -> Result<(), StackError> {
    let name = &teardown.stack;
    let seen: HashSet<String> = follow::events(cloud, name).await?;
    let stopped = stop::stop(cloud, teardown, progress).await?;
    let parameters = [("StackName".to_owned(), name.to_owned())];
    let asked = cloud.query(CLOUDFORMATION, "DeleteStack", name, &parameters);
    if let Err(error) = asked.await {
        // One that may have been heard has to be looked after.
        if !error.is_in_doubt() || !is_going(cloud, name).await {
            stop::restore(cloud, &stopped, progress).await;
            return Err(error.into());
        }
    }
    let following = Following {
        name,
        goal: Goal::Gone,
        seen,
        timeout,
    };
    let end = following.until_the_end(cloud, progress).await;
    match end {
        Err(StackError::Failed { .. } | StackError::TimedOut(_)) => {
            // Where that cannot be read, the first failure has to do.
            match resources(cloud, name).await {
                Ok(left) if !left.is_empty() => {
                    let (name, left) = (name.clone(), in_words(&left));
                    Err(match end {
                        Err(StackError::TimedOut(_)) => StackError::Deleting {
                            name,
                            timeout,
                            left,
                        },
                        _ => StackError::HalfWay { name, left },
                    })
                }
                _ => end,
            }
        }
        end => end,
    }
}

async fn is_going(cloud: &impl Cloud, name: &str) -> bool {
    match read(cloud, name).await {
        Ok(None) => true,
        Ok(Some(stack)) => stack.status == "DELETE_IN_PROGRESS",
        Err(_) => false,
    }
}

/// Those first that say why.
fn in_words(left: &[Resource]) -> String {
    let mut left: Vec<&Resource> = left.iter().collect();
    left.sort_by_key(|it| it.status != "DELETE_FAILED");
    let lines = left.into_iter().map(|it| {
        let why = it.why.as_ref().filter(|_| it.status == "DELETE_FAILED");
        let why = why.map_or(String::new(), |why| format!(": {why}"));
        format!("\n  {it}{why}")
    });
    lines.collect()
}

/// Deletes the revisions and secrets that CloudFormation leaves. A secret would be kept for a month, to be brought back.
async fn delete_rest(
    cloud: &impl Cloud,
    teardown: &Teardown,
    progress: &mut impl Progress,
) -> Result<(), ApiError> {
    let name = &teardown.stack;
    let left = tagged(cloud, &teardown.tag).await?;
    // Nothing that was not shown, such as what has come in between.
    let (shown, others): (Vec<&Tagged>, Vec<&Tagged>) = left
        .iter()
        .filter(|left| teardown.is_left(left))
        .partition(|left| teardown.has_shown(&left.arn));
    let others = others.len();
    if others > 0 {
        progress.tell(&format!("left, since they were not shown before: {others} secrets or revisions; --verify lists them"));
    }
    let of_kind = |kind: &str| -> Vec<&str> {
        let arns = shown.iter().map(|it| it.arn.as_str());
        arns.filter(|arn| arn.contains(kind)).collect()
    };
    for secret in of_kind(":secret:") {
        let parameters = json!({ "SecretId": secret, "ForceDeleteWithoutRecovery": true });
        cloud
            .json(SECRETS, "DeleteSecret", secret, &parameters)
            .await?;
        progress.tell(&format!("deleted {secret}"));
    }
    let revisions = of_kind(":task-definition/");
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
        progress.tell(&format!("deleted {} revisions", some.len()));
    }
    Ok(())
}

/// What is left that costs, after the time that tags may lag behind, and with it whatever else bears the tag.
///
/// # Errors
///
/// If it may not be read.
pub async fn verified(cloud: &impl Cloud, tag: &Tag) -> Result<Vec<Left>, ApiError> {
    let deadline = Instant::now() + LAG;
    loop {
        let left = left_behind(cloud, tag).await?;
        if Instant::now() >= deadline || !left.iter().any(|left| left.costs) {
            return Ok(left);
        }
        sleep(POLL).await;
    }
}

/// What still has this tag, and the revisions of the stack's family that have it by an earlier key.
///
/// # Errors
///
/// If it may not be read.
pub async fn left_behind(cloud: &impl Cloud, tag: &Tag) -> Result<Vec<Left>, ApiError> {
    let left = tagged(cloud, tag)
        .await?
        .into_iter()
        .filter(|resource| !is_task(&resource.arn))
        .map(|resource| Left {
            costs: costs(&resource.arn),
            arn: resource.arn,
        });
    Ok(left.collect())
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
        ":alarm:",
        ":dashboard/",
    ];
    kinds.iter().any(|kind| arn.contains(kind))
}
