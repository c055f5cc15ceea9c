//! Ways to keep tasks from starting, living or being replaced, and requests from reaching them, beside those of `breaks`.

use super::breaks::Break;
use super::change::{
    balancer_as_well, beside, group, let_balancer_in, log_option, map, prometheus_comes_in, range,
    secret, secret_of, variable,
};
use ecs::doctor::CheckId::{self, ContainerPort, SecurityGroups, Tasks};
use ecs::facts::{CapacityProvider, Secret};

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
        |facts| facts.definition.execution_role_arn = Some(" ".into()),
        "has no executionRoleArn, and needs it for the log of app and the secrets of app",
    ),
    (
        Tasks,
        |facts| facts.definition.network_mode = None,
        "the definition has no networkMode, which means bridge, and Fargate runs tasks with awsvpc alone",
    ),
    (
        Tasks,
        |facts| {
            // Whatever the definition says that it is for.
            facts.definition.requires_compatibilities.clear();
            facts.service.launch_type = None;
            let name = "FARGATE_SPOT".into();
            facts.service.capacity_provider_strategy = vec![CapacityProvider { name }];
            facts.definition.network_mode = Some("host".into());
        },
        "the definition has the networkMode host, and Fargate runs tasks with awsvpc alone",
    ),
    (
        Tasks,
        |facts| variable(facts, "SECRET_KEY", "x"),
        "app has SECRET_KEY in environment and in secrets, which ECS does not take",
    ),
    (
        Tasks,
        |facts| secret(facts, "SECRET_KEY"),
        "app has SECRET_KEY twice in secrets, which ECS does not take",
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
        |facts| {
            beside(facts);
            facts.definition.container_definitions[1].port_mappings[0].host_port = Some(80);
        },
        "hostPort 80 is not containerPort 9000 of beside",
    ),
    (
        SecurityGroups,
        |facts| {
            beside(facts);
            group(facts, "TaskSecurityGroup").ingress.truncate(1);
        },
        "does not let the load balancer's group BalancerSecurityGroup in on port 9000",
    ),
    (
        Tasks,
        |facts| {
            facts.definition.requires_compatibilities.clear();
            facts.definition.execution_role_arn = None;
        },
        "needs it for the log of app and the secrets of app",
    ),
    (
        Tasks,
        |facts| {
            // A machine's own role writes the log, and reads no secret.
            facts.definition.requires_compatibilities.clear();
            facts.service.launch_type = Some("EC2".into());
            facts.definition.execution_role_arn = None;
        },
        "needs it for the secrets of app",
    ),
    (
        Tasks,
        |facts| {
            let container = &mut facts.definition.container_definitions[0];
            container.health_check.as_mut().unwrap().start_period = Some(600);
        },
        "startPeriod 600 of the health check of app is not from 0 to 300",
    ),
    (
        Tasks,
        |facts| facts.target_groups[0].health_timeout = Some(10),
        "waits 10 s for an answer and asks every 10 s",
    ),
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
        |facts| variable(facts, "APP_NAME", "other"),
        "app has APP_NAME twice in environment, and gets the last value",
    ),
    (
        |facts| {
            let app = &mut facts.definition.container_definitions[0];
            app.port_mappings.push(range("9000"));
        },
        "invalid containerPortRange \"9000\" of app",
    ),
    (
        prometheus_comes_in,
        "lets Prometheus in on tcp 9090, which the service does not need",
    ),
    (
        |facts| {
            prometheus_comes_in(facts);
            variable(facts, "DUALRUN_METRICS", "prometheus");
            variable(facts, "DUALRUN_METRICS_ADDR", "0.0.0.0:9100");
        },
        "lets Prometheus in on tcp 9090, which the service does not need",
    ),
    (
        // The definition maps it, and nothing listens there.
        |facts| {
            prometheus_comes_in(facts);
            map(facts, 9090);
            variable(facts, "DUALRUN_METRICS", "emf");
            variable(facts, "DUALRUN_METRICS_ADDR", "0.0.0.0:9090");
        },
        "lets Prometheus in on tcp 9090, which the service does not need",
    ),
    (
        |facts| {
            prometheus_comes_in(facts);
            secret(facts, "DUALRUN_METRICS");
        },
        "whether the service needs that is unknown, since DUALRUN_METRICS comes from secrets",
    ),
    (
        |facts| balancer_as_well(facts, "tcp", 22),
        "lets the load balancer in on tcp 22, and it needs tcp 8000 alone",
    ),
    (
        |facts| balancer_as_well(facts, "udp", 8000),
        "lets the load balancer in on udp 8000, and it needs tcp 8000 alone",
    ),
    (
        |facts| log_option(facts, "awslogs-region", "eu-west-1"),
        "in eu-west-1, and the tasks are in us-east-1; whether that group exists was not asked",
    ),
    (
        |facts| {
            let secret = Secret {
                name: "token".into(),
                value_from: "arn:aws:ssm:eu-west-1:999999999999:parameter/token".into(),
            };
            let container = &mut facts.definition.container_definitions[0];
            let log = container.log_configuration.as_mut().unwrap();
            log.secret_options.push(secret);
        },
        "the value of token is of eu-west-1, and the tasks are in us-east-1: they start only while both are up; the \
         value of token is of the account 999999999999",
    ),
    (
        |facts| {
            facts.service.health_check_grace_period_seconds = None;
            let container = &mut facts.definition.container_definitions[0];
            let check = container.health_check.as_mut().unwrap();
            (check.interval, check.retries, check.start_period) = (Some(5), Some(1), None);
        },
        "app has 5 s to start before its own health check",
    ),
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
        |facts| facts.definition.container_definitions[0].stop_timeout = Some(10),
        "app takes up to 25 s to stop (DUALRUN_LAME_DUCK and DUALRUN_DRAIN_TIMEOUT together), and ECS kills it after 10 s \
         (stopTimeout), which cuts the requests in flight",
    ),
    (
        |facts| facts.definition.cpu = Some("32768".into()),
        "larger than all that this tool knows",
    ),
];
