//! The tool: the real binary, asked as people ask it.

use crate::aws::Aws;
use crate::image::repository;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// What a run of the tool has left.
#[derive(Debug)]
pub struct Run {
    /// The exit code.
    pub code: i32,
    /// What it has printed on stdout.
    pub stdout: String,
    /// What it has told meanwhile.
    pub stderr: String,
}

impl Run {
    /// What it has printed, of a command that has `--json`.
    ///
    /// # Panics
    ///
    /// If that is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("{self:#?}"))
    }
}

/// Runs the tool in `directory`, with the account that `aws` plays, and waits for its end.
///
/// # Panics
///
/// If it cannot be built, or is killed.
pub fn cargo_ecs(aws: &Aws, directory: &Path, arguments: &[&str]) -> Run {
    let output = Command::new(binary())
        .args(arguments)
        .envs(aws.variables())
        .current_dir(directory)
        .output();
    let output = output.expect("it was built");
    Run {
        code: output.status.code().expect("it ends by itself"),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The binary, built on first use.
///
/// # Panics
///
/// If it cannot be built.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let build = Command::new("cargo")
            .args(["build", "--quiet", "--locked", "--package", "cargo-ecs"])
            .env("CARGO_TARGET_DIR", repository().join("target"))
            .current_dir(repository())
            .status();
        assert!(build.expect("cargo is installed").success());
        repository().join("target/debug/cargo-ecs")
    })
}
