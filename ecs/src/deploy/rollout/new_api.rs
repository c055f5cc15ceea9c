//! A deployment by the newer API, which names rollbacks, alarms, pauses and stages.

use super::state::{Pause, State};
use crate::aws::ecs::{
    Hook, HookAction, HookStatus, HookTarget, MonitorStatus, ServiceDeployment,
    ServiceDeploymentStatus, Stage,
};
use crate::deploy::Cause;
use std::time::Duration;

/// How far it is.
pub(super) fn state(deployment: &ServiceDeployment) -> State {
    use ServiceDeploymentStatus as Status;
    match &deployment.status {
        Status::Successful => State::Succeeded,
        Status::RollbackSuccessful => State::RolledBack,
        Status::RollbackFailed => State::RollbackFailed,
        Status::RollbackInProgress => paused(deployment).map_or(State::GoingBack, State::Paused),
        // Whatever it waited at, it does no longer.
        Status::RollbackRequested => State::GoingBack,
        Status::StopRequested => State::Running,
        Status::Stopped if why(deployment).is_some() || is_tripped(deployment) => State::Failed,
        Status::Stopped => State::Stopped,
        Status::Pending | Status::InProgress => {
            paused(deployment).map_or(State::Running, State::Paused)
        }
        Status::Unknown(status) => State::Unclear(status.clone()),
    }
}

/// What it waits at, if somebody has to decide.
pub(crate) fn paused(deployment: &ServiceDeployment) -> Option<Pause> {
    let hook = deployment.pause()?;
    Some(Pause::new(&deployment.arn, hook))
}

fn is_tripped(deployment: &ServiceDeployment) -> bool {
    let breaker = deployment.deployment_circuit_breaker.as_ref();
    breaker.is_some_and(|breaker| breaker.status == MonitorStatus::Triggered)
}

/// What has ended it, where that is no matter of its tasks: an alarm, or a hook.
pub(super) fn why(deployment: &ServiceDeployment) -> Option<Cause> {
    let alarms = deployment.alarms.as_ref();
    if let Some(alarms) = alarms.filter(|alarms| alarms.status == MonitorStatus::Triggered) {
        let names = alarms.triggered_alarm_names.join(", ");
        let evidence = match names.as_str() {
            "" => "an alarm of the deployment was triggered".to_owned(),
            names => format!("triggered: {names}"),
        };
        return Some(Cause::new(
            "alarm",
            &evidence,
            "look at what the alarm measures, and at the log: cargo ecs logs",
        ));
    }
    // Its tasks say why it tripped.
    if is_tripped(deployment) {
        return None;
    }
    let hook = deployment.hooks.iter().find(|hook| has_failed(hook))?;
    let name = match (&hook.target_type, &hook.target_arn) {
        (Some(HookTarget::Lambda), Some(arn)) => format!("the function {arn}"),
        _ => format!(
            "the hook {}",
            hook.hook_id.as_deref().unwrap_or("of the stage")
        ),
    };
    let (verb, fix) = match hook.status {
        HookStatus::TimedOut => (
            "did not decide in time",
            "decide in time: cargo ecs continue, or give the hook a longer timeout",
        ),
        _ => ("did not let it go on", "look at the log of the hook"),
    };
    Some(Cause::new("lifecycle hook", &format!("{name} {verb}"), fix))
}

/// If it has ended the deployment. One that timed out may have let it go on.
fn has_failed(hook: &Hook) -> bool {
    // What an action does that is newer than this tool, nobody here knows.
    let ends_it = matches!(hook.timeout_action, Some(HookAction::Rollback) | None);
    hook.status == HookStatus::Failed || hook.status == HookStatus::TimedOut && ends_it
}

/// Why it is where it is, in AWS's words.
pub(super) fn reasons(deployment: &ServiceDeployment) -> Vec<String> {
    let rollback = deployment.rollback.as_ref();
    let of_rollback = rollback.and_then(|rollback| rollback.reason.clone());
    let all = of_rollback
        .into_iter()
        .chain(deployment.status_reason.clone());
    all.filter(|reason| !reason.trim().is_empty()).collect()
}

/// What there is to say beside the counts of tasks. `in_stage` is how long the present stage was seen.
pub(super) fn details(deployment: &ServiceDeployment, in_stage: Duration) -> Vec<String> {
    let mut details = Vec::new();
    if let Some(stage) = &deployment.lifecycle_stage {
        details.push(stage.in_words());
    }
    let target = deployment.target_service_revision.as_ref();
    let weight = target.and_then(|target| target.requested_production_traffic_weight);
    if let Some(weight) = weight {
        details.push(format!("{weight} % of the traffic"));
    }
    let test = target.and_then(|target| target.requested_test_traffic_weight);
    if let Some(test) = test.filter(|test| *test > 0.0) {
        details.push(format!("{test} % of the test traffic"));
    }
    if deployment.lifecycle_stage == Some(Stage::BakeTime) {
        let all = deployment.deployment_configuration.bake_time_in_minutes;
        let left = all
            .unwrap_or_default()
            .saturating_sub(in_stage.as_secs() / 60);
        details.push(format!("at most {left} min of bake time left"));
    }
    let waiting = deployment
        .hooks
        .iter()
        .filter_map(|hook| match &hook.status {
            HookStatus::InProgress => Some("a lifecycle hook is running".to_owned()),
            HookStatus::Unknown(status) => Some(format!("a lifecycle hook is {status}")),
            _ => None,
        });
    details.extend(waiting);
    if let Some(breaker) = &deployment.deployment_circuit_breaker
        && let (Some(count), Some(threshold)) = (breaker.failure_count, breaker.threshold)
        && breaker.status != MonitorStatus::Disabled
    {
        details.push(format!(
            "{count} of {threshold} failures until the circuit breaker ends it"
        ));
    }
    if let Some(alarms) = &deployment.alarms
        && let MonitorStatus::Unknown(status) = &alarms.status
    {
        details.push(format!("alarms are {status}"));
    }
    details
}
