//! Why a deployment cannot go on.

use crate::aws::ApiError;
use crate::aws::ecs::BadDefinition;
use crate::facts::TaskDefinition;
use crate::image::BadReference;
use crate::live::LiveError;
use crate::task::TaskError;

/// Why a deployment cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// AWS refuses or does not answer.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The service cannot be read.
    #[error(transparent)]
    Live(#[from] LiveError),
    /// The definition cannot be changed as asked.
    #[error(transparent)]
    Definition(#[from] BadDefinition),
    /// The definition has no container that could be changed.
    #[error("the task definition has no essential container")]
    NoContainer,
    /// The image that runs has no name from which a repository could be taken.
    #[error("invalid image {image:?} in the task definition; name the whole image to deploy")]
    Name {
        /// The image.
        image: String,
        /// What is wrong with it.
        source: BadReference,
    },
    /// An image in a file is left open.
    #[error(
        "the image {image:?} of the container {container} in the file is a placeholder; name its commit, or --container {container}=IMAGE"
    )]
    Placeholder {
        /// The container.
        container: String,
        /// The image.
        image: String,
    },
    /// Another text of a file has the commit of an image that has none.
    #[error(
        "{text:?} of the container {container} in the file names the commit, and the image {image} has no tag; write a value"
    )]
    NoCommit {
        /// The container.
        container: String,
        /// The text.
        text: String,
        /// The container's image.
        image: String,
    },
    /// A revision that is not there.
    #[error("there is no revision {0}; those that there are: cargo ecs revisions")]
    NoSuchRevision(String),
    /// A revision that was deregistered.
    #[error(
        "{0} is deregistered (INACTIVE), and ECS updates no service to it; name another revision, or its commit"
    )]
    Inactive(String),
    /// An ARN in a file is left open.
    #[error(
        "the file has ARNs of the placeholder account 111122223333 where the service has none yet; write your own account"
    )]
    AnyAccount,
    /// Another service's revision.
    #[error("{revision} is not a revision of {family}, the family of the service")]
    OtherFamily {
        /// The revision.
        revision: String,
        /// The service's family.
        family: String,
    },
    /// An answer without what was asked for.
    #[error("ECS does not say which revision it is")]
    NoRevision,
    /// There is nothing to go back to.
    #[error("there is no earlier deployment that was good; name a revision or a commit with --to")]
    NothingGood,
    /// The older API does not know what was good.
    #[error("which deployment was good cannot be read; name a revision or a commit with --to")]
    Unknowable(#[source] ApiError),
    /// Nobody knows if ECS took the update, and it shows nothing of it.
    #[error(
        "ECS shows nothing of the update after a minute, so most likely it was not carried out"
    )]
    NotSeen(#[source] ApiError),
    /// AWS has not answered before the time was up.
    #[error("no answer before the time was up")]
    NoAnswer,
    /// ECS calls it a success, and nothing else does.
    #[error(
        "ECS reports success, but whether the targets are healthy cannot be read; `cargo ecs status` shows them"
    )]
    Unconfirmed(#[source] ApiError),
    /// A hook that cannot be answered.
    #[error("the hook at which the deployment waits has no id; decide in the AWS console")]
    NoHook,
    /// No deployment waits for a decision.
    #[error("no deployment of the service waits for a decision: {0}")]
    NothingWaits(String),
    /// How the command that was to run before ends is unknown.
    #[error("the service was not touched")]
    Before(#[source] Box<TaskError>),
}

impl DeployError {
    /// A container that the definition does not have.
    pub(super) fn no_container(definition: &TaskDefinition, name: &str) -> Self {
        let names = definition.container_definitions.iter();
        let names: Vec<&str> = names.map(|container| container.name.as_str()).collect();
        Self::Definition(BadDefinition::NoContainer {
            name: name.to_owned(),
            others: names.join(", "),
        })
    }

    /// If what failed may well succeed when it is done again.
    pub(super) fn passes(&self) -> bool {
        matches!(self, Self::NoAnswer) || self.api().is_some_and(|api| api.may_pass(true))
    }

    /// If it cannot succeed when it is done again.
    pub(super) fn is_final(&self) -> bool {
        match self.api() {
            Some(api) => api.is_lockout() || api.is_denied(),
            None => !matches!(self, Self::Live(_)),
        }
    }

    /// Of AWS, wherever it was asked.
    pub(super) fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error)
            | Self::Unknowable(error)
            | Self::Unconfirmed(error)
            | Self::Live(LiveError::Api(error)) => Some(error),
            Self::Before(error) => error.api(),
            _ => None,
        }
    }
}
