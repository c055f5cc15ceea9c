//! Goes back while a rollout goes on, in the way that fits it.

use super::{definition_of, is_unavailable, paused};
use crate::aws::ecs::{
    Brief, HookAction, ServiceDeploymentStatus as Status, UpdateService, continue_deployment,
    describe_deployment, list_deployments, stop_deployment, update_service,
};
use crate::aws::{ApiError, Cloud};
use crate::deploy::{DeployError, Order};
use crate::live;
use std::time::Duration;
use tokio::time::sleep;

/// How often to look for a deployment that was begun a moment ago, and how long to wait in between.
const LOOKS: u32 = 4;
const PAUSE: Duration = Duration::from_secs(3);

/// What was done to take a rollout back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TakenBack {
    /// ECS was asked to roll back.
    Stopped,
    /// The hook at which it waits was answered so.
    Decided,
    /// The service was updated to the revision that it had before.
    Updated,
    /// Nothing, since it is on its way back already.
    Already,
    /// Nothing: it is over, or was never begun.
    Nothing,
}

/// Takes the rollout that this order has begun back.
///
/// # Errors
///
/// If that is refused.
pub async fn take_back(cloud: &impl Cloud, order: &Order) -> Result<TakenBack, DeployError> {
    let Some(update) = order.begun.update() else {
        return Ok(TakenBack::Nothing);
    };
    match by_newer_api(cloud, order, &update.to).await {
        // Where nothing can be stopped, a service can be updated.
        Err(error) if is_unavailable(&error) && update.from != update.to => {
            let service = live::service(cloud, &order.cluster, &order.service).await?;
            if service.current_definition() != Some(&update.to) {
                // It is somebody else's now, or went back by itself.
                return Ok(TakenBack::Nothing);
            }
            let update = UpdateService {
                cluster: &order.cluster,
                service: &order.service,
                task_definition: Some(&update.from),
                ..UpdateService::default()
            };
            update_service(cloud, &update).await?;
            Ok(TakenBack::Updated)
        }
        taken_back => Ok(taken_back?),
    }
}

async fn by_newer_api(
    cloud: &impl Cloud,
    order: &Order,
    revision: &str,
) -> Result<TakenBack, ApiError> {
    for look in 0..LOOKS {
        if look > 0 {
            // The update may be on its way still, or the list behind.
            sleep(PAUSE).await;
        }
        if let Some(ours) = ours(cloud, order, revision).await? {
            return stop(cloud, order, &ours).await;
        }
    }
    Ok(TakenBack::Nothing)
}

/// The deployment of this revision that is not over. Another one is somebody else's.
async fn ours(
    cloud: &impl Cloud,
    order: &Order,
    revision: &str,
) -> Result<Option<Brief>, ApiError> {
    let is_over = |status: &Status| {
        use Status::{RollbackFailed, RollbackSuccessful, Stopped, Successful};
        matches!(
            status,
            Successful | Stopped | RollbackSuccessful | RollbackFailed
        )
    };
    let all = list_deployments(cloud, &order.cluster, &order.service).await?;
    for brief in all.into_iter().filter(|brief| !is_over(&brief.status)) {
        if definition_of(cloud, &brief).await?.as_deref() == Some(revision) {
            return Ok(Some(brief));
        }
    }
    Ok(None)
}

async fn stop(cloud: &impl Cloud, order: &Order, ours: &Brief) -> Result<TakenBack, ApiError> {
    let deployment = describe_deployment(cloud, &ours.arn).await?;
    let hook = deployment
        .as_ref()
        .and_then(paused)
        .and_then(|pause| pause.hook);
    if let Some(hook) = hook {
        continue_deployment(cloud, &ours.arn, &hook, &HookAction::Rollback).await?;
        order.begun.decide(&hook);
        return Ok(TakenBack::Decided);
    }
    if matches!(
        ours.status,
        Status::RollbackRequested | Status::RollbackInProgress
    ) {
        return Ok(TakenBack::Already);
    }
    stop_deployment(cloud, &ours.arn).await?;
    Ok(TakenBack::Stopped)
}
