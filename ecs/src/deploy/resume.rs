//! Decides for a deployment that waits for somebody, and follows it from there.

use super::rollout::{Pause, Rollout, paused};
use super::{DeployError, Progress, Verdict, Work};
use crate::aws::Cloud;
use crate::aws::ecs::{
    HookAction, Service, ServiceDeployment, continue_deployment, describe_deployment,
    describe_revision, list_deployments,
};
use crate::image::Images;
use crate::live;

/// Decides, and waits for the end.
pub(super) async fn resume<C: Cloud, I: Images, P: Progress>(
    work: &mut Work<'_, C, I, P>,
    service: Service,
    action: &HookAction,
) -> Result<Verdict, DeployError> {
    let order = work.order;
    let (deployment, pause) = waiting(work, &service).await?;
    let revision = deployment.target_service_revision.as_ref();
    let revision = revision.and_then(|revision| revision.arn.as_deref());
    let revision = describe_revision(work.cloud, revision.unwrap_or_default()).await?;
    let revision = revision.ok_or(DeployError::NoRevision)?.task_definition;
    work.outcome.revision = Some(revision.clone());
    let hook = pause.hook.ok_or(DeployError::NoHook)?;
    let does = match action {
        HookAction::Rollback => "roll back",
        _ => "continue",
    };
    if order.dry_run {
        work.progress
            .tell(&format!("would {does} at the hook {hook}"));
        return Ok(Verdict::DryRun);
    }
    work.outcome.previous = service
        .current_definition()
        .filter(|current| *current != revision)
        .map(str::to_owned);
    let live = live::read_about(work.cloud, &order.cluster, service.clone()).await?;
    order
        .begun
        .begin(&live.facts.service.task_definition, &revision);
    work.progress
        .tell(&format!("asking ECS to {does} at the hook {hook}"));
    let decided = continue_deployment(work.cloud, &deployment.arn, &hook, action).await;
    work.taken(decided, "the decision")?;
    order.begun.decide(&hook);
    let rollout = Rollout::continued(&service, &deployment, &revision);
    work.follow(&live.facts, rollout).await
}

/// The deployment that waits, and at what.
async fn waiting<C: Cloud, I, P>(
    work: &Work<'_, C, I, P>,
    service: &Service,
) -> Result<(ServiceDeployment, Pause), DeployError> {
    let order = work.order;
    let arn = match &service.current_service_deployment {
        Some(arn) => Some(arn.clone()),
        None => {
            let all = list_deployments(work.cloud, &order.cluster, &order.service).await?;
            all.into_iter().next().map(|newest| newest.arn)
        }
    };
    let arn = arn.ok_or_else(|| DeployError::NothingWaits("it has no deployment".into()))?;
    let deployment = describe_deployment(work.cloud, &arn).await?;
    let deployment =
        deployment.ok_or_else(|| DeployError::NothingWaits(format!("{arn} is gone")))?;
    match paused(&deployment) {
        Some(pause) => Ok((deployment, pause)),
        None => Err(DeployError::NothingWaits(format!(
            "its deployment is {}",
            deployment.status
        ))),
    }
}
