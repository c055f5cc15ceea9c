//! Back to the last deployment that was good, or to a revision.

use super::preflight::Next;
use super::{DeployError, Order, Progress, Target, Verdict, Work, good, short};
use crate::aws::ecs::{
    Brief, RawDefinition, ServiceDeploymentStatus, describe_definition, describe_revisions,
    list_deployments,
};
use crate::aws::{ApiError, Cloud};
use crate::image::Images;
use crate::live::{self, Live};

/// How many revisions are looked at together.
const SOME: usize = 20;

/// Goes back, and waits for the end. The revision's image still has to exist.
pub(super) async fn roll_back<C: Cloud, I: Images, P: Progress>(
    work: &mut Work<'_, C, I, P>,
    live: Live,
    target: &Target,
) -> Result<Verdict, DeployError> {
    let order = work.order;
    let mut facts = live.facts.clone();
    let current = facts.service.task_definition.clone();
    let revision = match target {
        Target::LastGood => {
            last_good(
                work.cloud,
                order,
                (facts.definition.family.as_str(), &current),
            )
            .await?
        }
        Target::Revision(revision) if revision.contains(':') => revision.clone(),
        Target::Revision(number) => format!("{}:{number}", facts.definition.family),
    };
    let Some(definition) = found(work.cloud, &revision).await? else {
        return Err(DeployError::NoSuchRevision(short(&revision).to_owned()));
    };
    if definition.family() != live.definition.family() {
        return Err(DeployError::OtherFamily {
            revision,
            family: live.definition.family().to_owned(),
        });
    }
    // By its ARN, as deployments name it.
    let revision = definition.arn().ok_or(DeployError::NoRevision)?.to_owned();
    work.outcome.revision = Some(revision.clone());
    if revision != current && !definition.is_active() {
        return Err(DeployError::Inactive(short(&revision).to_owned()));
    }
    if revision == current {
        let text = format!("{} already runs {}", order.service, short(&current));
        work.progress.tell(&text);
        return work.settled(&live).await;
    }
    facts.definition = live::typed(&definition)?;
    let container = facts.main_container().ok_or(DeployError::NoContainer)?;
    work.outcome.image = Some(container.image.clone());
    work.outcome.revision = Some(revision.clone());
    work.progress.tell(&format!(
        "going back from {} to {}, {}",
        short(&current),
        short(&revision),
        container.image
    ));
    let next = Next {
        definition: facts.definition.clone(),
        is_back: true,
        is_update: true,
        missing_log_groups: Vec::new(),
    };
    let before = match work.preflight(&live, next).await? {
        Ok(before) => before,
        Err(refusal) => return Ok(refusal),
    };
    if order.dry_run {
        let text = format!("would update {} to {}", order.service, short(&revision));
        work.progress.tell(&text);
        return Ok(Verdict::DryRun);
    }
    let now = live::service(work.cloud, &order.cluster, &order.service).await?;
    if now.current_definition() == Some(&revision) {
        // ECS, or somebody else, has gone back to it.
        work.progress
            .tell(&format!("{} has {} again", order.service, short(&revision)));
        let live = live::read_about(work.cloud, &order.cluster, now).await?;
        return work.settled(&live).await;
    }
    if let Some(verdict) = work.overtaken(&live, "nothing was changed").await? {
        return Ok(verdict);
    }
    work.roll_out((&facts, &live.service), &revision, before)
        .await
}

/// The task definition of the last deployment that succeeded with another one than the current. Of those that ECS does not
/// tell any more, the tags of the revisions do.
async fn last_good(
    cloud: &impl Cloud,
    order: &Order,
    (family, current): (&str, &str),
) -> Result<String, DeployError> {
    let none = match list_deployments(cloud, &order.cluster, &order.service).await {
        Err(error) if error.is_denied() => DeployError::Unknowable(error),
        deployments => match of_history(cloud, &deployments?, current).await? {
            Some(definition) => return Ok(definition),
            None => DeployError::NothingGood,
        },
    };
    match good::last(cloud, family, current).await {
        Ok(Some(definition)) => Ok(definition),
        Ok(None) => Err(none),
        Err(error) if error.is_denied() => Err(match none {
            DeployError::NothingGood => DeployError::Unknowable(error),
            other => other,
        }),
        Err(error) => Err(error.into()),
    }
}

/// By the deployments that ECS remembers.
async fn of_history(
    cloud: &impl Cloud,
    deployments: &[Brief],
    current: &str,
) -> Result<Option<String>, DeployError> {
    let good = deployments
        .iter()
        .filter(|it| it.status == ServiceDeploymentStatus::Successful);
    let good = good.filter_map(|it| it.target_service_revision_arn.as_deref());
    let good: Vec<&str> = good.collect();
    // Mostly it is among the first.
    for some in good.chunks(SOME) {
        for revision in describe_revisions(cloud, some).await? {
            let definition = revision.task_definition;
            if definition != current && is_usable(cloud, &definition).await? {
                return Ok(Some(definition));
            }
        }
    }
    Ok(None)
}

/// If a service can be updated to a task definition: it exists, and was not deregistered.
async fn is_usable(cloud: &impl Cloud, definition: &str) -> Result<bool, DeployError> {
    let found = found(cloud, definition).await?;
    Ok(found.is_some_and(|definition| definition.is_active()))
}

/// A task definition, unless it is not there. ECS has no code of its own for that, only a text.
async fn found(cloud: &impl Cloud, definition: &str) -> Result<Option<RawDefinition>, ApiError> {
    match describe_definition(cloud, definition).await {
        Err(ApiError::Refused { message, .. })
            if message.contains("Unable to describe task definition") =>
        {
            Ok(None)
        }
        definition => definition.map(Some),
    }
}
