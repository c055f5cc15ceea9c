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
