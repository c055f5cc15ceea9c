//! Waits for the end of the deployment that goes on, whoever has begun it. Where none does, the last one counts.

use super::rollout::Rollout;
use super::{DeployError, Progress, Verdict, Work, preflight, short};
use crate::aws::Cloud;
use crate::aws::ecs::Service;
use crate::live;

/// Follows the newest deployment of a service.
pub(super) async fn wait<C: Cloud, I, P: Progress>(
    work: &mut Work<'_, C, I, P>,
    service: Service,
) -> Result<Verdict, DeployError> {
    if let Some(refusal) = preflight::kind(&service) {
        work.outcome.refusals.push(refusal);
        return Ok(Verdict::Refused);
    }
    let rollout = Rollout::newest(work.cloud, work.order, &service).await?;
    let revision = rollout.revision().to_owned();
    let live = live::read_about(work.cloud, &work.order.cluster, service).await?;
    let mut facts = live.facts.clone();
    facts.definition = live::definition(work.cloud, &revision).await?;
    let main = facts.main_container();
    work.outcome.image = main.map(|main| main.image.clone());
    work.outcome.previous = work.outcome.previous.take().filter(|it| *it != revision);
    let text = format!("the last deployment is of {}", short(&revision));
    work.progress.tell(&text);
    work.outcome.revision = Some(revision);
    work.follow(&live.facts, rollout).await
}
