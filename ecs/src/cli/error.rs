//! Why a command cannot do what was asked.

use crate::aws::ApiError;
use crate::chain::chain;
use crate::deploy::Verdict;
use crate::doctor::Report;
use crate::files::{FilesError, TemplateError};
use crate::image::BadReference;
use crate::live::LiveError;
use crate::stack::StackError;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

/// Why a command cannot do what was asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    #[error(transparent)]
    Api(#[from] ApiError),
    #[error(transparent)]
    Live(#[from] LiveError),
    #[error(transparent)]
    Stack(#[from] StackError),
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error(transparent)]
    Template(#[from] TemplateError),
    #[error("no http client")]
    Client(#[from] reqwest::Error),
    #[error("the image {image:?} {source}")]
    Image { image: String, source: BadReference },
    #[error("cannot read {file}; run it in the repository, or name the file")]
    Read { file: PathBuf, source: io::Error },
    #[error("{file} is no json")]
    Json {
        file: PathBuf,
        source: serde_json::Error,
    },
    #[error("refused by the preflight; nothing was touched\n{}", .0.failures())]
    Refused(Report),
    #[error("the containers of {0} write to no log group of cloudwatch")]
    NoLogGroup(String),
}

/// Says why on stderr.
pub(super) fn failed(error: &CliError) -> ExitCode {
    anstream::eprintln!("{}", chain(error));
    match error {
        CliError::Refused(_) => ExitCode::from(Verdict::Refused.code()),
        _ => ExitCode::FAILURE,
    }
}

/// A file's text.
pub(super) fn read_file(file: &PathBuf) -> Result<String, CliError> {
    std::fs::read_to_string(file).map_err(|source| CliError::Read {
        file: file.clone(),
        source,
    })
}
