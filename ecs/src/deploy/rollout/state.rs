//! How far a deployment is.

use crate::aws::ecs::{Hook, HookAction, Time};
use schemars::JsonSchema;
use serde::Serialize;

/// How far a deployment is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum State {
    /// It is not listed: not yet, or no longer.
    Unseen,
    /// It goes on.
    Running,
    /// It waits for somebody.
    Paused(Pause),
    /// ECS is on its way back.
    GoingBack,
    /// ECS says that the new revision serves.
    Succeeded,
    /// The old revision serves again.
    RolledBack,
    /// The way back has failed.
    RollbackFailed,
    /// The circuit breaker, an alarm or a hook ended it, without a way back.
    Failed,
    /// Ended by somebody, or by a later deployment.
    Stopped,
    /// A status that is newer than this tool: neither a success nor a failure.
    Unclear(String),
}

/// A deployment that waits for somebody, and for how long.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Pause {
    /// The service deployment.
    pub deployment: String,
    /// The hook's id, without which nobody can decide by this tool.
    pub hook: Option<String>,
    /// When ECS decides by itself (RFC 3339), if it ever does.
    pub expires_at: Option<String>,
    /// What ECS does then: `CONTINUE` or `ROLLBACK`.
    pub then: Option<String>,
}

impl Pause {
    pub(super) fn new(deployment: &str, hook: &Hook) -> Self {
        Self {
            deployment: deployment.to_owned(),
            hook: hook.hook_id.clone(),
            expires_at: hook.expires_at.map(Time::rfc3339),
            then: hook.timeout_action.as_ref().map(HookAction::to_string),
        }
    }

    /// In words.
    pub fn text(&self) -> String {
        let hook = self
            .hook
            .as_ref()
            .map(|hook| format!(" at the hook {hook}"));
        let until = self.expires_at.as_deref().map(|at| format!(" until {at}"));
        let then = match self.then.as_deref() {
            Some("CONTINUE") => "; then ECS continues".to_owned(),
            Some("ROLLBACK") => "; then ECS rolls back".to_owned(),
            Some(other) => format!("; then ECS does {other}"),
            None => String::new(),
        };
        let (hook, until) = (hook.unwrap_or_default(), until.unwrap_or_default());
        format!("{hook}{until}{then}")
    }
}
