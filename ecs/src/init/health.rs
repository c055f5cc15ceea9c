//! A Dockerfile's health check as ECS takes it: ECS does not look at the image's own.

use super::dockerfile::HealthCheck;
use serde::Serialize;
use std::ops::RangeInclusive;

/// Seconds and counts that ECS takes (AWS, ECS API reference, "HealthCheck").
const INTERVAL: RangeInclusive<u32> = 5..=300;
const TIMEOUT: RangeInclusive<u32> = 2..=60;
const RETRIES: RangeInclusive<u32> = 1..=10;
const START_PERIOD: RangeInclusive<u32> = 0..=300;

/// A health check of a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct ContainerHealth {
    /// `CMD` or `CMD-SHELL`, and the command.
    pub(super) command: Vec<String>,
    /// Seconds between two checks.
    pub(super) interval: u32,
    /// Seconds after which a check has failed.
    pub(super) timeout: u32,
    /// Failures in a row after which the container is unhealthy.
    pub(super) retries: u32,
    /// Seconds in which failures do not count.
    pub(super) start_period: u32,
}

impl ContainerHealth {
    /// With Docker's defaults for what is left out (Docker, Dockerfile reference, "HEALTHCHECK"), and the nearest value that
    /// ECS takes for each.
    pub(super) fn of(check: &HealthCheck) -> Self {
        let number = |name: &str, default: f64, taken: RangeInclusive<u32>| {
            // Docker takes a zero for its default.
            let given = check.options.get(name).copied().filter(|it| *it > 0.0);
            let (least, most) = (f64::from(*taken.start()), f64::from(*taken.end()));
            given.unwrap_or(default).round().clamp(least, most) as u32
        };
        Self {
            command: check.command.clone(),
            interval: number("interval", 30.0, INTERVAL),
            timeout: number("timeout", 30.0, TIMEOUT),
            retries: number("retries", 3.0, RETRIES),
            start_period: number("start-period", 0.0, START_PERIOD),
        }
    }

    /// That of a program that asks itself.
    pub(super) fn of_binary(program: &str) -> Self {
        let command = ["CMD", program, "healthcheck"].map(str::to_owned);
        Self {
            command: command.to_vec(),
            interval: 10,
            timeout: 3,
            retries: 3,
            start_period: 5,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::dockerfile::Dockerfile;
    use super::*;

    fn of(options: &str) -> (u32, u32, u32, u32) {
        let file = format!("FROM a\nHEALTHCHECK {options} CMD true");
        let file = Dockerfile::parse(&file).unwrap();
        let check = file.stage(None).unwrap().health_check.clone().unwrap();
        let it = ContainerHealth::of(&check);
        (it.interval, it.timeout, it.retries, it.start_period)
    }

    #[test]
    fn what_ecs_does_not_take_becomes_the_nearest_that_it_does() {
        assert_eq!(of(""), (30, 30, 3, 0));
        assert_eq!(
            of("--interval=1s --timeout=500ms --retries=0"),
            (5, 2, 3, 0)
        );
        assert_eq!(
            of("--interval=1h --timeout=2m --retries=20 --start-period=10m"),
            (300, 60, 10, 300)
        );
        assert_eq!(
            of("--interval=15s --timeout=2.4s --start-period=20s"),
            (15, 2, 3, 20)
        );
    }
}
