//! Parts of a set-up, to be changed.

use ecs::facts::{Attachment, Facts, Peer, PortMapping, Rule, SecurityGroup, Variable};

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
