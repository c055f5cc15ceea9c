//! The deployment that is ours: by the newer API, which tells the truth about rollbacks, or by the older one where the
//! newer is denied.

use super::{DeployError, Order};
use crate::aws::{ApiError, Cloud, ECS};
use serde_json::{Value, json};

/// The deployments that there were before ours, if that may be read.
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
    let parameters = json!({ "cluster": order.cluster, "service": order.service });
    let answer = cloud
        .json(ECS, "ListServiceDeployments", &order.service, &parameters)
        .await?;
    let mut deployments = answer["serviceDeployments"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    deployments.sort_by(|a, b| {
        let time = |it: &Value| it["createdAt"].as_f64().unwrap_or_default();
        time(b).total_cmp(&time(a))
    });
    Ok(deployments)
}

/// Asks ECS to go back from the deployment that is going on; true if there was one.
///
/// # Errors
///
/// If that is refused.
pub async fn stop_and_roll_back(cloud: &impl Cloud, order: &Order) -> Result<bool, ApiError> {
    let deployments = list(cloud, order).await?;
    let is_going_on = |it: &&Value| it["status"] == "PENDING" || it["status"] == "IN_PROGRESS";
    let Some(deployment) = deployments.iter().find(is_going_on) else {
        return Ok(false);
    };
    let parameters = json!({
        "serviceDeploymentArn": deployment["serviceDeploymentArn"],
        "stopType": "ROLLBACK",
    });
    cloud
        .json(ECS, "StopServiceDeployment", &order.service, &parameters)
        .await?;
    Ok(true)
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
    by: By,
}

enum By {
    /// The newer API: the deployments that are not ours, and ours once it is listed.
    Deployment {
        before: Vec<String>,
        arn: Option<String>,
    },
    /// The older API, by the deployment's id.
    Id(Option<String>),
}

impl Tracked {
    pub(super) fn new(before: Option<Vec<String>>, id: Option<String>, revision: &str) -> Self {
        let by = match before {
            Some(before) => By::Deployment { before, arn: None },
            None => By::Id(id),
        };
        Self {
            revision: revision.to_owned(),
            by,
        }
    }

    /// Of a service that has the revision already: its newest deployment.
    pub(super) async fn of_current(
        cloud: &impl Cloud,
        order: &Order,
        revision: &str,
    ) -> Result<Self, DeployError> {
        let by = match list(cloud, order).await {
            Ok(deployments) => By::Deployment {
                before: Vec::new(),
                arn: deployments
                    .first()
                    .map(|it| text(&it["serviceDeploymentArn"])),
            },
            Err(error) if is_unavailable(&error) => By::Id(None),
            Err(error) => return Err(error.into()),
        };
        Ok(Self {
            revision: revision.to_owned(),
            by,
        })
    }

    /// Its ARN, once it is known.
    pub(super) fn arn(&self) -> Option<&str> {
        match &self.by {
            By::Deployment { arn, .. } => arn.as_deref(),
            By::Id(_) => None,
        }
    }

    /// How far it is. `service` is what DescribeServices says at the moment.
    pub(super) async fn state(
        &mut self,
        cloud: &impl Cloud,
        order: &Order,
        service: &Value,
    ) -> Result<State, DeployError> {
        match &mut self.by {
            By::Id(id) => Ok(by_id(service, id.as_deref(), &self.revision)),
            By::Deployment { before, arn } => {
                if arn.is_none() {
                    *arn = find(cloud, order, before, &self.revision).await?;
                }
                match arn {
                    Some(arn) => Ok(by_arn(cloud, arn).await?),
                    None => Ok(State::Unseen),
                }
            }
        }
    }
}

/// The deployment of this revision that was not there before. The list may be a moment behind.
async fn find(
    cloud: &impl Cloud,
    order: &Order,
    before: &[String],
    revision: &str,
) -> Result<Option<String>, DeployError> {
    for deployment in list(cloud, order).await? {
        let arn = text(&deployment["serviceDeploymentArn"]);
        if before.contains(&arn) {
            continue;
        }
        let target = text(&deployment["targetServiceRevisionArn"]);
        if definition_of(cloud, &target).await? == revision {
            return Ok(Some(arn));
        }
    }
    Ok(None)
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

/// By `deployments[]`, where a deployment that failed stays listed for a while, beside the one that goes back.
fn by_id(service: &Value, id: Option<&str>, revision: &str) -> State {
    let deployments: Vec<&Value> = service["deployments"]
        .as_array()
        .into_iter()
        .flatten()
        .collect();
    let is_ours = |it: &Value| match id {
        Some(id) => it["id"] == id,
        None => it["taskDefinition"] == revision,
    };
    let ours = deployments.iter().find(|it| is_ours(it));
    let primary = deployments.iter().find(|it| it["status"] == "PRIMARY");
    let back = primary.filter(|it| !is_ours(it) && goes_back(it));
    let state = |it: &Value| text(&it["rolloutState"]);
    match (ours, back) {
        (_, Some(back)) => match state(back).as_str() {
            "COMPLETED" => State::RolledBack,
            "FAILED" => State::RollbackFailed,
            _ => State::GoingBack,
        },
        (Some(ours), None) => match state(ours).as_str() {
            "COMPLETED" => State::Succeeded,
            "FAILED" if is_rolled_back(service) => State::GoingBack,
            "FAILED" => State::Failed,
            // Without a circuit breaker there is no such state; then the counts tell.
            "" if is_steady(ours) && deployments.len() == 1 => State::Succeeded,
            _ => State::Running,
        },
        (None, None) => match primary {
            Some(_) => State::Stopped,
            None => State::Unseen,
        },
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

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
