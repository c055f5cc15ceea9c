//! Tasks and their containers.

use super::deployment::Time;
use super::enumeration::enumeration;
use serde::Deserialize;

enumeration! {
    /// What ended a task.
    StopCode, "TaskStopCode" {
        /// It never ran.
        FailedToStart = "TaskFailedToStart",
        /// A container that it cannot do without has ended.
        EssentialContainerExited = "EssentialContainerExited",
        /// A person or a program has asked for it.
        UserInitiated = "UserInitiated",
        /// The service has too many, or it is not healthy.
        ServiceSchedulerInitiated = "ServiceSchedulerInitiated",
        /// Its spare capacity was taken back.
        SpotInterruption = "SpotInterruption",
        /// What it runs on goes.
        TerminationNotice = "TerminationNotice",
        /// What it runs on is not healthy.
        InfrastructureHealth = "InfrastructureHealth",
    }
}

/// A task.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// Its ARN.
    #[serde(rename = "taskArn")]
    pub arn: String,
    /// What it runs.
    pub task_definition_arn: Option<String>,
    /// `PROVISIONING`, `PENDING`, `RUNNING`, `STOPPED` and so on.
    #[serde(default)]
    pub last_status: String,
    /// What ECS wants it to become: `RUNNING` or `STOPPED`.
    #[serde(default)]
    pub desired_status: String,
    /// When it was begun.
    pub created_at: Option<Time>,
    /// When it ran, if it ever did.
    pub started_at: Option<Time>,
    /// What ended it.
    pub stop_code: Option<StopCode>,
    /// Why it ended, in AWS's words.
    pub stopped_reason: Option<String>,
    /// Its containers.
    #[serde(default)]
    pub containers: Vec<TaskContainer>,
}

/// A container of a task.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskContainer {
    /// Its name in the definition.
    #[serde(default)]
    pub name: String,
    /// What it ended with.
    pub exit_code: Option<i64>,
    /// Why it ended, in AWS's words; up to 1,024 characters.
    pub reason: Option<String>,
    /// What was pulled for it; none until then.
    pub image_digest: Option<String>,
}

impl Task {
    /// The last part of its ARN.
    pub fn id(&self) -> &str {
        self.arn.rsplit('/').next().unwrap_or(&self.arn)
    }

    /// If it has ended.
    pub fn is_stopped(&self) -> bool {
        self.last_status == "STOPPED"
    }

    /// If it has ended, or is on its way there (AWS, ECS developer guide, "Task lifecycle").
    pub fn is_ending(&self) -> bool {
        let ways = [
            "DEACTIVATING",
            "STOPPING",
            "DEPROVISIONING",
            "STOPPED",
            "DELETED",
        ];
        self.desired_status == "STOPPED" || ways.contains(&self.last_status.as_str())
    }
}
