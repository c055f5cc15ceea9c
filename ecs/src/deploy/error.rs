//! Why a deployment cannot go on.

use crate::aws::ApiError;
use crate::image::BadReference;
use crate::live::LiveError;

/// Why a deployment cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// AWS refuses or does not answer.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The service cannot be read.
    #[error(transparent)]
    Live(#[from] LiveError),
    /// The definition has no container that could be changed.
    #[error("the task definition has no essential container")]
    NoContainer,
    /// The image that runs has no name from which a repository could be taken.
    #[error("the service's image {image:?} {source}; name the whole image")]
    Name {
        /// The image.
        image: String,
        /// What is wrong with it.
        source: BadReference,
    },
    /// An answer without what was asked for.
    #[error("ecs registered a revision and did not say which")]
    NoRevision,
    /// There is nothing to go back to.
    #[error("there is no earlier deployment that was good; name a revision or a commit with --to")]
    NothingGood,
    /// The older API does not know what was good.
    #[error(
        "which deployment was good cannot be read ({0}); name a revision or a commit with --to"
    )]
    Unknowable(#[source] ApiError),
}

impl DeployError {
    /// Of AWS, wherever it was asked.
    pub(super) fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) | Self::Unknowable(error) | Self::Live(LiveError::Api(error)) => {
                Some(error)
            }
            _ => None,
        }
    }
}
