//! Why nothing was written.

use crate::cli::ask::Unanswered;
use crate::init::dockerfile::BadDockerfile;
use crate::init::{BadEarlier, FilesError, Outside, RunningError, SearchError};
use crate::new::write::WriteError;
use std::io;
use std::path::PathBuf;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum InitError {
    #[error("cannot find the working directory")]
    Folder(#[source] io::Error),
    #[error("cannot find {}", .0.display())]
    Path(PathBuf, #[source] io::Error),
    #[error("{} is not in {}, to whose root the files belong", path.display(), root.display())]
    Elsewhere { path: PathBuf, root: PathBuf },
    #[error(transparent)]
    Search(#[from] SearchError),
    #[error("--target: {file}")]
    Target { file: String, source: BadDockerfile },
    #[error("{0}")]
    Missing(String),
    #[error("{0}")]
    Answer(String),
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
    #[error(transparent)]
    Earlier(#[from] BadEarlier),
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error(transparent)]
    Outside(#[from] Outside),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Running(#[from] RunningError),
}
