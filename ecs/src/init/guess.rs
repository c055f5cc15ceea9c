//! What the repository tells of the service, each with where it is from.

use super::answers::Build;
use super::check::Secret;
use super::dockerfile::Stage;
use super::earlier::{BadEarlier, Earlier};
use super::health::ContainerHealth;
use super::left_out::{is_left_out, list_of};
use super::on_dualrun::{evidence, parameter_of};
use super::repository::Repository;
use super::search::Search;
use super::{check, compose, program};
use std::collections::BTreeSet;
use std::fmt::Display;
use std::path::Path;

/// Variables that servers take their port from.
const PORTS: [&str; 5] = [
    "PORT",
    "ASPNETCORE_HTTP_PORTS",
    "ASPNETCORE_URLS",
    "HTTP_PORT",
    "SERVER_PORT",
];

/// Something that was found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guess<T> {
    /// What.
    pub value: T,
    /// Where from, for people.
    pub from: String,
}

/// What was found out of a repository.
#[derive(Clone, Debug)]
pub struct Guesses {
    /// The service's name.
    pub name: Option<Guess<String>>,
    /// The repository for its images.
    pub image: Option<Guess<String>>,
    /// `owner/name` on GitHub.
    pub github: Option<String>,
    /// The branch whose commits get images.
    pub branch: Guess<String>,
    /// The port that it listens on.
    pub port: Option<Guess<String>>,
    /// The path of its health check.
    pub health_path: Guess<String>,
    /// Its variables.
    pub variables: Vec<(String, String)>,
    /// Its secrets.
    pub secrets: Vec<Secret>,
    /// Its CPU and memory, as ECS writes them.
    pub size: Guess<(String, String)>,
    /// `ARM64` or `X86_64`.
    pub architecture: Guess<String>,
    /// If its file system is read-only.
    pub is_read_only: bool,
    /// How it is known that it is served by dualrun, if it is.
    pub dualrun: Option<String>,
    /// Its user.
    pub(super) user: Option<String>,
    /// Its health check as ECS takes it.
    pub(super) health_check: Option<ContainerHealth>,
    /// What is worth a warning.
    pub warnings: Vec<String>,
}

impl<T> Guess<T> {
    pub(super) fn new(value: T, from: impl Display) -> Self {
        Self {
            value,
            from: from.to_string(),
        }
    }
}

impl Guesses {
    /// If it is served by dualrun.
    pub fn is_dualrun(&self) -> bool {
        self.dualrun.is_some()
    }
}

/// What a repository, and the stage of its Dockerfile that is run, tell.
///
/// # Errors
///
/// If the task definition that is there has names that no other file can have.
pub fn guesses(
    repository: &Repository,
    search: &Search,
    (build, stage): (&Build, &Stage),
) -> Result<Guesses, BadEarlier> {
    let root = &repository.root;
    let dockerfile = build.dockerfile.as_path();
    let earlier = Earlier::of(root)?;
    let dualrun = evidence((root, search), (build, stage));
    let is_dualrun = dualrun.is_some();
    let remote = repository.remote.as_ref();
    let of_remote = remote.and_then(|remote| Some(Guess::new(remote.image()?, "the git remote")));
    let is_own = |name: &String| !(is_dualrun && parameter_of(name).is_some());
    let variables = earlier
        .variables
        .into_iter()
        .filter(|(name, _)| is_own(name));
    let secrets = earlier.secrets.into_iter();
    let branch = earlier.branch.or_else(|| repository.branch());
    Ok(Guesses {
        name: earlier.name.or_else(|| of_name(repository)),
        image: earlier.image.or(of_remote),
        branch: branch.unwrap_or_else(|| Guess::new("main".into(), "the usual one")),
        github: remote.filter(|it| it.is_github()).map(|it| it.path.clone()),
        port: earlier.port.or_else(|| {
            let port = port(root, (dockerfile, stage), is_dualrun)?;
            Some(Guess::new(port.value.to_string(), port.from))
        }),
        health_path: earlier
            .health_path
            .unwrap_or_else(|| health_path((dockerfile, stage), is_dualrun)),
        variables: variables.collect(),
        secrets: secrets.filter(|it| is_own(&it.name)).collect(),
        size: size(earlier.cpu, earlier.memory),
        architecture: earlier
            .architecture
            .unwrap_or_else(|| architecture((dockerfile, stage))),
        is_read_only: earlier.is_read_only || is_dualrun,
        dualrun,
        user: stage.user.clone(),
        health_check: health_check(stage, is_dualrun),
        warnings: warnings(root, (build, stage)),
    })
}

/// Of both, the stack's own default for the one that nothing tells.
fn size(cpu: Option<Guess<String>>, memory: Option<Guess<String>>) -> Guess<(String, String)> {
    let from = cpu.as_ref().or(memory.as_ref()).map(|it| it.from.clone());
    let value = |guess: Option<Guess<String>>, usual: &str| {
        guess.map_or_else(|| usual.to_owned(), |guess| guess.value)
    };
    Guess::new(
        (value(cpu, "256"), value(memory, "512")),
        from.unwrap_or_else(|| "the smallest".into()),
    )
}

fn of_name(repository: &Repository) -> Option<Guess<String>> {
    let (name, from) = repository.name()?;
    Some(Guess::new(check::near(name)?, from))
}

fn port(root: &Path, (file, stage): (&Path, &Stage), is_dualrun: bool) -> Option<Guess<u16>> {
    let file_name = file.display();
    let of_variable = PORTS.iter().find_map(|name| {
        // Alone, or behind an address.
        let port = stage.environment.get(*name)?.rsplit(':').next()?;
        Some((check::port(port).ok()?, *name))
    });
    let of_health = || program::health_url(stage).and_then(|(port, _)| port);
    let compose = compose::ports(root, file);
    let of_compose = compose.as_ref().and_then(|(name, ports)| {
        let only = ports.first().filter(|_| ports.len() == 1)?;
        Some(Guess::new(*only, name))
    });
    let told = |port: Option<u16>, from: &str| {
        port.map(|port| Guess::new(port, format!("{from} in {file_name}")))
    };
    let only = stage
        .ports
        .first()
        .copied()
        .filter(|_| stage.ports.len() == 1);
    let others = [
        of_compose,
        of_variable.and_then(|(port, name)| told(Some(port), name)),
        told(of_health(), "HEALTHCHECK"),
        told(program::port(stage), "the command"),
    ];
    let is_exposed =
        |guess: &Guess<u16>| stage.ports.len() < 2 || stage.ports.contains(&guess.value);
    let ours = is_dualrun.then(|| Guess::new(dualrun::options::DEFAULT_PORT, "dualrun's default"));
    told(only, "EXPOSE")
        .or_else(|| others.into_iter().flatten().find(is_exposed))
        .or(ours)
}

fn health_path((file, stage): (&Path, &Stage), is_dualrun: bool) -> Guess<String> {
    if is_dualrun {
        return Guess::new(
            dualrun::options::DEFAULT_HEALTH_PATH.to_owned(),
            "dualrun's default",
        );
    }
    let asked = program::health_url(stage).map(|(_, path)| path);
    match asked.filter(|path| check::health_path(path).is_ok()) {
        Some(path) => Guess::new(path, format!("HEALTHCHECK in {}", file.display())),
        None => Guess::new(
            "/".into(),
            "a guess, since nothing tells one: it has to answer 200",
        ),
    }
}

fn architecture((file, stage): (&Path, &Stage)) -> Guess<String> {
    let platform = stage.platform.as_deref().unwrap_or_default();
    // As Docker reads it: Linux goes without saying, and architectures have second names.
    let architecture = match platform.strip_prefix("linux/").unwrap_or(platform) {
        "amd64" | "x86_64" | "x86-64" => Some("X86_64"),
        "arm64" | "arm64/v8" | "aarch64" => Some("ARM64"),
        _ => None,
    };
    match architecture {
        Some(architecture) => Guess::new(
            architecture.into(),
            format!("--platform={platform} in {}", file.display()),
        ),
        None => Guess::new("ARM64".into(), "cheaper than X86_64"),
    }
}

fn health_check(stage: &Stage, is_dualrun: bool) -> Option<ContainerHealth> {
    let own = stage.health_check.as_ref().map(ContainerHealth::of);
    let program = stage
        .program
        .entrypoint
        .first()
        .or(stage.program.command.first());
    let ours = program.filter(|program| is_dualrun && program.as_str() != "/bin/sh");
    own.or_else(|| ours.map(|program| ContainerHealth::of_binary(program)))
}

fn warnings(root: &Path, (build, stage): (&Build, &Stage)) -> Vec<String> {
    let mut warnings = Vec::new();
    let file = &build.dockerfile;
    if let Some(word) = program::loopback(stage) {
        warnings.push(format!(
            "the command in {} has {word:?}, where nothing outside of the container reaches the service; listen on 0.0.0.0",
            file.display()
        ));
    }
    let env = build.context.join(".env");
    let list = list_of(root, build);
    if stage.copies_env && root.join(&env).is_file() && !is_left_out(&root.join(&list), ".env") {
        warnings.push(format!(
            "{} copies {} into the image, with what is secret in it; name it in {}",
            file.display(),
            env.display(),
            list.display()
        ));
    }
    let mut several = |what: String, ports: &BTreeSet<u16>| {
        if ports.len() > 1 {
            let ports: Vec<String> = ports.iter().map(ToString::to_string).collect();
            warnings.push(format!(
                "{what} several ports, {}; the load balancer sends requests to one",
                ports.join(" and ")
            ));
        }
    };
    several(format!("{} exposes", file.display()), &stage.ports);
    if let (Some((name, ports)), true) = (compose::ports(root, file), stage.ports.len() != 1) {
        several(format!("{name} publishes"), &ports);
    }
    warnings
}
