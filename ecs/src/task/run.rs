//! Runs a command once, and follows it to its end.

use super::ended::Ended;
use super::output::Output;
use crate::aws::ecs::{RunTask, Service, Task, describe_tasks, run_task, stop_task};
use crate::aws::{ApiError, Cloud};
use crate::deploy::Progress;
use crate::live;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Between two looks.
const POLL: Duration = Duration::from_secs(2);
/// How often in a row there has to be no new line after the end. CloudWatch has the last ones some seconds later.
const LAST_LOOKS: u32 = 3;
/// How long a task may be missing from the list, which is a moment behind.
const MISSING: Duration = Duration::from_secs(60);

/// A command that is to run once.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The cluster.
    pub cluster: &'a str,
    /// The service whose network it gets.
    pub service: &'a Service,
    /// The revision whose containers run.
    pub revision: &'a str,
    /// The container that gets the command.
    pub container: &'a str,
    /// The command, which takes the place of the image's own. An entry point stays.
    pub command: &'a [String],
    /// How long to wait for its end.
    pub timeout: Duration,
}

/// Why a command did not run to its end.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// AWS refuses or does not answer.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// ECS did not start it.
    #[error("ECS started no task: {0}")]
    NotStarted(String),
    /// The definition has no such container.
    #[error("the revision {revision} has no container {container:?}")]
    NoContainer {
        /// The container.
        container: String,
        /// The revision.
        revision: String,
    },
    /// It is not listed.
    #[error("ECS does not list the task {0}, so how it ends is unknown")]
    Lost(String),
    /// It takes too long.
    #[error("the task {task} is still running after {} s; stop it with aws ecs stop-task", .after.as_secs())]
    TimedOut {
        /// The task.
        task: String,
        /// How long it was waited for.
        after: Duration,
    },
}

/// Runs it, tells what it prints, and returns how it ended.
///
/// # Errors
///
/// If it cannot be started, or not be followed to its end.
pub async fn run(
    cloud: &impl Cloud,
    job: &Job<'_>,
    progress: &mut impl Progress,
) -> Result<Ended, TaskError> {
    let definition = live::definition(cloud, job.revision).await?;
    let container = definition.container(job.container);
    let container = container.ok_or_else(|| TaskError::NoContainer {
        container: job.container.to_owned(),
        revision: job.revision.to_owned(),
    })?;
    let request = RunTask::of(job.service, (job.cluster, job.revision));
    let request = request.with_command(job.container, job.command);
    let started = run_task(cloud, &request).await?;
    let task = started.map_err(TaskError::NotStarted)?;
    progress.begun(&task);
    progress.tell(&format!("started the task {}", task.id()));
    let mut output = Output::of(container, task.id());
    if output.is_none() {
        progress.tell("its output is not in CloudWatch, so it is not shown");
    }
    let deadline = Instant::now() + job.timeout;
    let mut status = String::new();
    let mut missing = None;
    loop {
        let now = look(cloud, job, &task).await?;
        if now.is_some() {
            missing = None;
        } else if missing.get_or_insert_with(Instant::now).elapsed() > MISSING {
            return Err(TaskError::Lost(task.arn));
        }
        if let Some(now) = &now
            && now.last_status != status
        {
            now.last_status.clone_into(&mut status);
            progress.tell(&format!("task {}: {}", task.id(), status.to_lowercase()));
        }
        if let Some(output) = &mut output {
            output.tell(cloud, progress).await;
        }
        let is_over = |now: &Task| now.is_stopped() || has_ended(now, job.container);
        if let Some(now) = now.filter(is_over) {
            if !now.is_stopped() {
                // Its other containers have nothing to do without it.
                stop_task(cloud, job.cluster, &task.arn).await?;
            }
            if let Some(output) = &mut output {
                last_lines(cloud, output, progress).await;
            }
            return Ok(Ended::read(cloud, &now, (job.container, &definition)).await);
        }
        if Instant::now() >= deadline {
            return Err(TaskError::TimedOut {
                task: task.arn,
                after: job.timeout,
            });
        }
        sleep(POLL).await;
    }
}

/// If the container that has the command has ended, though the task goes on: it can do without it.
fn has_ended(task: &Task, container: &str) -> bool {
    let mut containers = task.containers.iter();
    containers.any(|it| it.name == container && it.exit_code.is_some())
}

/// The task as it is now. None of one that is not listed, and of a look that failed in a way that may pass.
async fn look(cloud: &impl Cloud, job: &Job<'_>, task: &Task) -> Result<Option<Task>, TaskError> {
    match describe_tasks(cloud, job.cluster, std::slice::from_ref(&task.arn)).await {
        Ok(tasks) => Ok(tasks.into_iter().next()),
        Err(error) if error.is_lockout() || error.is_denied() => Err(error.into()),
        // What makes no sense now may do so at the next look; one that is missing for long is lost.
        Err(_) => Ok(None),
    }
}

async fn last_lines(cloud: &impl Cloud, output: &mut Output, progress: &mut impl Progress) {
    let mut quiet = 0;
    while quiet < LAST_LOOKS {
        sleep(POLL).await;
        let has_more = output.tell(cloud, progress).await;
        quiet = if has_more { 0 } else { quiet + 1 };
    }
}
