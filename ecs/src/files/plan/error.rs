//! Why a plan tells nothing.

use crate::files::facts::FilesError;
use crate::typed::Misfit;
use std::io;
use std::path::PathBuf;

/// Why a plan tells nothing.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The system's word.
    #[error("cannot read the plan {place}")]
    Read {
        /// The file.
        place: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is what `terraform plan -out` writes.
    #[error("{0} is a plan in Terraform's own format; print it as JSON: terraform show -json {0}")]
    Binary(String),
    /// It is not JSON.
    #[error(
        "invalid JSON in the plan {place}; it has to be what terraform show -json prints, and nothing else"
    )]
    Json {
        /// Where it is from.
        place: String,
        /// The line.
        source: serde_json::Error,
    },
    /// It is something else.
    #[error(
        "{0} is not a plan (planned_values: missing); name what terraform show -json prints of one"
    )]
    Other(String),
    /// Nothing to check.
    #[error("the plan has no aws_ecs_service and no aws_ecs_task_definition")]
    Nothing,
    /// One of several is meant.
    #[error("the plan has several {what}: {names}; name one with --resource")]
    Several {
        /// Of what.
        what: &'static str,
        /// Their addresses.
        names: String,
    },
    /// What is wanted is not there.
    #[error("the plan has no service or task definition {name}; it has {others}")]
    NoSuch {
        /// What is wanted.
        name: String,
        /// What there is.
        others: String,
    },
    /// A field that does not have the form that AWS takes.
    #[error("the plan's resource {resource} is invalid: {why}")]
    Field {
        /// Its address.
        resource: String,
        /// The field, and what is wrong with it.
        why: Misfit,
    },
    /// The containers are a text that is not JSON.
    #[error("container_definitions of {resource} is not a list of containers in JSON")]
    Containers {
        /// Its address.
        resource: String,
    },
}

/// What is said of templates, of a plan.
impl From<FilesError> for PlanError {
    fn from(error: FilesError) -> Self {
        match error {
            FilesError::Several { what, names } => Self::Several { what, names },
            FilesError::NoSuch { name, others } => Self::NoSuch { name, others },
            FilesError::Field { resource, why } => Self::Field { resource, why },
            FilesError::Form { what, why } => Self::Field {
                resource: what.to_owned(),
                why,
            },
            FilesError::Template(_) | FilesError::Missing(_) | FilesError::Nothing { .. } => {
                Self::Nothing
            }
        }
    }
}
