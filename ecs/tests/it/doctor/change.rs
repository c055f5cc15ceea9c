//! Parts of a set-up, to be changed.

use ecs::facts::{
    Attachment, Facts, Peer, PortMapping, Rule, Secret, SecurityGroup, Target, Variable,
};

pub(super) fn let_in(facts: &mut Facts, network: &str, port: u16) {
    let peer = Peer::Network(network.parse().unwrap());
    let rule = Rule {
        protocol: "tcp".into(),
        ports: Some((port, port)),
        peer,
    };
    group(facts, "TaskSecurityGroup").ingress.push(rule);
}

pub(super) fn image(facts: &mut Facts, image: &str) {
    facts.definition.container_definitions[0].image = image.into();
}

pub(super) fn variable(facts: &mut Facts, name: &str, value: &str) {
    let variable = Variable {
        name: name.into(),
        value: value.into(),
    };
    facts.definition.container_definitions[0]
        .environment
        .push(variable);
}

/// A variable whose value stands elsewhere.
pub(super) fn secret(facts: &mut Facts, name: &str) {
    let secret = Secret {
        name: name.into(),
        value_from: "arn:aws:ssm:us-east-1:111122223333:parameter/shop".into(),
    };
    facts.definition.container_definitions[0]
        .secrets
        .push(secret);
}

/// What the container's health check runs.
pub(super) fn command(facts: &mut Facts, command: &str) {
    let container = &mut facts.definition.container_definitions[0];
    container.health_check.as_mut().unwrap().command = vec!["CMD-SHELL".into(), command.into()];
}

/// The path that the balancer asks.
pub(super) fn asked(facts: &mut Facts, path: &str) {
    facts.target_groups[0].health_path = Some(path.into());
}

pub(super) fn target(facts: &mut Facts) -> &mut Target {
    &mut facts.target_groups[0].targets.as_mut().unwrap()[0]
}

pub(super) fn mapping(facts: &mut Facts) -> &mut PortMapping {
    &mut facts.definition.container_definitions[0].port_mappings[0]
}

pub(super) fn attachment(facts: &mut Facts) -> &mut Attachment {
    &mut facts.service.load_balancers[0]
}

pub(super) fn group<'a>(facts: &'a mut Facts, id: &str) -> &'a mut SecurityGroup {
    facts
        .groups
        .iter_mut()
        .find(|group| group.id == id)
        .unwrap()
}

/// A group of somebody who reads metrics, let in on their port.
pub(super) fn prometheus_comes_in(facts: &mut Facts) {
    let mut prometheus = facts.groups[0].clone();
    (prometheus.id, prometheus.name) = ("Prometheus".into(), "Prometheus".into());
    prometheus.ingress.clear();
    facts.groups.push(prometheus);
    balancer_as_well(facts, "tcp", 9090);
    let rule = group(facts, "TaskSecurityGroup").ingress.last_mut();
    rule.unwrap().peer = Peer::Group("Prometheus".into());
}

pub(super) fn map(facts: &mut Facts, port: u16) {
    let mut more = mapping(facts).clone();
    more.container_port = Some(port);
    let app = &mut facts.definition.container_definitions[0];
    app.port_mappings.push(more);
}

pub(super) fn range(ports: &str) -> PortMapping {
    PortMapping {
        container_port_range: Some(ports.into()),
        ..PortMapping::default()
    }
}

/// A second container behind a second target group, on its own port.
pub(super) fn beside(facts: &mut Facts) {
    if facts.definition.container("beside").is_some() {
        return;
    }
    let mut container = facts.definition.container_definitions[0].clone();
    container.name = "beside".into();
    container.health_check = None;
    container.port_mappings[0].container_port = Some(9000);
    facts.definition.container_definitions.push(container);
    facts.images.push(facts.images[0].clone());
    let mut second = facts.target_groups[0].clone();
    second.arn = "Beside".into();
    facts.target_groups.push(second);
    let mut attachment = facts.service.load_balancers[0].clone();
    attachment.target_group_arn = Some("Beside".into());
    attachment.container_name = Some("beside".into());
    attachment.container_port = Some(9000);
    facts.service.load_balancers.push(attachment);
    let forwards = &mut facts.balancers[0].listeners[0].forwards_to;
    forwards.push("Beside".into());
    balancer_as_well(facts, "tcp", 9000);
    let rules = &mut group(facts, "BalancerSecurityGroup").egress;
    let mut rule = rules[0].clone();
    rule.ports = Some((9000, 9000));
    rules.push(rule);
}

/// One more rule for the load balancer.
pub(super) fn balancer_as_well(facts: &mut Facts, protocol: &str, port: u16) {
    let rules = &mut group(facts, "TaskSecurityGroup").ingress;
    let mut rule = rules[0].clone();
    (rule.protocol, rule.ports) = (protocol.into(), Some((port, port)));
    rules.push(rule);
}

pub(super) fn log_option(facts: &mut Facts, name: &str, value: &str) {
    let container = &mut facts.definition.container_definitions[0];
    let log = container.log_configuration.as_mut().unwrap();
    log.options.insert(name.into(), value.into());
}

pub(super) fn let_balancer_in(facts: &mut Facts, first: u16, last: u16) {
    group(facts, "TaskSecurityGroup").ingress[0].ports = Some((first, last));
}

pub(super) fn secret_of(facts: &mut Facts, place: &str) {
    let secret = Secret {
        name: "KEY".into(),
        value_from: format!("arn:aws:secretsmanager:{place}:secret:key"),
    };
    facts.definition.container_definitions[0]
        .secrets
        .push(secret);
}

/// Without public addresses.
pub(super) fn private(facts: &mut Facts) {
    let network = &mut facts.service.network_configuration.awsvpc_configuration;
    network.assign_public_ip = Some("DISABLED".into());
}
