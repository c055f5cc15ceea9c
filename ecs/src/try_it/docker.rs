//! The engine: images for the walk, and what is left of emulators that were killed.

use super::TryError;
use super::error::last_words;
use crate::image::Reference;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Output, Stdio};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// By this label the emulator's containers are known; its value is the emulator's port.
const LABEL: &str = "dualrun-emulator";
/// By this name the images of all walks are known.
const REPOSITORY: &str = "dualrun-try/shop";
/// What `docker build` makes here.
const BUILT: &str = "dualrun-try:local";

/// The tags of the walk's two images, which are the same but for a label.
pub const NAMES: [&str; 2] = ["first", "second"];

/// A Docker engine on this machine.
#[derive(Clone, Copy, Debug)]
pub struct Engine(());

/// The images of the walk, in the emulator's registry.
#[derive(Clone, Debug)]
pub struct Images {
    /// By `NAMES`.
    pub references: [Reference; 2],
    /// What they are built for, in CloudFormation's words.
    pub architecture: &'static str,
}

impl Engine {
    /// The one that the `docker` command speaks to.
    ///
    /// # Errors
    ///
    /// If there is none, or one whose containers are not reached from here.
    pub async fn find() -> Result<Self, TryError> {
        let mut info = Command::new("docker");
        info.args(["info", "--format", "{{.OperatingSystem}}"]);
        let info = match info.kill_on_drop(true).output().await {
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(TryError::NoDocker),
            Err(error) => Err(error),
            Ok(info) => Ok(info),
        };
        let info = info.map_err(|error| TryError::NoEngine {
            said: error.to_string(),
        })?;
        if !info.status.success() {
            let said = last_words(&info.stderr);
            return Err(TryError::NoEngine { said });
        }
        let name = String::from_utf8_lossy(&info.stdout).trim().to_owned();
        if !cfg!(target_os = "linux") || name.contains("Docker Desktop") {
            return Err(TryError::FarEngine { name });
        }
        Ok(Self(()))
    }

    /// Builds the image of this folder, with the build's own words on stderr, and returns its name.
    ///
    /// # Errors
    ///
    /// If the build fails.
    pub async fn build(self, folder: &Path) -> Result<String, TryError> {
        let mut build = Command::new("docker");
        build
            .args(["build", "--tag", BUILT])
            .arg(folder)
            .stdout(Stdio::null())
            .kill_on_drop(true);
        let status = build.status().await;
        match status {
            Ok(status) if status.success() => Ok(BUILT.to_owned()),
            _ => Err(TryError::Docker {
                command: format!("build {}", folder.display()),
                said: "its words are above".into(),
            }),
        }
    }

    /// Pushes this local image to the registry on `port`, under two tags.
    ///
    /// # Errors
    ///
    /// If there is no such image, or it cannot be pushed.
    pub async fn push(self, image: &str, port: u16) -> Result<Images, TryError> {
        let architecture = self
            .run(&["image", "inspect", "--format", "{{.Architecture}}", image])
            .await?;
        let repository = format!("localhost:{port}/{REPOSITORY}");
        let mut references = Vec::new();
        for tag in NAMES {
            let name = format!("{repository}:{tag}");
            let dockerfile = format!("FROM {image}\nLABEL dualrun.try={tag}\n");
            self.build_of(&dockerfile, &name).await?;
            self.run(&["push", "--quiet", &name]).await?;
            // Who wants it has to pull.
            self.run(&["rmi", &name]).await?;
            references.push(name.parse().map_err(|error| TryError::Docker {
                command: format!("push {name}"),
                said: format!("{error}"),
            })?);
        }
        let [first, second] = references.try_into().map_err(|_| TryError::NoDocker)?;
        Ok(Images {
            references: [first, second],
            architecture: match architecture.trim() {
                "arm64" => "ARM64",
                _ => "X86_64",
            },
        })
    }

    async fn build_of(self, dockerfile: &str, name: &str) -> Result<(), TryError> {
        let failed = |said: String| TryError::Docker {
            command: format!("build --tag {name}"),
            said,
        };
        let mut build = Command::new("docker");
        build
            .args(["build", "--quiet", "--tag", name, "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut build = build.spawn().map_err(|error| failed(error.to_string()))?;
        if let Some(mut stdin) = build.stdin.take() {
            let written = stdin.write_all(dockerfile.as_bytes()).await;
            written.map_err(|error| failed(error.to_string()))?;
        }
        let output = build.wait_with_output().await;
        let output = output.map_err(|error| failed(error.to_string()))?;
        succeeded(&output).map_err(failed)
    }

    /// Removes the containers of the emulator on this port, and the images that were pulled from registries of walks.
    ///
    /// # Errors
    ///
    /// If the engine does not answer.
    pub async fn remove(self, port: u16) -> Result<(), TryError> {
        let label = format!("label={LABEL}={port}");
        let containers = self
            .run(&["ps", "--all", "--quiet", "--filter", &label])
            .await?;
        for container in containers.lines() {
            // That it is gone already does not matter.
            let _ = self.run(&["rm", "--force", "--volumes", container]).await;
        }
        Ok(())
    }

    /// Removes what was pulled from the registry on this port.
    ///
    /// # Errors
    ///
    /// If the engine does not answer.
    pub async fn forget_images(self, port: u16) -> Result<(), TryError> {
        let filter = format!("reference=localhost:{port}/{REPOSITORY}");
        for format in ["{{.Repository}}:{{.Tag}}", "{{.Repository}}@{{.Digest}}"] {
            let list = [
                "images",
                "--digests",
                "--filter",
                &filter,
                "--format",
                format,
            ];
            let images = self.run(&list).await?;
            for image in images.lines().filter(|image| !image.contains("<none>")) {
                let _ = self.run(&["rmi", image]).await;
            }
        }
        Ok(())
    }

    /// The ports of emulators that containers are of.
    ///
    /// # Errors
    ///
    /// If the engine does not answer.
    pub async fn ports(self) -> Result<Vec<u16>, TryError> {
        let label = format!("label={LABEL}");
        let format = format!("{{{{.Label \"{LABEL}\"}}}}");
        let labels = self
            .run(&["ps", "--all", "--filter", &label, "--format", &format])
            .await?;
        let mut ports: Vec<u16> = labels.lines().filter_map(|it| it.parse().ok()).collect();
        ports.sort_unstable();
        ports.dedup();
        Ok(ports)
    }

    async fn run(self, arguments: &[&str]) -> Result<String, TryError> {
        let failed = |said: String| TryError::Docker {
            command: arguments.join(" "),
            said,
        };
        let output = Command::new("docker").args(arguments).output().await;
        let output = output.map_err(|error| failed(error.to_string()))?;
        succeeded(&output).map_err(failed)?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

fn succeeded(output: &Output) -> Result<(), String> {
    if output.status.success() {
        return Ok(());
    }
    Err(last_words(&output.stderr))
}
