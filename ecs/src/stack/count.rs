//! Keeps the count of tasks that scaling has raised.
//!
//! CloudFormation sends a service's `DesiredCount` with each change of the service, whatever scaling has made of it since.
//! To leave `DesiredCount` out would keep it too, but a new service would begin with one task, and one that was parked would
//! stay at none. So the template has a parameter for the count, which is set where a change touches the service.

use super::change::value;
use super::{Change, Plan, Stack};
use crate::aws::ecs::describe_service;
use crate::aws::{ApiError, Cloud};
use crate::files::Template;

/// The parameter of the template. 0 is as many as `DesiredCount`.
const PARAMETER: &str = "CurrentCount";

/// What becomes of the count.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Kept {
    /// The change does not touch it, or sets it as it should be.
    AsPlanned,
    /// Only this plan keeps it.
    By(Plan),
    /// The template has no parameter for it: raised to so many, and set to so many.
    Reset { from: u32, to: u32 },
}

/// How a plan with these changes keeps the count.
pub(super) async fn kept(
    cloud: &impl Cloud,
    plan: &Plan,
    stack: &Stack,
    changes: &[Change],
) -> Result<Kept, ApiError> {
    let touches = |it: &Change| it.kind == "AWS::ECS::Service" && it.action == "Modify";
    let value = |name: &str| value(plan, Some(stack), name);
    let is_given = plan.parameters.iter().any(|(key, _)| key == PARAMETER);
    let is_parked = value("Parked").is_some_and(|value| value == "true");
    let number = |value: Option<&str>| value.and_then(|value| value.parse::<u32>().ok());
    let had = |name: &str| number(stack.parameters.get(name).map(String::as_str));
    // Other templates have other parameters.
    let Some(least) = had("DesiredCount") else {
        return Ok(Kept::AsPlanned);
    };
    if !changes.iter().any(touches) || is_given || is_parked {
        return Ok(Kept::AsPlanned);
    }
    let service = describe_service(cloud, &plan.name, &plan.name).await?;
    let Some(live) = service.and_then(|service| service.desired_count) else {
        return Ok(Kept::AsPlanned);
    };
    let most = number(value("MaxCount")).unwrap_or(u32::MAX);
    let new_least = number(value("DesiredCount")).unwrap_or(least);
    let wanted = if live > least { live.min(most) } else { 0 };
    let wanted = if wanted > new_least { wanted } else { 0 };
    if wanted == had(PARAMETER).unwrap_or(0) {
        return Ok(Kept::AsPlanned);
    }
    if !has_parameter(plan, stack) {
        return Ok(Kept::Reset {
            from: live,
            to: new_least,
        });
    }
    let mut plan = plan.clone();
    plan.parameters.push((PARAMETER.into(), wanted.to_string()));
    plan.change_set += "-count";
    Ok(Kept::By(plan))
}

fn has_parameter(plan: &Plan, stack: &Stack) -> bool {
    match &plan.template {
        None => stack.parameters.contains_key(PARAMETER),
        Some(text) => Template::parse(text)
            .is_ok_and(|template| template.parameters().any(|name| name == PARAMETER)),
    }
}
