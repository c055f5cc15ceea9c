//! A service and its way in, as far as the checks look at them.

use crate::aws::ecs::ServiceName;
use crate::aws::{Arn, last_part};
use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// A service.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Service {
    /// Its name in the cluster.
    #[serde(rename = "serviceName")]
    pub name: String,
    /// Its cluster.
    pub cluster_arn: String,
    /// How many tasks there should be.
    #[serde(deserialize_with = "number")]
    pub desired_count: Option<u32>,
    /// How many tasks there are.
    pub running_count: Option<u32>,
    /// How many are being started.
    pub pending_count: Option<u32>,
    /// `FARGATE`, `EC2` or `EXTERNAL`; none where a capacity provider decides.
    pub launch_type: Option<String>,
    /// What runs its tasks in the place of a launch type.
    pub capacity_provider_strategy: Vec<CapacityProvider>,
    /// `REPLICA` if nothing else is said, or `DAEMON`.
    pub scheduling_strategy: Option<String>,
    /// What carries out its deployments.
    pub deployment_controller: DeploymentController,
    /// The definition of its tasks.
    pub task_definition: String,
    /// What it is attached to.
    pub load_balancers: Vec<Attachment>,
    /// Where its tasks are.
    pub network_configuration: NetworkConfiguration,
    /// How it rolls out.
    pub deployment_configuration: DeploymentConfiguration,
    /// Seconds after a task's start in which it is not replaced, whatever the load balancer says of it.
    #[serde(deserialize_with = "number")]
    pub health_check_grace_period_seconds: Option<u32>,
}

/// What runs tasks.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CapacityProvider {
    /// `FARGATE`, `FARGATE_SPOT`, or the name of a group of machines.
    #[serde(rename = "capacityProvider")]
    pub name: String,
}

/// What carries out the deployments of a service.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct DeploymentController {
    /// `ECS` if nothing else is said, `CODE_DEPLOY` or `EXTERNAL`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// A target group that a service registers its tasks with.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Attachment {
    /// The target group.
    pub target_group_arn: Option<String>,
    /// A Classic Load Balancer, which has no target groups.
    pub load_balancer_name: Option<String>,
    /// The other one, where deployments shift requests between two. The tasks may be in either.
    #[serde(
        rename = "advancedConfiguration",
        deserialize_with = "alternate_target_group"
    )]
    pub alternate_target_group_arn: Option<String>,
    /// The container that requests go to.
    pub container_name: Option<String>,
    /// Its port.
    pub container_port: Option<u16>,
}

impl Attachment {
    /// The target groups in which the tasks may be.
    pub fn target_groups(&self) -> impl Iterator<Item = &str> {
        let both = [&self.target_group_arn, &self.alternate_target_group_arn];
        both.into_iter().flatten().map(String::as_str)
    }
}

/// The one part of `advancedConfiguration` that the checks look at.
fn alternate_target_group<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Advanced {
        alternate_target_group_arn: Option<String>,
    }
    let advanced = Option::<Advanced>::deserialize(deserializer)?;
    Ok(advanced.and_then(|advanced| advanced.alternate_target_group_arn))
}

/// How a service rolls out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeploymentConfiguration {
    /// `ROLLING` if nothing else is said.
    pub strategy: Option<String>,
    /// Of the desired count, how much has to stay; rounded up.
    #[serde(deserialize_with = "number")]
    pub minimum_healthy_percent: Option<u32>,
    /// Of the desired count, how much there may be; rounded down.
    #[serde(deserialize_with = "number")]
    pub maximum_percent: Option<u32>,
}

/// A number, or the text of one: CloudFormation takes both.
pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(u32),
        Text(String),
        Other(serde_json::Value),
    }
    let invalid = |there| Err(D::Error::invalid_value(there, &"u32"));
    match Option::<Either>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Either::Number(number)) => Ok(Some(number)),
        Some(Either::Text(text)) => match text.parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => invalid(Unexpected::Str(&text)),
        },
        Some(Either::Other(other)) => match &other {
            serde_json::Value::Bool(flag) => invalid(Unexpected::Bool(*flag)),
            serde_json::Value::Number(number) => {
                invalid(Unexpected::Float(number.as_f64().unwrap_or(f64::NAN)))
            }
            serde_json::Value::Array(_) => invalid(Unexpected::Seq),
            _ => invalid(Unexpected::Map),
        },
    }
}

/// Where tasks are.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkConfiguration {
    /// With awsvpc.
    pub awsvpc_configuration: AwsvpcConfiguration,
}

/// The network of a task of its own.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AwsvpcConfiguration {
    /// Its subnets.
    pub subnets: Vec<String>,
    /// Its security groups.
    pub security_groups: Vec<String>,
    /// `ENABLED` if each task gets a public address.
    pub assign_public_ip: Option<String>,
}

impl Service {
    /// The subnets of its tasks.
    pub fn subnets(&self) -> &[String] {
        &self.network_configuration.awsvpc_configuration.subnets
    }

    /// If each task gets a public address.
    pub fn has_public_addresses(&self) -> bool {
        let network = &self.network_configuration.awsvpc_configuration;
        network.assign_public_ip.as_deref() == Some("ENABLED")
    }

    /// If Fargate is to run its tasks.
    pub fn is_on_fargate(&self) -> bool {
        let mut providers = self.capacity_provider_strategy.iter();
        self.launch_type.as_deref() == Some("FARGATE")
            || providers.any(|it| matches!(it.name.as_str(), "FARGATE" | "FARGATE_SPOT"))
    }

    /// The security groups of its tasks.
    pub fn security_groups(&self) -> &[String] {
        &self
            .network_configuration
            .awsvpc_configuration
            .security_groups
    }

    /// The target groups that it may register its tasks with, each once.
    pub fn target_groups(&self) -> BTreeSet<&str> {
        let attachments = self.load_balancers.iter();
        attachments.flat_map(Attachment::target_groups).collect()
    }

    /// The cluster's name.
    pub fn cluster(&self) -> &str {
        match last_part(&self.cluster_arn) {
            // Files have no ARNs.
            "" => "CLUSTER",
            name => name,
        }
    }

    /// What names it to a command of this tool.
    pub fn arguments(&self) -> String {
        let name = ServiceName {
            cluster: self.cluster(),
            service: &self.name,
        };
        name.arguments()
    }

    /// If nothing is meant to run.
    pub fn is_parked(&self) -> bool {
        self.desired_count == Some(0)
    }
}

/// An image that a task runs.
#[derive(Clone, Debug)]
pub struct RunningImage {
    /// The task's id.
    pub task: String,
    /// The container's name.
    pub container: String,
    /// What was pulled.
    pub digest: String,
}

/// What a listener forwards to.
#[derive(Clone, Debug, Default)]
pub struct TargetGroup {
    /// Its ARN, or its name in the template.
    pub arn: String,
    /// `ip`, `instance`, `lambda` or `alb`.
    pub target_type: String,
    /// The path of its health check.
    pub health_path: Option<String>,
    /// The port of its health check, if it is not the target's own.
    pub health_port: Option<u16>,
    /// What the load balancer speaks to its targets, such as `HTTP`.
    pub protocol: Option<String>,
    /// What its health check speaks.
    pub health_protocol: Option<String>,
    /// Seconds between two health checks.
    pub health_interval: Option<u32>,
    /// Seconds after which one that is not answered has failed.
    pub health_timeout: Option<u32>,
    /// Failures in a row after which a target is unhealthy.
    pub unhealthy_threshold: Option<u32>,
    /// The load balancers that it belongs to.
    pub balancers: Vec<String>,
    /// Its targets; none are known of files.
    pub targets: Option<Vec<Target>>,
}

impl TargetGroup {
    /// Its name, for sentences.
    pub fn name(&self) -> &str {
        // targetgroup/name/id
        let name = Arn::parse(&self.arn).and_then(|arn| arn.resource.split('/').nth(1));
        name.unwrap_or(&self.arn)
    }
}

/// A task's address in a target group.
#[derive(Clone, Debug)]
pub struct Target {
    /// Address.
    pub id: String,
    /// Port.
    pub port: Option<u16>,
    /// `healthy`, `unhealthy`, `initial`, `unused`, `draining` and so on.
    pub state: String,
    /// AWS's code for the reason, such as `Target.Timeout`.
    pub reason: Option<String>,
}

impl Target {
    /// If it gets no new requests, and is on its way out. (Elastic Load Balancing, API reference, "TargetHealth")
    pub fn is_going(&self) -> bool {
        matches!(self.state.as_str(), "draining" | "unhealthy.draining")
    }

    /// Its address, if it is one.
    pub fn ip(&self) -> Option<IpAddr> {
        self.id.parse().ok()
    }
}

/// A load balancer.
#[derive(Clone, Debug, Default)]
pub struct Balancer {
    /// Its ARN, or its name in the template.
    pub arn: String,
    /// Its name, for sentences.
    pub name: String,
    /// `application`, `network` or `gateway`.
    pub kind: String,
    /// `active`, `provisioning`, `active_impaired` or `failed`; not known of files.
    pub state: Option<String>,
    /// If it has public addresses.
    pub is_public: bool,
    /// In how many zones it is; 0 if that is unknown.
    pub zones: usize,
    /// Its security groups.
    pub security_groups: Vec<String>,
    /// What it listens on.
    pub listeners: Vec<Listener>,
}

/// A port of a load balancer.
#[derive(Clone, Debug, Default)]
pub struct Listener {
    /// Its ARN, or its name in the template.
    pub arn: String,
    /// The port.
    pub port: u16,
    /// Target groups that it forwards to, by its default action or one of its rules.
    pub forwards_to: Vec<String>,
}
