//! What is decided about a service.

use super::check::Secret;
use super::guess::Guesses;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// How its image is built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// The Dockerfile, from the root on.
    pub dockerfile: PathBuf,
    /// The folder that the build gets, from the root on; empty for the root itself.
    pub context: PathBuf,
    /// The stage, if it is not the last one.
    pub target: Option<String>,
}

/// All that the files are made of.
#[derive(Clone, Debug)]
pub struct Answers {
    /// The stack, and its cluster and service.
    pub name: String,
    /// The repository for its images.
    pub image: String,
    /// `owner/name` on GitHub, if it is there.
    pub github: Option<String>,
    /// If workflows are of use: not where the repository is elsewhere.
    pub has_workflows: bool,
    /// If a workflow that is there makes the images.
    pub has_image_workflow: bool,
    /// The branch whose commits get images.
    pub branch: String,
    /// The port that it listens on.
    pub port: u16,
    /// The path of its health check.
    pub health_path: String,
    /// Its variables.
    pub variables: Vec<(String, String)>,
    /// Its secrets.
    pub secrets: Vec<Secret>,
    /// CPU units and MiB of memory.
    pub size: (u32, u32),
    /// `ARM64` or `X86_64`.
    pub architecture: String,
    /// If its file system is read-only.
    pub is_read_only: bool,
    /// How its image is built.
    pub build: Build,
    /// What else was found out.
    pub guesses: Guesses,
}

impl Answers {
    /// The ARN of the images' repository, if that is in ECR.
    pub fn ecr_arn(&self) -> Option<String> {
        super::workflows::ecr_arn(&self.image)
    }

    /// What the tasks run on, as Docker calls it.
    pub fn platform(&self) -> &'static str {
        match self.architecture.as_str() {
            "ARM64" => "arm64",
            _ => "amd64",
        }
    }
}

impl Build {
    /// With the folder of the Dockerfile as the context.
    pub fn of(dockerfile: &Path) -> Self {
        Self {
            context: dockerfile.parent().unwrap_or(Path::new("")).to_owned(),
            dockerfile: dockerfile.to_owned(),
            target: None,
        }
    }

    /// What `docker build` gets for it, safe to paste.
    pub fn arguments(&self) -> String {
        let quoted = |path: &Path| {
            let text = path.to_string_lossy();
            let quoted = shlex::try_quote(&text).map(Cow::into_owned);
            quoted.unwrap_or_default()
        };
        let mut arguments = String::new();
        if self.dockerfile != self.context.join("Dockerfile") {
            arguments += &format!("--file {} ", quoted(&self.dockerfile));
        }
        if let Some(target) = &self.target {
            arguments += &format!("--target {} ", quoted(Path::new(target)));
        }
        let is_root = self.context == Path::new("");
        arguments
            + &if is_root {
                ".".into()
            } else {
                quoted(&self.context)
            }
    }
}
