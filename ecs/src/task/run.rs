//! Runs a command once, and follows it to its end.

use super::ended::Ended;
use super::error::TaskError;
use super::output::Output;
use crate::aws::ecs::{RunTask, Service, Task, describe_tasks, run_task, stop_task};
use crate::aws::{ApiError, Cloud};
use crate::chain::chain;
use crate::deploy::Progress;
use crate::live;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Between two looks.
const POLL: Duration = Duration::from_secs(2);
/// How often in a row there has to be no new line after the end. CloudWatch has the last ones some seconds later.
const LAST_LOOKS: u32 = 3;
/// How long the last lines may take. A log of many megabytes is not read to its end.
const LAST_LINES: Duration = Duration::from_secs(60);
/// How long a task may be missing from the list, which is a moment behind.
const MISSING: Duration = Duration::from_secs(60);
/// How long answers may make no sense, as those of a proxy in between.
const UNREADABLE: Duration = Duration::from_secs(60);

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
    let task = start(cloud, job, progress).await?;
    let mut output = Output::of(container, task.id(), cloud.region());
    if let Err(why) = &output {
        progress.tell(why);
    }
    let mut output = output.as_mut().ok();
    let deadline = Instant::now() + job.timeout;
    let mut status = String::new();
    let mut looks = Looks::default();
    loop {
        let now = looks.next(cloud, (job, &task), progress).await?;
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
            stop_rest(cloud, (job, &now), progress).await;
            if let Some(output) = &mut output {
                last_lines(cloud, output, progress).await;
            }
            let ended = Ended::read(cloud, &now, (job.container, &definition)).await;
            if let Some(output) = output {
                output.close(ended.has_started, progress);
            }
            return Ok(ended);
        }
        if Instant::now() >= deadline {
            if let Some(output) = output {
                output.close(false, progress);
            }
            return Err(looks.too_late(job, task.arn));
        }
        sleep(POLL).await;
    }
}

/// Asks for the task. As often as it is asked for, one is started: the request has a token.
async fn start(
    cloud: &impl Cloud,
    job: &Job<'_>,
    progress: &mut impl Progress,
) -> Result<Task, TaskError> {
    let request = RunTask::of(job.service, (job.cluster, job.revision));
    let request = request.with_command(job.container, job.command);
    progress.starting();
    let task = match run_task(cloud, &request).await {
        Ok(started) => started.map_err(TaskError::NotStarted)?,
        Err(source) if source.is_in_doubt() => {
            return Err(TaskError::InDoubt {
                cluster: job.cluster.to_owned(),
                source: Box::new(source),
            });
        }
        Err(error) => return Err(error.into()),
    };
    progress.begun(&task);
    progress.tell(&format!("started the task {}", task.id()));
    Ok(task)
}

/// If the container that has the command has ended, though the task goes on: it can do without it.
fn has_ended(task: &Task, container: &str) -> bool {
    let mut containers = task.containers.iter();
    containers.any(|it| it.name == container && it.exit_code.is_some())
}

/// Stops the other containers, which have nothing to do without the command's. How that ended is known all the same.
async fn stop_rest(
    cloud: &impl Cloud,
    (job, task): (&Job<'_>, &Task),
    progress: &mut impl Progress,
) {
    if task.is_ending() {
        return;
    }
    if let Err(error) = stop_task(cloud, job.cluster, &task.arn).await {
        progress.tell(&format!(
            "warning: the command has ended, and its task {} cannot be stopped: {}",
            task.id(),
            chain(&error)
        ));
    }
}

/// Looks at a task, of which some may fail.
#[derive(Default)]
struct Looks {
    /// Since when it is not listed.
    missing: Option<Instant>,
    /// Since when looks fail, and why the last one did.
    failing: Option<(Instant, ApiError)>,
}

impl Looks {
    /// The task as it is now. None of one that is not listed, and of a look that failed in a way that may pass.
    async fn next(
        &mut self,
        cloud: &impl Cloud,
        (job, task): (&Job<'_>, &Task),
        progress: &mut impl Progress,
    ) -> Result<Option<Task>, TaskError> {
        let arn = std::slice::from_ref(&task.arn);
        let error = match describe_tasks(cloud, job.cluster, arn).await {
            Ok(tasks) => {
                self.failing = None;
                let now = tasks.into_iter().next();
                if now.is_some() {
                    self.missing = None;
                } else if self.missing.get_or_insert_with(Instant::now).elapsed() > MISSING {
                    return Err(TaskError::Lost(task.arn.clone()));
                }
                return Ok(now);
            }
            Err(error) => error,
        };
        let since = match &self.failing {
            Some((since, _)) => *since,
            None => {
                let why = chain(&error);
                progress.tell(&format!("cannot look at the task for now: {why}"));
                Instant::now()
            }
        };
        // What makes no sense now may do so at the next look.
        let is_over = !error.may_pass(true) && since.elapsed() > UNREADABLE;
        if is_over || error.is_lockout() || error.is_denied() {
            return Err(TaskError::Unseen {
                task: task.arn.clone(),
                source: Box::new(error),
            });
        }
        self.failing = Some((since, error));
        Ok(None)
    }

    /// Why there is no end in time.
    fn too_late(self, job: &Job<'_>, task: String) -> TaskError {
        match self.failing {
            Some((_, error)) => TaskError::Unseen {
                task,
                source: Box::new(error),
            },
            None => TaskError::TimedOut {
                cluster: job.cluster.to_owned(),
                task,
                after: job.timeout,
            },
        }
    }
}

/// Tells what CloudWatch has late.
async fn last_lines(cloud: &impl Cloud, output: &mut Output, progress: &mut impl Progress) {
    let end = Instant::now() + LAST_LINES;
    let mut quiet = 0;
    while quiet < LAST_LOOKS {
        if Instant::now() >= end {
            progress.tell("its output goes on; see the rest: cargo ecs logs");
            return;
        }
        sleep(POLL).await;
        let has_more = output.tell(cloud, progress).await;
        quiet = if has_more { 0 } else { quiet + 1 };
    }
}
