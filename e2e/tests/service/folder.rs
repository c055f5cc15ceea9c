//! A folder outside of the repository, and commands in it as a person gives them.

use crate::steps::is_timed;
use e2e::aws::Aws;
use e2e::cargo_ecs::{binary, cargo_ecs};
use e2e::docker::docker;
use e2e::image::{base_image, repository};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// For builds of which nobody asks how fast they are.
const UNOPTIMIZED: [(&str, &str); 5] = [
    ("CARGO_INCREMENTAL", "0"),
    ("CARGO_PROFILE_DEV_DEBUG", "0"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256"),
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
];

/// Whoever commits: a machine of CI's has no identity.
const IDENTITY: [(&str, &str); 4] = [
    ("GIT_AUTHOR_NAME", "e2e"),
    ("GIT_AUTHOR_EMAIL", "e2e@example.com"),
    ("GIT_COMMITTER_NAME", "e2e"),
    ("GIT_COMMITTER_EMAIL", "e2e@example.com"),
];

/// Where the tests keep what is built, so that they begin with it the next time: with the repository's, which has most of it,
/// or for the table apart from that, as somebody has it who builds for the first time.
fn target() -> PathBuf {
    if is_timed() {
        repository().join("e2e/target/new")
    } else {
        repository().join("target")
    }
}

/// The library as its package unpacks, in a folder of its own: below this repository it would be taken for a part of it.
///
/// # Panics
///
/// If it cannot be packaged.
pub(crate) fn published(folder: &Path) -> PathBuf {
    let target = repository().join("e2e/target/package");
    let packages = target.join("package");
    // Of another version.
    let _ = fs::remove_dir_all(&packages);
    let mut package = Command::new("cargo");
    let quiet = [
        "package",
        "--quiet",
        "--package",
        "dualrun",
        "--no-verify",
        "--allow-dirty",
    ];
    package.args(quiet).arg("--target-dir").arg(&target);
    said(package.current_dir(repository()));
    let files = fs::read_dir(&packages).expect("packages");
    let mut files = files.map(|entry| entry.expect("a file").path());
    let file = files.find(|file| file.extension().is_some_and(|it| it == "crate"));
    let file = file.expect("a package");
    let mut unpack = Command::new("tar");
    unpack.arg("--extract").arg("--file").arg(&file);
    said(unpack.arg("--directory").arg(folder));
    folder.join(file.file_stem().expect("a name"))
}

/// A folder.
pub(crate) struct Folder {
    path: PathBuf,
    _home: Option<TempDir>,
}

impl Folder {
    /// An empty one.
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().expect("a folder");
        Self {
            path: home.path().to_owned(),
            _home: Some(home),
        }
    }

    /// One in it, which goes with it.
    pub(crate) fn below(&self, name: &str) -> Self {
        Self {
            path: self.path.join(name),
            _home: None,
        }
    }

    /// Has it build with the versions that this repository does, unless times are taken: then with the newest, as a person's.
    pub(crate) fn lock(&self) {
        if !is_timed() {
            let own = repository().join("Cargo.lock");
            fs::copy(own, self.path.join("Cargo.lock")).expect("a file");
        }
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path.join(file)).expect("a file")
    }

    /// What a program says that succeeds.
    pub(crate) fn run(&self, program: &str, arguments: &[&str]) -> String {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(&self.path)
            .envs(UNOPTIMIZED);
        said(command.env("CARGO_TARGET_DIR", target()))
    }

    /// What the tool says, without an account.
    pub(crate) fn cargo_ecs(&self, arguments: &[&str]) -> String {
        said(
            Command::new(binary())
                .args(arguments)
                .current_dir(&self.path),
        )
    }

    /// What the tool says, with one.
    pub(crate) fn cargo_ecs_in(&self, aws: &Aws, arguments: &[&str]) -> String {
        let run = cargo_ecs(aws, &self.path, arguments);
        assert_eq!(run.code, 0, "{run:#?}");
        run.stdout
    }

    /// Commits all that is there, and returns the commit.
    pub(crate) fn commit(&self) -> String {
        let git = |arguments: &[&str]| {
            said(
                Command::new("git")
                    .args(arguments)
                    .current_dir(&self.path)
                    .envs(IDENTITY),
            )
        };
        git(&["add", "--all"]);
        git(&["commit", "--quiet", "--message", "Begin"]);
        git(&["rev-parse", "HEAD"]).trim().to_owned()
    }

    /// Builds the image by the README's commands for an engine without BuildKit, on a base image that does not optimize.
    pub(crate) fn build_image(&self, name: &str, library: &Path, commit: &str) {
        let source = tempfile::tempdir().expect("a folder");
        let file = source.path().join("Dockerfile");
        fs::write(&file, "FROM scratch\nCOPY . /\n").expect("a file");
        let path = |path: &Path| path.to_str().expect("a path in UTF-8").to_owned();
        docker(&[
            "build",
            "--quiet",
            "--tag",
            "dualrun-source",
            "--file",
            &path(&file),
            &path(library),
        ]);

        let base = base_image().unwrap_or_else(|| self.usual_base());
        let variables = UNOPTIMIZED
            .map(|(name, value)| format!("{name}={value}"))
            .join(" ");
        fs::write(&file, format!("FROM {base}\nENV {variables}\n")).expect("a file");
        docker(&[
            "build",
            "--quiet",
            "--tag",
            "dualrun-e2e-rust:unoptimized",
            &path(source.path()),
        ]);
        let revision = format!("REVISION={commit}");
        let base = "RUST_IMAGE=dualrun-e2e-rust:unoptimized";
        let arguments = [
            "build",
            "--tag",
            name,
            "--build-arg",
            &revision,
            "--build-arg",
            base,
        ];
        docker(&[&arguments[..], &[&path(&self.path)]].concat());
    }

    fn usual_base(&self) -> String {
        let dockerfile = self.read("Dockerfile");
        let base = dockerfile
            .lines()
            .find_map(|line| line.strip_prefix("ARG RUST_IMAGE="));
        base.expect("a base image").to_owned()
    }

    /// The one program in an archive that was built.
    pub(crate) fn unzipped(&self, archive: &str) -> PathBuf {
        let folder = self.path.join("unzipped");
        let mut unzip = Command::new("python3");
        unzip
            .args(["-m", "zipfile", "--extract"])
            .arg(target().join(archive));
        said(unzip.arg(&folder));
        let program = folder.join("bootstrap");
        said(Command::new("chmod").arg("+x").arg(&program));
        program
    }
}

/// What a command says on stdout, if it succeeds.
fn said(command: &mut Command) -> String {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{command:?}\n{stdout}\n{stderr}");
    stdout
}
