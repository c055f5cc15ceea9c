//! One look at a rollout: by the newer API, and by the older one where that says nothing.

use super::state::{Pause, State};
use super::{NewApi, Rollout, definition_of, is_unavailable, new_api};
use crate::aws::ecs::{
    Brief, Service, ServiceDeployment, Time, describe_deployment, describe_revision,
    list_deployments,
};
use crate::aws::{ApiError, Cloud};
use crate::deploy::Order;
use std::time::Duration;
use tokio::time::Instant;

/// So often in a row the older API has to name a deployment until it counts without the newer one.
const OFTEN_ENOUGH: u32 = 2;

/// How long a decision may take to be seen. The same hook may wait again at the next step.
const UNTIL_SEEN: Duration = Duration::from_secs(20);

/// Seconds by which two APIs may differ on when a deployment was begun.
const MOMENT: f64 = 60.0;

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
                    state: self.state_of(order, &deployment),
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

    fn state_of(&self, order: &Order, deployment: &ServiceDeployment) -> State {
        let is_back = matches!(self.newer, Some(NewApi::BackFrom(_)));
        match new_api::state(deployment) {
            // What was decided takes a moment to be seen.
            State::Paused(pause) if has_decided(order, &pause) => State::Running,
            // It ends where ours is.
            State::RolledBack | State::Stopped | State::Failed if is_back => State::Succeeded,
            State::GoingBack if is_back => State::Running,
            state => state,
        }
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
        if let Some(NewApi::Sought { before, named }) = &self.newer {
            let sought = Sought {
                before,
                named: named.as_deref(),
                revision: &self.revision,
                since: self.older.created_at(),
            };
            let Some(ours) = sought.find(cloud, order).await? else {
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

fn has_decided(order: &Order, pause: &Pause) -> bool {
    let hook = pause.hook.as_deref();
    let since = hook.and_then(|hook| order.begun.decided_since(hook));
    since.is_some_and(|since| since < UNTIL_SEEN)
}

/// What is known of a deployment that is looked for.
struct Sought<'a> {
    before: &'a [String],
    /// The one that ECS named in its answer, which may be a moment behind.
    named: Option<&'a str>,
    revision: &'a str,
    /// When it was begun, if the older API has told.
    since: Option<Time>,
}

impl Sought<'_> {
    /// Its ARN. The list may be a moment behind, and have others of the same revision.
    async fn find(&self, cloud: &impl Cloud, order: &Order) -> Result<Option<String>, ApiError> {
        if let Some(named) = self.named
            && let Some(named) = describe_deployment(cloud, named).await?
            && let Some(revision) = named.target_service_revision.as_ref()
            && let Some(revision) = revision.arn.as_deref()
            && let Some(revision) = describe_revision(cloud, revision).await?
            && revision.task_definition == self.revision
        {
            return Ok(Some(named.arn));
        }
        for deployment in list_deployments(cloud, &order.cluster, &order.service).await? {
            if self.before.contains(&deployment.arn) || self.is_older(&deployment) {
                continue;
            }
            if definition_of(cloud, &deployment).await?.as_deref() == Some(self.revision) {
                return Ok(Some(deployment.arn));
            }
        }
        Ok(None)
    }

    /// The two APIs may differ by a moment.
    fn is_older(&self, deployment: &Brief) -> bool {
        self.since
            .is_some_and(|since| deployment.created_at.0 < since.0 - MOMENT)
    }
}
