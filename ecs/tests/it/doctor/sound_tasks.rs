//! Set-ups that are as they should be, though they look like mistakes.

use super::breaks::Break;
use super::change::{
    balancer_as_well, beside, group, log_option, map, prometheus_comes_in, range, secret_of,
    variable,
};
use ecs::facts::CapacityProvider;

pub(super) const SOUND: &[Break] = &[
    // Who reads the metrics comes in on their port, mapped or not.
    |facts| {
        prometheus_comes_in(facts);
        variable(facts, "DUALRUN_METRICS", "prometheus");
    },
    |facts| {
        prometheus_comes_in(facts);
        map(facts, 9090);
        variable(facts, "DUALRUN_METRICS", "prometheus");
        variable(facts, "DUALRUN_METRICS_ADDR", "[::]:9090");
    },
    // A service may listen on a second port, such as one for gRPC.
    |facts| {
        prometheus_comes_in(facts);
        map(facts, 9090);
        variable(facts, "DUALRUN_METRICS_ADDR", "0.0.0.0:9100");
    },
    // What another program listens on is what its definition maps, one by one or in a row.
    |facts| {
        prometheus_comes_in(facts);
        beside(facts);
        let beside = &mut facts.definition.container_definitions[1];
        beside.environment.clear();
        beside.port_mappings.push(range("9085-9095"));
    },
    |facts| {
        let app = &mut facts.definition.container_definitions[0];
        app.port_mappings = vec![range("7990-8010")];
    },
    // Machines have networks of their own.
    |facts| {
        facts.service.launch_type = None;
        let name = "machines".into();
        facts.service.capacity_provider_strategy = vec![CapacityProvider { name }];
    },
    // What CodeDeploy and task sets replace goes by no percentages.
    |facts| {
        facts.service.deployment_configuration.maximum_percent = Some(100);
        facts.service.deployment_controller.kind = Some("CODE_DEPLOY".into());
    },
    |facts| {
        facts.service.deployment_configuration.maximum_percent = Some(100);
        facts.service.deployment_controller.kind = Some("EXTERNAL".into());
    },
    // Two containers behind two target groups, each asked by its own port, number or name.
    beside,
    |facts| {
        beside(facts);
        facts.target_groups[1].health_port = Some(9000);
    },
    // One container with a second port, of which nobody knows what it answers.
    |facts| {
        beside(facts);
        let second = facts.definition.container_definitions.remove(1);
        facts.images.truncate(1);
        let app = &mut facts.definition.container_definitions[0];
        app.port_mappings.extend(second.port_mappings);
        facts.service.load_balancers[1].container_name = Some("app".into());
        facts.target_groups[1].health_path = Some("/admin".into());
    },
    // What answers on another port of the task's own address, mapped or not.
    |facts| {
        facts.target_groups[0].health_port = Some(9000);
        balancer_as_well(facts, "tcp", 9000);
        let rules = &mut group(facts, "BalancerSecurityGroup").egress;
        let mut rule = rules[0].clone();
        rule.ports = Some((9000, 9000));
        rules.push(rule);
    },
    // Messages of the network itself.
    |facts| balancer_as_well(facts, "icmp", 3),
    // A slow start that the grace period covers, also for a hasty check of the container's.
    |facts| {
        facts.service.health_check_grace_period_seconds = Some(300);
        let container = &mut facts.definition.container_definitions[0];
        let check = container.health_check.as_mut().unwrap();
        (check.interval, check.retries, check.start_period) = (Some(5), Some(1), Some(300));
    },
    // A network load balancer may wait as long as it asks.
    |facts| {
        let group = &mut facts.target_groups[0];
        (group.protocol, group.health_protocol) = (Some("TCP".into()), Some("TCP".into()));
        (group.health_path, group.health_timeout) = (None, Some(10));
    },
    // The agent makes the group, wherever that is.
    |facts| {
        log_option(facts, "awslogs-region", "eu-west-1");
        log_option(facts, "awslogs-create-group", "true");
    },
    // FireLens, with a token for where it sends to.
    |facts| {
        let container = &mut facts.definition.container_definitions[0];
        let token = container.secrets[0].clone();
        let log = container.log_configuration.as_mut().unwrap();
        log.log_driver = "awsfirelens".into();
        log.options.clear();
        log.secret_options.push(token);
    },
    // A secret by its full ARN, with a key, of the same account.
    |facts| secret_of(facts, "us-east-1:111122223333"),
    // Addresses of IPv6 alone.
    |facts| {
        for target in facts.target_groups[0].targets.iter_mut().flatten() {
            target.id = "2600:1f18::17".into();
        }
    },
    // A deployment in which the traffic shifts needs no percentages.
    |facts| {
        let rolls = &mut facts.service.deployment_configuration;
        rolls.strategy = Some("CANARY".into());
        rolls.maximum_percent = Some(100);
    },
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
