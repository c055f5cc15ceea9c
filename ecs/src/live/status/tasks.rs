//! The tasks of a service: how each is by its own checks and its targets, and why the last ones stopped.

use crate::aws::ecs::{
    ServiceName, StopCode, Task, TaskContainer, Time, describe_tasks, list_tasks,
};
use crate::aws::{ApiError, Cloud};
use crate::facts::{Target, TargetGroup};
use schemars::JsonSchema;
use serde::Serialize;

/// Stopped tasks that are kept.
const STOPPED: usize = 5;

/// A task.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct TaskStatus {
    /// Its id.
    pub id: String,
    /// The revision of its task definition.
    pub revision: Option<String>,
    /// `PROVISIONING`, `PENDING`, `RUNNING` and so on.
    pub status: String,
    /// `healthy` or `unhealthy` by its targets and the health checks of its containers; `running` if it has neither,
    /// `unregistered` if no target group has it, `unknown` if its targets may not be read, and otherwise the state that it is in.
    pub health: String,
    /// Why it is not healthy: AWS's code.
    pub reason: Option<String>,
    /// When it started, or else when it was begun (RFC 3339).
    pub since: Option<String>,
    #[serde(skip)]
    pub(super) time: Option<Time>,
}

/// A task that has ended.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct StoppedStatus {
    /// Its id.
    pub id: String,
    /// The revision of its task definition.
    pub revision: Option<String>,
    /// When it ended (RFC 3339).
    pub stopped_at: Option<String>,
    /// Why, in AWS's words, with the exit codes of its containers.
    pub reason: String,
    #[serde(skip)]
    pub(super) time: Option<Time>,
}

/// The tasks that should be `RUNNING` or `STOPPED`.
pub(super) async fn read(
    aws: &impl Cloud,
    name: ServiceName<'_>,
    status: &str,
) -> Result<Vec<Task>, ApiError> {
    let arns = list_tasks(aws, name, status).await?;
    describe_tasks(aws, name.cluster, &arns).await
}

/// Takes out those that have not ended yet.
pub(super) fn take_running(stopped: Option<&mut Vec<Task>>) -> Vec<Task> {
    let Some(stopped) = stopped else {
        return Vec::new();
    };
    let (ended, going): (Vec<Task>, Vec<Task>) = std::mem::take(stopped)
        .into_iter()
        .partition(Task::is_stopped);
    *stopped = ended;
    going
}

/// All tasks, those that are not healthy first. Without target groups, the targets are not known.
pub(super) fn of(tasks: &[Task], groups: Option<&[TargetGroup]>) -> Vec<TaskStatus> {
    let mut all: Vec<TaskStatus> = tasks.iter().map(|task| of_task(task, groups)).collect();
    all.sort_by_key(|task| rank(&task.health));
    all
}

fn of_task(task: &Task, groups: Option<&[TargetGroup]>) -> TaskStatus {
    let (health, reason) = health(task, groups);
    let time = task.started_at.or(task.created_at);
    TaskStatus {
        id: task.id().to_owned(),
        revision: task.task_definition_arn.clone(),
        status: task.last_status.clone(),
        health,
        reason,
        since: time.map(Time::rfc3339),
        time,
    }
}

/// How a task is, and AWS's code for why.
fn health(task: &Task, groups: Option<&[TargetGroup]>) -> (String, Option<String>) {
    if task.is_ending() {
        return ("stopping".into(), None);
    }
    if task.last_status != "RUNNING" {
        return (task.last_status.to_lowercase(), None);
    }
    let by_checks = task.health_status.as_deref();
    if by_checks == Some("UNHEALTHY") {
        return (
            "unhealthy".into(),
            Some("its own health check fails".into()),
        );
    }
    let Some(groups) = groups else {
        return ("unknown".into(), Some("its targets may not be read".into()));
    };
    // Groups of instances have no addresses of tasks, and one without a listener has nothing to say.
    let is_of_tasks = |group: &&TargetGroup| group.target_type == "ip" && !is_unused(group);
    let mut own = Vec::new();
    for group in groups.iter().filter(is_of_tasks) {
        let targets = group.targets.iter().flatten();
        own.extend(targets.filter(|target| task.has_address(&target.id)));
    }
    if let Some(worst) = own.into_iter().min_by_key(|target| rank(&target.state)) {
        return (worst.state.clone(), reason(worst));
    }
    let has_address = task
        .containers
        .iter()
        .any(|it| !it.network_interfaces.is_empty());
    if groups.iter().any(|group| is_of_tasks(&group)) && has_address {
        return ("unregistered".into(), Some("no target group has it".into()));
    }
    match by_checks {
        Some("HEALTHY") => ("healthy".into(), None),
        _ => ("running".into(), None),
    }
}

fn is_unused(group: &TargetGroup) -> bool {
    let mut targets = group.targets.iter().flatten();
    targets.all(|target| target.state == "unused") && group.balancers.is_empty()
}

fn reason(target: &Target) -> Option<String> {
    target.reason.clone().filter(|_| target.state != "healthy")
}

/// What needs a look comes first.
pub(super) fn rank(health: &str) -> u8 {
    match health {
        "unhealthy" => 0,
        "unregistered" => 1,
        "unknown" | "unavailable" => 2,
        "stopping" => 4,
        "running" => 5,
        "healthy" => 6,
        _ if health.starts_with("unhealthy") => 0,
        _ => 3,
    }
}

/// The last ones that ended, the latest first.
pub(super) fn stopped(mut tasks: Vec<Task>) -> Vec<StoppedStatus> {
    let seconds = |task: &Task| task.stopped_at.unwrap_or_default().0;
    tasks.sort_by(|a, b| seconds(b).total_cmp(&seconds(a)));
    let last = tasks.iter().take(STOPPED);
    last.map(of_stopped).collect()
}

fn of_stopped(task: &Task) -> StoppedStatus {
    let code = || task.stop_code.as_ref().map(StopCode::to_string);
    let why = task.stopped_reason.clone().or_else(code);
    let containers = task.containers.iter().filter_map(of_container);
    let reasons: Vec<String> = why.into_iter().chain(containers).collect();
    StoppedStatus {
        id: task.id().to_owned(),
        revision: task.task_definition_arn.clone(),
        stopped_at: task.stopped_at.map(Time::rfc3339),
        reason: if reasons.is_empty() {
            "ECS does not say why".into()
        } else {
            reasons.join("; ")
        },
        time: task.stopped_at,
    }
}

fn of_container(container: &TaskContainer) -> Option<String> {
    let code = container.exit_code.filter(|code| *code != 0);
    let code = code.map(|code| format!("exit code {code}"));
    let parts: Vec<String> = code.into_iter().chain(container.reason.clone()).collect();
    let name = &container.name;
    (!parts.is_empty()).then(|| format!("{name}: {}", parts.join(", ")))
}
