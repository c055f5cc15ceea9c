//! How a service rolls out.

use super::enumeration::enumeration;
use serde::Deserialize;
use std::time::Duration;

enumeration! {
    /// How the new revision takes the old one's place.
    Strategy, "DeploymentStrategy" {
        /// Task by task, within the percentages.
        Rolling = "ROLLING",
        /// All tasks anew, then all traffic at once.
        BlueGreen = "BLUE_GREEN",
        /// All tasks anew, then the traffic in equal steps.
        Linear = "LINEAR",
        /// All tasks anew, then a little of the traffic, then the rest.
        Canary = "CANARY",
    }
}

/// Minutes that a service may bake (AWS, API reference, "DeploymentConfiguration": 24 hours).
const LONGEST_BAKE: u64 = 1440;

/// How a service rolls out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeploymentConfiguration {
    /// [`Strategy::Rolling`] if nothing else is said.
    pub strategy: Option<Strategy>,
    /// Of the desired count, how much has to stay; rounded up.
    pub minimum_healthy_percent: Option<u32>,
    /// Of the desired count, how much there may be; rounded down.
    pub maximum_percent: Option<u32>,
    /// Minutes for which the old revision stays after the last shift of traffic.
    pub bake_time_in_minutes: Option<u64>,
    /// For [`Strategy::Canary`].
    pub canary_configuration: Option<CanaryConfiguration>,
    /// For [`Strategy::Linear`].
    pub linear_configuration: Option<LinearConfiguration>,
    /// When a rolling deployment counts as a success before all its tasks run.
    pub early_success_criteria: Option<EarlySuccessCriteria>,
    /// When alarms end it.
    pub alarms: Option<AlarmConfiguration>,
    /// When failures end it.
    pub deployment_circuit_breaker: Option<CircuitBreakerConfiguration>,
}

/// The first step of a canary.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CanaryConfiguration {
    /// Minutes until the rest follows.
    pub canary_bake_time_in_minutes: Option<u64>,
}

/// The steps of a linear shift.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LinearConfiguration {
    /// The share of the traffic that each step adds.
    pub step_percent: Option<f64>,
    /// Minutes between two steps.
    pub step_bake_time_in_minutes: Option<u64>,
}

/// When a rolling deployment counts as a success before all its tasks run.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EarlySuccessCriteria {
    /// If it may.
    pub enable: bool,
}

/// The alarms that are watched.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AlarmConfiguration {
    /// If they are.
    pub enable: bool,
    /// If ECS goes back to the last revision that was good.
    pub rollback: bool,
}

/// The circuit breaker.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CircuitBreakerConfiguration {
    /// If there is one.
    pub enable: bool,
    /// If ECS goes back to the last revision that was good.
    pub rollback: bool,
}

impl DeploymentConfiguration {
    /// The strategy, which is rolling unless another one is named.
    pub fn strategy(&self) -> &Strategy {
        self.strategy.as_ref().unwrap_or(&Strategy::Rolling)
    }

    /// If a deployment that fails ends with a way back.
    pub fn rolls_back(&self) -> bool {
        let breaker = self.deployment_circuit_breaker.as_ref();
        let alarms = self.alarms.as_ref();
        breaker.is_some_and(|breaker| breaker.enable && breaker.rollback)
            || alarms.is_some_and(|alarms| alarms.enable && alarms.rollback)
    }

    /// If ECS may call a deployment a success while tasks are still starting.
    pub fn has_early_success(&self) -> bool {
        let early = self.early_success_criteria.as_ref();
        early.is_some_and(|early| early.enable)
    }

    /// How long a deployment waits by its configuration alone.
    pub fn bake_time(&self) -> Duration {
        let minutes = |minutes: Option<u64>| {
            Duration::from_secs(60 * minutes.unwrap_or_default().min(LONGEST_BAKE))
        };
        let at_the_end = minutes(self.bake_time_in_minutes);
        let between = match (
            self.strategy(),
            &self.canary_configuration,
            &self.linear_configuration,
        ) {
            (Strategy::Rolling, ..) => return Duration::ZERO,
            (Strategy::Canary, Some(canary), _) => minutes(canary.canary_bake_time_in_minutes),
            (Strategy::Linear, _, Some(linear)) => {
                // The last step is followed by the bake time of the whole.
                let steps = (100.0 / linear.step_percent.unwrap_or(100.0).clamp(1.0, 100.0)).ceil();
                minutes(linear.step_bake_time_in_minutes).mul_f64(steps - 1.0)
            }
            _ => Duration::ZERO,
        };
        at_the_end + between
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_deployment_waits_for_by_itself_is_known_before() {
        let cases = [
            (json!({}), 0),
            (json!({ "bakeTimeInMinutes": 5 }), 0),
            (
                json!({ "strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5 }),
                5,
            ),
            (
                json!({ "strategy": "CANARY", "bakeTimeInMinutes": 5,
                        "canaryConfiguration": { "canaryPercent": 10.0, "canaryBakeTimeInMinutes": 7 } }),
                12,
            ),
            (
                json!({ "strategy": "LINEAR", "bakeTimeInMinutes": 5,
                        "linearConfiguration": { "stepPercent": 30.0, "stepBakeTimeInMinutes": 2 } }),
                11,
            ),
            (json!({ "strategy": "RAINBOW", "bakeTimeInMinutes": 5 }), 5),
        ];
        for (configuration, minutes) in cases {
            let read: DeploymentConfiguration =
                serde_json::from_value(configuration.clone()).unwrap();
            assert_eq!(read.bake_time().as_secs(), minutes * 60, "{configuration}");
        }
    }
}
