//! What there is to see of a service at a moment, and the steps that scripts are made of.

use serde_json::{Value, json};

pub(crate) const OLD: &str = "arn:aws:ecs:us-east-1:1:task-definition/shop:1";
pub(crate) const NEW: &str = "arn:aws:ecs:us-east-1:1:task-definition/shop:2";
pub(crate) const OTHER: &str = "arn:aws:ecs:us-east-1:1:task-definition/shop:3";

/// What there is to see at a moment.
#[derive(Clone, Debug)]
pub(crate) struct View {
    /// The status of our deployment by the newer API; none if it is not listed yet.
    pub(crate) status: Option<&'static str>,
    pub(crate) is_breaker_triggered: bool,
    /// Of a later deployment.
    pub(crate) has_later: bool,
    /// The definition of the primary deployment, and its state by the older API.
    pub(crate) primary: &'static str,
    pub(crate) rollout: &'static str,
    pub(crate) reason: &'static str,
    /// The state of our deployment by the older API, where it is not primary any more.
    pub(crate) ours: Option<&'static str>,
    pub(crate) running: u64,
    /// The target of the first target group; without a state there is none.
    pub(crate) target: (&'static str, Option<&'static str>),
    /// How many targets a group has, where that is not one for each task.
    pub(crate) targets: Option<u64>,
    /// The states of the first group's other targets.
    pub(crate) other_targets: &'static [&'static str],
    /// How many tasks there should be, if somebody has changed that.
    pub(crate) desired: Option<u64>,
    /// That of the second.
    pub(crate) alternate: Option<(&'static str, Option<&'static str>)>,
    /// If the second target group does not exist any more.
    pub(crate) is_second_gone: bool,
    /// The shares of the traffic of the two, by the listener's rule.
    pub(crate) weights: Option<(u32, u32)>,
    /// The target group of our service revision, if ECS says.
    pub(crate) resolved: Option<&'static str>,
    /// What else the newer API says about our deployment.
    pub(crate) deployment: Value,
    pub(crate) stopped: Option<Value>,
    pub(crate) log: Vec<&'static str>,
}

pub(crate) fn begins(view: &mut View) {
    view.status = Some("IN_PROGRESS");
    view.primary = NEW;
    view.rollout = "IN_PROGRESS";
    view.running = 0;
}

pub(crate) fn succeeds(view: &mut View) {
    view.status = Some("SUCCESSFUL");
    view.rollout = "COMPLETED";
}

/// What DescribeTasks says of a task of the new revision that stopped.
pub(crate) fn stopped(reason: &str, container: &Value) -> Option<Value> {
    Some(json!({
        "taskArn": "arn:task/main/abc",
        "taskDefinitionArn": NEW,
        "stoppedReason": reason,
        "containers": [container],
    }))
}
