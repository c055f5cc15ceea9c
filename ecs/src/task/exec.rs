//! A command in a task that runs (ECS Exec): which task, and whether it can work there at all.

use crate::aws::ecs::{
    Service, ServiceName, Task, TaskContainer, describe_tasks, execute_command, list_tasks,
};
use crate::aws::{ApiError, Cloud, last_part};
use crate::chain::chain;
use crate::facts::TaskDefinition;
use crate::image::{Images, Lookup, Platform};
use crate::live::{self, LiveError};
use serde_json::Value;

/// The agent that runs commands in a container.
const AGENT: &str = "ExecuteCommandAgent";
/// What its role has to allow (AWS, ECS developer guide, "ECS Exec").
const PERMISSIONS: &str =
    "ssmmessages:CreateControlChannel, CreateDataChannel, OpenControlChannel and OpenDataChannel";

/// Why no command can be run.
#[derive(Debug, thiserror::Error)]
pub enum ExecError {
    /// The service or its tasks cannot be read.
    #[error(transparent)]
    Live(#[from] LiveError),
    /// AWS refuses or does not answer.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// No task runs, or none of that id.
    #[error("no task of {service} runs{id}; it has {others}")]
    NoTask {
        /// The service.
        service: String,
        /// The id that was asked for, in words.
        id: String,
        /// What there is.
        others: String,
    },
    /// Several tasks have ids that begin so.
    #[error("several tasks have ids that begin with {0:?}; write more of it")]
    Ambiguous(String),
    /// The task has no such container.
    #[error("the task has no container {name:?}; it has {others}")]
    NoContainer {
        /// The name.
        name: String,
        /// What it has.
        others: String,
    },
    /// What has to be changed first, each in a line.
    #[error("no command can be run in the container:\n{}", .0.join("\n"))]
    Impossible(Vec<String>),
    /// An answer without what the plugin needs.
    #[error("ECS does not say where the container is; try again in a moment")]
    NoPlace,
    /// A session that the plugin could not open. It ends in a panic without one of these.
    #[error(
        "ECS has answered without the session's {0}, so no command can be run; try again in a moment"
    )]
    NoSession(&'static str),
}

/// Where a command is to run.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The service.
    pub name: ServiceName<'a>,
    /// A task's id, or its beginning; without it, the one that started last.
    pub task: Option<&'a str>,
    /// The container; without it, the one that requests go to.
    pub container: Option<&'a str>,
}

/// A container that takes commands.
#[derive(Clone, Debug)]
pub struct Place {
    /// The cluster's name.
    pub cluster: String,
    /// The task's id.
    pub task: String,
    /// The container.
    pub container: String,
    /// The container's image, and what the task runs on.
    pub image: Option<(String, Platform)>,
    runtime_id: String,
}

/// Finds the container, and makes sure that a command can be run there.
///
/// # Errors
///
/// If there is none, or something has to be changed first.
pub async fn place(cloud: &impl Cloud, wanted: &Wanted<'_>) -> Result<Place, ExecError> {
    let ServiceName { cluster, service } = wanted.name;
    let service = live::service(cloud, cluster, service).await?;
    let arns = list_tasks(cloud, wanted.name, "RUNNING").await?;
    let tasks = describe_tasks(cloud, cluster, &arns).await?;
    // The plugin takes no ARNs.
    let cluster = cluster.rsplit('/').next().unwrap_or(cluster);
    let name = ServiceName {
        cluster,
        ..wanted.name
    };
    let task = pick(&tasks, wanted)?;
    let revision = task.task_definition_arn.as_deref();
    let revision = revision.or(service.task_definition.as_deref());
    let mut facts = live::attachments(&service)?;
    let definition = live::definition(cloud, revision.unwrap_or_default()).await;
    let definition = definition.map(|it| facts.definition = it);
    let main = facts.main_container().map(|main| main.name.as_str());
    let container = container(task, wanted.container.or(main))?;
    let mut obstacles = obstacles((name, &service), (task, container), &facts.definition);
    if let Err(error) = definition
        && !obstacles.is_empty()
    {
        obstacles.push(format!(
            "- and whether its definition allows it is unknown: {}",
            chain(&error)
        ));
    }
    if !obstacles.is_empty() {
        return Err(ExecError::Impossible(obstacles));
    }
    let image = facts.definition.container(&container.name);
    let image = image.map(|it| (it.image.clone(), facts.definition.platform()));
    Ok(Place {
        image,
        cluster: cluster.to_owned(),
        task: task.id().to_owned(),
        container: container.name.clone(),
        runtime_id: container.runtime_id.clone().ok_or(ExecError::NoPlace)?,
    })
}

fn pick<'a>(tasks: &'a [Task], wanted: &Wanted<'_>) -> Result<&'a Task, ExecError> {
    let running = tasks
        .iter()
        .filter(|it| it.last_status == "RUNNING" && !it.is_ending());
    let running: Vec<&Task> = running.collect();
    let none = |id: String| {
        let ids: Vec<&str> = running.iter().map(|it| it.id()).take(10).collect();
        ExecError::NoTask {
            service: wanted.name.service.to_owned(),
            id,
            others: if ids.is_empty() {
                "none".into()
            } else {
                ids.join(", ")
            },
        }
    };
    let Some(id) = wanted.task else {
        let seconds = |task: &&Task| task.started_at.unwrap_or_default().0;
        // One whose agent runs, before others.
        let latest = running.iter().copied().max_by(|a, b| {
            let has_agent = |task: &Task| {
                task.containers
                    .iter()
                    .any(|it| agent(it) == Some("RUNNING"))
            };
            has_agent(a)
                .cmp(&has_agent(b))
                .then(seconds(a).total_cmp(&seconds(b)))
        });
        return latest.ok_or_else(|| none(String::new()));
    };
    // By its ARN too.
    let beginning = last_part(id);
    let mut found = running
        .iter()
        .copied()
        .filter(|it| it.id().starts_with(beginning));
    match (found.next(), found.next()) {
        (Some(task), None) => Ok(task),
        (Some(_), Some(_)) => Err(ExecError::Ambiguous(id.to_owned())),
        (None, _) => Err(none(format!(" with the id {id}"))),
    }
}

/// By its name; the only one needs none.
fn container<'a>(task: &'a Task, name: Option<&str>) -> Result<&'a TaskContainer, ExecError> {
    if let (None, [only]) = (name, task.containers.as_slice()) {
        return Ok(only);
    }
    let name = name.unwrap_or_default();
    let found = task.containers.iter().find(|it| it.name == name);
    found.ok_or_else(|| {
        let names = task.containers.iter().map(|it| it.name.as_str());
        ExecError::NoContainer {
            name: name.to_owned(),
            others: names.collect::<Vec<_>>().join(", "),
        }
    })
}

/// How far the agent is.
fn agent(container: &TaskContainer) -> Option<&str> {
    let agent = container.managed_agents.iter().find(|it| it.name == AGENT);
    agent?.last_status.as_deref()
}

/// What keeps commands from being run, with what to change.
fn obstacles(
    (name, service): (ServiceName<'_>, &Service),
    (task, container): (&Task, &TaskContainer),
    definition: &TaskDefinition,
) -> Vec<String> {
    let mut obstacles = Vec::new();
    match (service.enable_execute_command, task.enable_execute_command) {
        (_, true) => {}
        (true, false) => obstacles.push(format!(
            "- the task began before the service allowed it: cargo ecs deploy --refresh {}",
            name.arguments()
        )),
        (false, false) => obstacles.push(format!(
            "- the service does not allow it: aws ecs update-service --cluster {} --service {} \
             --enable-execute-command --force-new-deployment",
            name.cluster, name.service
        )),
    }
    // One that cannot be read has no containers.
    if let Some(own) = definition.container(&container.name) {
        if definition.task_role_arn.is_none() {
            obstacles.push(format!(
                "- the task definition has no taskRoleArn: it needs a role that allows {PERMISSIONS}"
            ));
        }
        if own.readonly_root_filesystem {
            obstacles.push(
                "- its root file system is read-only, and the agent has to write there: set readonlyRootFilesystem to false"
                    .into(),
            );
        }
    }
    if let Some(old) = task.platform_version.as_deref().filter(|it| is_too_old(it)) {
        obstacles.push(format!(
            "- the task runs on Fargate's platform version {old}: commands need 1.4.0 (LATEST)"
        ));
    }
    // Only where nothing else explains it.
    let state = agent(container);
    if obstacles.is_empty() && state != Some("RUNNING") {
        let agent = container.managed_agents.iter().find(|it| it.name == AGENT);
        let reason = agent.and_then(|agent| agent.reason.as_ref());
        let reason = reason
            .map(|reason| format!(" ({reason})"))
            .unwrap_or_default();
        let state = state.unwrap_or("not there").to_lowercase();
        obstacles.push(format!(
            "- the agent in the container is {state}{reason}: try again in a moment, or check that the task role allows {PERMISSIONS}"
        ));
    }
    obstacles
}

/// Windows has 1.0.0 for its newest, and tasks on instances have none.
fn is_too_old(version: &str) -> bool {
    ["1.1.", "1.2.", "1.3."]
        .iter()
        .any(|old| version.starts_with(old))
}

impl Place {
    /// Begins a command there. The session is a secret.
    ///
    /// # Errors
    ///
    /// If it is refused or not answered, or the answer is not whole.
    pub async fn begin(&self, cloud: &impl Cloud, command: &str) -> Result<Value, ExecError> {
        let place = (
            self.cluster.as_str(),
            self.task.as_str(),
            self.container.as_str(),
        );
        let session = execute_command(cloud, place, command).await?;
        let is_missing = |name: &&str| session[*name].as_str().unwrap_or_default().is_empty();
        match ["sessionId", "streamUrl", "tokenValue"]
            .into_iter()
            .find(is_missing)
        {
            Some(missing) => Err(ExecError::NoSession(missing)),
            None => Ok(session),
        }
    }

    /// If the registry says that the image was built from nothing, and so has no shell most likely.
    pub async fn is_from_scratch(&self, images: &impl Images) -> bool {
        let Some((image, platform)) = &self.image else {
            return false;
        };
        let Ok(reference) = image.parse() else {
            return false;
        };
        match images.look_up(&reference, platform).await {
            Lookup::Found(found) => found.is_from_scratch,
            _ => false,
        }
    }

    /// What the plugin knows the container as.
    pub fn target(&self) -> String {
        format!("ecs:{}_{}_{}", self.cluster, self.task, self.runtime_id)
    }
}
