//! Services, their deployments by the older API, and their events.

use super::configuration::DeploymentConfiguration;
use super::deployment::Time;
use super::enumeration::enumeration;
use crate::aws::last_part;
use serde::{Deserialize, Serialize};
use serde_json::Value;

enumeration! {
    /// Who carries deployments out.
    Controller, "DeploymentControllerType" {
        /// ECS itself.
        Ecs = "ECS",
        /// CodeDeploy, by task sets.
        CodeDeploy = "CODE_DEPLOY",
        /// Somebody else, by task sets.
        External = "EXTERNAL",
    }
}

enumeration! {
    /// Who manages what a service stands on.
    ResourceManagement, "ResourceManagementType" {
        /// Its owner.
        Customer = "CUSTOMER",
        /// ECS: an Express Mode service.
        Ecs = "ECS",
    }
}

enumeration! {
    /// How far a deployment is, by the older API.
    RolloutState, "DeploymentRolloutState" {
        /// All its tasks run, and are healthy.
        Completed = "COMPLETED",
        /// The circuit breaker has ended it.
        Failed = "FAILED",
        /// It goes on.
        InProgress = "IN_PROGRESS",
    }
}

enumeration! {
    /// If a service is there. The model has this enumeration for Express Mode alone; the texts are the same for all.
    ServiceStatus, "ExpressGatewayServiceStatusCode" {
        /// It is.
        Active = "ACTIVE",
        /// It is being deleted.
        Draining = "DRAINING",
        /// It was deleted, and stays visible for a while.
        Inactive = "INACTIVE",
    }
}

/// A service.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Service {
    /// Its name in the cluster.
    #[serde(rename = "serviceName")]
    pub name: String,
    /// Its cluster.
    #[serde(default)]
    pub cluster_arn: String,
    /// If it is there.
    pub status: ServiceStatus,
    /// How many tasks there should be.
    pub desired_count: Option<u32>,
    /// How many there are.
    pub running_count: Option<u32>,
    /// How many are being started.
    pub pending_count: Option<u32>,
    /// The definition of its tasks. A service of task sets has none of its own.
    pub task_definition: Option<String>,
    /// What it is attached to.
    #[serde(default)]
    pub load_balancers: Vec<LoadBalancer>,
    /// Where its tasks are. As it came, since one-off tasks are given the same.
    pub network_configuration: Option<Value>,
    /// What its tasks run on, unless it has a strategy of capacity providers.
    pub launch_type: Option<String>,
    /// As it came, since one-off tasks are given the same.
    pub capacity_provider_strategy: Option<Value>,
    /// If commands may be run in its new tasks.
    #[serde(default)]
    pub enable_execute_command: bool,
    /// The version of Fargate.
    pub platform_version: Option<String>,
    /// How it rolls out.
    #[serde(default)]
    pub deployment_configuration: DeploymentConfiguration,
    /// Seconds after a task's start in which it is not replaced, whatever the load balancer says of it.
    pub health_check_grace_period_seconds: Option<u32>,
    deployment_controller: Option<DeploymentController>,
    resource_management_type: Option<ResourceManagement>,
    /// The service deployment that goes on, by its ARN.
    pub current_service_deployment: Option<String>,
    /// By the older API.
    #[serde(default)]
    pub deployments: Vec<Deployment>,
    /// The latest first.
    #[serde(default)]
    pub events: Vec<Event>,
}

#[derive(Clone, Debug, Deserialize)]
struct DeploymentController {
    #[serde(rename = "type")]
    kind: Controller,
}

/// A target group that a service registers its tasks with.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LoadBalancer {
    /// The target group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_group_arn: Option<String>,
    /// A Classic Load Balancer, which has no target groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_balancer_name: Option<String>,
    /// The container that requests go to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_name: Option<String>,
    /// Its port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    advanced_configuration: Option<AdvancedConfiguration>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
struct AdvancedConfiguration {
    #[serde(skip_serializing_if = "Option::is_none")]
    alternate_target_group_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    production_listener_rule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    test_listener_rule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role_arn: Option<String>,
}

/// A deployment by the older API.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// Its id.
    pub id: String,
    /// `PRIMARY` is the one that is wanted, `ACTIVE` one that is on its way out.
    pub status: String,
    /// The definition of its tasks.
    pub task_definition: String,
    /// How many tasks there should be.
    pub desired_count: Option<u32>,
    /// How many run.
    pub running_count: Option<u32>,
    /// How many are being started.
    pub pending_count: Option<u32>,
    /// How many have failed.
    pub failed_tasks: Option<u32>,
    /// When it was begun.
    pub created_at: Option<Time>,
    /// How far it is. Without a circuit breaker, an old service has none.
    pub rollout_state: Option<RolloutState>,
    /// Why, in AWS's words.
    pub rollout_state_reason: Option<String>,
}

/// Something that has happened to a service.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// When.
    pub created_at: Option<Time>,
    /// In AWS's words.
    #[serde(default)]
    pub message: String,
}

impl Service {
    /// Who carries its deployments out, which is ECS unless another one is named.
    pub fn controller(&self) -> &Controller {
        let controller = self.deployment_controller.as_ref();
        controller.map_or(&Controller::Ecs, |controller| &controller.kind)
    }

    /// Who manages what it stands on, which is its owner unless another one is named.
    pub fn resource_management(&self) -> &ResourceManagement {
        let management = self.resource_management_type.as_ref();
        management.unwrap_or(&ResourceManagement::Customer)
    }

    /// The deployment that is wanted, by the older API.
    pub fn primary(&self) -> Option<&Deployment> {
        let mut deployments = self.deployments.iter();
        deployments.find(|deployment| deployment.is_primary())
    }

    /// The definition of the deployment that is wanted. A service that shifts traffic may have none that is primary.
    pub fn current_definition(&self) -> Option<&str> {
        let primary = self
            .primary()
            .map(|primary| primary.task_definition.as_str());
        primary.or(self.task_definition.as_deref())
    }

    /// How many tasks there are, with those that are being started.
    pub fn task_count(&self) -> Option<u32> {
        Some(self.running_count?.saturating_add(self.pending_count?))
    }

    /// The capacity provider or the launch type that its tasks come by. None if they come by several.
    pub fn provider(&self) -> Option<&str> {
        let strategy = self.capacity_provider_strategy.iter();
        let strategy = strategy.filter_map(Value::as_array).flatten();
        let mut providers = strategy.map(|it| it["capacityProvider"].as_str());
        match providers.next() {
            None => self.launch_type.as_deref(),
            Some(first) => first.filter(|first| providers.all(|it| it == Some(*first))),
        }
    }

    /// The cluster's name.
    pub fn cluster(&self) -> &str {
        last_part(&self.cluster_arn)
    }
}

impl Deployment {
    /// If it is the one that is wanted.
    pub fn is_primary(&self) -> bool {
        self.status == "PRIMARY"
    }
}

impl LoadBalancer {
    /// The second target group of a service that shifts its traffic from one to the other.
    pub fn alternate_target_group_arn(&self) -> Option<&str> {
        let advanced = self.advanced_configuration.as_ref()?;
        advanced.alternate_target_group_arn.as_deref()
    }

    /// The rule that shares the traffic out between the two.
    pub fn production_listener_rule(&self) -> Option<&str> {
        let advanced = self.advanced_configuration.as_ref()?;
        advanced.production_listener_rule.as_deref()
    }
}
