//! The git repository of a new service.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// It is not installed.
    #[error("git is not installed; install it, or do without a repository by --vcs none")]
    Missing,
    /// It cannot be run.
    #[error("cannot run git")]
    Run(#[source] io::Error),
    /// It says something else.
    #[error("git {command} has failed: {said}")]
    Failed {
        /// What was asked.
        command: &'static str,
        /// What it said.
        said: String,
    },
}

/// The root of the repository that a folder is in, if it is in one.
///
/// # Errors
///
/// If git cannot be asked.
pub fn repository_around(folder: &Path) -> Result<Option<PathBuf>, GitError> {
    let output = git(folder, &["rev-parse", "--show-toplevel"])?;
    // Any other failure, such as a folder of another owner, says nothing about whether there is one.
    let is_none = String::from_utf8_lossy(&output.stderr).contains("not a git repository");
    if !is_none {
        succeeded("rev-parse", &output)?;
    }
    let root = String::from_utf8_lossy(&output.stdout);
    let root = root.trim_end_matches('\n');
    Ok((output.status.success() && !root.is_empty()).then(|| PathBuf::from(root)))
}

/// Makes a repository in a folder, with the branch main, which the workflows go by.
///
/// # Errors
///
/// If git cannot make one.
pub fn init(folder: &Path) -> Result<(), GitError> {
    succeeded("init", &git(folder, &["init", "--quiet"])?)?;
    // As an option of `init`, it would need git 2.28.
    let branch = git(folder, &["symbolic-ref", "HEAD", "refs/heads/main"])?;
    succeeded("symbolic-ref", &branch)
}

/// Runs git in a folder, whatever repository the environment names.
pub(crate) fn git(folder: &Path, arguments: &[&str]) -> Result<Output, GitError> {
    let mut command = Command::new("git");
    // A hook's variables name another repository than the folder's.
    for variable in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
        command.env_remove(variable);
    }
    // Its words are read.
    command.env("LC_ALL", "C");
    let output = command.arg("-C").arg(folder).args(arguments).output();
    output.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => GitError::Missing,
        _ => GitError::Run(error),
    })
}

fn succeeded(command: &'static str, output: &Output) -> Result<(), GitError> {
    let said = String::from_utf8_lossy(&output.stderr);
    let failed = || GitError::Failed {
        command,
        said: said.trim().replace('\n', ", "),
    };
    if output.status.success() {
        Ok(())
    } else {
        Err(failed())
    }
}
