//! `cargo ecs deploy`, `cargo ecs rollback` and `cargo ecs continue`.

use super::caller::{Access, access_to_change};
use super::chosen::Subject;
use super::error::CliError;
use super::github::GitHub;
use super::progress::Lines;
use super::service::{RegistryArgs, ServiceArgs};
use super::{commit, interrupt, outcome, paste, say};
use crate::aws::ecs::{HookAction, RawDefinition};
use crate::chain::chain;
use crate::deploy::{
    BadWanted, Begun, Changes, Goal, Order, Outcome, Target, Wanted, carry_out, help,
};
use crate::files::definition_file;
use clap::Args;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// The exit code for them, as of clap.
const WRONG_ARGUMENTS: u8 = 2;

/// Deploy a commit, an image or a file, and wait for the result
#[derive(Args, Debug)]
#[command(after_help = format!("{DEPLOY_HELP}{}\n{DEPLOY_EXAMPLES}", help()))]
pub(super) struct Deploy {
    /// A commit, which is the tag of the image that the service has, or a whole image
    #[arg(value_name = "SHA|IMAGE", required_unless_present_any = ["definition", "containers", "variables", "secrets", "refresh"])]
    wanted: Option<String>,

    /// Register this file instead of what runs: all that `cargo ecs diff` shows
    #[arg(long, value_name = "FILE")]
    definition: Option<PathBuf>,

    /// A container that gets the image, or one of its own [default: the one that requests go to]
    #[arg(long = "container", value_name = "NAME[=SHA|IMAGE]")]
    containers: Vec<String>,

    /// Set a plain variable of the container
    #[arg(long = "set-env", value_name = "NAME=VALUE", value_parser = super::parameter)]
    variables: Vec<(String, String)>,

    /// Set a variable of the container from a secret or a parameter
    #[arg(long = "set-secret", value_name = "NAME=ARN", value_parser = super::parameter)]
    secrets: Vec<(String, String)>,

    /// Replace all tasks even if nothing changes: for a tag that was pushed again, or a rotated secret
    #[arg(long)]
    refresh: bool,

    /// Run this command once with the new revision first; if it fails, the service is not touched
    #[arg(long, value_name = "COMMAND")]
    before: Option<String>,

    #[command(flatten)]
    common: Common,
}

/// Go back to the last deployment that was good, and wait for the result
#[derive(Args, Debug)]
#[command(after_help = format!("The image of the revision still has to exist.\n\n{}\n{ROLLBACK_EXAMPLES}", help()))]
pub(super) struct Rollback {
    /// A revision (12, or shop:12) or a commit to go back to
    #[arg(long, value_name = "REVISION|SHA")]
    to: Option<String>,

    #[command(flatten)]
    common: Common,
}

/// Let a deployment that waits at a lifecycle hook go on, and wait for the result
#[derive(Args, Debug)]
#[command(after_help = format!("{}\n{CONTINUE_EXAMPLES}", help()))]
pub(super) struct Continue {
    /// Roll back instead
    #[arg(long)]
    rollback: bool,

    #[command(flatten)]
    common: Common,
}

/// Wait until the deployment that goes on is over, and tell how it ended; if none goes on, how the last one did
#[derive(Args, Debug)]
#[command(after_help = format!("Changes nothing.\n\n{}\n{WAIT_EXAMPLES}", help()))]
pub(super) struct Wait {
    #[command(flatten)]
    pub(super) service: ServiceArgs,

    /// How many seconds to wait for the end, in addition to the bake times of the service
    #[arg(long, value_name = "SECONDS", default_value_t = 900, value_parser = super::seconds())]
    timeout: u64,

    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,

    #[arg(skip = GitHub::of_environment())]
    github: GitHub,
}

#[derive(Args, Debug)]
struct Common {
    #[command(flatten)]
    service: ServiceArgs,

    #[command(flatten)]
    registry: RegistryArgs,

    /// Deploy even if the desired count is 0
    #[arg(long)]
    allow_parked: bool,

    /// Go on where the preflight would refuse, and print why it would
    #[arg(long)]
    force: bool,

    /// How many seconds to wait for the end, in addition to the bake times of the service; ECS goes on after that
    #[arg(long, value_name = "SECONDS", default_value_t = 900, value_parser = super::seconds())]
    timeout: u64,

    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,

    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,

    #[arg(skip = GitHub::of_environment())]
    github: GitHub,
}

const DEPLOY_HELP: &str = "\
Refuses before anything is touched if this deployment cannot work. Registers one revision, updates the service once,
never touches the desired count, and follows the deployment to its end.

";

const DEPLOY_EXAMPLES: &str = "\
Examples:
  cargo ecs deploy 3f1c9e7 --service shop
  cargo ecs deploy me/shop:3f1c9e7 --service shop --cluster main --timeout 600
  cargo ecs deploy 3f1c9e7 --service shop --before 'migrate up'
  cargo ecs deploy 3f1c9e7 --service shop --definition ecs/task-definition.json
  cargo ecs deploy --service shop --set-env LOG=debug
  cargo ecs deploy --service shop --refresh
  cargo ecs deploy 3f1c9e7 --service shop --dry-run";

const ROLLBACK_EXAMPLES: &str = "\
Examples:
  cargo ecs rollback --service shop
  cargo ecs rollback --service shop --to 12
  cargo ecs rollback --service shop --to 3f1c9e7";

const CONTINUE_EXAMPLES: &str = "\
Examples:
  cargo ecs continue --service shop
  cargo ecs continue --service shop --rollback";

const WAIT_EXAMPLES: &str = "\
Example:
  cargo ecs wait --service shop --timeout 600";

impl Deploy {
    pub(super) fn subject(&self) -> Subject {
        self.common.service.subject()
    }

    pub(super) async fn run(self) -> ExitCode {
        match self.changes() {
            Ok(changes) => self.common.carry_out(Goal::Deploy(Box::new(changes))).await,
            Err(error) => self.common.fail(&chain(&error), WRONG_ARGUMENTS),
        }
    }

    fn changes(&self) -> Result<Changes, CliError> {
        let image = self.wanted.as_deref().map(wanted).transpose()?;
        let containers = self
            .containers
            .iter()
            .map(|text| match text.split_once('=') {
                Some((name, own)) => Ok((name.to_owned(), Some(wanted(own)?))),
                None => Ok((text.clone(), None)),
            });
        let before = self.before.as_deref().map(words).transpose()?;
        self.each_once()?;
        self.each_used()?;
        Ok(Changes {
            definition: self.definition.as_deref().map(definition).transpose()?,
            containers: containers.collect::<Result<_, BadWanted>>()?,
            variables: self.variables.clone(),
            secrets: self.secrets.clone(),
            tags: self.common.tags(image.as_ref()),
            refresh: self.refresh,
            is_back: false,
            image,
            before,
        })
    }
}

impl Deploy {
    /// Two values for one thing are a mistake, and nobody knows which one is meant.
    fn each_once(&self) -> Result<(), CliError> {
        let container = |text: &String| text.split('=').next().unwrap_or_default().to_owned();
        let containers = self.containers.iter().map(container);
        let variables = self.variables.iter().chain(&self.secrets);
        let variables = variables.map(|(name, _)| name.clone());
        for names in [containers.collect::<Vec<_>>(), variables.collect()] {
            let mut seen = BTreeSet::new();
            if let Some(twice) = names.into_iter().find(|name| !seen.insert(name.clone())) {
                return Err(CliError::Twice(twice));
            }
        }
        Ok(())
    }

    /// What would change nothing is a mistake too.
    fn each_used(&self) -> Result<(), CliError> {
        let mut without_own = self.containers.iter().filter(|text| !text.contains('='));
        let has_common = self.wanted.is_some();
        let has_variables = !self.variables.is_empty() || !self.secrets.is_empty();
        match (without_own.next(), &self.wanted) {
            (None, Some(wanted)) if !self.containers.is_empty() => {
                Err(CliError::ForNone(wanted.clone()))
            }
            (Some(name), _) if !has_common && !has_variables => {
                Err(CliError::Unchanged(name.clone()))
            }
            _ => Ok(()),
        }
    }
}

impl Rollback {
    pub(super) fn subject(&self) -> Subject {
        self.common.service.subject()
    }

    pub(super) async fn run(self) -> ExitCode {
        let is_revision =
            |to: &String| to.contains(':') || to.len() < 7 && to.parse::<u32>().is_ok();
        let goal = match self.to {
            // A commit is gone back to by deploying it: its revision may not be there any more.
            Some(commit) if !is_revision(&commit) => match wanted(&commit) {
                Ok(commit) => Goal::Deploy(Box::new(Changes {
                    tags: self.common.tags(Some(&commit)),
                    image: Some(commit),
                    is_back: true,
                    ..Changes::default()
                })),
                Err(error) => return self.common.fail(&chain(&error), WRONG_ARGUMENTS),
            },
            to => Goal::RollBack(to.map_or(Target::LastGood, Target::Revision)),
        };
        self.common.carry_out(goal).await
    }
}

impl Continue {
    pub(super) fn subject(&self) -> Subject {
        self.common.service.subject()
    }

    pub(super) async fn run(self) -> ExitCode {
        let action = if self.rollback {
            HookAction::Rollback
        } else {
            HookAction::Continue
        };
        self.common.carry_out(Goal::Continue(action)).await
    }
}

impl Wait {
    pub(super) async fn run(self) -> ExitCode {
        let common = Common {
            service: self.service,
            registry: RegistryArgs::default(),
            allow_parked: false,
            force: false,
            timeout: self.timeout,
            dry_run: false,
            json: self.json,
            github: self.github,
        };
        common.carry_out(Goal::Wait).await
    }
}

/// A commit, in full where git knows it, or an image.
fn wanted(text: &str) -> Result<Wanted, BadWanted> {
    Wanted::parse(text).map(commit::in_full)
}

/// The words of a command, by the rules of a shell.
fn words(command: &str) -> Result<Vec<String>, CliError> {
    let words = shlex::split(command).filter(|words| !words.is_empty());
    words.ok_or_else(|| CliError::Command(command.to_owned()))
}

/// A definition in a file. What ECS does not take back is left out, which is told.
fn definition(file: &Path) -> Result<RawDefinition, CliError> {
    let (definition, dropped) = definition_file(file)?;
    if !dropped.is_empty() {
        let names = dropped.join(", ");
        say::err(format_args!("{}: left out {names}", file.display()));
    }
    Ok(definition)
}

impl Common {
    fn tags(&self, image: Option<&Wanted>) -> Vec<(String, String)> {
        let tags = [
            ("dualrun:commit", image.and_then(Wanted::tag)),
            ("dualrun:run", self.github.run()),
        ];
        let tags = tags
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?)));
        tags.collect()
    }

    async fn carry_out(&self, goal: Goal) -> ExitCode {
        let order = Order {
            service: self.service.name().service.to_owned(),
            cluster: self.service.cluster().to_owned(),
            goal,
            dry_run: self.dry_run,
            allow_parked: self.allow_parked,
            force: self.force,
            timeout: Duration::from_secs(self.timeout),
            begun: Begun::default(),
        };
        let mut outcome = match self.outcome(&order).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(interrupted)) => return self.fail(interrupted, interrupt::CODE),
            Err(error) => Outcome::of_error(self.service.name(), chain(&error)),
        };
        paste::complete_outcome(&mut outcome);
        outcome::print(&outcome, self.json);
        self.github.report(&outcome);
        ExitCode::from(outcome.verdict.code())
    }

    /// Of what has no verdict, with an exit code of its own. Who reads JSON or the workflow's outputs finds the error there.
    fn fail(&self, error: &str, code: u8) -> ExitCode {
        let error = &paste::completed(error);
        let outcome = Outcome::of_error(self.service.name(), say::stripped(error));
        if self.json {
            outcome::print(&outcome, true);
        } else {
            say::err(error);
        }
        self.github.report(&outcome);
        ExitCode::from(code)
    }

    /// An error, in words, if nobody waits for the outcome.
    async fn outcome(&self, order: &Order) -> Result<Result<Outcome, &'static str>, CliError> {
        let Access {
            aws,
            client,
            caller,
        } = access_to_change().await?;
        let registry = self.registry.registry(client);
        let mut progress = Lines::new();
        let watched = progress.watched();
        let work = carry_out(&aws, &registry, order, &mut progress);
        let ended = interrupt::unless_interrupted(&aws, order, &watched, work).await;
        Ok(ended.map(|outcome| Outcome {
            caller: Some(caller),
            ..outcome
        }))
    }
}
