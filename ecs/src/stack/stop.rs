//! Stops a stack's services before it is deleted, and starts them again if it is not.
//!
//! Without tasks a service goes at once; with them CloudFormation would wait for each to drain.

use super::{StackError, Teardown};
use crate::aws::ecs::describe_service;
use crate::aws::{ApiError, Cloud, ECS};
use crate::chain::chain;
use crate::deploy::Progress;
use serde_json::json;

/// A service that was stopped.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Stopped {
    /// Its cluster's name.
    pub cluster: String,
    /// Its name.
    pub service: String,
    /// How many tasks there should have been.
    pub count: u32,
}

impl Stopped {
    /// The command that wants as many tasks again.
    pub fn way_back(&self) -> String {
        let Self {
            cluster,
            service,
            count,
        } = self;
        format!("cargo ecs scale {count} --service {service} --cluster {cluster}")
    }
}

/// Wants no tasks of the services that go; those that want none already are left alone.
pub(super) async fn stop(
    cloud: &impl Cloud,
    teardown: &Teardown,
    progress: &mut impl Progress,
) -> Result<Vec<Stopped>, StackError> {
    let mut stopped = Vec::new();
    for (cluster, service) in teardown.services() {
        let wanted = match describe_service(cloud, cluster, service).await {
            Ok(found) => found.and_then(|service| service.desired_count),
            // CloudFormation stops it too, only later; who may do nothing gets to know it from the deletion.
            Err(_) => None,
        };
        let Some(count) = wanted.filter(|count| *count > 0) else {
            continue;
        };
        let it = Stopped {
            cluster: cluster.to_owned(),
            service: service.to_owned(),
            count,
        };
        progress.stopping(&it);
        let wanted = want(cloud, (cluster, service), 0).await;
        // What is in doubt may be done.
        if wanted.as_ref().err().is_none_or(ApiError::is_in_doubt) {
            stopped.push(it);
        }
        match wanted {
            Err(error) if error.is_lockout() || error.is_denied() => {
                restore(cloud, &stopped, progress).await;
                return Err(error.into());
            }
            // There is none any more, or it takes no count.
            _ => {}
        }
    }
    if !stopped.is_empty() {
        progress.tell("no tasks are wanted any more");
    }
    Ok(stopped)
}

/// Wants as many tasks again as before.
pub(super) async fn restore(cloud: &impl Cloud, stopped: &[Stopped], progress: &mut impl Progress) {
    for it in stopped {
        let Stopped {
            cluster,
            service,
            count,
        } = it;
        let text = match want(cloud, (cluster, service), *count).await {
            Ok(()) => format!("{service} is to have {count} tasks again"),
            Err(error) => format!(
                "{service} has no tasks now, and could not be given {count} again: {}; {}",
                chain(&error),
                it.way_back()
            ),
        };
        progress.tell(&text);
    }
}

async fn want(
    cloud: &impl Cloud,
    (cluster, service): (&str, &str),
    count: u32,
) -> Result<(), ApiError> {
    let parameters = json!({ "cluster": cluster, "service": service, "desiredCount": count });
    let asked = cloud.json(ECS, "UpdateService", service, &parameters);
    asked.await.map(|_| ())
}
