//! The part of check 6 that looks at how tasks are replaced: percentages that let none go, and addresses for new ones.

use super::{Finding, fix};
use crate::facts::{Facts, Service};
use crate::placeholder;
use std::collections::BTreeSet;

/// What ECS takes where nothing is said (AWS, API reference, "DeploymentConfiguration").
const MINIMUM: u32 = 100;
const MAXIMUM: u32 = 200;

/// How many tasks a rolling deployment keeps, and may run at a time. ECS rounds the minimum up and the maximum down.
struct Bounds {
    desired: u64,
    least: u64,
    most: u64,
}

/// How tasks give way to those of the next revision.
#[derive(Clone, Copy, PartialEq)]
enum Replacement {
    /// A few at a time, within the percentages.
    Rolling,
    /// As many are started anew as there are, whatever the percentages.
    AtOnce,
    /// By task sets of any size, or by what is not known.
    Unknown,
}

pub(super) fn findings(facts: &Facts) -> Vec<Finding> {
    let service = &facts.service;
    let Some(bounds) = bounds(service).filter(|_| !facts.is_open("desiredCount")) else {
        return Vec::new();
    };
    // Of a daemon, they have other defaults.
    let has_open_percentages =
        facts.is_open("deploymentConfiguration") || facts.is_open("schedulingStrategy");
    let how = match replacement(service) {
        Replacement::Rolling if has_open_percentages => Replacement::Unknown,
        how => how,
    };
    let can_roll = bounds.most > bounds.desired || bounds.least < bounds.desired;
    let stuck = (how == Replacement::Rolling && !can_roll).then(|| stuck(facts, &bounds));
    let addresses = addresses(facts, &bounds, how);
    stuck.into_iter().chain(addresses).collect()
}

fn bounds(service: &Service) -> Option<Bounds> {
    // A template that gives none means one.
    let desired = u64::from(service.desired_count.unwrap_or(1));
    if desired == 0 {
        return None;
    }
    let (minimum, maximum) = percentages(service);
    Some(Bounds {
        desired,
        least: (desired * u64::from(minimum)).div_ceil(100),
        most: desired * u64::from(maximum) / 100,
    })
}

fn percentages(service: &Service) -> (u32, u32) {
    let own = &service.deployment_configuration;
    let is_daemon = service.scheduling_strategy.as_deref() == Some("DAEMON");
    let minimum = if is_daemon { 0 } else { MINIMUM };
    (
        own.minimum_healthy_percent.unwrap_or(minimum),
        own.maximum_percent.unwrap_or(MAXIMUM),
    )
}

/// The percentages are for ECS's own rolling deployments alone (AWS, API reference, "DeploymentConfiguration").
fn replacement(service: &Service) -> Replacement {
    match service.deployment_controller.kind.as_deref() {
        None | Some("ECS") => {}
        Some("CODE_DEPLOY") => return Replacement::AtOnce,
        Some(_) => return Replacement::Unknown,
    }
    match service.deployment_configuration.strategy.as_deref() {
        None | Some("ROLLING") => Replacement::Rolling,
        Some(strategy) if placeholder::first(strategy).is_some() => Replacement::Unknown,
        Some(_) => Replacement::AtOnce,
    }
}

/// A rolling deployment can neither start a task nor stop one.
fn stuck(facts: &Facts, bounds: &Bounds) -> Finding {
    let (minimum, maximum) = percentages(&facts.service);
    let Bounds {
        desired,
        least,
        most,
    } = bounds;
    Finding::fail(
        format!(
            "no task can ever be replaced: of {desired}, ECS has to keep {least} (minimumHealthyPercent {minimum}) and \
             may run {most} at most (maximumPercent {maximum})"
        ),
        // What it leaves out, such as the circuit breaker, ECS keeps.
        fix::service(
            facts,
            "--deployment-configuration minimumHealthyPercent=100,maximumPercent=200",
            "set MinimumHealthyPercent to 100 and MaximumPercent to 200",
        ),
    )
    .replacement()
}

/// If a deployment would want more addresses than there are.
fn addresses(facts: &Facts, bounds: &Bounds, how: Replacement) -> Option<Finding> {
    let free = u64::from(facts.free_addresses?);
    let service = &facts.service;
    // Those that are being started have their addresses. In a file, none has.
    let desired = if facts.is_made { bounds.desired } else { 0 };
    let there = service.running_count.map_or(desired, u64::from)
        + service.pending_count.map_or(0, u64::from);
    let most = match how {
        Replacement::Rolling => bounds.most.max(bounds.desired),
        Replacement::AtOnce => bounds.desired * 2,
        Replacement::Unknown => bounds.desired,
    };
    let more = most.saturating_sub(there);
    if free >= more {
        return None;
    }
    // What is missing for the desired count does not start at all.
    let is_short = free < bounds.desired.saturating_sub(there);
    let subnets: BTreeSet<&str> = service.subnets().iter().map(String::as_str).collect();
    let have = if subnets.len() == 1 { "has" } else { "have" };
    let subnets = subnets.into_iter().collect::<Vec<_>>().join(" and ");
    let text = match facts.is_made {
        true => format!(
            "{subnets} {have} {free} free addresses, and up to {more} more tasks need one each"
        ),
        false => format!(
            "{subnets} {have} {free} addresses without those that AWS keeps, and up to {more} tasks need one each"
        ),
    };
    let fix = "give the service a subnet with room, or a smaller desired count";
    Some(if is_short {
        Finding::fail(text, fix)
    } else {
        Finding::warn(format!("{text} in a deployment")).fix(fix)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::DeploymentConfiguration;

    fn service(desired: u32, percentages: Option<(u32, u32)>) -> Service {
        Service {
            desired_count: Some(desired),
            running_count: Some(desired),
            deployment_configuration: DeploymentConfiguration {
                minimum_healthy_percent: percentages.map(|(minimum, _)| minimum),
                maximum_percent: percentages.map(|(_, maximum)| maximum),
                ..DeploymentConfiguration::default()
            },
            ..Service::default()
        }
    }

    fn found(service: Service, free_addresses: Option<u32>) -> Vec<Finding> {
        findings(&Facts {
            is_made: true,
            service,
            free_addresses,
            ..Facts::default()
        })
    }

    #[test]
    fn what_can_never_roll_is_found_by_the_numbers_that_ecs_makes_of_the_percentages() {
        let cases = [
            ((1, 100, 200), true),
            ((1, 100, 100), false),
            // 1.34 tasks are one.
            ((1, 100, 134), false),
            ((3, 100, 134), true),
            ((3, 100, 133), false),
            ((4, 50, 100), true),
            // Half a task is one.
            ((1, 50, 100), false),
            ((1, 0, 100), true),
            ((0, 100, 100), true),
        ];
        for ((desired, minimum, maximum), can_roll) in cases {
            let found = found(service(desired, Some((minimum, maximum))), None);
            assert_eq!(found.is_empty(), can_roll, "{desired} {minimum} {maximum}");
        }
    }

    #[test]
    fn traffic_that_shifts_does_not_care_and_neither_do_the_defaults() {
        assert_eq!(found(service(1, None), None), []);
        let mut blue_green = service(1, Some((100, 100)));
        blue_green.deployment_configuration.strategy = Some("BLUE_GREEN".into());
        assert_eq!(found(blue_green, None), []);
    }

    #[test]
    fn percentages_are_for_rolling_deployments_of_ecs_alone() {
        for (controller, is_stuck) in [
            (None, true),
            (Some("ECS"), true),
            (Some("CODE_DEPLOY"), false),
            (Some("EXTERNAL"), false),
            (Some("{{parameter Controller}}"), false),
        ] {
            let mut service = service(2, Some((100, 100)));
            service.deployment_controller.kind = controller.map(str::to_owned);
            assert_eq!(!found(service, None).is_empty(), is_stuck, "{controller:?}");
        }
        // One on each machine goes before the next one comes.
        let mut daemon = service(2, None);
        daemon.scheduling_strategy = Some("DAEMON".into());
        daemon.deployment_configuration.maximum_percent = Some(100);
        assert_eq!(found(daemon, None), []);
    }

    #[test]
    fn codedeploy_starts_as_many_anew_and_task_sets_are_of_any_size() {
        for (controller, free, is_enough) in [
            ("CODE_DEPLOY", 2, false),
            ("CODE_DEPLOY", 3, true),
            ("EXTERNAL", 0, true),
        ] {
            let mut service = service(3, None);
            service.deployment_controller.kind = Some(controller.into());
            let found = found(service, Some(free));
            assert_eq!(found.is_empty(), is_enough, "{controller} {free}");
        }
    }

    #[test]
    fn a_deployment_needs_an_address_for_each_task_that_it_adds() {
        assert_eq!(found(service(3, None), Some(3)), []);
        let few = found(service(3, None), Some(2));
        assert_eq!(few[0].status, crate::doctor::Status::Warn);
        assert!(few[0].text.contains("2 free addresses, and up to 3 more"));
        let mut starting = service(3, Some((50, 100)));
        starting.running_count = Some(0);
        starting.pending_count = Some(3);
        assert_eq!(found(starting.clone(), Some(0)), []);
        starting.pending_count = Some(0);
        assert_eq!(
            found(starting, Some(2))[0].status,
            crate::doctor::Status::Fail
        );
    }
}
