//! `cargo ecs init`.

mod build;
mod decide;
mod error;
mod service;
mod told;

pub(super) use self::error::InitError;

use self::told::{About, told};
use super::error::{CliError, failed};
use super::say;
use super::service_id::ServiceId;
use crate::init::check::{self, Secret};
use crate::init::{Report, Repository, check_inside, files, guesses, search};
use crate::new::write::{NewFile, look, write};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Add what a deployment needs to a repository that has a service, whatever it is written in
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Init {
    /// The service's name, and so the stack's [default: the remote's, or the folder's]
    #[arg(long, value_name = "NAME", value_parser = check::name)]
    name: Option<String>,

    /// The repository for its images, such as ghcr.io/me/shop [default: that of the git remote]
    #[arg(long, value_name = "REPOSITORY", value_parser = check::image)]
    image: Option<String>,

    /// The Dockerfile
    #[arg(long, value_name = "FILE")]
    dockerfile: Option<PathBuf>,

    /// The folder that the build gets [default: the Dockerfile's]
    #[arg(long, value_name = "FOLDER")]
    context: Option<PathBuf>,

    /// The stage of the Dockerfile [default: the last one]
    #[arg(long, value_name = "STAGE")]
    target: Option<String>,

    /// The port that the service listens on [default: what the Dockerfile or a Compose file tells]
    #[arg(long, value_parser = check::port)]
    port: Option<u16>,

    /// The path that answers 200 if the service is healthy [default: what the Dockerfile tells, or /]
    #[arg(long, value_name = "PATH", value_parser = check::health_path)]
    health_path: Option<String>,

    /// A variable of the container
    #[arg(long = "env", value_name = "NAME=VALUE", value_parser = check::variable)]
    variables: Vec<(String, String)>,

    /// A secret variable of the container: the stack makes a secret for it, or takes the one of an ARN
    #[arg(long = "secret", value_name = "NAME[=ARN]", value_parser = check::secret)]
    secrets: Vec<Secret>,

    /// CPU units of a task [default: 256, a quarter of a CPU]
    #[arg(long, value_name = "UNITS")]
    cpu: Option<u32>,

    /// MiB of memory of a task [default: the least for the CPU]
    #[arg(long, value_name = "MIB")]
    memory: Option<u32>,

    /// What the tasks run on [default: arm64, unless the Dockerfile names another platform]
    #[arg(long, value_name = "ARCHITECTURE")]
    architecture: Option<Architecture>,

    /// Give the container a root file system that cannot be written to
    #[arg(long)]
    read_only: bool,

    /// The repository on GitHub, for its workflows [default: the git remote]
    #[arg(long, value_name = "OWNER/NAME", value_parser = check::github)]
    github: Option<String>,

    /// The branch whose commits get images [default: that of the git remote]
    #[arg(long, value_name = "BRANCH", value_parser = check::branch)]
    branch: Option<String>,

    /// Write the task definition of this service in AWS, by its name or ARN, and the defaults that name it, instead
    // Not `service`: that has a default in ecs.toml.
    #[arg(long = "service", value_name = "NAME", value_parser = ServiceId::parser(), conflicts_with_all = OTHERS)]
    running: Option<ServiceId>,

    /// That service's cluster [default: the service's name]
    #[arg(long = "cluster", value_name = "NAME", requires = "running")]
    running_in: Option<String>,

    /// Ask nothing: take what is found out
    #[arg(long, short)]
    yes: bool,

    /// Say what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

const OTHERS: [&str; 15] = [
    "name",
    "image",
    "dockerfile",
    "context",
    "target",
    "port",
    "health_path",
    "variables",
    "secrets",
    "cpu",
    "memory",
    "architecture",
    "read_only",
    "github",
    "branch",
];

const AFTER_HELP: &str = "\
Looks at the Dockerfile, Compose file and git remote, and asks for the rest; without a terminal it asks nothing. Nothing \
is overwritten: run it again whenever you like.

Exit codes: 0 done, or nothing to do, 1 nothing was written.

Examples:
  cargo ecs init
  cargo ecs init --yes --port 5000 --health-path /healthz --env LOG_LEVEL=info --secret DATABASE_URL
  cargo ecs init --dockerfile api/Dockerfile --context . --dry-run
  cargo ecs init --service shop --cluster main        the task definition of a service that runs";

/// As registries and Docker call them.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Architecture {
    Arm64,
    #[value(name = "amd64", alias = "x86_64")]
    Amd64,
}

/// What is to be written, and what is said of it.
struct Plan {
    repository: Repository,
    /// Where it was asked for, from the root on.
    folder: PathBuf,
    files: Vec<NewFile>,
    about: About,
}

impl Init {
    /// The region that the service's ARN names.
    pub(super) fn region(&self) -> Option<String> {
        self.running.as_ref()?.region.clone()
    }

    pub(super) async fn run(self) -> ExitCode {
        let plan = match &self.running {
            Some(service) => self.of_service(service).await,
            None => self.of_repository().map_err(CliError::from),
        };
        match plan.and_then(|plan| Ok(self.written(&plan)?)) {
            Ok(report) if self.json => say::json(&report),
            Ok(report) => say::out(report.text()),
            Err(error) => return failed(&error, self.json),
        }
        ExitCode::SUCCESS
    }

    /// The files of a repository that has a Dockerfile.
    fn of_repository(&self) -> Result<Plan, InitError> {
        let (repository, folder) = repository()?;
        let root = &repository.root;
        let found = search(root);
        for folder in &found.unread {
            say::err(format_args!("not looked into: {}", folder.display()));
        }
        let (build, stage) = self.build(&repository, &found, &folder)?;
        let guesses = guesses(&repository, &found, (&build, &stage))?;
        if let Some(evidence) = &guesses.dualrun {
            say::err(format_args!("a service on dualrun, {evidence}"));
        }
        for warning in &guesses.warnings {
            say::err(format_args!("warning: {warning}"));
        }
        let answers = self.answers(&repository, build, guesses)?;
        Ok(Plan {
            files: files(&answers)?,
            about: About::Answers(Box::new(answers)),
            repository,
            folder,
        })
    }

    fn written(&self, plan: &Plan) -> Result<Report, InitError> {
        let root = &plan.repository.root;
        check_inside(root, plan.files.iter().map(|file| file.path.as_str()))?;
        let fates = if self.dry_run {
            look(root, &plan.files)?
        } else {
            write(root, &plan.files)?.files
        };
        Ok(told(plan, fates, self.dry_run))
    }
}

impl Architecture {
    /// In ECS's words.
    fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "ARM64",
            Self::Amd64 => "X86_64",
        }
    }
}

/// The repository that this runs in, and the folder from its root on.
fn repository() -> Result<(Repository, PathBuf), InitError> {
    let folder = std::env::current_dir().and_then(|folder| folder.canonicalize());
    let folder = folder.map_err(InitError::Folder)?;
    let repository = Repository::of(&folder);
    let below = folder
        .strip_prefix(&repository.root)
        .unwrap_or(Path::new(""));
    if below != Path::new("") {
        let root = repository.root.display();
        say::err(format_args!(
            "the files go to the repository's root, {root}"
        ));
    }
    if !repository.has_git {
        say::err(
            "no git repository here, so commits cannot name images: run git init before the first deployment",
        );
    }
    let below = below.to_owned();
    Ok((repository, below))
}
