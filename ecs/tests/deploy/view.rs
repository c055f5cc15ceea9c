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
    pub(crate) target: (&'static str, Option<&'static str>),
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
