//! The part of check 6 that looks at health checks in time: what AWS does not take, and what ends a slow start.

use super::{Finding, Part, fix};
use crate::facts::{Container, Facts, HealthCheck, TargetGroup};
use std::ops::RangeInclusive;

/// What is taken where nothing is said (AWS, ECS API reference, "HealthCheck").
const INTERVAL: u32 = 30;
const RETRIES: u32 = 3;

/// The least that a load balancer waits for a first answer: two failures, five seconds apart.
const LEAST: u32 = 10;

type Bound = (&'static str, Option<u32>, RangeInclusive<u32>);

pub(super) fn findings(facts: &Facts) -> Vec<Finding> {
    let containers = facts.definition.container_definitions.iter();
    let checked =
        containers.filter_map(|container| Some((container, container.health_check.as_ref()?)));
    let mut findings = Vec::new();
    for (container, check) in checked {
        findings.extend(bounds_of_check(container, check));
        findings.extend(hasty(facts, container, check));
    }
    let named = facts.service.target_groups();
    let groups = facts.target_groups.iter();
    for group in groups.filter(|group| named.contains(group.arn.as_str())) {
        let of_group = bounds_of_group(facts, group).into_iter();
        let of_group = of_group.chain(slow_start(facts, group));
        findings.extend(of_group.map(|it| it.of_group(&group.arn)));
    }
    findings.into_iter().map(|it| it.at(Part::Tasks)).collect()
}

fn outside(bounds: Vec<Bound>) -> impl Iterator<Item = (&'static str, u32, RangeInclusive<u32>)> {
    let given = bounds.into_iter();
    given.filter_map(|(name, value, range)| {
        let value = value.filter(|value| !range.contains(value))?;
        Some((name, value, range))
    })
}

/// What ECS refuses.
fn bounds_of_check(container: &Container, check: &HealthCheck) -> Vec<Finding> {
    let bounds = vec![
        ("interval", check.interval, 5..=300),
        ("timeout", check.timeout, 2..=60),
        ("retries", check.retries, 1..=10),
        ("startPeriod", check.start_period, 0..=300),
    ];
    let findings = outside(bounds).map(|(name, value, range)| {
        let (least, most) = range.into_inner();
        Finding::fail(
            format!(
                "{name} {value} of the health check of {} is not from {least} to {most}, as ECS wants it",
                container.name
            ),
            format!("set {name} to {}", value.clamp(least, most)),
        )
        .definition()
    });
    findings.collect()
}

/// What Elastic Load Balancing refuses.
fn bounds_of_group(facts: &Facts, group: &TargetGroup) -> Vec<Finding> {
    let name = group.name();
    let bounds = vec![
        ("HealthCheckIntervalSeconds", group.health_interval, 5..=300),
        ("HealthCheckTimeoutSeconds", group.health_timeout, 2..=120),
        ("UnhealthyThresholdCount", group.unhealthy_threshold, 2..=10),
    ];
    let findings = outside(bounds).map(|(property, value, range)| {
        let (least, most) = range.into_inner();
        Finding::fail(
            format!("{property} {value} of {name} is not from {least} to {most}, as Elastic Load Balancing wants it"),
            format!("set {property} of {name} to {}", value.clamp(least, most)),
        )
    });
    let mut findings: Vec<Finding> = findings.collect();
    let is_application = matches!(group.protocol.as_deref(), Some("HTTP" | "HTTPS"));
    if let Some((interval, timeout)) = group.health_interval.zip(group.health_timeout)
        && is_application
        && timeout >= interval
    {
        let shorter = (interval / 2).max(2);
        findings.push(Finding::fail(
            format!(
                "the health check of target group {name} waits {timeout} s for an answer and asks every {interval} s; \
                 the timeout has to be shorter"
            ),
            fix::target_group(
                facts,
                group,
                &format!("--health-check-timeout-seconds {shorter}"),
                &format!("set HealthCheckTimeoutSeconds to {shorter}, or raise HealthCheckIntervalSeconds"),
            ),
        ));
    }
    findings
}

/// A container that its own health check ends before a load balancer would ask twice.
fn hasty(facts: &Facts, container: &Container, check: &HealthCheck) -> Option<Finding> {
    // With a time that is open, the others say nothing.
    if container.is_open("healthCheck") {
        return None;
    }
    let failures = check
        .interval
        .unwrap_or(INTERVAL)
        .saturating_mul(check.retries.unwrap_or(RETRIES));
    let start = check.start_period.unwrap_or_default();
    // ECS replaces nothing within the grace period, whichever check has failed.
    let patience = grace(facts)?.max(start.saturating_add(failures));
    (container.essential && patience < LEAST).then(|| {
        Finding::warn(format!(
            "{} has {patience} s to start before its own health check makes ECS replace the task (startPeriod {start})",
            container.name
        ))
        .fix("set startPeriod of its health check to the longest that it takes to start, such as 30")
    })
}

/// None if that is open.
fn grace(facts: &Facts) -> Option<u32> {
    let grace = facts.service.health_check_grace_period_seconds;
    let is_open = facts.is_open("healthCheckGracePeriodSeconds");
    (!is_open).then(|| grace.unwrap_or_default())
}

/// A container that says how long it takes to start, where the load balancer does not wait so long.
fn slow_start(facts: &Facts, group: &TargetGroup) -> Option<Finding> {
    let container = attached(facts, group)?;
    let start = container.health_check.as_ref()?.start_period?;
    let patience = grace(facts)?.max(patience(group)?);
    (patience < start).then(|| {
        Finding::warn(format!(
            "{} may take {start} s to start (startPeriod of its health check), and after {patience} s without an answer \
             ECS replaces the task, since the target group {} calls it unhealthy",
            container.name,
            group.name()
        ))
        .fix(fix::service(
            facts,
            &format!("--health-check-grace-period-seconds {start}"),
            &format!("set HealthCheckGracePeriodSeconds of the service to {start}"),
        ))
    })
}

/// The container that the group's requests go to.
fn attached<'a>(facts: &'a Facts, group: &TargetGroup) -> Option<&'a Container> {
    let mut attachments = facts.service.load_balancers.iter();
    let attachment = attachments.find(|it| it.target_groups().any(|arn| arn == group.arn))?;
    facts
        .definition
        .container(attachment.container_name.as_deref()?)
}

/// Seconds until a target that does not answer is unhealthy, if that is known.
fn patience(group: &TargetGroup) -> Option<u32> {
    group
        .health_interval?
        .checked_mul(group.unhealthy_threshold?)
}
