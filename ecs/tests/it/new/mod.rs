//! `cargo ecs new`: what it makes for each choice (`files`) and for names that others have (`names`), the command as it is called
//! (`command`), and where it makes it (`place`).

mod command;
mod files;
mod names;
mod place;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-ecs"));
    command
        .args(["ecs", "new"])
        .args(arguments)
        .current_dir(folder);
    // Tests may run inside of git's own commands, whose variables name another repository.
    command.env_clear().env("PATH", path());
    command
}

#[allow(clippy::disallowed_methods, reason = "the tests' own, to find git")]
fn path() -> String {
    std::env::var("PATH").unwrap()
}

fn new(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// All files below a folder but git's own.
fn all(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in next.read_dir().unwrap() {
            let path = entry.unwrap().path();
            if path.ends_with(".git") {
                continue;
            }
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            if path.is_dir() {
                found.insert(name, Vec::new());
                folders.push(path);
            } else {
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn home() -> TempDir {
    tempfile::tempdir().unwrap()
}
