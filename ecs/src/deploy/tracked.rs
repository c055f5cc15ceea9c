//! The deployment that is ours: by the newer API, which tells the truth about rollbacks, or by the older one where the
//! newer is denied.

use super::older::ById;
use super::{DeployError, Order};
use crate::aws::{ApiError, Cloud, ECS};
use serde_json::{Value, json};

/// The deployments that there are, the newest first, if that may be read.
pub(super) async fn known(
    cloud: &impl Cloud,
    order: &Order,
) -> Result<Option<Vec<String>>, DeployError> {
    match list(cloud, order).await {
        Ok(deployments) => Ok(Some(
            deployments
                .iter()
                .map(|it| text(&it["serviceDeploymentArn"]))
                .collect(),
        )),
        Err(error) if is_unavailable(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Denied, or not known there.
fn is_unavailable(error: &ApiError) -> bool {
    let is_unknown =
        |code: &str| code.contains("UnknownOperation") || code.contains("InvalidAction");
    error.is_denied() || error.code().is_some_and(is_unknown)
}

/// The newest first.
pub(super) async fn list(cloud: &impl Cloud, order: &Order) -> Result<Vec<Value>, ApiError> {
    let mut parameters = json!({ "cluster": order.cluster, "service": order.service });
    let mut deployments = Vec::new();
    loop {
        let mut answer = cloud
            .json(ECS, "ListServiceDeployments", &order.service, &parameters)
            .await?;
        if let Value::Array(page) = answer["serviceDeployments"].take() {
            deployments.extend(page);
        }
        match answer["nextToken"].take() {
            Value::String(token) => parameters["nextToken"] = token.into(),
            _ => break,
        }
    }
    deployments.sort_by(|a, b| {
        let time = |it: &Value| it["createdAt"].as_f64().unwrap_or_default();
        time(b).total_cmp(&time(a))
    });
    Ok(deployments)
}

/// Asks ECS to go back from the deployment that this order has begun; false if that does not go on (any more).
///
/// # Errors
///
/// If that is refused.
pub async fn stop_and_roll_back(cloud: &impl Cloud, order: &Order) -> Result<bool, ApiError> {
    let Some(revision) = order.begun.revision() else {
        return Ok(false);
    };
    let deployments = list(cloud, order).await?;
    let is_going_on = |it: &&Value| it["status"] == "PENDING" || it["status"] == "IN_PROGRESS";
    for deployment in deployments.iter().filter(is_going_on) {
        let target = text(&deployment["targetServiceRevisionArn"]);
        // Another one is somebody else's.
        if definition_of(cloud, &target).await? != revision {
            continue;
        }
        let parameters = json!({
            "serviceDeploymentArn": deployment["serviceDeploymentArn"],
            "stopType": "ROLLBACK",
        });
        cloud
            .json(ECS, "StopServiceDeployment", &order.service, &parameters)
            .await?;
        return Ok(true);
    }
    Ok(false)
}

/// The task definition of a service's revision.
pub(super) async fn definition_of(cloud: &impl Cloud, revision: &str) -> Result<String, ApiError> {
    let parameters = json!({ "serviceRevisionArns": [revision] });
    let answer = cloud
        .json(ECS, "DescribeServiceRevisions", revision, &parameters)
        .await?;
    Ok(text(&answer["serviceRevisions"][0]["taskDefinition"]))
}

/// How far a deployment is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It is not listed yet, or not any more.
    Unseen,
    /// It goes on.
    Running,
    /// ECS is on its way back.
    GoingBack,
    /// All its tasks run.
    Succeeded,
    RolledBack,
    RollbackFailed,
    /// The circuit breaker ended it, without a way back.
    Failed,
    /// Ended by hand, or by a later deployment.
    Stopped,
}

/// A deployment to follow.
pub(super) struct Tracked {
    /// The revision of the task definition.
    pub(super) revision: String,
    /// None where the newer API is denied.
    newer: Option<Listed>,
    older: ById,
}

/// A deployment by the newer API.
struct Listed {
    /// The deployments that are not ours.
    before: Vec<String>,
    /// Ours, once it is listed.
    arn: Option<String>,
}

impl Tracked {
    /// One that was begun: what was there before, as far as that may be read, and what the update was answered with.
    pub(super) fn begun(before: Option<Vec<String>>, answer: &Value, revision: &str) -> Self {
        Self {
            revision: revision.to_owned(),
            newer: before.map(|before| Listed { before, arn: None }),
            older: ById::begun(answer, revision),
        }
    }

    /// Of a service that has the revision already: its newest deployment.
    pub(super) async fn of_current(
        cloud: &impl Cloud,
        order: &Order,
        revision: &str,
    ) -> Result<Self, DeployError> {
        let newer = known(cloud, order).await?.map(|newest_first| Listed {
            before: Vec::new(),
            arn: newest_first.into_iter().next(),
        });
        Ok(Self {
            revision: revision.to_owned(),
            newer,
            older: ById::default(),
        })
    }

    /// Its ARN, once it is known.
    pub(super) fn arn(&self) -> Option<&str> {
        self.newer.as_ref()?.arn.as_deref()
    }

    /// Goes on by the older API; false if it does already.
    pub(super) fn fall_back(&mut self) -> bool {
        self.newer.take().is_some()
    }

    /// How far it is. `service` is what DescribeServices says at the moment.
    pub(super) async fn state(
        &mut self,
        cloud: &impl Cloud,
        order: &Order,
        service: &Value,
    ) -> Result<State, DeployError> {
        // Also where the newer one is asked, so that it can take over at any time.
        let by_id = self.older.state(service, &self.revision);
        let Some(listed) = &mut self.newer else {
            return Ok(by_id);
        };
        match listed.state(cloud, order, &self.revision).await {
            // Its operations are allowed one by one.
            Err(error) if is_unavailable(&error) => {
                self.newer = None;
                Ok(by_id)
            }
            state => Ok(state?),
        }
    }
}

impl Listed {
    async fn state(
        &mut self,
        cloud: &impl Cloud,
        order: &Order,
        revision: &str,
    ) -> Result<State, ApiError> {
        if self.arn.is_none() {
            self.arn = self.find(cloud, order, revision).await?;
        }
        match &self.arn {
            Some(arn) => by_arn(cloud, arn).await,
            None => Ok(State::Unseen),
        }
    }

    /// The deployment of this revision that was not there before. The list may be a moment behind.
    async fn find(
        &self,
        cloud: &impl Cloud,
        order: &Order,
        revision: &str,
    ) -> Result<Option<String>, ApiError> {
        for deployment in list(cloud, order).await? {
            let arn = text(&deployment["serviceDeploymentArn"]);
            if self.before.contains(&arn) {
                continue;
            }
            let target = text(&deployment["targetServiceRevisionArn"]);
            if definition_of(cloud, &target).await? == revision {
                return Ok(Some(arn));
            }
        }
        Ok(None)
    }
}

async fn by_arn(cloud: &impl Cloud, arn: &str) -> Result<State, ApiError> {
    let parameters = json!({ "serviceDeploymentArns": [arn] });
    let answer = cloud
        .json(ECS, "DescribeServiceDeployments", arn, &parameters)
        .await?;
    let deployment = &answer["serviceDeployments"][0];
    let is_tripped = deployment["deploymentCircuitBreaker"]["status"] == "TRIGGERED";
    Ok(match deployment["status"].as_str().unwrap_or_default() {
        "SUCCESSFUL" => State::Succeeded,
        "ROLLBACK_SUCCESSFUL" => State::RolledBack,
        "ROLLBACK_FAILED" => State::RollbackFailed,
        "ROLLBACK_REQUESTED" | "ROLLBACK_IN_PROGRESS" => State::GoingBack,
        "STOPPED" if is_tripped => State::Failed,
        "STOPPED" => State::Stopped,
        "" => State::Unseen,
        _ => State::Running,
    })
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
