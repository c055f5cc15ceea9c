//! One look at a rollout: by the newer API, and by the older one where that says nothing.

use super::state::{Pause, State};
use super::{NewApi, Rollout, definition_of, is_unavailable, new_api};
use crate::aws::ecs::{Service, ServiceDeployment, describe_deployment, list_deployments};
use crate::aws::{ApiError, Cloud};
use crate::deploy::Order;
use std::time::Duration;
use tokio::time::Instant;

/// So often in a row the older API has to name a deployment until it counts without the newer one.
const OFTEN_ENOUGH: u32 = 2;

/// How long a decision may take to be seen. The same hook may wait again at the next step.
const UNTIL_SEEN: Duration = Duration::from_secs(20);

/// What was seen.
pub(super) struct Look {
    pub(super) state: State,
    /// By the newer API.
    pub(super) deployment: Option<ServiceDeployment>,
}

impl Rollout {
    /// How far it is. `service` is what DescribeServices says at the moment.
    pub(super) async fn look(
        &mut self,
        cloud: &impl Cloud,
        order: &Order,
        service: &Service,
    ) -> Result<Look, ApiError> {
        // Also where the newer one is asked, so that it can take over at any time.
        let by_id = self.older.state(service, &self.revision);
        match self.by_newer(cloud, order).await {
            // Its operations are allowed one by one. Of traffic, nobody else knows.
            Err(error) if is_unavailable(&error) && self.is_rolling => self.newer = None,
            Err(error) => return Err(error),
            Ok(Some(deployment)) => {
                self.keep_stage(&deployment);
                self.unseen_since = None;
                return Ok(Look {
                    state: self.state_of(&deployment),
                    deployment: Some(deployment),
                });
            }
            Ok(None) => {}
        }
        self.named = if by_id == State::Unseen {
            0
        } else {
            self.named + 1
        };
        let counts = self.newer.is_none() || self.is_rolling && self.named >= OFTEN_ENOUGH;
        let state = if counts { by_id } else { State::Unseen };
        if state == State::Unseen {
            self.unseen_since.get_or_insert_with(Instant::now);
        } else {
            self.unseen_since = None;
        }
        Ok(Look {
            state,
            deployment: None,
        })
    }

    /// If nobody has seen it for so long.
    pub(super) fn is_unseen_for(&self, time: Duration) -> bool {
        self.unseen_since
            .is_some_and(|since| since.elapsed() > time)
    }

    fn state_of(&self, deployment: &ServiceDeployment) -> State {
        let is_back = matches!(self.newer, Some(NewApi::BackFrom(_)));
        match new_api::state(deployment) {
            // What was decided takes a moment to be seen.
            State::Paused(pause) if self.has_decided(&pause) => State::Running,
            // It ends where ours is.
            State::RolledBack | State::Stopped | State::Failed if is_back => State::Succeeded,
            State::GoingBack if is_back => State::Running,
            state => state,
        }
    }

    fn has_decided(&self, pause: &Pause) -> bool {
        let decided = self.decided.as_ref();
        decided.is_some_and(|(hook, at)| {
            pause.hook.as_ref() == Some(hook) && at.elapsed() < UNTIL_SEEN
        })
    }

    fn keep_stage(&mut self, deployment: &ServiceDeployment) {
        let is_same =
            self.stage.as_ref().map(|(stage, _)| stage) == deployment.lifecycle_stage.as_ref();
        if !is_same {
            let stage = deployment.lifecycle_stage.clone();
            self.stage = stage.map(|stage| (stage, Instant::now()));
        }
    }

    async fn by_newer(
        &mut self,
        cloud: &impl Cloud,
        order: &Order,
    ) -> Result<Option<ServiceDeployment>, ApiError> {
        if let Some(NewApi::Before(before)) = &self.newer {
            let Some(ours) = find(cloud, order, (before, &self.revision)).await? else {
                return Ok(None);
            };
            self.newer = Some(NewApi::Ours(ours));
        }
        match self.arn() {
            Some(arn) => describe_deployment(cloud, arn).await,
            None => Ok(None),
        }
    }
}

/// The deployment of this revision that was not there before. The list may be a moment behind.
async fn find(
    cloud: &impl Cloud,
    order: &Order,
    (before, revision): (&[String], &str),
) -> Result<Option<String>, ApiError> {
    for deployment in list_deployments(cloud, &order.cluster, &order.service).await? {
        if before.contains(&deployment.arn) {
            continue;
        }
        if definition_of(cloud, &deployment).await?.as_deref() == Some(revision) {
            return Ok(Some(deployment.arn));
        }
    }
    Ok(None)
}
