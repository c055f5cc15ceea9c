//! Refuses to take a service that runs to another load balancer or network: a target group belongs to one balancer, a
//! balancer to one network, and CloudFormation makes the new before it deletes the old.

use super::change::value;
use super::{Plan, Stack, StackError};

/// Refuses a plan that changes what a target group is tied to, unless the stack is parked and nothing uses the group.
pub(super) fn check(plan: &Plan, stack: &Stack) -> Result<(), StackError> {
    let current = |name: &str| stack.parameters.get(name).map(String::as_str);
    // A stack that cannot be parked is another template's.
    if current("Parked") != Some("false") {
        return Ok(());
    }
    let is_other = |name: &str, tie: fn(&str) -> &str| {
        let new = value(plan, Some(stack), name).unwrap_or_default();
        tie(new) != tie(current(name).unwrap_or_default())
    };
    if is_other("ListenerArn", balancer)
        || is_other("VpcId", |network| network)
        || is_other("LoadBalancerScheme", scheme)
    {
        return Err(StackError::BalancerMoves(plan.name.clone()));
    }
    Ok(())
}

/// Public unless it says otherwise, as in templates that leave no choice.
fn scheme(text: &str) -> &str {
    if text == "internal" { text } else { "" }
}

/// What all listeners of one balancer have in common in their ARNs.
fn balancer(listener: &str) -> &str {
    listener
        .rsplit_once('/')
        .map_or("", |(balancer, _)| balancer)
}
