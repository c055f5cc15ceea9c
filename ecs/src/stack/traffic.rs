//! Refuses a change that would send requests to an empty target group.
//!
//! Deployments that shift requests move the tasks between two groups, and ECS changes the weights of the production rule.
//! CloudFormation knows only the template's weights, and sets them when it changes or replaces the rule. When it removes
//! the rule, the listener's default takes over, which is the first group.

use super::{Change, StackError};
use crate::aws::Cloud;
use crate::aws::ecs::describe_service;
use crate::live;

/// Refuses changes of this stack that would take requests away from where the tasks are.
pub(super) async fn check(
    cloud: &impl Cloud,
    stack: &str,
    changes: &[Change],
    is_parked: bool,
) -> Result<(), StackError> {
    let is_rule = |it: &Change| it.kind == "AWS::ElasticLoadBalancingV2::ListenerRule";
    let mut rules = changes.iter().filter(|it| is_rule(it) && it.id.is_some());
    // Without tasks there are no requests.
    if is_parked || rules.clone().next().is_none() {
        return Ok(());
    }
    let Some(service) = describe_service(cloud, stack, stack).await? else {
        return Ok(());
    };
    let of_rule = |change: &&Change| {
        let mut all = service.load_balancers.iter();
        all.any(|it| it.production_listener_rule() == change.id.as_deref())
    };
    let Some(change) = rules.find(of_rule) else {
        return Ok(());
    };
    if change.replacement.as_deref() == Some("True") {
        return Err(StackError::RuleMoves(stack.to_owned()));
    }
    let weights = live::weights(cloud, change.id.as_deref().unwrap_or_default()).await?;
    let is_alternate = |group: &str| {
        let mut all = service.load_balancers.iter();
        all.any(|it| it.alternate_target_group_arn() == Some(group))
    };
    let mut weights = weights.into_iter();
    let other = weights.find(|(group, weight)| is_alternate(group) && *weight > 0);
    match other {
        Some((group, _)) => Err(StackError::Shifted {
            name: stack.to_owned(),
            group,
        }),
        None => Ok(()),
    }
}
