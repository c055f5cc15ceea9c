//! A deployment by the older API: `deployments[]` of the service, by its id.

use super::tracked::{State, text};
use serde_json::Value;

/// What is remembered of a deployment from one look to the next, since it leaves the list when it is over.
#[derive(Debug, Default)]
pub(super) struct ById {
    /// Its id; where nobody knows it, the deployment of the revision counts.
    id: Option<String>,
    /// The deployments that were there before.
    before: Vec<String>,
    is_seen: bool,
    has_failed: bool,
}

impl ById {
    /// From the answer to the update that has begun it.
    pub(super) fn begun(answer: &Value, revision: &str) -> Self {
        let all = || {
            answer["service"]["deployments"]
                .as_array()
                .into_iter()
                .flatten()
        };
        let is_ours = |it: &&Value| it["status"] == "PRIMARY" && it["taskDefinition"] == revision;
        let id = all().find(is_ours).map(|it| text(&it["id"]));
        let others = all().map(|it| text(&it["id"]));
        let before = others.filter(|other| Some(other) != id.as_ref()).collect();
        Self {
            id,
            before,
            ..Self::default()
        }
    }

    /// How far it is. A deployment that failed stays listed for a while, beside the one that goes back.
    pub(super) fn state(&mut self, service: &Value, revision: &str) -> State {
        let deployments = service["deployments"].as_array();
        let deployments: Vec<&Value> = deployments.into_iter().flatten().collect();
        let is_ours = |it: &Value| match &self.id {
            Some(id) => it["id"] == *id,
            None => it["taskDefinition"] == revision,
        };
        let ours = deployments.iter().find(|it| is_ours(it));
        let primary = deployments.iter().find(|it| it["status"] == "PRIMARY");
        let rollout = |it: &Value| text(&it["rolloutState"]);
        self.is_seen |= ours.is_some();
        self.has_failed |= ours.is_some_and(|it| rollout(it) == "FAILED");
        let back = primary.filter(|it| !is_ours(it) && (goes_back(it) || self.has_failed));
        match (ours, back) {
            (_, Some(back)) => match rollout(back).as_str() {
                "COMPLETED" => State::RolledBack,
                "FAILED" => State::RollbackFailed,
                _ => State::GoingBack,
            },
            (Some(ours), None) => match rollout(ours).as_str() {
                "COMPLETED" => State::Succeeded,
                "FAILED" if is_rolled_back(service) => State::GoingBack,
                "FAILED" => State::Failed,
                // Without a circuit breaker there is no such state; then the counts tell.
                "" if is_steady(ours) && deployments.len() == 1 => State::Succeeded,
                _ => State::Running,
            },
            (None, None) => match primary {
                // What ECS says may be a moment behind.
                Some(primary) if !self.is_seen && self.before.contains(&text(&primary["id"])) => {
                    State::Unseen
                }
                Some(_) => State::Stopped,
                None => State::Unseen,
            },
        }
    }
}

fn goes_back(deployment: &Value) -> bool {
    let reason = text(&deployment["rolloutStateReason"]).to_lowercase();
    reason.contains("rolling back") || reason.contains("rolled back") || reason.contains("rollback")
}

fn is_rolled_back(service: &Value) -> bool {
    let breaker = &service["deploymentConfiguration"]["deploymentCircuitBreaker"];
    breaker["enable"] == true && breaker["rollback"] == true
}

fn is_steady(deployment: &Value) -> bool {
    deployment["runningCount"] == deployment["desiredCount"] && deployment["desiredCount"] != 0
}
