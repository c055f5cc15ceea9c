//! Service deployments, which are the newer API, and service revisions.

use super::configuration::DeploymentConfiguration;
use super::enumeration::enumeration;
use super::service::LoadBalancer;
use serde::Deserialize;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

enumeration! {
    /// How far a service deployment is.
    ServiceDeploymentStatus, "ServiceDeploymentStatus" {
        /// It waits for its turn.
        Pending = "PENDING",
        /// It goes on.
        InProgress = "IN_PROGRESS",
        /// It is over, and the new revision serves.
        Successful = "SUCCESSFUL",
        /// Somebody or something wants it to stop.
        StopRequested = "STOP_REQUESTED",
        /// It was ended, without a way back.
        Stopped = "STOPPED",
        /// Somebody or something wants the old revision back.
        RollbackRequested = "ROLLBACK_REQUESTED",
        /// ECS is on its way back.
        RollbackInProgress = "ROLLBACK_IN_PROGRESS",
        /// The old revision serves again.
        RollbackSuccessful = "ROLLBACK_SUCCESSFUL",
        /// The way back has failed.
        RollbackFailed = "ROLLBACK_FAILED",
    }
}

enumeration! {
    /// What a service deployment does at the moment.
    Stage, "ServiceDeploymentLifecycleStage" {
        /// More than one revision was active, and is brought into line.
        ReconcileService = "RECONCILE_SERVICE",
        /// Before the new tasks start.
        PreScaleUp = "PRE_SCALE_UP",
        /// The new tasks start.
        ScaleUp = "SCALE_UP",
        /// The new tasks run.
        PostScaleUp = "POST_SCALE_UP",
        /// Test traffic moves to them.
        TestTrafficShift = "TEST_TRAFFIC_SHIFT",
        /// Test traffic has moved.
        PostTestTrafficShift = "POST_TEST_TRAFFIC_SHIFT",
        /// Before a step of the traffic's shift. The model has it for hooks alone; its text names it for deployments.
        PreProductionTrafficShift = "PRE_PRODUCTION_TRAFFIC_SHIFT",
        /// Traffic moves to them.
        ProductionTrafficShift = "PRODUCTION_TRAFFIC_SHIFT",
        /// Traffic has moved.
        PostProductionTrafficShift = "POST_PRODUCTION_TRAFFIC_SHIFT",
        /// Both revisions run, to be able to go back at once.
        BakeTime = "BAKE_TIME",
        /// The old tasks go.
        CleanUp = "CLEAN_UP",
    }
}

enumeration! {
    /// What watches over a service deployment, alarms or the circuit breaker.
    MonitorStatus, "ServiceDeploymentRollbackMonitorsStatus" {
        /// It has ended the deployment.
        Triggered = "TRIGGERED",
        /// It watches.
        Monitoring = "MONITORING",
        /// It has watched to the end.
        MonitoringComplete = "MONITORING_COMPLETE",
        /// There is none.
        Disabled = "DISABLED",
    }
}

enumeration! {
    /// What a lifecycle hook is.
    HookTarget, "DeploymentLifecycleHookTargetType" {
        /// A function that decides.
        Lambda = "AWS_LAMBDA",
        /// A person who decides.
        Pause = "PAUSE",
    }
}

enumeration! {
    /// How far a lifecycle hook is.
    HookStatus, "DeploymentLifecycleHookStatus" {
        /// Somebody has to decide.
        AwaitingAction = "AWAITING_ACTION",
        /// It goes on.
        InProgress = "IN_PROGRESS",
        /// It lets the deployment go on.
        Succeeded = "SUCCEEDED",
        /// It does not let the deployment go on.
        Failed = "FAILED",
        /// It has taken too long.
        TimedOut = "TIMED_OUT",
    }
}

enumeration! {
    /// What becomes of a deployment after a hook.
    HookAction, "DeploymentLifecycleHookAction" {
        /// It goes back.
        Rollback = "ROLLBACK",
        /// It goes on.
        Continue = "CONTINUE",
    }
}

impl Stage {
    /// In words.
    pub fn in_words(&self) -> String {
        self.as_str().to_lowercase().replace('_', " ")
    }
}

/// A moment, in seconds since 1970.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, PartialOrd)]
pub struct Time(pub f64);

impl Time {
    /// As the standard library has it; none of a moment before 1970 or after the year 9999.
    pub fn system_time(self) -> Option<SystemTime> {
        let since = Duration::try_from_secs_f64(self.0).ok()?;
        let is_near = since.as_secs() < 253_402_300_800;
        is_near.then(|| UNIX_EPOCH + since)
    }

    /// As RFC 3339 has it. A moment that has no such form stays a number.
    pub fn rfc3339(self) -> String {
        let formatted = self.system_time().map(humantime::format_rfc3339_seconds);
        formatted.map_or_else(|| self.0.to_string(), |formatted| formatted.to_string())
    }
}

/// A service deployment in a list.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Brief {
    /// Its ARN.
    #[serde(rename = "serviceDeploymentArn")]
    pub arn: String,
    /// How far it is.
    pub status: ServiceDeploymentStatus,
    /// When it was begun.
    #[serde(default)]
    pub created_at: Time,
    /// The service revision that it brings.
    pub target_service_revision_arn: Option<String>,
}

/// A service deployment.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceDeployment {
    /// Its ARN.
    #[serde(rename = "serviceDeploymentArn")]
    pub arn: String,
    /// How far it is.
    pub status: ServiceDeploymentStatus,
    /// When it was begun.
    pub created_at: Option<Time>,
    /// Why, in AWS's words.
    pub status_reason: Option<String>,
    /// What it does.
    pub lifecycle_stage: Option<Stage>,
    /// The hooks of this stage.
    #[serde(default, rename = "lifecycleHookDetails")]
    pub hooks: Vec<Hook>,
    /// The revision that it brings.
    pub target_service_revision: Option<TargetRevision>,
    /// The revisions that it takes the place of.
    #[serde(default)]
    pub source_service_revisions: Vec<TargetRevision>,
    /// How it goes.
    #[serde(default)]
    pub deployment_configuration: DeploymentConfiguration,
    /// The way back.
    pub rollback: Option<Rollback>,
    /// The circuit breaker.
    pub deployment_circuit_breaker: Option<CircuitBreaker>,
    /// The alarms.
    pub alarms: Option<Alarms>,
}

/// A revision that a deployment brings, or takes the place of.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TargetRevision {
    /// Its ARN.
    pub arn: Option<String>,
    /// How many tasks there should be.
    pub requested_task_count: Option<u32>,
    /// How many run.
    pub running_task_count: Option<u32>,
    /// How many are being started.
    pub pending_task_count: Option<u32>,
    /// Its share of the test traffic, in percent.
    pub requested_test_traffic_weight: Option<f64>,
    /// Its share of the traffic, in percent.
    pub requested_production_traffic_weight: Option<f64>,
}

/// A way back.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Rollback {
    /// Why, in AWS's words.
    pub reason: Option<String>,
}

/// A circuit breaker at work.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CircuitBreaker {
    /// If it has ended the deployment.
    pub status: MonitorStatus,
    /// Failures so far.
    pub failure_count: Option<u32>,
    /// Failures that end it.
    pub threshold: Option<u32>,
}

/// Alarms at work.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Alarms {
    /// If one has ended the deployment.
    pub status: MonitorStatus,
    /// Those that did.
    #[serde(default)]
    pub triggered_alarm_names: Vec<String>,
}

/// A lifecycle hook.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hook {
    /// Its id, for who decides.
    pub hook_id: Option<String>,
    /// What it is.
    pub target_type: Option<HookTarget>,
    /// The function.
    pub target_arn: Option<String>,
    /// How far it is.
    pub status: HookStatus,
    /// When it ends by itself.
    pub expires_at: Option<Time>,
    /// What happens then.
    pub timeout_action: Option<HookAction>,
}

/// A revision of a service: what a deployment brings.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceRevision {
    /// Its ARN.
    #[serde(rename = "serviceRevisionArn")]
    pub arn: Option<String>,
    /// The definition of its tasks.
    pub task_definition: String,
    resolved_configuration: Option<ResolvedConfiguration>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ResolvedConfiguration {
    load_balancers: Vec<LoadBalancer>,
}

impl ServiceRevision {
    /// The target groups that its tasks are in, if ECS says.
    pub fn target_groups(&self) -> Option<Vec<String>> {
        let balancers = &self.resolved_configuration.as_ref()?.load_balancers;
        let groups = balancers
            .iter()
            .filter_map(|balancer| balancer.target_group_arn.clone());
        Some(groups.collect::<Vec<_>>()).filter(|groups| !groups.is_empty())
    }
}

impl ServiceDeploymentStatus {
    /// If it is over, one way or the other. Of a status that is newer than this tool, nobody knows.
    pub fn is_over(&self) -> bool {
        matches!(
            self,
            Self::Successful | Self::Stopped | Self::RollbackSuccessful | Self::RollbackFailed
        )
    }
}

impl ServiceDeployment {
    /// The hook that waits for somebody.
    pub fn pause(&self) -> Option<&Hook> {
        let mut hooks = self.hooks.iter();
        // A function decides by itself.
        hooks.find(|hook| {
            hook.status == HookStatus::AwaitingAction
                && hook.target_type != Some(HookTarget::Lambda)
        })
    }
}
