//! A deployment by the older API: `deployments[]` of the service, by its id.

use super::state::State;
use crate::aws::ecs::{Deployment, RolloutState, Service, Time};
use std::time::Duration;
use tokio::time::Instant;

/// How long after a failure ECS may take to go back, where it is to.
const UNTIL_BACK: Duration = Duration::from_secs(60);

/// What is remembered of a deployment from one look to the next, since it leaves the list when it is over.
#[derive(Debug, Default)]
pub(super) struct LegacyApi {
    /// Its id; where nobody knows it, the deployment of the revision counts.
    id: Option<String>,
    /// The deployments that were there before, and what was said of them.
    before: Vec<(String, Option<String>)>,
    created_at: Option<Time>,
    failed_since: Option<Instant>,
}

impl LegacyApi {
    /// After an update of the service, of which is known how it was before.
    pub(super) fn begun(before: &Service) -> Self {
        let before = before.deployments.iter();
        Self {
            before: before
                .map(|it| (it.id.clone(), it.rollout_state_reason.clone()))
                .collect(),
            ..Self::default()
        }
    }

    /// When it was begun, by AWS's clock.
    pub(super) fn created_at(&self) -> Option<Time> {
        self.created_at
    }

    /// Remembers it when it is first seen: as long as it is listed, it is the one that was not there before.
    pub(super) fn see(&mut self, service: &Service, revision: &str) {
        if self.id.is_some() {
            return;
        }
        let mut all = service.deployments.iter();
        let ours = all.find(|it| it.task_definition == revision && !self.is_older(it));
        self.id = ours.map(|it| it.id.clone());
        self.created_at = ours.and_then(|it| it.created_at);
    }

    fn is_older(&self, deployment: &Deployment) -> bool {
        self.before.iter().any(|(id, _)| *id == deployment.id)
    }

    fn is_as_before(&self, deployment: &Deployment) -> bool {
        let mut before = self.before.iter();
        before
            .any(|(id, reason)| *id == deployment.id && *reason == deployment.rollout_state_reason)
    }

    /// How far it is. A deployment that failed stays listed for a while, beside the one that goes back.
    pub(super) fn state(&mut self, service: &Service, revision: &str) -> State {
        self.see(service, revision);
        let is_ours = |it: &Deployment| self.id.as_ref() == Some(&it.id);
        let ours = service.deployments.iter().find(|it| is_ours(it));
        let primary = service.primary();
        if ours.is_some_and(|it| it.rollout_state == Some(RolloutState::Failed)) {
            self.failed_since.get_or_insert_with(Instant::now);
        }
        let has_failed = self.failed_since.is_some();
        // It may have nothing to go back to.
        let may_go_back = self
            .failed_since
            .is_some_and(|at| at.elapsed() < UNTIL_BACK);
        // ECS goes back to a deployment that was there before. Its reason may be of another way back, long over.
        let back = primary
            .filter(|it| !is_ours(it) && (has_failed || goes_back(it) && !self.is_as_before(it)));
        match (ours, back) {
            (_, Some(back)) => match &back.rollout_state {
                Some(RolloutState::Completed) => State::RolledBack,
                Some(RolloutState::Failed) => State::RollbackFailed,
                Some(RolloutState::Unknown(state)) => State::Unclear(state.clone()),
                Some(RolloutState::InProgress) | None => State::GoingBack,
            },
            (Some(ours), None) => match &ours.rollout_state {
                Some(RolloutState::Completed) => State::Succeeded,
                Some(RolloutState::Failed)
                    if may_go_back && service.deployment_configuration.rolls_back() =>
                {
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
                Some(primary) if self.is_older(primary) => State::Unseen,
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
            let mut ours = LegacyApi::default();
            assert_eq!(ours.state(&service, "shop:2"), state, "{counts}");
        }
    }
}
