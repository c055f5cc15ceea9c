//! What the repository tells of the service, each with where it is from.

use super::check::Secret;
use super::dockerfile::Stage;
use super::earlier::{DEFAULTS, DEFINITION, Earlier};
use super::health::ContainerHealth;
use super::repository::Repository;
use super::search::Search;
use super::{check, compose, program};
use crate::files::text;
use std::fmt::Display;
use std::path::Path;
use toml::{Table, Value};

/// The label of an image whose program tells what it needs.
const CONTRACT: &str = "dualrun.contract";

/// Variables and secrets that the stack has for services on dualrun.
const OF_DUALRUN: [&str; 3] = ["APP_NAME", "ENVIRONMENT", "SECRET_KEY"];

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
    /// The port that it listens on.
    pub port: Option<Guess<u16>>,
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
    /// If it is served by dualrun.
    pub is_dualrun: bool,
    /// Its user.
    pub(super) user: Option<String>,
    /// Its health check as ECS takes it.
    pub(super) health_check: Option<ContainerHealth>,
    /// What is worth a warning.
    pub warnings: Vec<String>,
}

impl<T> Guess<T> {
    fn new(value: T, from: impl Display) -> Self {
        Self {
            value,
            from: from.to_string(),
        }
    }
}

/// What a repository, and the stage of its Dockerfile that is run, tell.
pub fn guesses(
    repository: &Repository,
    search: &Search,
    (dockerfile, stage): (&Path, &Stage),
) -> Guesses {
    let root = &repository.root;
    let earlier = Earlier::of(root);
    let is_dualrun = stage.labels.contains_key(CONTRACT)
        || search
            .manifests
            .iter()
            .any(|file| depends_on_dualrun(&root.join(file)));
    let remote = repository.remote.as_ref();
    let of_remote = remote.and_then(|remote| Some(Guess::new(remote.image()?, "the git remote")));
    let is_own = |name: &String| !(is_dualrun && OF_DUALRUN.contains(&name.as_str()));
    let variables = earlier
        .variables
        .into_iter()
        .filter(|(name, _)| is_own(name));
    let secrets = earlier.secrets.into_iter();
    let size = earlier.size.map(|size| Guess::new(size, DEFINITION));
    let architecture = earlier.architecture.map(|it| Guess::new(it, DEFINITION));
    Guesses {
        name: earlier
            .name
            .map(|name| Guess::new(name, DEFINITION))
            .or_else(|| of_name(repository)),
        image: earlier
            .image
            .map(|it| Guess::new(it, DEFINITION))
            .or(of_remote),
        github: remote.filter(|it| it.is_github()).map(|it| it.path.clone()),
        port: earlier
            .port
            .map(|port| Guess::new(port, DEFINITION))
            .or_else(|| port(root, (dockerfile, stage), is_dualrun)),
        health_path: earlier
            .health_path
            .map(|path| Guess::new(path, DEFAULTS))
            .unwrap_or_else(|| health_path((dockerfile, stage), is_dualrun)),
        variables: variables.collect(),
        secrets: secrets.filter(|it| is_own(&it.name)).collect(),
        size: size.unwrap_or_else(|| Guess::new(("256".into(), "512".into()), "the smallest")),
        architecture: architecture.unwrap_or_else(|| self::architecture((dockerfile, stage))),
        is_read_only: earlier.is_read_only || is_dualrun,
        is_dualrun,
        user: stage.user.clone(),
        health_check: health_check(stage, is_dualrun),
        warnings: warnings(root, (dockerfile, stage)),
    }
}

fn of_name(repository: &Repository) -> Option<Guess<String>> {
    let (name, from) = repository.name()?;
    Some(Guess::new(check::near(name)?, from))
}

fn port(root: &Path, (file, stage): (&Path, &Stage), is_dualrun: bool) -> Option<Guess<u16>> {
    let file_name = file.display();
    let of_variable = stage
        .environment
        .get("PORT")
        .and_then(|it| check::port(it).ok());
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
        told(of_variable, "PORT"),
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

fn warnings(root: &Path, (file, stage): (&Path, &Stage)) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(word) = program::loopback(stage) {
        warnings.push(format!(
            "the command in {} has {word:?}, where nothing outside of the container reaches the service; listen on 0.0.0.0",
            file.display()
        ));
    }
    if stage.copies_all && root.join(".env").is_file() && !is_left_out(root) {
        warnings.push(format!(
            "{} copies .env into the image, with what is secret in it; name it in .dockerignore",
            file.display()
        ));
    }
    if stage.ports.len() > 1 {
        let ports: Vec<String> = stage.ports.iter().map(ToString::to_string).collect();
        warnings.push(format!(
            "{} exposes several ports, {}; the load balancer sends requests to one",
            file.display(),
            ports.join(" and ")
        ));
    }
    warnings
}

/// If the context is sent without `.env`.
fn is_left_out(root: &Path) -> bool {
    let ignored = text(&root.join(".dockerignore")).unwrap_or_default();
    let patterns = [".env", ".env*", "**/.env", "**/.env*", ".*", "*"];
    ignored
        .lines()
        .any(|line| patterns.contains(&line.trim().trim_start_matches('/')))
}

/// If a manifest of Cargo's has dualrun among its dependencies.
fn depends_on_dualrun(file: &Path) -> bool {
    let text = text(file).ok();
    let manifest: Option<Table> = text.and_then(|text| text.parse().ok());
    let Some(manifest) = manifest else {
        return false;
    };
    let of_workspace = manifest
        .get("workspace")
        .and_then(|it| it.get("dependencies"));
    let own = manifest.get("dependencies");
    let tables = [own, of_workspace]
        .into_iter()
        .flatten()
        .filter_map(Value::as_table);
    tables.flatten().any(|(name, dependency)| {
        let package = dependency.get("package").and_then(Value::as_str);
        package.unwrap_or(name) == "dualrun"
    })
}
