//! Tasks and their containers.

use super::deployment::Time;
use super::enumeration::enumeration;
use crate::aws::last_part;
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
    /// What it belongs to: `service:` and the service's name, or `family:` and its family.
    pub group: Option<String>,
    /// When it was begun.
    pub created_at: Option<Time>,
    /// When it ran, if it ever did.
    pub started_at: Option<Time>,
    /// When it ended.
    pub stopped_at: Option<Time>,
    /// What the health checks of its containers say: `HEALTHY`, `UNHEALTHY` or `UNKNOWN`.
    pub health_status: Option<String>,
    /// If commands may be run in it.
    #[serde(default)]
    pub enable_execute_command: bool,
    /// The version of Fargate that it runs on.
    pub platform_version: Option<String>,
    /// What it runs on: `FARGATE`, `EC2` and so on.
    pub launch_type: Option<String>,
    /// The capacity provider that it runs on, if it came by a strategy of them, such as `FARGATE_SPOT`.
    pub capacity_provider_name: Option<String>,
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
    /// `RUNNING`, `STOPPED` and so on.
    pub last_status: Option<String>,
    /// Its id to what runs it.
    pub runtime_id: Option<String>,
    /// Where it can be reached.
    #[serde(default)]
    pub network_interfaces: Vec<NetworkInterface>,
    /// What ECS runs beside it.
    #[serde(default)]
    pub managed_agents: Vec<ManagedAgent>,
}

/// Where a container can be reached.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkInterface {
    /// Its address in the VPC.
    pub private_ipv4_address: Option<String>,
    /// The same by the newer version.
    pub ipv6_address: Option<String>,
}

/// What ECS runs in a container beside its program.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ManagedAgent {
    /// `ExecuteCommandAgent`.
    #[serde(default)]
    pub name: String,
    /// `PENDING`, `RUNNING` or `STOPPED`.
    pub last_status: Option<String>,
    /// Why it does not run, in AWS's words.
    pub reason: Option<String>,
}

impl Task {
    /// The last part of its ARN.
    pub fn id(&self) -> &str {
        last_part(&self.arn)
    }

    /// If an address is one of its own.
    pub fn has_address(&self, address: &str) -> bool {
        let interfaces = self.containers.iter().flat_map(|it| &it.network_interfaces);
        let own = |it: &NetworkInterface| {
            let both = [&it.private_ipv4_address, &it.ipv6_address];
            both.into_iter().flatten().any(|own| own == address)
        };
        interfaces.into_iter().any(own)
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
