//! What runs at the moment: image, tasks, deployments, targets, the last events.

use super::{LiveError, read};
use crate::aws::Cloud;
use crate::aws::ecs::{Deployment, RolloutState};
use crate::deploy::short;
use crate::facts::Target;
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt;

/// Events that are shown.
const EVENTS: usize = 5;

/// What runs. A count that is not known is `null`.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Status {
    /// The service.
    pub service: String,
    /// Its cluster.
    pub cluster: String,
    /// The image of the container that requests go to.
    pub image: Option<String>,
    /// The revision of its task definition.
    pub revision: Option<String>,
    /// How many tasks there should be.
    pub desired: Option<u32>,
    /// How many run.
    pub running: Option<u32>,
    /// Its deployments.
    pub deployments: Vec<DeploymentStatus>,
    /// The targets of its target groups.
    pub targets: Vec<TargetStatus>,
    /// The latest events, the newest first.
    pub events: Vec<String>,
    /// What could not be read, and so is missing here.
    pub unknown: Vec<String>,
}

/// A deployment.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct DeploymentStatus {
    /// `PRIMARY` is the one that is wanted, `ACTIVE` one that is on its way out.
    pub status: String,
    /// `COMPLETED`, `IN_PROGRESS` or `FAILED`.
    pub state: Option<String>,
    /// The revision of its task definition.
    pub revision: String,
    /// How many of its tasks run.
    pub running: Option<u32>,
    /// How many there should be.
    pub desired: Option<u32>,
    /// How many have failed.
    pub failed: Option<u32>,
}

/// A target.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct TargetStatus {
    /// Its address.
    pub id: String,
    /// Its port.
    pub port: Option<u16>,
    /// `healthy`, `unhealthy`, `initial`, `draining` and so on.
    pub state: String,
    /// AWS's code for the reason.
    pub reason: Option<String>,
}

/// What runs of a service.
///
/// # Errors
///
/// If the service or its definition cannot be read.
pub async fn status(aws: &impl Cloud, cluster: &str, name: &str) -> Result<Status, LiveError> {
    let live = read(aws, cluster, name).await?;
    let (facts, service) = (live.facts, live.service);
    let targets = facts.target_groups.iter().flat_map(|group| &group.targets);
    let targets = targets.flatten().map(of_target).collect();
    let unknown = facts.unknown.iter().map(|unknown| unknown.why.clone());
    Ok(Status {
        service: service.name.clone(),
        cluster: cluster.to_owned(),
        image: facts.main_container().map(|it| it.image.clone()),
        revision: service.task_definition.clone(),
        desired: service.desired_count,
        running: service.running_count,
        deployments: service.deployments.iter().map(of_deployment).collect(),
        targets,
        events: service
            .events
            .iter()
            .take(EVENTS)
            .map(|event| event.message.clone())
            .collect(),
        unknown: unknown.collect(),
    })
}

fn of_deployment(deployment: &Deployment) -> DeploymentStatus {
    let state = deployment.rollout_state.as_ref();
    DeploymentStatus {
        status: deployment.status.clone(),
        state: state.map(RolloutState::to_string),
        revision: deployment.task_definition.clone(),
        running: deployment.running_count,
        desired: deployment.desired_count,
        failed: deployment.failed_tasks,
    }
}

fn of_target(target: &Target) -> TargetStatus {
    TargetStatus {
        id: target.id.clone(),
        port: target.port,
        state: target.state.clone(),
        reason: target.reason.clone(),
    }
}

/// What is not known is shown as that.
fn or_unknown<T: fmt::Display>(value: Option<T>) -> String {
    value.map_or("?".into(), |value| value.to_string())
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} in {}: {} of {} running",
            self.service,
            self.cluster,
            or_unknown(self.running),
            or_unknown(self.desired)
        )?;
        let revision = self.revision.as_deref().map(short);
        let image = or_unknown(self.image.as_ref());
        writeln!(f, "image: {image} ({})", or_unknown(revision))?;
        for it in &self.deployments {
            let state = it.state.as_ref().map(|state| format!(" {state}"));
            writeln!(
                f,
                "deployment of {}: {}{}, {} of {} running, {} failed",
                short(&it.revision),
                it.status,
                state.unwrap_or_default(),
                or_unknown(it.running),
                or_unknown(it.desired),
                or_unknown(it.failed),
            )?;
        }
        for it in &self.targets {
            let reason = it.reason.as_ref().map(|reason| format!(" ({reason})"));
            let reason = reason.unwrap_or_default();
            let port = or_unknown(it.port);
            writeln!(f, "target {}:{port}: {}{reason}", it.id, it.state)?;
        }
        for event in &self.events {
            writeln!(f, "event: {event}")?;
        }
        for unknown in &self.unknown {
            writeln!(f, "unknown: {unknown}")?;
        }
        Ok(())
    }
}
