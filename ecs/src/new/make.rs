//! Makes a new service in a folder: everything, or nothing.

use super::answers::Answers;
use super::git::{self, GitError};
use super::project::{ProjectError, files};
use super::write::{Fate, WriteError, look, write};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Why nothing was made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// Something else is there.
    #[error("{} is not empty, and is not the service {name}; nothing was made", folder.display())]
    NotEmpty {
        /// The folder.
        folder: PathBuf,
        /// The service's name.
        name: String,
    },
    /// A file.
    #[error("{} is in the way; nothing was made", .0.display())]
    NoFolder(PathBuf),
    /// The folder's content is unknown.
    #[error("cannot read {}", folder.display())]
    Read {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A template's fault.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// A file's.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The repository's.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The same, and what had been made by then could not be removed.
    #[error("cannot make a git repository; remove {} by hand, which this has made", left.display())]
    Left {
        /// What is left.
        left: PathBuf,
        /// Why git could not make the repository.
        source: GitError,
    },
}

/// What was made.
#[derive(Debug)]
pub struct Made {
    /// What became of each file.
    pub files: Vec<(String, Fate)>,
    /// If there is a new repository.
    pub has_new_repository: bool,
    /// The root of the repository that it is in, if that is somebody else's.
    pub within: Option<PathBuf>,
}

/// How much is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// If it is only looked at.
    pub is_dry: bool,
    /// If it gets a repository of its own, unless it is in one.
    pub wants_repository: bool,
}

/// Makes the service in a folder. One with a service of that name gets what it lacks, and one with a repository keeps it.
///
/// # Errors
///
/// If something is in the way, or cannot be made. Then all is as it was.
pub fn make(folder: &Path, answers: &Answers, extent: Extent) -> Result<Made, MakeError> {
    check(folder, answers.name.as_str())?;
    let files = files(answers)?;
    let has_repository = folder.join(".git").exists();
    let around = if extent.wants_repository && !has_repository {
        let there = folder.ancestors().find(|it| it.is_dir());
        git::repository_around(there.unwrap_or(Path::new(".")))?
    } else {
        None
    };
    let has_new_repository = extent.wants_repository && !has_repository && around.is_none();
    let files = if extent.is_dry {
        look(folder, &files)?
    } else {
        let made = write(folder, &files)?;
        if has_new_repository && let Err(error) = git::init(folder) {
            // There was none before.
            let git = folder.join(".git");
            let is_left = fs::remove_dir_all(&git).is_err() && git.exists();
            return Err(match made.undo() {
                Ok(()) if !is_left => error.into(),
                Ok(()) => MakeError::Left {
                    left: git,
                    source: error,
                },
                Err(left) => MakeError::Left {
                    left,
                    source: error,
                },
            });
        }
        made.files
    };
    Ok(Made {
        files,
        has_new_repository,
        within: around,
    })
}

/// If something may be made there: it is not there, has nothing but a repository, or has the service already.
fn check(folder: &Path, name: &str) -> Result<(), MakeError> {
    let failed = |source| MakeError::Read {
        folder: folder.to_owned(),
        source,
    };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries.collect::<io::Result<Vec<_>>>().map_err(failed)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound && !folder.is_symlink() => {
            return Ok(());
        }
        Err(_) if !folder.is_dir() => return Err(MakeError::NoFolder(folder.to_owned())),
        Err(source) => return Err(failed(source)),
    };
    let own = format!("name = \"{name}\"");
    let is_own = || {
        let manifest = fs::read_to_string(folder.join("bin/Cargo.toml"));
        manifest.is_ok_and(|text| text.lines().any(|line| line == own))
    };
    let is_empty = entries.iter().all(|entry| entry.file_name() == ".git");
    if is_empty || is_own() {
        return Ok(());
    }
    Err(MakeError::NotEmpty {
        folder: folder.to_owned(),
        name: name.to_owned(),
    })
}
