//! A task definition, as far as the checks look at it, in the form of ECS's API.

use super::mapping::PortMapping;
use super::open::{self, is_within};
use super::service::number;
use crate::aws::Arn;
use crate::image::{ImageConfig, Platform};
use dualrun::contract::Contract;
use serde::{Deserialize, Deserializer};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

/// How to run containers.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TaskDefinition {
    /// The name without the revision.
    pub family: String,
    /// The name with account and revision; files have none.
    pub task_definition_arn: Option<String>,
    /// `awsvpc` on Fargate.
    pub network_mode: Option<String>,
    /// Units of 1/1024 of a CPU, as a text.
    pub cpu: Option<String>,
    /// MiB of memory, as a text.
    pub memory: Option<String>,
    /// The role with which ECS pulls images, reads secrets and writes logs.
    pub execution_role_arn: Option<String>,
    /// The role of the programs in its containers; of a file, as far as it is a text there.
    #[serde(deserialize_with = "text")]
    pub task_role_arn: Option<String>,
    /// Launch types that it is for, such as `FARGATE`.
    pub requires_compatibilities: Vec<String>,
    /// What the task runs on.
    pub runtime_platform: RuntimePlatform,
    /// The containers.
    pub container_definitions: Vec<Container>,
}

/// What a task runs on.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RuntimePlatform {
    /// `X86_64` if nothing else is said, or `ARM64`.
    pub cpu_architecture: Option<String>,
    /// `LINUX` if nothing else is said.
    pub operating_system_family: Option<String>,
}

/// How to run one container.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Container {
    /// Its name in the task.
    pub name: String,
    /// The image.
    pub image: String,
    /// If the task ends with it. It does unless the definition says otherwise.
    pub essential: bool,
    /// Ports that can be reached.
    pub port_mappings: Vec<PortMapping>,
    /// Plain variables.
    pub environment: Vec<Variable>,
    /// Variables with values from Secrets Manager, or from Systems Manager's parameters.
    pub secrets: Vec<Secret>,
    /// Files with more variables, in S3. A plain variable of the same name counts.
    pub environment_files: Vec<serde_json::Value>,
    /// Units of 1/1024 of a CPU, of a file as far as it says a number. 0 is none of its own.
    #[serde(deserialize_with = "count")]
    pub cpu: Option<u32>,
    /// MiB of memory that it may not exceed, of a file as far as it says a number.
    #[serde(deserialize_with = "count")]
    pub memory: Option<u32>,
    /// MiB of memory that are kept for it, of a file as far as it says a number.
    #[serde(deserialize_with = "count")]
    pub memory_reservation: Option<u32>,
    /// If it has the machine's rights; of a file, as far as it says so as ECS does.
    #[serde(deserialize_with = "flag")]
    pub privileged: bool,
    /// Names of other containers under which it reaches them, in the network mode `bridge`.
    pub links: serde_json::Value,
    /// ECS's own health check.
    pub health_check: Option<HealthCheck>,
    /// Seconds from SIGTERM to SIGKILL.
    #[serde(deserialize_with = "number")]
    pub stop_timeout: Option<u32>,
    /// Credentials for a private repository.
    pub repository_credentials: Option<serde_json::Value>,
    /// Where its output goes.
    pub log_configuration: Option<LogConfiguration>,
    /// The program, in the place of the image's.
    pub entry_point: Vec<String>,
    /// Its arguments, in the place of the image's.
    pub command: Vec<String>,
    /// If nothing can be written to its root file system; of a file, as far as it says so as ECS does.
    #[serde(deserialize_with = "flag")]
    pub readonly_root_filesystem: bool,
    /// How its image is run, as far as a registry has told.
    #[serde(skip)]
    pub image_config: ImageConfig,
    /// Fields whose values its file leaves open, such as `environment[0].name`.
    #[serde(skip)]
    pub open: BTreeSet<String>,
}

impl Default for Container {
    fn default() -> Self {
        Self {
            name: String::new(),
            image: String::new(),
            essential: true,
            port_mappings: Vec::new(),
            environment: Vec::new(),
            secrets: Vec::new(),
            environment_files: Vec::new(),
            cpu: None,
            memory: None,
            memory_reservation: None,
            privileged: false,
            links: serde_json::Value::Null,
            health_check: None,
            stop_timeout: None,
            repository_credentials: None,
            log_configuration: None,
            entry_point: Vec::new(),
            command: Vec::new(),
            readonly_root_filesystem: false,
            image_config: ImageConfig::default(),
            open: BTreeSet::new(),
        }
    }
}

/// A plain variable.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Variable {
    /// Name.
    pub name: String,
    /// Value.
    pub value: String,
}

/// A variable with a value that stands elsewhere.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Secret {
    /// Name.
    pub name: String,
    /// Where: an ARN, for a secret's JSON with a key behind it.
    pub value_from: String,
}

/// Where a container's output goes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LogConfiguration {
    /// `awslogs`, or another driver.
    pub log_driver: String,
    /// The driver's options, such as `awslogs-group`.
    pub options: BTreeMap<String, String>,
    /// Options with values that stand elsewhere.
    pub secret_options: Vec<Secret>,
}

/// A command that tells if the container is healthy.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HealthCheck {
    /// `CMD` or `CMD-SHELL`, and the command.
    pub command: Vec<String>,
    /// Seconds between two checks.
    #[serde(deserialize_with = "number")]
    pub interval: Option<u32>,
    /// Seconds after which a check that has not ended has failed.
    #[serde(deserialize_with = "number")]
    pub timeout: Option<u32>,
    /// Failures in a row after which the container is unhealthy.
    #[serde(deserialize_with = "number")]
    pub retries: Option<u32>,
    /// Seconds in which failures do not count.
    #[serde(deserialize_with = "number")]
    pub start_period: Option<u32>,
}

/// A text. What a template has in its place is none.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value.as_str().map(str::to_owned))
}

/// A number. What a template has in its place is none.
fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    let of_number = value.as_u64().and_then(|it| u32::try_from(it).ok());
    Ok(of_number.or_else(|| value.as_str()?.parse().ok()))
}

/// A flag. What a template has in its place is none.
fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value.as_bool().unwrap_or_default())
}

impl TaskDefinition {
    /// A container by its name.
    pub fn container(&self, name: &str) -> Option<&Container> {
        let mut containers = self.container_definitions.iter();
        containers.find(|container| container.name == name)
    }

    /// Its region, if it has an ARN.
    pub fn region(&self) -> Option<&str> {
        Arn::parse(self.task_definition_arn.as_deref()?)?.region
    }

    /// Puts the fields that its file leaves open where they belong, by their paths in the file.
    pub fn leave_open<'a>(&mut self, paths: impl Iterator<Item = &'a str>) {
        let open = open::by_container(paths);
        for (container, open) in self.container_definitions.iter_mut().zip(open) {
            container.open = open;
        }
    }

    /// The role with which ECS starts its tasks. A blank one is none.
    pub fn execution_role(&self) -> Option<&str> {
        let role = self.execution_role_arn.as_deref();
        role.filter(|role| !role.trim().is_empty())
    }

    /// If it is for Fargate, and so bound by what that has.
    pub fn is_for_fargate(&self) -> bool {
        self.requires_compatibilities
            .iter()
            .any(|it| it == "FARGATE")
    }

    /// The ARNs of all secrets of Secrets Manager.
    pub fn secrets(&self) -> BTreeSet<String> {
        let containers = self.container_definitions.iter();
        let all = containers.flat_map(|container| &container.secrets);
        let arns = all.filter_map(|secret| Arn::parse(&secret.value_from)?.secret());
        arns.map(str::to_owned).collect()
    }

    /// The platform that images are needed for, as registries call it.
    pub fn platform(&self) -> Platform {
        let architecture = match self.runtime_platform.cpu_architecture.as_deref() {
            Some("ARM64") => "arm64",
            _ => "amd64",
        };
        let family = self.runtime_platform.operating_system_family.as_deref();
        let os = match family {
            Some(family) if family.starts_with("WINDOWS") => "windows",
            _ => "linux",
        };
        Platform {
            os: os.into(),
            architecture: architecture.into(),
        }
    }
}

impl Container {
    /// The value of a plain variable: the definition's own, or else the one that its image sets.
    pub fn variable(&self, name: &str) -> Option<&str> {
        // Of several of a name, the container gets the last.
        let mut own = self.environment.iter().rev();
        let own = own.find(|variable| variable.name == name);
        let of_image = || self.image_config.environment.get(name);
        // Its value would be of a secret or a file, then.
        let is_hidden = self.secret(name).is_some() || self.may_have_more_variables();
        let of_image = || of_image().filter(|_| !is_hidden);
        own.map(|variable| &variable.value)
            .or_else(of_image)
            .map(String::as_str)
    }

    /// If a file leaves this field open, or one in it.
    pub fn is_open(&self, field: &str) -> bool {
        self.open.iter().any(|path| is_within(path, field))
    }

    /// If it may get variables whose names are not known here.
    pub fn may_have_more_variables(&self) -> bool {
        let is_value = |path: &str| path.ends_with(".value") || path.ends_with(".valueFrom");
        let is_name = |path: &String| {
            let mut lists = ["environment", "secrets", "environmentFiles"].into_iter();
            lists.any(|list| is_within(path, list)) && !is_value(path)
        };
        !self.environment_files.is_empty() || self.open.iter().any(is_name)
    }

    /// The ports that can be reached, as far as they are known.
    pub fn ports(&self) -> Vec<RangeInclusive<u16>> {
        let mappings = self.port_mappings.iter();
        mappings.filter_map(PortMapping::ports).collect()
    }

    /// If this port can be reached.
    pub fn maps(&self, port: u16) -> bool {
        self.ports().iter().any(|ports| ports.contains(&port))
    }

    /// If it may have ports that are not known here.
    pub fn may_have_more_ports(&self) -> bool {
        let mut mappings = self.port_mappings.iter();
        let says_none =
            |it: &PortMapping| it.container_port.is_none() && it.container_port_range.is_none();
        self.is_open("portMappings") || mappings.any(says_none)
    }

    /// A variable whose value stands elsewhere.
    pub fn secret(&self, name: &str) -> Option<&Secret> {
        self.secrets.iter().find(|secret| secret.name == name)
    }

    /// What its program needs, if its image tells and it is that program that runs: another one, or one with arguments
    /// such as `migrate`, may need something else.
    pub fn contract(&self) -> Option<&Contract> {
        let runs_image =
            self.entry_point.is_empty() || self.entry_point == self.image_config.entrypoint;
        let contract = self.image_config.contract.as_ref()?.as_ref().ok();
        contract.filter(|_| runs_image && self.command.is_empty())
    }

    /// All values that stand elsewhere: of variables, and of the log driver's options.
    pub fn all_secrets(&self) -> impl Iterator<Item = &Secret> {
        let of_log = self.log_configuration.iter();
        let of_log = of_log.flat_map(|log| &log.secret_options);
        self.secrets.iter().chain(of_log)
    }

    /// An option of the driver that its output goes to.
    pub fn log_option(&self, name: &str) -> Option<&str> {
        let options = &self.log_configuration.as_ref()?.options;
        options.get(name).map(String::as_str)
    }

    /// The stream that a task's output of this container goes to (AWS, ECS developer guide, "awslogs-stream-prefix").
    pub fn log_stream(&self, task: &str) -> Option<String> {
        let prefix = self.log_option("awslogs-stream-prefix")?;
        Some(format!("{prefix}/{}/{task}", self.name))
    }
}
