//! The commands of `cargo ecs`.

mod api_timeout;
mod ask;
mod aws_options;
mod caller;
mod chosen;
mod commit;
mod completions;
mod confirm;
mod cost;
mod defaults;
mod deploy;
mod diff;
mod doctor;
mod down;
mod drawing;
mod drill;
mod entry;
mod error;
mod exec;
mod github;
mod init;
mod interrupt;
mod logs;
mod markdown;
mod new;
mod outcome;
mod parameters;
mod paste;
mod print;
mod progress;
mod revisions;
mod run;
mod say;
mod scale;
mod service;
mod service_id;
mod signals;
mod stack;
mod status;
mod terminal;
mod try_it;
mod upwards;
mod watch;

pub use self::entry::main;

use aws_options::AwsOptions;
use chosen::{Chosen, Subject};
use clap::builder::ValueParser;
use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use completions::Completions;
use defaults::Defaults;
use std::ffi::OsString;
use std::hash::{BuildHasher, RandomState};
use std::ops::RangeInclusive;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

/// Checks what stands between a commit and the load balancer, and deploys.
#[derive(Debug, Parser)]
#[command(name = "cargo-ecs", bin_name = "cargo ecs", version, after_help = AFTER_HELP)]
pub struct Cli {
    #[command(flatten)]
    api_timeout: api_timeout::ApiTimeout,

    #[command(subcommand)]
    command: Command,

    #[command(flatten)]
    aws: AwsOptions,

    #[arg(skip)]
    defaults: Defaults,
}

const AFTER_HELP: &str = "\
Credentials, region and endpoints come from where the aws command takes them: AWS_PROFILE, AWS_REGION, \
AWS_ENDPOINT_URL, a workflow's OIDC role, and so on. What options are by default can be said in ecs/ecs.toml.";

#[derive(Debug, Subcommand)]
enum Command {
    New(Box<new::New>),
    Init(Box<init::Init>),
    Doctor(Box<doctor::Doctor>),
    Deploy(Box<deploy::Deploy>),
    Rollback(Box<deploy::Rollback>),
    Continue(Box<deploy::Continue>),
    Wait(Box<deploy::Wait>),
    Revisions(revisions::RevisionsArgs),
    Run(Box<run::Run>),
    Status(status::StatusArgs),
    Diff(diff::Diff),
    Up(stack::Up),
    Park(stack::Park),
    Unpark(stack::Unpark),
    Down(down::Down),
    Cost(cost::Cost),
    Drill(Box<drill::DrillArgs>),
    Try(try_it::Try),
    Logs(logs::Logs),
    Exec(exec::Exec),
    Scale(scale::Scale),
    Completions(Completions),
}

/// The program's arguments. As a subcommand of cargo, it is given its own name as the first one.
fn arguments() -> Vec<OsString> {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|first| first == "ecs") {
        arguments.remove(1);
    }
    arguments
}

impl Cli {
    /// What was asked, with the defaults of `ecs/ecs.toml`.
    ///
    /// # Errors
    ///
    /// If the arguments cannot be read, or help is asked for.
    fn asked(arguments: &[OsString], defaults: Defaults) -> Result<Self, clap::Error> {
        let mut command = taking_negative_numbers(defaults.applied_to(Self::command()));
        let matches = command.try_get_matches_from_mut(arguments)?;
        let asked = Self::from_arg_matches(&matches);
        let asked = asked.map_err(|error| error.format(&mut command))?;
        if let Some((region, of_arn)) = asked.two_regions() {
            let why = format!(
                "--region is {region}, and the ARN of --service is in {of_arn}; leave out one of them"
            );
            return Err(command.error(ErrorKind::ArgumentConflict, why));
        }
        Ok(Self { defaults, ..asked })
    }

    /// The region that is asked for and another one that the service's ARN names, if there are both.
    fn two_regions(&self) -> Option<(String, String)> {
        let asked = self.aws.asked_region()?;
        let of_arn = self.command.region().filter(|region| *region != asked)?;
        Some((asked, of_arn))
    }

    /// If it needs no defaults: completions are to be there in any case, and a new service has nothing of the one that is here.
    fn is_without_defaults(&self) -> bool {
        matches!(self.command, Command::Completions(_) | Command::New(_))
    }

    /// Does what was asked.
    async fn run(self) -> ExitCode {
        let aws = self.aws.with_region(self.command.region());
        let chosen = Chosen {
            whereabouts: aws.whereabouts(&self.defaults),
            asked_region: aws.asked_region(),
            limit: self.api_timeout.limit(),
            subject: self.command.subject(),
        };
        chosen.keep();
        match self.command {
            Command::New(new) => new.run(),
            Command::Init(init) => init.run().await,
            Command::Doctor(doctor) => doctor.run(&self.defaults).await,
            Command::Deploy(deploy) => deploy.run().await,
            Command::Rollback(rollback) => rollback.run().await,
            Command::Continue(decision) => decision.run().await,
            Command::Wait(wait) => wait.run().await,
            Command::Revisions(revisions) => revisions.run().await,
            Command::Run(run) => run.run().await,
            Command::Status(status) => status.run().await,
            Command::Diff(diff) => diff.run().await,
            Command::Up(up) => up.run(&self.defaults).await,
            Command::Park(park) => park.run().await,
            Command::Unpark(unpark) => unpark.run().await,
            Command::Down(down) => down.run().await,
            Command::Cost(cost) => cost.run().await,
            Command::Drill(drill) => drill.run(&self.defaults).await,
            Command::Try(it) => it.run(&self.defaults).await,
            Command::Logs(logs) => logs.run().await,
            Command::Exec(exec) => exec.run().await,
            Command::Scale(scale) => scale.run().await,
            Command::Completions(completions) => completions.run(),
        }
    }
}

impl Command {
    /// The region that the ARN of its service names.
    fn region(&self) -> Option<String> {
        match self {
            Self::Init(it) => it.region(),
            other => other.subject().region(),
        }
    }

    /// What it is about.
    fn subject(&self) -> Subject {
        match self {
            Self::Doctor(it) => it.subject(),
            Self::Deploy(it) => it.subject(),
            Self::Rollback(it) => it.subject(),
            Self::Continue(it) => it.subject(),
            Self::Wait(it) => it.service.subject(),
            Self::Revisions(it) => it.service.subject(),
            Self::Run(it) => it.service.subject(),
            Self::Status(it) => it.service.subject(),
            Self::Diff(it) => it.service.subject(),
            Self::Up(it) => it.subject(),
            Self::Park(it) => it.subject(),
            Self::Unpark(it) => it.subject(),
            Self::Down(it) => Subject::Stack(it.stack.clone()),
            Self::Cost(it) => it.service.subject(),
            Self::Drill(it) => Subject::Stack(it.stack.clone()),
            Self::Logs(it) => it.service.subject(),
            Self::Exec(it) => it.service.subject(),
            Self::Scale(it) => it.service.subject(),
            Self::New(_) | Self::Init(_) | Self::Try(_) | Self::Completions(_) => Subject::Other,
        }
    }
}

/// Takes a number below 0 for a value, which says in its own words what it should be, and for no unknown option.
fn taking_negative_numbers(command: clap::Command) -> clap::Command {
    let taking = |argument: clap::Arg| {
        let takes_values = argument.get_action().takes_values();
        argument.allow_negative_numbers(takes_values)
    };
    command
        .mut_args(taking)
        .mut_subcommands(|command| command.mut_args(taking))
}

/// A name for a change set that no other has: by the milliseconds since 1970, for who looks at them, and by chance, since
/// two commands can begin in the same one.
fn change_set() -> String {
    let now = SystemTime::now();
    let millis = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let chance = RandomState::new().hash_one(now);
    format!("cargo-ecs-{}-{chance:016x}", millis.as_millis())
}

/// 30 days, which clocks can add up.
const MOST_SECONDS: u64 = 30 * 24 * 60 * 60;

/// Seconds to wait.
fn seconds() -> ValueParser {
    number(0..=MOST_SECONDS, "seconds")
}

/// A number within bounds, of things of this name.
fn number(bounds: RangeInclusive<u64>, unit: &'static str) -> ValueParser {
    ValueParser::new(move |text: &str| {
        let (least, most) = (bounds.start(), bounds.end());
        match text.parse::<u64>() {
            Ok(number) if bounds.contains(&number) => Ok(number),
            Ok(_) => Err(format!("from {least} to {most} {unit}")),
            Err(_) => match humantime::parse_duration(text) {
                Ok(time) if unit == "seconds" => Err(format!(
                    "write it as a number of seconds: {}",
                    time.as_secs()
                )),
                _ => Err(format!("write it as a number of {unit}")),
            },
        }
    })
}

/// `NAME=VALUE`.
fn parameter(text: &str) -> Result<(String, String), String> {
    let parts = text
        .split_once('=')
        .filter(|(name, _)| !name.trim().is_empty());
    let parts = parts.ok_or("write it as NAME=VALUE")?;
    Ok((parts.0.to_owned(), parts.1.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::change_set;
    use std::collections::HashSet;

    #[test]
    fn change_sets_that_are_made_at_the_same_time_have_different_names_that_aws_takes() {
        let names: HashSet<String> = (0..1000).map(|_| change_set()).collect();
        assert_eq!(names.len(), 1000);
        // AWS, CloudFormation API, "CreateChangeSet": a letter, then letters, digits and hyphens, at most 128.
        let is_taken = |name: &String| {
            // "-count" comes behind it.
            name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name.len() <= 122
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        };
        assert!(names.iter().all(is_taken), "{names:?}");
    }
}
