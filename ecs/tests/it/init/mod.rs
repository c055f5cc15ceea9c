//! `cargo ecs init`, as it is called in repositories of other people.
//!
//! | module | what it is about |
//! |---|---|
//! | `found` | what is found out of a repository, and what that makes |
//! | `context` | what the image is built of: the context, and what is read in it |
//! | `images` | registries, and the workflow that makes images |
//! | `names` | names of variables and secrets |
//! | `next` | the commands that come next, in words and as JSON |
//! | `again`, `edited` | files that are there already, as they were written and edited by hand |
//! | `refused` | repositories that nothing can be made for |
//! | `service` | a service that runs |

mod again;
mod context;
mod edited;
mod found;
mod images;
mod names;
mod next;
mod refused;
mod service;

use crate::cli::{command, stderr, stdout};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A service in Python, as people write its Dockerfile.
const FLASK: &str = "\
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY app.py .
USER 1000
EXPOSE 5000
CMD [\"gunicorn\", \"--bind\", \"0.0.0.0:5000\", \"app:app\"]
";

/// A repository on GitHub.
struct Repository {
    home: TempDir,
}

impl Repository {
    fn new(files: &[(&str, &str)]) -> Self {
        let it = Self::without_git(files);
        it.git(&["init", "--quiet"]);
        it.git(&["remote", "add", "origin", "git@github.com:Ann/shop.git"]);
        it
    }

    fn without_git(files: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let it = Self { home };
        fs::create_dir(it.root()).unwrap();
        for (file, text) in files {
            it.put(file, text);
        }
        it
    }

    fn root(&self) -> PathBuf {
        self.home.path().join("shop")
    }

    fn git(&self, arguments: &[&str]) {
        let git = Command::new("git")
            .arg("-C")
            .arg(self.root())
            .args(arguments)
            .status();
        assert!(git.unwrap().success());
    }

    fn put(&self, file: &str, text: &str) {
        let path = self.root().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn text(&self, file: &str) -> String {
        fs::read_to_string(self.root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    /// All files but git's, with their texts.
    fn all(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut all = BTreeMap::new();
        let mut folders = vec![self.root()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.ends_with(".git") {
                    continue;
                }
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let text = fs::read(&path).unwrap_or_default();
                    all.insert(path, text);
                }
            }
        }
        all
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(arguments);
        command.current_dir(self.root());
        // For git.
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }

    /// The container of the task definition.
    fn container(&self) -> Value {
        let file: Value = serde_json::from_str(&self.text("ecs/task-definition.json")).unwrap();
        file["containerDefinitions"][0].clone()
    }

    /// What `ecs.toml` says of a parameter.
    fn parameter(&self, name: &str) -> String {
        let text = self.text("ecs/ecs.toml");
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name} = ")));
        line.unwrap_or_else(|| panic!("{text}")).to_owned()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What is said on stdout, and then on stderr.
    fn init(&self, arguments: &[&str]) -> (String, String) {
        let output = self.run(&[&["init"], arguments].concat());
        let (out, err) = (stdout(&output), stderr(&output));
        assert_eq!(output.status.code(), Some(0), "{out}{err}");
        (out, err)
    }

    /// Why nothing is made.
    fn refused(&self, arguments: &[&str]) -> String {
        self.refused_in(Path::new(""), arguments)
    }

    fn refused_in(&self, folder: &Path, arguments: &[&str]) -> String {
        let before = self.all();
        let mut command = self.command(&[&["init"], arguments].concat());
        let output = command
            .current_dir(self.root().join(folder))
            .output()
            .unwrap();
        let (out, err) = (stdout(&output), stderr(&output));
        assert_ne!(output.status.code(), Some(0), "{out}{err}");
        assert_eq!(self.all(), before, "nothing half-made");
        assert_eq!(out, "");
        err
    }

    /// The doctor finds nothing that is wrong.
    fn assert_sound(&self) {
        let output = self.run(&["doctor", "--offline"]);
        let text = stdout(&output) + &stderr(&output);
        assert_eq!(output.status.code(), Some(0), "{text}");
        assert!(!text.contains("FAIL") && !text.contains("WARN"), "{text}");
    }
}
