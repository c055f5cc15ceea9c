//! How a deployment ended.

use super::preflight::Refusal;
use super::{Cause, DeployError, Pause};
use crate::aws::ecs::ServiceName;
use crate::aws::{ApiError, Caller};
use crate::chain::chain;
use crate::doctor::Report;
use schemars::JsonSchema;
use serde::Serialize;

/// How it ended.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Verdict {
    /// The new revision serves: all desired tasks run, and the targets are healthy.
    Deployed,
    /// The new revision serves, and by the service's early success criteria that is enough: some tasks are still
    /// starting.
    DeployedEarly {
        /// How many tasks run.
        running: u32,
        /// How many there should be.
        desired: u32,
    },
    /// Deployed to a service that is meant to run nothing.
    DeployedParked,
    /// Nothing was done, as asked.
    DryRun,
    /// ECS went back to the previous revision.
    RolledBack,
    /// ECS tried to go back and could not.
    RollbackFailed,
    /// The circuit breaker, an alarm or a hook stopped it, and ECS did not go back.
    Failed,
    /// Somebody stopped it.
    Stopped,
    /// A later deployment has taken its place.
    Superseded {
        /// What and by whom.
        by: String,
    },
    /// It was not over in time. ECS goes on.
    TimedOut,
    /// It waits for somebody to decide.
    Waiting(Pause),
    /// The command that was to run before has failed. The service was not touched.
    BeforeFailed,
    /// The credentials have expired or do not allow it.
    NotAllowed,
    /// The service is parked. Nothing was touched.
    Parked,
    /// Deployed, and somebody has scaled the service to 0 since: nothing runs.
    ParkedSince,
    /// A check of the preflight has failed. Nothing was touched.
    Refused,
    /// Something else kept it from going on.
    Error,
}

impl Verdict {
    /// The exit code.
    pub fn code(&self) -> u8 {
        match self {
            Self::Deployed | Self::DeployedEarly { .. } | Self::DeployedParked | Self::DryRun => 0,
            Self::Error => 1,
            Self::RolledBack => 10,
            Self::RollbackFailed => 11,
            Self::Failed => 12,
            Self::Stopped => 13,
            Self::Superseded { .. } => 14,
            Self::TimedOut => 15,
            Self::NotAllowed => 16,
            Self::Parked | Self::ParkedSince => 17,
            Self::Refused => 18,
            Self::Waiting(_) => 19,
            Self::BeforeFailed => 20,
        }
    }

    /// If it has a cause to look for.
    pub(super) fn has_cause(&self) -> bool {
        matches!(
            self,
            Self::RolledBack | Self::RollbackFailed | Self::Failed | Self::TimedOut
        )
    }

    /// In words.
    pub fn text(&self) -> String {
        match self {
            Self::Deployed => "deployed".into(),
            Self::DeployedEarly { running, desired } => format!(
                "deployed; {running} of {desired} tasks run, and the others are still starting (early success)"
            ),
            Self::DeployedParked => "deployed; nothing runs, since the desired count is 0".into(),
            Self::DryRun => "nothing was changed".into(),
            Self::RolledBack => "failed, and rolled back to the previous revision".into(),
            Self::RollbackFailed => "failed, and the rollback failed too".into(),
            Self::Failed => "failed; ECS stopped it and did not roll back".into(),
            Self::Stopped => "stopped by somebody".into(),
            Self::Superseded { by } => format!("superseded by {by}"),
            Self::TimedOut => "not over in time".into(),
            Self::Waiting(pause) => format!("waiting for your decision{}", pause.text()),
            Self::BeforeFailed => {
                "the command of --before did not succeed; the service was not touched".into()
            }
            Self::NotAllowed => "not allowed".into(),
            Self::Parked => "nothing runs: the service is parked (desired count 0); --allow-parked deploys all the same".into(),
            Self::ParkedSince => {
                "deployed, and scaled to 0 since: nothing runs (desired count 0)".into()
            }
            Self::Refused => "refused by the preflight; nothing was touched".into(),
            Self::Error => "could not go on".into(),
        }
    }
}

/// How it ended, and what is known about it.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Outcome {
    /// How it ended.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The service.
    pub service: String,
    /// Its cluster.
    pub cluster: String,
    /// The image that was to run.
    pub image: Option<String>,
    /// The revision that was to run.
    pub revision: Option<String>,
    /// The one that ran before.
    pub previous: Option<String>,
    /// Why it failed.
    pub cause: Option<Cause>,
    /// An error, in words.
    pub error: Option<String>,
    /// How far it was when somebody looked last, in words.
    pub last_seen: Option<String>,
    /// What speaks against it, beside the preflight.
    pub refusals: Vec<Refusal>,
    /// What the preflight said.
    pub preflight: Option<Report>,
    /// Who has asked for it, where; none if AWS was not asked.
    pub caller: Option<Caller>,
}

impl Outcome {
    pub(super) fn new(ServiceName { cluster, service }: ServiceName<'_>) -> Self {
        Self {
            verdict: Verdict::Error,
            service: service.to_owned(),
            cluster: cluster.to_owned(),
            image: None,
            revision: None,
            previous: None,
            cause: None,
            error: None,
            last_seen: None,
            refusals: Vec::new(),
            preflight: None,
            caller: None,
        }
    }

    /// Of a deployment that could not be begun, or that nobody waits for.
    pub fn of_error(name: ServiceName<'_>, error: String) -> Self {
        Self {
            error: Some(error),
            ..Self::new(name)
        }
    }

    /// What names the service to a command of this tool.
    pub fn arguments(&self) -> String {
        let name = ServiceName {
            cluster: &self.cluster,
            service: &self.service,
        };
        name.arguments()
    }

    pub(super) fn end_with(&mut self, end: Result<Verdict, DeployError>, has_begun: bool) {
        match end {
            Ok(verdict) => self.verdict = verdict,
            Err(error) => {
                self.verdict = if error.api().is_some_and(ApiError::is_not_allowed) {
                    Verdict::NotAllowed
                } else {
                    Verdict::Error
                };
                let is_over = matches!(error, DeployError::Unconfirmed(_));
                let goes_on = if has_begun && !is_over {
                    "; what was begun goes on in AWS"
                } else {
                    ""
                };
                self.error = Some(chain(&error) + goes_on);
            }
        }
    }
}
