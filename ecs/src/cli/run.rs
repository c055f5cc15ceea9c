//! `cargo ecs run`.

use super::caller::{Access, access_to_change};
use super::commit;
use super::error::{CliError, failed};
use super::interrupt;
use super::paste::completed;
use super::progress::Lines;
use super::say;
use super::service::{RegistryArgs, ServiceArgs};
use super::signals::Signals;
use crate::aws::ecs::register;
use crate::deploy::changed::changed;
use crate::deploy::{Changes, DeployError, Progress, Verdict, Wanted, examine_image, short};
use crate::live;
use crate::task::{self, Ended, Job, TaskError};
use clap::Args;
use std::process::ExitCode;
use std::time::Duration;

/// The exit code where the command never ran, as of `docker run`.
const NOT_RUN: u8 = 125;

/// Run a command once as a task of its own, and wait for its end
#[derive(Args, Debug)]
#[command(after_help = "\
The task gets the service's network, roles, variables and secrets. The command takes the place of the image's CMD; an
ENTRYPOINT stays in front of it. What the task prints goes to stdout. Ctrl-C or SIGTERM stops the task.

Exit codes: the command's own; 1 an error, 15 still running after the timeout, 18 the image cannot be run, 125 the
command never ran, 130 interrupted.

Examples:
  cargo ecs run --service shop -- migrate up
  cargo ecs run --service shop --image 3f1c9e7 -- migrate up")]
pub(super) struct Run {
    #[command(flatten)]
    pub(super) service: ServiceArgs,

    /// The image of another commit, or another image, as a new revision [default: what the service runs]
    #[arg(long, value_name = "SHA|IMAGE")]
    image: Option<String>,

    /// The container that gets the command [default: the one that requests go to]
    #[arg(long, value_name = "NAME")]
    container: Option<String>,

    #[command(flatten)]
    registry: RegistryArgs,

    /// How many seconds to wait for the end; the task goes on after that
    #[arg(long, value_name = "SECONDS", default_value_t = 3600, value_parser = super::seconds())]
    timeout: u64,

    /// Print how it ended as JSON, and what the task prints on stderr
    #[arg(long)]
    json: bool,

    /// The command
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<String>,
}

impl Run {
    pub(super) async fn run(self) -> ExitCode {
        let wanted = self.image.as_deref().map(Wanted::parse).transpose();
        let wanted = match wanted {
            Ok(wanted) => wanted.map(commit::in_full),
            Err(error) => {
                failed(&error.into(), self.json);
                return ExitCode::from(2);
            }
        };
        let mut lines = if self.json {
            Lines::new()
        } else {
            Lines::of_task()
        };
        match self.ended(wanted, &mut lines).await {
            Ok(None) => {
                if self.json {
                    say::json(&serde_json::json!({ "error": "interrupted" }));
                }
                ExitCode::from(interrupt::CODE)
            }
            Ok(Some(ended)) => self.print(&ended),
            Err(error) => {
                let code = failed(&error, self.json);
                match error {
                    CliError::Task(TaskError::TimedOut { .. }) => {
                        ExitCode::from(Verdict::TimedOut.code())
                    }
                    CliError::Task(TaskError::NotStarted(_)) => ExitCode::from(NOT_RUN),
                    _ => code,
                }
            }
        }
    }

    /// None if nobody waits for the end.
    async fn ended(
        &self,
        wanted: Option<Wanted>,
        lines: &mut Lines,
    ) -> Result<Option<Ended>, CliError> {
        let Access {
            aws,
            client,
            caller,
        } = access_to_change().await?;
        let cluster = self.service.cluster();
        let live = live::read(&aws, cluster, self.service.name().service).await?;
        let main = live.facts.main_container();
        let main = main.map(|main| main.name.clone());
        let container = self
            .container
            .clone()
            .or(main)
            .ok_or(DeployError::NoContainer)?;
        let revision = match wanted {
            None => live.facts.service.task_definition.clone(),
            Some(wanted) => {
                let registry = self.registry.registry(client);
                let changes = Changes {
                    containers: vec![(container.clone(), Some(wanted))],
                    ..Changes::default()
                };
                let changed = changed(&registry, &live, &changes, lines).await?;
                let report = examine_image(&registry, &live, &changed.definition).await;
                let report = report.map_err(DeployError::from)?;
                if !report.ok {
                    return Err(CliError::Refused(report));
                }
                if changed.is_other {
                    let revision = register(&aws, &changed.definition).await?;
                    lines.tell(&format!("registered {}", short(&revision)));
                    revision
                } else {
                    live.facts.service.task_definition.clone()
                }
            }
        };
        let job = Job {
            cluster,
            service: &live.service,
            revision: &revision,
            container: &container,
            command: &self.command,
            timeout: Duration::from_secs(self.timeout),
        };
        let watched = lines.watched();
        let mut signals = Signals::listen();
        tokio::select! {
            ended = task::run(&aws, &job, lines) => {
                let caller = Some(caller);
                return Ok(Some(Ended { caller, ..ended? }));
            }
            _ = signals.next() => {}
        }
        interrupt::stop_task(&aws, cluster, (&watched, &mut signals)).await;
        Ok(None)
    }

    fn print(&self, ended: &Ended) -> ExitCode {
        if self.json {
            say::json(ended);
        }
        if let Some(cause) = &ended.cause {
            let (name, evidence, fix) = (&cause.name, cause.excerpt(), &cause.fix);
            let fix = completed(fix);
            say::err(format_args!("{name}: {evidence}\n  fix: {fix}"));
        }
        match ended.exit_code {
            // A shell has one byte for it.
            Some(0) => ExitCode::SUCCESS,
            Some(code) => ExitCode::from(u8::try_from(code & 0xff).unwrap_or(1).max(1)),
            None if ended.has_started => ExitCode::FAILURE,
            None => ExitCode::from(NOT_RUN),
        }
    }
}
