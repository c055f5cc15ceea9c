//! Terraform, as people run it, with the AWS provider that is on this machine.

use crate::aws::Aws;
use crate::image::repository;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A root module in a folder of its own, with the modules of this repository in its folder `module`.
pub struct Terraform {
    folder: TempDir,
    plugins: PathBuf,
}

impl Terraform {
    /// None without terraform or its AWS provider, which is said, and fails in CI.
    ///
    /// # Panics
    ///
    /// In CI, if they are not there.
    pub fn find(main: &Path) -> Option<Self> {
        let found = Command::new(repository().join(".ci/terraform-plugins")).output();
        let found = found.expect("a script");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if !found.status.success() {
            let why = text(&found.stderr);
            eprintln!("not tested: {why}");
            assert!(!is_ci(), "{why}");
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        fs::copy(main, folder.path().join("main.tf")).expect("a file");
        let copied = Command::new("cp")
            .arg("-R")
            .arg(repository().join("ecs/terraform"))
            .arg(folder.path().join("module"))
            .status();
        assert!(copied.expect("cp is there").success());
        Some(Self {
            folder,
            plugins: text(&found.stdout).into(),
        })
    }

    /// Where it runs.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Initializes the folder.
    ///
    /// # Panics
    ///
    /// If that fails.
    pub fn init(&self, aws: &Aws) {
        let plugins = format!("-plugin-dir={}", self.plugins.display());
        self.run(aws, &["init", "-input=false", &plugins]);
    }

    /// Runs a command that succeeds, and returns what it prints.
    ///
    /// # Panics
    ///
    /// If it fails.
    pub fn run(&self, aws: &Aws, arguments: &[&str]) -> String {
        let output = self.output(aws, arguments);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{arguments:?}\n{stdout}\n{stderr}");
        stdout
    }

    fn output(&self, aws: &Aws, arguments: &[&str]) -> Output {
        let mut terraform = Command::new("terraform");
        terraform
            .args(arguments)
            .current_dir(self.path())
            .envs(aws.variables())
            // Nobody's own configuration, and no question of a newer version.
            .env("TF_CLI_CONFIG_FILE", "/dev/null")
            .env("TF_CLI_ARGS", "-no-color")
            .env("TF_IN_AUTOMATION", "1")
            .env("CHECKPOINT_DISABLE", "1");
        terraform.output().expect("terraform is there")
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "the tests' own, not the service's, configuration"
)]
fn is_ci() -> bool {
    std::env::var_os("CI").is_some()
}
