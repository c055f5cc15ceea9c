//! What a failed deployment leaves behind: stopped tasks, their last words, events, unhealthy targets.

use super::{Cause, Order, cause};
use crate::aws::ecs::{
    Deployment, RawDefinition, RolloutState, Service, ServiceName, StopCode, Task, TaskContainer,
    Time, describe_definition, describe_tasks, list_tasks,
};
use crate::aws::logs::{Stream, last_events};
use crate::aws::{ApiError, Cloud};
use crate::facts::TaskDefinition;
use crate::live;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Lines of a dead container's log that are looked at.
const LINES: u32 = 20;
/// Events of the service that are looked at.
const EVENTS: usize = 10;

/// What was found. What could not be read is left out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Evidence {
    /// Why tasks and containers stopped, in AWS's words.
    pub(crate) reasons: Vec<String>,
    /// Of each task, the exit code of the container that ended it.
    pub(crate) exit_codes: Vec<i64>,
    /// The last lines of a dead container.
    pub(crate) log: Vec<String>,
    /// AWS's codes for targets that are not healthy.
    pub(crate) targets: Vec<String>,
    /// The latest events of the service.
    pub(crate) events: Vec<String>,
}

impl Evidence {
    pub(crate) fn cause(&self) -> Option<Cause> {
        cause::of(self)
    }

    /// Of one task.
    pub(crate) async fn of_task(
        cloud: &impl Cloud,
        task: &Task,
        definition: Option<&TaskDefinition>,
    ) -> Self {
        let mut evidence = Self::default();
        evidence.add(task, definition);
        let log = last_words(cloud, task, definition).await;
        evidence.log = log.unwrap_or_default();
        evidence
    }

    fn add(&mut self, task: &Task, definition: Option<&TaskDefinition>) {
        self.reasons.extend(task.stopped_reason.clone());
        let containers = task.containers.iter();
        self.reasons
            .extend(containers.filter_map(|it| it.reason.clone()));
        // What a code alone tells, such as that Spot capacity was taken back.
        let code = task.stop_code.as_ref();
        self.reasons.extend(code.map(StopCode::to_string));
        let exited = exited_container(task, definition);
        self.exit_codes.extend(exited.and_then(|it| it.exit_code));
    }
}

/// Where evidence is looked for.
pub(super) struct Scene<'a> {
    pub(super) order: &'a Order,
    /// The service's target groups.
    pub(super) groups: BTreeSet<&'a str>,
    pub(super) revision: &'a str,
    pub(super) service: &'a Service,
    /// When the deployment was begun, if the newer API tells.
    pub(super) begun: Option<Time>,
}

impl Scene<'_> {
    /// When the deployment was begun, by the newer API or by the older one.
    fn begun(&self) -> Option<Time> {
        let is_failed = |it: &&Deployment| it.rollout_state == Some(RolloutState::Failed);
        // After a refresh, the one that goes back has the same revision.
        let may_be_ours = |it: &&Deployment| {
            !self.order.is_refresh() || it.rollout_state != Some(RolloutState::Completed)
        };
        let deployments = self.service.deployments.iter();
        let of_revision = deployments.filter(|it| it.task_definition == self.revision);
        let of_revision: Vec<&Deployment> = of_revision.collect();
        let mut all = of_revision.iter().copied();
        let failed = of_revision.iter().copied().find(is_failed);
        let ours = failed.or_else(|| all.find(may_be_ours));
        self.begun.or(ours.and_then(|it| it.created_at))
    }
}

/// What was before is another deployment's.
struct Since(Option<Time>);

impl Since {
    /// If something of this time may be of the deployment.
    fn has(&self, time: Option<Time>) -> bool {
        match (time, self.0) {
            (Some(time), Some(begun)) => time >= begun,
            _ => true,
        }
    }
}

/// Gathers what there is about tasks of this revision.
pub(super) async fn gather(cloud: &impl Cloud, scene: &Scene<'_>) -> Evidence {
    let mut evidence = Evidence::default();
    let raw = describe_definition(cloud, scene.revision).await.ok();
    let definition = raw.as_ref().and_then(|raw| live::typed(raw).ok());
    let definition = definition.as_ref();
    // One that has left the list of the older API is no older than its revision.
    let registered = raw.as_ref().and_then(RawDefinition::registered_at);
    let since = Since(scene.begun().or(registered));
    let mut tasks = stopped(cloud, scene).await.unwrap_or_default();
    tasks.retain(|task| since.has(task.created_at));
    // Those that were stopped since they are too many say nothing about why.
    tasks.sort_by_key(|task| {
        Reverse((
            failed_container(task, definition).is_some(),
            exited_container(task, definition).is_some(),
        ))
    });
    for task in &tasks {
        evidence.add(task, definition);
    }
    if let Some(task) = tasks.first() {
        let log = last_words(cloud, task, definition).await;
        evidence.log = log.unwrap_or_default();
    }
    let groups = live::target_groups(cloud, &scene.groups).await;
    let targets = groups.iter().flatten().flat_map(|group| &group.targets);
    for target in targets
        .flatten()
        .filter(|target| target.state == "unhealthy")
    {
        evidence.targets.extend(target.reason.clone());
    }
    let events = scene.service.events.iter();
    let events = events.filter(|event| since.has(event.created_at));
    let events = events.take(EVENTS);
    evidence.events = events.map(|event| event.message.clone()).collect();
    evidence
}

async fn stopped(cloud: &impl Cloud, scene: &Scene<'_>) -> Result<Vec<Task>, ApiError> {
    let Order {
        cluster, service, ..
    } = scene.order;
    let name = ServiceName { cluster, service };
    let arns = list_tasks(cloud, name, "STOPPED").await?;
    let mut tasks = describe_tasks(cloud, cluster, &arns).await?;
    tasks.retain(|task| task.task_definition_arn.as_deref() == Some(scene.revision));
    Ok(tasks)
}

/// The container that failed: one that the task cannot do without, before others. Those beside it are stopped by ECS,
/// with 143 or 137.
fn failed_container<'a>(
    task: &'a Task,
    definition: Option<&TaskDefinition>,
) -> Option<&'a TaskContainer> {
    let is_essential = |it: &TaskContainer| {
        let definition = definition.and_then(|definition| definition.container(&it.name));
        definition.is_none_or(|container| container.essential)
    };
    let failed = task
        .containers
        .iter()
        .filter(|it| it.exit_code.is_some_and(|code| code != 0));
    failed.min_by_key(|it| {
        let is_by_ecs = matches!(it.exit_code, Some(137 | 143));
        (!is_essential(it), is_by_ecs)
    })
}

fn exited_container<'a>(
    task: &'a Task,
    definition: Option<&TaskDefinition>,
) -> Option<&'a TaskContainer> {
    let any = || task.containers.iter().find(|it| it.exit_code.is_some());
    failed_container(task, definition).or_else(any)
}

/// From CloudWatch, if the container wrote there.
async fn last_words(
    cloud: &impl Cloud,
    task: &Task,
    definition: Option<&TaskDefinition>,
) -> Option<Vec<String>> {
    let container = exited_container(task, definition)?;
    let container = definition?.container(&container.name)?;
    let group = container.log_option("awslogs-group")?;
    let name = container.log_stream(task.id())?;
    let stream = Stream { group, name: &name };
    let events = last_events(cloud, stream, LINES).await.ok()?;
    Some(events.into_iter().map(|event| event.message).collect())
}
