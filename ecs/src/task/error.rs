//! Why a command did not run to its end.

use crate::aws::ApiError;
use std::time::Duration;

/// Why a command did not run to its end.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// AWS refuses or does not answer, and no task was started.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// ECS did not start it.
    #[error("ECS started no task: {0}")]
    NotStarted(String),
    /// The definition has no such container.
    #[error("the revision {revision} has no container {container:?}")]
    NoContainer {
        /// The container.
        container: String,
        /// The revision.
        revision: String,
    },
    /// It was asked for, and the answer is lost.
    #[error(
        "whether ECS started the task is unknown; `aws ecs list-tasks --cluster {cluster} --started-by cargo-ecs` lists it"
    )]
    InDoubt {
        /// The cluster.
        cluster: String,
        /// Why there is no answer.
        source: Box<ApiError>,
    },
    /// It is not listed.
    #[error("ECS does not list the task {0}, so how it ends is unknown")]
    Lost(String),
    /// It was started, and nobody can look at it.
    #[error("the task {task} cannot be looked at, so how it ends is unknown")]
    Unseen {
        /// The task.
        task: String,
        /// Why.
        source: Box<ApiError>,
    },
    /// It takes too long.
    #[error(
        "the task {task} is still running after {} s; stop it: aws ecs stop-task --cluster {cluster} --task {task}",
        .after.as_secs()
    )]
    TimedOut {
        /// Its cluster.
        cluster: String,
        /// The task.
        task: String,
        /// How long it was waited for.
        after: Duration,
    },
}

impl TaskError {
    /// If the command may run or have run, with an end that is not known.
    pub(crate) fn is_unknown(&self) -> bool {
        matches!(
            self,
            Self::InDoubt { .. } | Self::Lost(_) | Self::Unseen { .. }
        )
    }

    /// Of AWS.
    pub(crate) fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) => Some(error),
            Self::InDoubt { source, .. } | Self::Unseen { source, .. } => Some(source),
            _ => None,
        }
    }
}
