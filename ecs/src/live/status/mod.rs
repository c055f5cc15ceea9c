//! What runs at the moment: image, deployments, tasks, targets, the last events.
//!
//! | file | what it is |
//! |---|---|
//! | `deployments` | what both of ECS's APIs say about the deployments |
//! | `tasks` | the tasks, and how each is by its own checks and its targets |
//! | `text` | all of it as a person reads it |
//! | `changes` | what is new since the last look |

mod changes;
mod deployments;
mod tasks;
mod text;

pub use self::changes::changes;
pub use self::deployments::DeploymentStatus;
pub use self::tasks::{StoppedStatus, TaskStatus};

use super::{LiveError, service, target_groups, typed};
use crate::aws::ecs::{self, ServiceName, Task, describe_definition};
use crate::aws::{ApiError, Cloud};
use crate::chain::chain;
use crate::facts::{Facts, Service, Target};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

/// Events that are shown.
const EVENTS: usize = 5;

/// What runs. What is not known is `null`.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Status {
    /// The service.
    pub service: String,
    /// Its cluster.
    pub cluster: String,
    /// The image of the container that requests go to, if all tasks that run have the same. An image that is only being
    /// deployed is among the deployments.
    pub image: Option<String>,
    /// The revision of the task definition that those tasks have.
    pub revision: Option<String>,
    /// How many tasks there should be.
    pub desired: Option<u32>,
    /// How many run.
    pub running: Option<u32>,
    /// How many are being started.
    pub pending: Option<u32>,
    /// Its deployments.
    pub deployments: Vec<DeploymentStatus>,
    /// Its tasks, those that are not healthy first.
    pub tasks: Option<Vec<TaskStatus>>,
    /// The tasks that stopped last, of those that ECS remembers, the latest first.
    pub stopped: Option<Vec<StoppedStatus>>,
    /// The targets of its target groups, those that are not healthy first.
    pub targets: Vec<TargetStatus>,
    /// The latest events, the newest first.
    pub events: Vec<EventStatus>,
    /// What could not be read, and so is missing here.
    pub unknown: Vec<String>,
    /// What ages are counted to in the text; without it, the text has times instead.
    #[serde(skip)]
    pub now: Option<SystemTime>,
}

/// A target.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct TargetStatus {
    /// Its address.
    pub id: String,
    /// Its port.
    pub port: Option<u16>,
    /// `healthy`, `unhealthy`, `initial`, `draining` and so on.
    pub state: String,
    /// AWS's code for the reason.
    pub reason: Option<String>,
}

/// Something that has happened to the service.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct EventStatus {
    /// When (RFC 3339).
    pub at: Option<String>,
    /// In AWS's words.
    pub message: String,
}

/// What runs of a service.
///
/// # Errors
///
/// If the service cannot be read. What else may not be read is noted.
pub async fn status(aws: &impl Cloud, cluster: &str, name: &str) -> Result<Status, LiveError> {
    let service = service(aws, cluster, name).await?;
    if service.task_definition.is_none() {
        return Err(LiveError::TaskSets {
            service: service.name.clone(),
            controller: service.controller().clone(),
        });
    }
    let facts = super::service::facts_of(&service)?;
    let groups = facts.target_groups();
    let place = ServiceName {
        cluster,
        service: name,
    };
    let (rollout, running, stopped, targets) = tokio::join!(
        deployments::rollout(aws, place, &service),
        tasks::read(aws, place, "RUNNING"),
        tasks::read(aws, place, "STOPPED"),
        target_groups(aws, &groups),
    );

    let mut unknown = Unknown::default();
    let rollout = unknown.or_noted(rollout).flatten();
    let targets = unknown.or_noted(targets);
    let running = unknown.or_noted(running);
    let mut stopped = unknown.or_noted(stopped);
    // Those that are on their way out still run.
    let going = tasks::take_running(stopped.as_mut());
    let all = running.map(|running| [running, going].concat());

    let revisions = revisions(&service, all.as_deref().unwrap_or_default());
    let images = images(aws, (&facts, revisions), &mut unknown).await;
    let revision = only_running(&service, all.as_deref());
    let image = revision.as_ref().and_then(|it| images.get(it).cloned());
    let tasks = all.map(|all| tasks::of(&all, targets.as_deref()));
    let mut targets = targets_of(targets);
    targets.sort_by_key(|target| tasks::rank(&target.state));
    let events = service.events.iter().take(EVENTS);
    let events = events.map(|event| EventStatus {
        at: event.created_at.map(ecs::Time::rfc3339),
        message: event.message.clone(),
    });
    Ok(Status {
        service: service.name.clone(),
        cluster: cluster.to_owned(),
        image,
        revision,
        desired: service.desired_count,
        running: service.running_count,
        pending: service.pending_count,
        deployments: deployments::of(&service, rollout.as_ref(), &images),
        tasks,
        stopped: stopped.map(tasks::stopped),
        targets,
        events: events.collect(),
        unknown: unknown.0,
        now: Some(SystemTime::now()),
    })
}

/// What could not be read.
#[derive(Default)]
struct Unknown(Vec<String>);

impl Unknown {
    fn or_noted<T>(&mut self, read: Result<T, ApiError>) -> Option<T> {
        read.map_err(|error| self.note(&error)).ok()
    }

    /// The same is noted once.
    fn note(&mut self, error: &ApiError) {
        let why = chain(error);
        if !self.0.contains(&why) {
            self.0.push(why);
        }
    }
}

/// All task definitions that there is something of.
fn revisions(service: &ecs::Service, tasks: &[Task]) -> BTreeSet<String> {
    let of_deployments = service.deployments.iter().map(|it| &it.task_definition);
    let of_tasks = tasks
        .iter()
        .filter_map(|it| it.task_definition_arn.as_ref());
    of_deployments.chain(of_tasks).cloned().collect()
}

/// The image of the container that requests go to, by the task definition.
async fn images(
    aws: &impl Cloud,
    (service, revisions): (&Service, BTreeSet<String>),
    unknown: &mut Unknown,
) -> BTreeMap<String, String> {
    let mut images = BTreeMap::new();
    for revision in revisions {
        let read = describe_definition(aws, &revision).await;
        let Some(definition) = unknown.or_noted(read.and_then(|it| typed(&it))) else {
            continue;
        };
        let facts = Facts {
            definition,
            service: service.clone(),
            ..Facts::default()
        };
        if let Some(main) = facts.main_container() {
            images.insert(revision, main.image.clone());
        }
    }
    images
}

/// The task definition of all that runs, if it is one. Where tasks may not be read, or where their list is behind and has
/// none that runs, the counts of the deployments tell.
fn only_running(service: &ecs::Service, tasks: Option<&[Task]>) -> Option<String> {
    let tasks = tasks.unwrap_or_default().iter();
    let running = tasks.filter(|it| it.last_status == "RUNNING");
    let running: Vec<&Task> = running.collect();
    let definitions: BTreeSet<&String> = if running.is_empty() {
        let counts = service.deployments.iter();
        let counts = counts.map(|it| Some((it.running_count?, &it.task_definition)));
        let counts: Vec<_> = counts.collect::<Option<_>>()?;
        let running = counts.into_iter().filter(|(count, _)| *count > 0);
        running.map(|(_, definition)| definition).collect()
    } else {
        let definitions = running.iter().map(|it| it.task_definition_arn.as_ref());
        definitions.collect::<Option<_>>()?
    };
    let mut definitions = definitions.into_iter();
    let first = definitions.next()?;
    definitions.next().is_none().then(|| first.clone())
}

fn targets_of(groups: Option<Vec<crate::facts::TargetGroup>>) -> Vec<TargetStatus> {
    let groups = groups.into_iter().flatten();
    let targets = groups.flat_map(|group| group.targets).flatten();
    let targets = targets.map(|target: Target| TargetStatus {
        id: target.id,
        port: target.port,
        state: target.state,
        reason: target.reason,
    });
    targets.collect()
}
