//! The deployments of a service: counts by the older API, stage, traffic and pauses by the newer one.

use crate::aws::ecs::{
    Deployment, RolloutState, Service, ServiceDeployment, ServiceName, TargetRevision, Time,
    describe_deployment, describe_revisions, list_deployments,
};
use crate::aws::{ApiError, Cloud};
use crate::deploy::{Pause, paused};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A deployment.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct DeploymentStatus {
    /// `PRIMARY` is the one that is wanted, `ACTIVE` one that is on its way out.
    pub status: String,
    /// `COMPLETED`, `IN_PROGRESS` or `FAILED`.
    pub state: Option<String>,
    /// Why, in AWS's words.
    pub reason: Option<String>,
    /// The revision of its task definition.
    pub revision: String,
    /// The image of the container that requests go to, whether it runs or not.
    pub image: Option<String>,
    /// When it was begun (RFC 3339).
    pub created_at: Option<String>,
    /// How many of its tasks run.
    pub running: Option<u32>,
    /// How many are being started.
    pub pending: Option<u32>,
    /// How many there should be.
    pub desired: Option<u32>,
    /// How many have failed.
    pub failed: Option<u32>,
    /// How it takes the old one's place, while it goes on: `ROLLING`, `BLUE_GREEN`, `CANARY` or `LINEAR`.
    pub strategy: Option<String>,
    /// What it does at the moment, such as `SCALE_UP` or `BAKE_TIME`.
    pub stage: Option<String>,
    /// Its share of the traffic, in percent.
    pub traffic: Option<f64>,
    /// Its share of the test traffic, in percent.
    pub test_traffic: Option<f64>,
    /// The decision that it waits for.
    pub pause: Option<Pause>,
    #[serde(skip)]
    pub(super) begun: Option<Time>,
}

/// The service deployment that goes on, with the task definitions of its revisions by their ARNs.
pub(super) struct Rollout {
    deployment: ServiceDeployment,
    definitions: BTreeMap<String, String>,
}

impl Rollout {
    fn definition(&self, revision: &TargetRevision) -> Option<&String> {
        self.definitions.get(revision.arn.as_ref()?)
    }
}

/// Reads the service deployment that goes on, if one does.
pub(super) async fn rollout(
    aws: &impl Cloud,
    name: ServiceName<'_>,
    service: &Service,
) -> Result<Option<Rollout>, ApiError> {
    let arn = match &service.current_service_deployment {
        Some(arn) => arn.clone(),
        None => {
            let all = list_deployments(aws, name.cluster, name.service).await?;
            match all.into_iter().find(|it| !it.status.is_over()) {
                Some(current) => current.arn,
                None => return Ok(None),
            }
        }
    };
    let deployment = describe_deployment(aws, &arn).await?;
    let Some(deployment) = deployment.filter(|it| !it.status.is_over()) else {
        return Ok(None);
    };
    let target = deployment.target_service_revision.as_ref();
    let revisions = deployment.source_service_revisions.iter().chain(target);
    let arns: Vec<&str> = revisions.filter_map(|it| it.arn.as_deref()).collect();
    let found = describe_revisions(aws, &arns).await?;
    let definitions = found
        .into_iter()
        .filter_map(|it| Some((it.arn?, it.task_definition)));
    Ok(Some(Rollout {
        definitions: definitions.collect(),
        deployment,
    }))
}

/// All deployments, the one that is wanted first, as ECS lists them.
pub(super) fn of(
    service: &Service,
    rollout: Option<&Rollout>,
    images: &BTreeMap<String, String>,
) -> Vec<DeploymentStatus> {
    let deployments = service.deployments.iter();
    let mut all: Vec<DeploymentStatus> = deployments
        .map(|it| of_deployment(it, images.get(&it.task_definition)))
        .collect();
    let Some(rollout) = rollout else { return all };
    let deployment = &rollout.deployment;
    let target = deployment.target_service_revision.as_ref();
    let definition = target.and_then(|it| rollout.definition(it));
    // A refresh has the same definition twice; then the one that is wanted is the target.
    let found = definition.and_then(|definition| {
        let is_it = |it: &&mut DeploymentStatus| it.revision == *definition;
        all.iter_mut().find(is_it)
    });
    let mut wanted = None;
    if let Some(found) = found {
        let strategy = deployment.deployment_configuration.strategy.as_ref();
        let strategy = strategy.unwrap_or(service.deployment_configuration.strategy());
        found.strategy = Some(strategy.to_string());
        found.stage = deployment.lifecycle_stage.as_ref().map(ToString::to_string);
        found.pause = paused(deployment);
        if let Some(target) = target {
            found.set_traffic(target);
        }
        wanted = Some((found.revision.clone(), found.begun));
    }
    for source in &deployment.source_service_revisions {
        let definition = rollout.definition(source);
        let is_source = |it: &&mut DeploymentStatus| {
            Some(&it.revision) == definition && Some((it.revision.clone(), it.begun)) != wanted
        };
        if let Some(found) = all.iter_mut().find(is_source) {
            found.set_traffic(source);
        }
    }
    all
}

fn of_deployment(deployment: &Deployment, image: Option<&String>) -> DeploymentStatus {
    let state = deployment.rollout_state.as_ref();
    let reason = deployment.rollout_state_reason.clone();
    DeploymentStatus {
        status: deployment.status.clone(),
        state: state.map(RolloutState::to_string),
        reason: reason.filter(|reason| !reason.trim().is_empty()),
        revision: deployment.task_definition.clone(),
        image: image.cloned(),
        created_at: deployment.created_at.map(Time::rfc3339),
        running: deployment.running_count,
        pending: deployment.pending_count,
        desired: deployment.desired_count,
        failed: deployment.failed_tasks,
        strategy: None,
        stage: None,
        traffic: None,
        test_traffic: None,
        pause: None,
        begun: deployment.created_at,
    }
}

impl DeploymentStatus {
    fn set_traffic(&mut self, revision: &TargetRevision) {
        self.traffic = revision.requested_production_traffic_weight;
        self.test_traffic = revision.requested_test_traffic_weight;
    }
}
