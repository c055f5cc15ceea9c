//! A rollout that goes on: found among the service's deployments, looked at by the newer API or the older, followed to
//! its end.
//!
//! | file | what it is |
//! |---|---|
//! | `state` | how far it is |
//! | `new_api`, `legacy_api` | what each API says about that |
//! | `look` | one look at it |
//! | `follow` | waits for its end |
//! | `confirm` | makes sure of a success |
//! | `take_back` | goes back while it goes on |

mod confirm;
mod follow;
mod legacy_api;
mod look;
mod new_api;
mod state;
mod take_back;

pub(crate) use self::new_api::paused;
pub use self::state::Pause;
pub use self::take_back::{TakenBack, take_back};

use super::{DeployError, Order};
use crate::aws::ecs::{
    Brief, RolloutState, Service, ServiceDeployment, ServiceDeploymentStatus, Stage, Strategy,
    describe_deployment, describe_revision, describe_service, list_deployments,
};
use crate::aws::{ApiError, Cloud};
use legacy_api::LegacyApi;
use std::time::Duration;
use tokio::time::Instant;

/// A rollout to follow.
pub(super) struct Rollout {
    /// The revision of the task definition.
    revision: String,
    /// None where the newer API is denied or not there.
    newer: Option<NewApi>,
    older: LegacyApi,
    /// How often in a row the older API has named it while the newer did not.
    named: u32,
    /// If the older API tells how it is: it knows of tasks, and of no traffic.
    is_rolling: bool,
    /// How long it waits by its configuration alone.
    bake_time: Duration,
    stage: Option<(Stage, Instant)>,
    /// The revision that the service had before.
    previous: Option<String>,
    /// Since when nobody has seen it.
    unseen_since: Option<Instant>,
}

/// What the newer API knows it as.
enum NewApi {
    /// Ours is none of those that were there before, and may be the one that the update was answered with.
    Sought {
        before: Vec<String>,
        named: Option<String>,
    },
    /// Ours.
    Ours(String),
    /// A deployment whose way back leads to ours.
    BackFrom(String),
}

/// The deployments that there were before, as far as they may be read.
#[derive(Debug)]
pub(super) struct Before(Option<Vec<String>>);

impl Before {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// If that fails in another way than by being denied.
    pub(super) async fn read(cloud: &impl Cloud, order: &Order) -> Result<Self, ApiError> {
        let all = match list_deployments(cloud, &order.cluster, &order.service).await {
            Err(error) if is_unavailable(&error) => return Ok(Self(None)),
            all => all?,
        };
        // Its operations are allowed one by one. Where none is listed, one that never was tells as much.
        let read = match all.first() {
            Some(newest) => {
                let described = describe_deployment(cloud, &newest.arn).await.map(drop);
                described.and(definition_of(cloud, newest).await.map(drop))
            }
            None => {
                let service = describe_service(cloud, &order.cluster, &order.service).await?;
                let cluster = service.map_or(String::new(), |service| service.cluster_arn);
                let never = |what: &str, id: &str| {
                    let place = cluster.replacen(":cluster/", &format!(":{what}/"), 1);
                    format!("{place}/{}/{id}", order.service)
                };
                let deployment = never("service-deployment", "AAAAAAAAAAAAAAAAAAAAA");
                let revision = never("service-revision", "1000000000000000000");
                let described = describe_deployment(cloud, &deployment).await.map(drop);
                let defined = describe_revision(cloud, &revision).await.map(drop);
                described.and(defined).or_else(|error| {
                    // That there is no such thing is what it may say.
                    let is_answer = error.code().is_some()
                        && !is_unavailable(&error)
                        && !error.may_pass(true)
                        && !error.is_lockout();
                    if is_answer { Ok(()) } else { Err(error) }
                })
            }
        };
        match read {
            Err(error) if is_unavailable(&error) => return Ok(Self(None)),
            read => read?,
        }
        Ok(Self(Some(all.into_iter().map(|it| it.arn).collect())))
    }

    /// If the newer API may not be asked.
    pub(super) fn is_unknown(&self) -> bool {
        self.0.is_none()
    }
}

/// Denied, or not known there.
fn is_unavailable(error: &ApiError) -> bool {
    let is_unknown =
        |code: &str| code.contains("UnknownOperation") || code.contains("InvalidAction");
    error.is_denied() || error.code().is_some_and(is_unknown)
}

impl Rollout {
    /// One that was begun: what was there before, how the service was then, and what the update was answered with.
    pub(super) fn begun(before: Before, was: &Service, now: &Service, revision: &str) -> Self {
        let named = now.current_service_deployment.clone();
        let newer = before.0.map(|before| NewApi::Sought {
            named: named.filter(|named| !before.contains(named)),
            before,
        });
        let mut older = LegacyApi::begun(was);
        older.see(now, revision);
        let previous = was.current_definition().map(str::to_owned);
        Self {
            newer,
            older,
            previous: previous.filter(|previous| previous != revision),
            ..Self::of(now, revision)
        }
    }

    /// Of a service that has the revision already: the deployment that has brought it, or that goes back to it.
    pub(super) async fn of_current(
        cloud: &impl Cloud,
        order: &Order,
        service: &Service,
        revision: &str,
    ) -> Result<Self, DeployError> {
        let newest = match list_deployments(cloud, &order.cluster, &order.service).await {
            Ok(all) => all.into_iter().next(),
            Err(error) if is_unavailable(&error) => None,
            Err(error) => return Err(error.into()),
        };
        let newer = match newest {
            None => None,
            Some(newest) => match definition_of(cloud, &newest).await {
                Ok(Some(definition)) if definition != revision || is_undone(&newest.status) => {
                    Some(NewApi::BackFrom(newest.arn))
                }
                Ok(_) => Some(NewApi::Ours(newest.arn)),
                Err(error) if is_unavailable(&error) => None,
                Err(error) => return Err(error.into()),
            },
        };
        Ok(Self {
            newer,
            ..Self::of(service, revision)
        })
    }

    /// The newest deployment of a service, whether it goes on or not.
    pub(super) async fn newest(
        cloud: &impl Cloud,
        order: &Order,
        service: &Service,
    ) -> Result<Self, DeployError> {
        let newest = match list_deployments(cloud, &order.cluster, &order.service).await {
            Ok(all) => all.into_iter().next(),
            Err(error) if is_unavailable(&error) => None,
            Err(error) => return Err(error.into()),
        };
        let known = match newest {
            None => None,
            Some(newest) => match definition_of(cloud, &newest).await {
                Ok(definition) => definition.map(|definition| (newest.arn, definition)),
                Err(error) if is_unavailable(&error) => None,
                Err(error) => return Err(error.into()),
            },
        };
        if let Some((arn, definition)) = known {
            let previous = service.current_definition().map(str::to_owned);
            return Ok(Self {
                newer: Some(NewApi::Ours(arn)),
                previous: previous.filter(|previous| *previous != definition),
                ..Self::of(service, &definition)
            });
        }
        // By the older API, one that failed stays listed beside the one that goes back.
        let mut all = service.deployments.iter();
        let failed = all.find(|it| it.rollout_state == Some(RolloutState::Failed));
        let failed = failed.map(|it| it.task_definition.as_str());
        let definition = failed.or(service.current_definition());
        let definition = definition.ok_or(DeployError::NoRevision)?;
        Ok(Self::of(service, definition))
    }

    /// The revision of the task definition.
    pub(super) fn revision(&self) -> &str {
        &self.revision
    }

    /// A service deployment on which somebody has decided.
    pub(super) fn continued(
        service: &Service,
        deployment: &ServiceDeployment,
        revision: &str,
    ) -> Self {
        let previous = service.current_definition().map(str::to_owned);
        Self {
            newer: Some(NewApi::Ours(deployment.arn.clone())),
            previous: previous.filter(|previous| previous != revision),
            ..Self::of(service, revision)
        }
    }

    fn of(service: &Service, revision: &str) -> Self {
        Self {
            revision: revision.to_owned(),
            newer: None,
            older: LegacyApi::default(),
            named: 0,
            is_rolling: *service.deployment_configuration.strategy() == Strategy::Rolling,
            bake_time: service.deployment_configuration.bake_time(),
            stage: None,
            previous: None,
            unseen_since: None,
        }
    }

    /// Its ARN, once it is known.
    fn arn(&self) -> Option<&str> {
        match &self.newer {
            Some(NewApi::Ours(arn) | NewApi::BackFrom(arn)) => Some(arn),
            _ => None,
        }
    }
}

/// If a deployment has left the service with what it had before, such as one that only replaced its tasks.
fn is_undone(status: &ServiceDeploymentStatus) -> bool {
    use ServiceDeploymentStatus::{RollbackSuccessful, Stopped};
    matches!(status, Stopped | RollbackSuccessful)
}

/// The task definition that a deployment brings, as far as ECS says.
pub(super) async fn definition_of(
    cloud: &impl Cloud,
    deployment: &Brief,
) -> Result<Option<String>, ApiError> {
    match &deployment.target_service_revision_arn {
        Some(revision) => {
            let revision = describe_revision(cloud, revision).await?;
            Ok(revision.map(|revision| revision.task_definition))
        }
        None => Ok(None),
    }
}
