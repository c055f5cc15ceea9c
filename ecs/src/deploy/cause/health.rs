//! What ends tasks that run: health checks, alarms, and AWS itself.
//!
//! Sources: the ECS developer guide, "Amazon ECS service unhealthy event messages", "Fargate task retirement",
//! "SpotInterruption errors"; `TaskStopCode` of the API; "Health checks for Application Load Balancer target groups".

use super::row::{Row, first, lower, row};

const UNREACHABLE: &str = "health check of the load balancer: wrong port or blocked";

/// With the codes of targets behind the texts that speak of a load balancer's health check.
const TARGETS: &[Row] = &[
    row(
        "health check of the load balancer: wrong answer",
        &[
            &["target.responsecodemismatch"],
            &["failed with these codes"],
        ],
        "answer the health check's path with the status that it wants",
    ),
    row(
        UNREACHABLE,
        &[&["target.timeout"], &["request timed out"]],
        "let the load balancer in on the port that the app listens on, and answer the health check within its timeout: \
         cargo ecs doctor",
    ),
    row(
        UNREACHABLE,
        &[&["target.failedhealthchecks"]],
        "map the port that the app listens on, on 0.0.0.0 rather than 127.0.0.1: cargo ecs doctor",
    ),
    row(
        "target group not in use",
        &[&["target.notinuse"], &["target group is not found"]],
        "forward to the target group from a listener of the load balancer: cargo ecs doctor",
    ),
];

/// What says that a text is about a load balancer's health check.
const ABOUT_TARGETS: Row = row(
    "health check of the load balancer",
    &[
        &["failed elb health checks"],
        &["unhealthy in"],
        &["not healthy in"],
    ],
    "map the port that the app listens on, and answer the health check's path",
);

const OTHERS: &[Row] = &[
    row(
        "health check of the container",
        &[&["failed container health checks"]],
        "run the command of healthCheck in the image, which has to have what it calls; or raise startPeriod",
    ),
    row(
        "alarm triggered",
        &[&["alarm detected"], &["rolled back", "alarm"]],
        "look at what the alarm measures: aws cloudwatch describe-alarms --state-value ALARM",
    ),
    row(
        "Spot capacity reclaimed",
        &[&["spotinterruption"], &["spot task was interrupted"]],
        "deploy again; use FARGATE where that must not be",
    ),
    row(
        "AWS replaced the host",
        &[
            &["maintenance on the underlying infrastructure"],
            &["infrastructurehealth"],
            &["terminationnotice"],
            &["host ec2"],
        ],
        "deploy again: the host ended, not the program",
    ),
    row(
        "stopped by hand",
        &[&["task stopped by user"], &["userinitiated"]],
        "find who called ecs:StopTask in CloudTrail, and deploy again",
    ),
];

#[cfg(test)]
pub(super) const TABLES: &[&[Row]] = &[TARGETS, OTHERS, &[ABOUT_TARGETS]];

/// The row for a reason or an event, with the codes of the targets if it is about those.
pub(super) fn of(text: &str, targets: &[String]) -> Option<&'static Row> {
    if ABOUT_TARGETS.fits(text) {
        let with_codes = format!("{text} {}", lower(&targets.join(" ")));
        return Some(first(&[TARGETS], &with_codes).unwrap_or(&ABOUT_TARGETS));
    }
    first(&[OTHERS], text)
}

/// The row for the targets alone, where nothing has been stopped for them yet.
pub(super) fn of_targets(targets: &[String]) -> Option<&'static Row> {
    first(&[TARGETS], &lower(&targets.join(" ")))
}
