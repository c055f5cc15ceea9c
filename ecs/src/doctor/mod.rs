//! Five checks in the order in which things break: image exists, image name, port, service attached to the load
//! balancer, chain of security groups.
//!
//! Each check looks at the same [`Facts`] and knows nothing of where they come from. All of them run; one that
//! stands on what an earlier one found broken is skipped, and the first that fails is named as the cause.

mod check;
mod command;
mod health;
mod image_exists;
mod image_name;
mod images;
mod options;
mod port;
mod route;
mod security_groups;
mod service;
mod text;

pub use self::check::{Check, Finding, Status};
pub use self::images::look_up_images;

use crate::facts::Facts;
use schemars::JsonSchema;
use serde::Serialize;

/// What the doctor says. Its JSON is described by `ecs/doctor.schema.json`.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Report {
    /// The version of this form. It changes when a field goes or changes its meaning.
    pub version: u8,
    /// What was looked at, such as `service shop in cluster shop`.
    pub subject: String,
    /// If no check has failed.
    pub ok: bool,
    /// The number of the first check that has failed: the others may be its consequences.
    pub cause: Option<u8>,
    /// The five checks, in their order.
    pub checks: Vec<Check>,
}

/// Runs the checks on each of `all`, such as on two files that have to say the same, as one report.
pub fn examine(all: &[Facts], subject: &str) -> Report {
    let mut each = all.iter().map(checks);
    let mut checks = each.next().unwrap_or_default();
    for other in each {
        for (check, other) in checks.iter_mut().zip(other) {
            check.merge(other);
        }
    }
    let cause = checks.iter().find(|check| check.status == Status::Fail);
    let cause = cause.map(|check| check.number);
    Report {
        version: 1,
        subject: subject.to_owned(),
        ok: cause.is_none(),
        cause,
        checks,
    }
}

fn checks(facts: &Facts) -> Vec<Check> {
    let mut checks = vec![
        // A registry cannot be asked for what is no name.
        match image_name::blocks(facts) {
            true => Check::blocked(1, "image exists", 2),
            false => Check::of(1, "image exists", image_exists::check(facts)),
        },
        Check::of(2, "image name", image_name::check(facts)),
        Check::of(3, "container port", port::check(facts)),
        Check::of(
            4,
            "service attached to the load balancer",
            service::check(facts),
        ),
    ];
    checks.push(match security_groups::blocked_by(facts, &checks) {
        Some(number) => Check::blocked(5, "security-group chain", number),
        None => Check::of(5, "security-group chain", security_groups::check(facts)),
    });
    for unknown in &facts.unknown {
        checks[usize::from(unknown.check) - 1].add(Finding::warn(&unknown.why));
    }
    checks
}
