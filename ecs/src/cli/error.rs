//! Why a command cannot do what was asked.

use super::defaults::BadDefaults;
use super::entry::WRONG_ARGUMENTS;
use super::init::InitError;
use super::parameters::UnknownParameter;
use super::paste::completed;
use super::upwards::{TEMPLATE, needed};
use super::{interrupt, say, terminal};
use crate::aws::ApiError;
use crate::chain::chain;
use crate::deploy::{BadWanted, DeployError, Verdict};
use crate::doctor::Report;
use crate::files::{FileError, FindError, template_text};
use crate::image::BadReference;
use crate::live::LiveError;
use crate::new::answers::BadImage;
use crate::new::library::BadLibrary;
use crate::new::make::MakeError;
use crate::stack::StackError;
use crate::task::TaskError;
use crate::task::exec::ExecError;
use crate::try_it::TryError;
use std::io;
use std::path::Path;
use std::process::ExitCode;

/// Why a command cannot do what was asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    #[error(transparent)]
    Api(#[from] ApiError),
    #[error(transparent)]
    Defaults(#[from] BadDefaults),
    #[error(transparent)]
    Parameter(#[from] UnknownParameter),
    #[error(transparent)]
    NewImage(#[from] BadImage),
    #[error("{0} is of a container, and --lambda only makes none; leave it out")]
    NoContainer(&'static str),
    #[error(transparent)]
    Library(#[from] BadLibrary),
    #[error(transparent)]
    Make(#[from] MakeError),
    #[error(transparent)]
    Live(#[from] LiveError),
    #[error(transparent)]
    Stack(#[from] StackError),
    #[error("no http client")]
    Client(#[from] reqwest::Error),
    #[error("invalid image {image:?}")]
    Image { image: String, source: BadReference },
    #[error(transparent)]
    File(#[from] FileError),
    #[error("no {file} in {place}; run it in the repository, or name the file")]
    NoFile { file: String, place: String },
    #[error("--since {0} is in the future")]
    Future(String),
    #[error("refused by the preflight; nothing was touched\n{}", .0.failures())]
    Refused(Report),
    #[error(transparent)]
    Found(#[from] FindError),
    /// What goes on, what stays, and how to follow it.
    #[error("{0}")]
    Interrupted(String),
    #[error("invalid command {0:?}: no words, or a quote without its end")]
    Command(String),
    #[error("{0:?} is given twice")]
    Twice(String),
    #[error(
        "{0:?} is for no container: each --container has an image of its own; leave out {0:?}, or name a container without an image"
    )]
    ForNone(String),
    #[error("--container {0} changes nothing: name an image, --set-env or --set-secret for it")]
    Unchanged(String),
    #[error("nothing was changed")]
    NotAgreed,
    #[error(transparent)]
    Wanted(#[from] BadWanted),
    #[error(transparent)]
    Deploy(#[from] DeployError),
    #[error(transparent)]
    Task(#[from] TaskError),
    #[error(transparent)]
    Exec(#[from] ExecError),
    #[error(transparent)]
    Init(#[from] InitError),
    #[error(transparent)]
    Try(#[from] TryError),
    /// Why a step of `cargo ecs try` is not as it should be.
    #[error("{0}")]
    Walk(String),
    #[error(
        "session-manager-plugin is not installed: brew install --cask session-manager-plugin, or the package of AWS's user guide (Systems Manager, \"Install the Session Manager plugin\")"
    )]
    NoPlugin,
    #[error("cannot run session-manager-plugin")]
    Plugin(#[source] io::Error),
}

/// Says why on stderr, and where JSON was asked for on stdout too.
pub(super) fn failed(error: &CliError, is_json: bool) -> ExitCode {
    let text = completed(&chain(error));
    say::err_styled(&text, terminal::OWN);
    if is_json {
        let plain = say::stripped(&text);
        say::json(&serde_json::json!({ "error": plain }));
    }
    match error {
        CliError::Refused(_) => ExitCode::from(Verdict::Refused.code()),
        CliError::Interrupted(_) => ExitCode::from(interrupt::CODE),
        CliError::NoContainer(_) => ExitCode::from(WRONG_ARGUMENTS),
        _ => ExitCode::FAILURE,
    }
}

/// The text of a stack's template.
pub(super) fn read_template(file: &Path) -> Result<String, CliError> {
    Ok(template_text(&needed(file, TEMPLATE)?)?)
}
