//! Back to the last deployment that was good.

use super::tracked::{definition_of, list, text};
use super::{DeployError, Order, Outcome, Progress, Verdict, preflight, roll_out, short};
use crate::aws::Cloud;
use crate::image::Images;
use crate::live;

/// Where to go back to.
#[derive(Clone, Debug)]
pub enum Target {
    /// The last deployment that succeeded and is not the current one.
    LastGood,
    /// A revision, such as `12` or `shop:12`.
    Revision(String),
}

/// Goes back, and waits for the end. The revision's image has to exist still.
pub async fn roll_back(
    cloud: &impl Cloud,
    images: &impl Images,
    order: &Order,
    target: &Target,
    progress: &mut impl Progress,
) -> Outcome {
    let mut outcome = Outcome::new(order);
    let end = attempt(cloud, images, order, target, progress, &mut outcome).await;
    outcome.end_with(end);
    outcome
}

async fn attempt(
    cloud: &impl Cloud,
    images: &impl Images,
    order: &Order,
    target: &Target,
    progress: &mut impl Progress,
    outcome: &mut Outcome,
) -> Result<Verdict, DeployError> {
    let mut facts = live::facts_of(cloud, &order.cluster, &order.service).await?;
    let current = facts.service.task_definition.clone();
    outcome.previous = Some(current.clone());
    let revision = match target {
        Target::LastGood => last_good(cloud, order, &current).await?,
        Target::Revision(revision) if revision.contains(':') => revision.clone(),
        Target::Revision(number) => format!("{}:{number}", facts.definition.family),
    };
    facts.definition = live::definition(cloud, &revision).await?;
    // By its ARN, as deployments name it.
    let revision = facts.definition.task_definition_arn.clone();
    let revision = revision.unwrap_or_default();
    let container = facts
        .main_container()
        .ok_or(DeployError::NoContainer)?
        .clone();
    outcome.image = Some(container.image.clone());
    outcome.revision = Some(revision.clone());
    progress.tell(&format!(
        "going back from {} to {}, {}",
        short(&current),
        short(&revision),
        container.image
    ));

    let (name, image) = (&container.name, &container.image);
    let refusal = preflight::refusal(images, order, &facts, name, image, outcome).await;
    if let Some(refusal) = refusal {
        return Ok(refusal);
    }
    if order.dry_run {
        progress.tell(&format!("would update {} to it", order.service));
        return Ok(Verdict::DryRun);
    }
    roll_out(cloud, order, &facts, &revision, outcome, progress).await
}

/// The task definition of the last deployment that succeeded with another one than the current.
async fn last_good(
    cloud: &impl Cloud,
    order: &Order,
    current: &str,
) -> Result<String, DeployError> {
    let deployments = match list(cloud, order).await {
        Err(error) if error.is_denied() => return Err(DeployError::Unknowable(error)),
        deployments => deployments?,
    };
    for deployment in deployments.iter().filter(|it| it["status"] == "SUCCESSFUL") {
        let definition =
            definition_of(cloud, &text(&deployment["targetServiceRevisionArn"])).await?;
        if definition != current {
            return Ok(definition);
        }
    }
    Err(DeployError::NothingGood)
}
