//! Makes sure of a success: all desired tasks run, and the targets of the revision that serves are healthy.

use super::look::Look;
use crate::aws::Cloud;
use crate::aws::ecs::{Service, ServiceDeployment, describe_revision};
use crate::deploy::{DeployError, Progress, Verdict, Work};
use crate::facts::{Facts, TargetGroup};
use crate::live;
use std::collections::BTreeSet;

impl<C: Cloud, I, P: Progress> Work<'_, C, I, P> {
    /// The verdict on what ECS calls a success; none as long as it does not look like one.
    pub(super) async fn confirmed(
        &self,
        facts: &Facts,
        service: &Service,
        look: &Look,
    ) -> Result<Option<Verdict>, DeployError> {
        let deployment = look.deployment.as_ref();
        let target = deployment.and_then(|it| it.target_service_revision.as_ref());
        let running = service.primary().and_then(|primary| primary.running_count);
        let running = running.or(target.and_then(|target| target.running_task_count));
        // What is not known is no success.
        let (Some(desired), Some(running)) = (service.desired_count, running) else {
            return Ok(None);
        };
        if desired == 0 {
            return Ok(Some(if self.order.allow_parked {
                Verdict::DeployedParked
            } else {
                Verdict::ParkedSince
            }));
        }
        // What a person or auto scaling has added since is not part of this deployment.
        let before = facts.service.desired_count.filter(|before| *before > 0);
        let count = Count {
            wanted: before.map_or(desired, |before| before.min(desired)),
            desired,
        };
        let groups = match self.serving_groups(facts, service, deployment).await {
            Ok(Some(groups)) => groups,
            Ok(None) => return Ok(None),
            // Then ECS's word is all there is, and somebody wants it to do.
            Err(DeployError::Api(error)) if error.is_denied() && self.order.force => Vec::new(),
            Err(DeployError::Api(error)) if error.is_denied() => {
                return Err(DeployError::Unconfirmed(error));
            }
            Err(error) => return Err(error),
        };
        if running >= count.wanted && groups.iter().all(|group| count.is_healthy(group)) {
            return Ok(Some(Verdict::Deployed));
        }
        let is_early = service.deployment_configuration.has_early_success();
        let serves = running > 0 && groups.iter().all(has_healthy);
        Ok((is_early && serves).then_some(Verdict::DeployedEarly { running, desired }))
    }

    /// The target groups of the revision that serves, with their targets. None if that cannot be told at the moment.
    async fn serving_groups(
        &self,
        facts: &Facts,
        service: &Service,
        deployment: Option<&ServiceDeployment>,
    ) -> Result<Option<Vec<TargetGroup>>, DeployError> {
        let Some(serving) = self.serving(facts, service, deployment).await? else {
            return Ok(None);
        };
        let serving: BTreeSet<&str> = serving.iter().map(String::as_str).collect();
        let mut groups = live::target_groups(self.cloud, &serving).await?;
        // Of a group that is not there, nothing can be said.
        if groups.len() < serving.len() {
            return Ok(None);
        }
        // One that no listener forwards to is in nobody's way, as long as there is another one.
        if groups.iter().any(|group| !is_unused(group)) {
            groups.retain(|group| !is_unused(group));
        }
        Ok(Some(groups))
    }

    /// The target groups of the revision that serves. None if that cannot be told at the moment.
    async fn serving(
        &self,
        facts: &Facts,
        service: &Service,
        deployment: Option<&ServiceDeployment>,
    ) -> Result<Option<BTreeSet<String>>, DeployError> {
        let has_two =
            |it: &&crate::aws::ecs::LoadBalancer| it.alternate_target_group_arn().is_some();
        if !service.load_balancers.iter().any(|it| has_two(&it)) {
            let groups = facts.service.target_groups();
            return Ok(Some(groups.into_iter().map(str::to_owned).collect()));
        }
        let target = deployment.and_then(|it| it.target_service_revision.as_ref());
        if let Some(arn) = target.and_then(|target| target.arn.as_ref()) {
            match describe_revision(self.cloud, arn).await {
                Ok(revision) => {
                    let groups = revision.and_then(|revision| revision.target_groups());
                    if let Some(groups) = groups {
                        return Ok(Some(groups.into_iter().collect()));
                    }
                }
                // The rule tells it too.
                Err(error) if error.is_denied() => {}
                Err(error) => return Err(error.into()),
            }
        }
        let mut serving = BTreeSet::new();
        for balancer in &service.load_balancers {
            match balancer.production_listener_rule() {
                Some(rule) => {
                    let weights = live::weights(self.cloud, rule).await?;
                    let with_traffic = weights.into_iter().filter(|(_, weight)| *weight > 0);
                    serving.extend(with_traffic.map(|(arn, _)| arn));
                }
                None => serving.extend(balancer.target_group_arn.clone()),
            }
        }
        Ok(Some(serving).filter(|serving| !serving.is_empty()))
    }
}

/// How many tasks there have to be.
struct Count {
    /// For this deployment.
    wanted: u32,
    /// At the moment.
    desired: u32,
}

impl Count {
    /// If a group has a healthy target for each task of the deployment, and of the others none that stays is unhealthy.
    fn is_healthy(&self, group: &TargetGroup) -> bool {
        let targets = || group.targets.iter().flatten();
        let healthy = targets().filter(|it| it.state == "healthy").count();
        // Tasks that were added since may still be starting.
        let may_start = self.desired > self.wanted;
        let mut others = targets().filter(|it| it.state != "healthy" && !it.is_going());
        usize::try_from(self.wanted).is_ok_and(|wanted| healthy >= wanted)
            && others.all(|it| may_start && it.state == "initial")
    }
}

/// Its targets are told to be so when no listener forwards to it.
fn is_unused(group: &TargetGroup) -> bool {
    let mut targets = group.targets.iter().flatten().peekable();
    targets.peek().is_some() && targets.all(|it| it.state == "unused")
}

fn has_healthy(group: &TargetGroup) -> bool {
    let mut targets = group.targets.iter().flatten();
    targets.any(|it| it.state == "healthy")
}
