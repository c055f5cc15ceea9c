//! What a service uses that costs, read from AWS. What cannot be read is named and not counted.

use super::nat::{Gateways, gateways};
use super::watch::{Watch, watch};
use crate::aws::ecs::{Service, ServiceName, describe_tasks, list_tasks};
use crate::aws::{ApiError, Cloud};
use crate::chain::chain;
use crate::doctor::CheckId;
use crate::facts::Facts;
use crate::live::{self, Live, LiveError};
use serde::Deserialize;
use serde_json::{Map, Value};

/// What Fargate charges a task by.
#[derive(Clone, Copy, Debug)]
pub struct TaskSize {
    /// Whole CPUs.
    pub vcpu: f64,
    /// Gigabytes of memory.
    pub gb: f64,
    /// Gigabytes of ephemeral storage.
    pub storage: f64,
}

/// How many tasks there are, by what they run on.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tasks {
    /// Fargate, on demand.
    pub fargate: u32,
    /// Fargate Spot.
    pub spot: u32,
    /// Machines of the account's own, or something else.
    pub other: u32,
}

impl Tasks {
    fn all(self) -> u32 {
        self.fargate + self.spot + self.other
    }

    /// Those of a capacity provider or a launch type.
    fn add(&mut self, provider: &str, count: u32) {
        let kind = match provider {
            "FARGATE" => &mut self.fargate,
            "FARGATE_SPOT" => &mut self.spot,
            _ => &mut self.other,
        };
        *kind = kind.saturating_add(count);
    }
}

/// What a service uses that costs.
#[derive(Clone, Debug, Default)]
pub struct Usage {
    /// Where it is.
    pub region: String,
    /// The service, its definition and its load balancers.
    pub facts: Facts,
    /// The size of a task; a definition for other machines than Fargate's may have none.
    pub size: Option<TaskSize>,
    /// How many there are; none if that could not be read.
    pub tasks: Option<Tasks>,
    /// What they go out by.
    pub gateways: Gateways,
    /// What watches it.
    pub watch: Watch,
    /// If `park` knows its stack.
    pub can_park: bool,
    /// If its load balancers are not its stack's, so that they stay when it is parked.
    pub shares_balancers: bool,
    /// What could not be read, or has no price here.
    pub not_counted: Vec<String>,
}

/// What is charged of a definition beside what the doctor looks at.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Storage {
    ephemeral_storage: EphemeralStorage,
    volumes: Vec<Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(default)]
struct EphemeralStorage {
    #[serde(rename = "sizeInGiB")]
    gigabytes: f64,
}

impl Default for EphemeralStorage {
    fn default() -> Self {
        // AWS, ECS developer guide, "Fargate task ephemeral storage"
        Self { gigabytes: 20.0 }
    }
}

/// Reads what a service uses.
///
/// # Errors
///
/// If the service or its definition cannot be read.
pub async fn usage(cloud: &impl Cloud, cluster: &str, name: &str) -> Result<Usage, LiveError> {
    let Live {
        facts,
        service,
        definition,
    } = live::read(cloud, cluster, name).await?;
    let mut usage = Usage {
        region: cloud.region().to_owned(),
        ..Usage::default()
    };
    let storage = definition.read().unwrap_or_else(|error| {
        usage.leave_out("storage above 20 GB, and volumes", &error);
        Storage::default()
    });
    usage.size = size(&facts, &storage);
    match tasks(cloud, cluster, &service).await {
        Ok(tasks) => usage.tasks = Some(tasks),
        Err(why) => usage.not_counted.push(format!("tasks: {why}")),
    }
    if storage.volumes.iter().any(is_charged) {
        usage
            .not_counted
            .push("volumes beside the tasks' own storage".into());
    }
    let mut groups = facts.groups.iter();
    match groups.find_map(|group| group.vpc_id.as_deref()) {
        None => usage
            .not_counted
            .push("NAT gateways: the network of the tasks is not known".into()),
        Some(vpc) => match gateways(cloud, vpc, facts.service.subnets()).await {
            Ok(gateways) => usage.gateways = gateways,
            Err(error) => usage.leave_out("NAT gateways", &error),
        },
    }
    match watch(cloud, name).await {
        Ok(Some(stack)) => {
            (usage.watch, usage.can_park) = (stack.watch, stack.can_park);
            usage.shares_balancers = !stack.has_balancer;
        }
        Ok(None) => usage
            .not_counted
            .push(format!("alarms and dashboards: there is no stack {name}")),
        Err(error) => usage.leave_out("alarms and dashboards", &error),
    }
    for why in facts.unknown_to(CheckId::Attachment) {
        usage.not_counted.push(format!("load balancers: {why}"));
    }
    usage.facts = facts;
    Ok(usage)
}

impl Usage {
    fn leave_out(&mut self, what: &str, error: &(dyn std::error::Error + 'static)) {
        self.not_counted.push(format!("{what}: {}", chain(error)));
    }
}

fn size(facts: &Facts, storage: &Storage) -> Option<TaskSize> {
    let units = |text: &Option<String>| text.as_ref()?.parse::<f64>().ok();
    Some(TaskSize {
        vcpu: units(&facts.definition.cpu)? / 1024.0,
        gb: units(&facts.definition.memory)? / 1024.0,
        storage: storage.ephemeral_storage.gigabytes,
    })
}

/// Tasks that run, and those that are being started, which are charged too. Those that cannot be listed are counted by the
/// service, if all of them run on the same. Why they cannot be counted, in words.
async fn tasks(cloud: &impl Cloud, cluster: &str, service: &Service) -> Result<Tasks, String> {
    let there = service.task_count();
    let why = match listed(cloud, cluster, &service.name).await {
        Ok(tasks) if tasks.all() > 0 || there == Some(0) => return Ok(tasks),
        Ok(_) if there.is_none() => {
            "ECS lists none, and does not say how many there are".to_owned()
        }
        Ok(_) => "ECS lists none, and counts some".to_owned(),
        Err(error) => chain(&error),
    };
    let (Some(count), Some(provider)) = (there, service.provider()) else {
        return Err(why);
    };
    let mut tasks = Tasks::default();
    tasks.add(provider, count);
    Ok(tasks)
}

async fn listed(cloud: &impl Cloud, cluster: &str, service: &str) -> Result<Tasks, ApiError> {
    let name = ServiceName { cluster, service };
    let arns = list_tasks(cloud, name, "RUNNING").await?;
    let mut counts = Tasks::default();
    for task in describe_tasks(cloud, cluster, &arns).await? {
        let provider = task.capacity_provider_name.or(task.launch_type);
        counts.add(provider.as_deref().unwrap_or_default(), 1);
    }
    Ok(counts)
}

/// A folder of the machine's costs nothing more.
fn is_charged(volume: &Map<String, Value>) -> bool {
    let free = ["name", "host", "dockerVolumeConfiguration"];
    volume.keys().any(|key| !free.contains(&key.as_str()))
}
