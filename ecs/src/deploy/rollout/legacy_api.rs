//! A deployment by the older API: `deployments[]` of the service, by its id.

use super::state::State;
use crate::aws::ecs::{Deployment, RolloutState, Service};

/// What is remembered of a deployment from one look to the next, since it leaves the list when it is over.
#[derive(Debug, Default)]
pub(super) struct LegacyApi {
    /// Its id; where nobody knows it, the deployment of the revision counts.
    id: Option<String>,
    /// The deployments that were there before.
    before: Vec<String>,
    has_failed: bool,
}

impl LegacyApi {
    /// From what the update that has begun it was answered with.
    pub(super) fn begun(service: &Service, revision: &str) -> Self {
        let all = || service.deployments.iter();
        let ours = all().find(|it| it.is_primary() && it.task_definition == revision);
        let id = ours.map(|it| it.id.clone());
        let others = all().map(|it| it.id.clone());
        let before = others.filter(|other| Some(other) != id.as_ref()).collect();
        Self {
            id,
            before,
            ..Self::default()
        }
    }

    /// How far it is. A deployment that failed stays listed for a while, beside the one that goes back.
    pub(super) fn state(&mut self, service: &Service, revision: &str) -> State {
        let is_ours = |it: &Deployment| match &self.id {
            Some(id) => it.id == *id,
            None => it.task_definition == revision,
        };
        let ours = service.deployments.iter().find(|it| is_ours(it));
        let primary = service.primary();
        self.has_failed |= ours.is_some_and(|it| it.rollout_state == Some(RolloutState::Failed));
        let back = primary.filter(|it| !is_ours(it) && (goes_back(it) || self.has_failed));
        match (ours, back) {
            (_, Some(back)) => match &back.rollout_state {
                Some(RolloutState::Completed) => State::RolledBack,
                Some(RolloutState::Failed) => State::RollbackFailed,
                Some(RolloutState::Unknown(state)) => State::Unclear(state.clone()),
                Some(RolloutState::InProgress) | None => State::GoingBack,
            },
            (Some(ours), None) => match &ours.rollout_state {
                Some(RolloutState::Completed) => State::Succeeded,
                Some(RolloutState::Failed) if service.deployment_configuration.rolls_back() => {
                    State::GoingBack
                }
                Some(RolloutState::Failed) => State::Failed,
                Some(RolloutState::Unknown(state)) => State::Unclear(state.clone()),
                // Without a circuit breaker there is no such state; then the counts tell.
                None if is_steady(ours) && service.deployments.len() == 1 => State::Succeeded,
                Some(RolloutState::InProgress) | None => State::Running,
            },
            (None, None) => match primary {
                // What ECS says may be a moment behind.
                Some(primary) if self.before.contains(&primary.id) => State::Unseen,
                Some(_) => State::Stopped,
                None => State::Unseen,
            },
        }
    }
}

fn goes_back(deployment: &Deployment) -> bool {
    let reason = deployment.rollout_state_reason.as_deref();
    let reason = reason.unwrap_or_default().to_lowercase();
    reason.contains("rolling back") || reason.contains("rolled back") || reason.contains("rollback")
}

/// A count that is missing is equal to nothing.
fn is_steady(deployment: &Deployment) -> bool {
    matches!(
        (deployment.running_count, deployment.desired_count),
        (Some(running), Some(desired)) if running == desired && desired > 0
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn without_states_and_counts_nothing_is_known() {
        let service = |counts: serde_json::Value| -> Service {
            let mut deployment =
                json!({ "id": "1", "status": "PRIMARY", "taskDefinition": "shop:2" });
            let object = deployment.as_object_mut().unwrap();
            object.extend(counts.as_object().unwrap().clone());
            let service =
                json!({ "serviceName": "shop", "status": "ACTIVE", "deployments": [deployment] });
            serde_json::from_value(service).unwrap()
        };
        for (counts, state) in [
            (json!({}), State::Running),
            (json!({ "runningCount": 2 }), State::Running),
            (
                json!({ "runningCount": 2, "desiredCount": 2 }),
                State::Succeeded,
            ),
            (
                json!({ "rolloutState": "PAINTED" }),
                State::Unclear("PAINTED".into()),
            ),
        ] {
            let service = service(counts.clone());
            let mut ours = LegacyApi::begun(&service, "shop:2");
            assert_eq!(ours.state(&service, "shop:2"), state, "{counts}");
        }
    }
}
