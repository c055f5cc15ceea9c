//! The commands of `cargo ecs`.

mod api_timeout;
mod commit;
mod confirm;
mod cost;
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
mod interrupt;
mod logs;
mod markdown;
mod outcome;
mod print;
mod progress;
mod revisions;
mod run;
mod say;
mod scale;
mod service;
mod signals;
mod stack;
mod status;
mod watch;

pub use self::entry::main;

use clap::{Args, CommandFactory, Parser, Subcommand};
use std::ffi::OsString;
use std::hash::{BuildHasher, RandomState};
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
}

const AFTER_HELP: &str = "\
Credentials, region and endpoints come from where the aws command takes them: AWS_PROFILE, AWS_REGION, \
AWS_ENDPOINT_URL, a workflow's OIDC role, and so on.";

#[derive(Debug, Subcommand)]
enum Command {
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
    Logs(logs::Logs),
    Exec(exec::Exec),
    Scale(scale::Scale),
    Completions(Completions),
}

/// Print a script that completes the commands in your shell
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  cargo-ecs completions bash > ~/.local/share/bash-completion/completions/cargo-ecs"
)]
struct Completions {
    shell: clap_complete::Shell,
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
    /// Does what was asked.
    async fn run(self) -> ExitCode {
        self.api_timeout.choose();
        match self.command {
            Command::Doctor(doctor) => doctor.run().await,
            Command::Deploy(deploy) => deploy.run().await,
            Command::Rollback(rollback) => rollback.run().await,
            Command::Continue(decision) => decision.run().await,
            Command::Wait(wait) => wait.run().await,
            Command::Revisions(revisions) => revisions.run().await,
            Command::Run(run) => run.run().await,
            Command::Status(status) => status.run().await,
            Command::Diff(diff) => diff.run().await,
            Command::Up(up) => up.run().await,
            Command::Park(park) => park.run().await,
            Command::Unpark(unpark) => unpark.run().await,
            Command::Down(down) => down.run().await,
            Command::Cost(cost) => cost.run().await,
            Command::Drill(drill) => drill.run().await,
            Command::Logs(logs) => logs.run().await,
            Command::Exec(exec) => exec.run().await,
            Command::Scale(scale) => scale.run().await,
            Command::Completions(Completions { shell }) => {
                let mut command = Self::command();
                let mut script = Vec::new();
                clap_complete::generate(shell, &mut command, "cargo-ecs", &mut script);
                say::out(String::from_utf8_lossy(&script));
                ExitCode::SUCCESS
            }
        }
    }
}

/// A name for a change set that no other has: by the milliseconds since 1970, for who looks at them, and by chance, since
/// two commands can begin in the same one.
fn change_set() -> String {
    let now = SystemTime::now();
    let millis = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let chance = RandomState::new().hash_one(now);
    format!("cargo-ecs-{}-{chance:016x}", millis.as_millis())
}

/// Seconds to wait: at most 30 days, which clocks can add up.
fn seconds() -> impl clap::builder::TypedValueParser<Value = u64> {
    clap::value_parser!(u64).range(..=30 * 24 * 60 * 60)
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
