//! Ways to keep tasks from starting, living or being replaced, and requests from reaching them, beside those of `breaks`.

use super::breaks::Break;
use super::change::group;
use ecs::doctor::CheckId::{self, ContainerPort, Tasks};
use ecs::facts::{Facts, Secret};

pub(super) const BREAKS: &[(CheckId, Break, &str)] = &[
    (
        Tasks,
        |facts| facts.definition.memory = Some("4096".into()),
        "Fargate has no task of cpu 256 and memory 4096",
    ),
    (
        Tasks,
        |facts| facts.definition.execution_role_arn = None,
        "has no executionRoleArn, and needs it for the log of app and the secrets of app",
    ),
    (
        Tasks,
        |facts| facts.missing_log_groups = vec!["/ecs/gone".into()],
        "the log group /ecs/gone does not exist",
    ),
    (
        Tasks,
        |facts| facts.service.deployment_configuration.maximum_percent = Some(100),
        "no task can ever be replaced: of 2, ECS has to keep 2",
    ),
    (
        Tasks,
        |facts| {
            facts.service.running_count = Some(0);
            facts.free_addresses = Some(0);
        },
        "0 free addresses, and up to 4 more tasks need one each",
    ),
];

/// As above, of what another break takes away with all the rest.
pub(super) const ALONE: &[(CheckId, Break, &str)] = &[
    (
        ContainerPort,
        |facts| facts.target_groups[0].protocol = Some("HTTPS".into()),
        "speaks HTTPS to app, which serves HTTP",
    ),
    (
        ContainerPort,
        |facts| facts.target_groups[0].health_protocol = Some("HTTPS".into()),
        "asks by HTTPS, and app serves HTTP",
    ),
];

/// What may be meant so, or cannot be looked at.
pub(super) const WARNINGS: &[(Break, &str)] = &[
    (
        |facts| let_balancer_in(facts, 0, 65535),
        "lets the load balancer in on tcp 0-65535, and it needs tcp 8000 alone",
    ),
    (
        |facts| let_balancer_in(facts, 22, 8000),
        "lets the load balancer in on tcp 22-8000, and it needs tcp 8000 alone",
    ),
    (
        |facts| {
            facts.service.running_count = Some(2);
            facts.free_addresses = Some(1);
        },
        "1 free addresses, and up to 2 more tasks need one each in a deployment",
    ),
    (
        |facts| secret_of(facts, "eu-west-1:111122223333"),
        "is of eu-west-1, and the tasks are in us-east-1",
    ),
    (
        |facts| secret_of(facts, "us-east-1:999999999999"),
        "is of the account 999999999999, and the tasks are of 111122223333",
    ),
    (
        |facts| {
            let container = &mut facts.definition.container_definitions[0];
            container.health_check.as_mut().unwrap().start_period = Some(120);
        },
        "app may take 120 s to start (startPeriod of its health check), and after 30 s",
    ),
    (
        |facts| facts.definition.cpu = Some("32768".into()),
        "larger than all that this tool knows",
    ),
];

/// As above, and as sound.
pub(super) const SOUND: &[Break] = &[
    |facts| {
        facts.definition.cpu = Some(".5 vCPU".into());
        facts.definition.memory = Some("3 GB".into());
    },
    |facts| {
        facts.service.running_count = Some(2);
        facts.free_addresses = Some(2);
    },
    // A parameter's name, of the same region and account.
    |facts| facts.definition.container_definitions[0].secrets[0].value_from = "/shop/key".into(),
];

fn let_balancer_in(facts: &mut Facts, first: u16, last: u16) {
    group(facts, "TaskSecurityGroup").ingress[0].ports = Some((first, last));
}

fn secret_of(facts: &mut Facts, place: &str) {
    let secret = Secret {
        name: "KEY".into(),
        value_from: format!("arn:aws:secretsmanager:{place}:secret:key"),
    };
    facts.definition.container_definitions[0]
        .secrets
        .push(secret);
}
