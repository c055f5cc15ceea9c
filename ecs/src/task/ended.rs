//! How a one-off task ended.

use crate::aws::ecs::{Task, TaskContainer};
use crate::aws::{Caller, Cloud};
use crate::deploy::Cause;
use crate::deploy::evidence::Evidence;
use crate::facts::TaskDefinition;
use schemars::JsonSchema;
use serde::Serialize;

/// How a one-off task ended.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Ended {
    /// The task's ARN.
    pub task: String,
    /// The revision that it ran.
    pub revision: String,
    /// What the command ended with; none if it never ran.
    pub exit_code: Option<i64>,
    /// If it ever ran. Then an exit code that is missing is unknown.
    pub has_started: bool,
    /// Why it failed, if it did.
    pub cause: Option<Cause>,
    /// Who has asked for it, where.
    pub caller: Option<Caller>,
}

impl Ended {
    /// If the command ran and ended with 0.
    pub fn is_success(&self) -> bool {
        self.exit_code == Some(0)
    }

    pub(super) async fn read(
        cloud: &impl Cloud,
        task: &Task,
        (container, definition): (&str, &TaskDefinition),
    ) -> Self {
        let own = |it: &&TaskContainer| it.name == container;
        let own = task.containers.iter().find(own);
        let mut ended = Self {
            task: task.arn.clone(),
            revision: task.task_definition_arn.clone().unwrap_or_default(),
            exit_code: own.and_then(|own| own.exit_code),
            has_started: task.started_at.is_some()
                || own.is_some_and(|own| own.exit_code.is_some()),
            cause: None,
            caller: None,
        };
        if !ended.is_success() {
            let evidence = Evidence::of_task(cloud, task, Some(definition)).await;
            ended.cause = evidence.cause();
        }
        ended
    }
}
