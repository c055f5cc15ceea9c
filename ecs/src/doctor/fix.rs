//! Fixes as commands, filled in, for what is in AWS, and as the property to set for what is in files.

use crate::facts::{Facts, Peer, Rule, SecurityGroup, TargetGroup};
use ipnet::IpNet;

/// A change of the service.
pub(super) fn service(facts: &Facts, options: &str, property: &str) -> String {
    if !facts.is_made {
        return property.to_owned();
    }
    let service = &facts.service;
    format!(
        "aws ecs update-service --cluster {} --service {} {options}",
        service.cluster(),
        service.name
    )
}

/// A change of a target group.
pub(super) fn target_group(
    facts: &Facts,
    group: &TargetGroup,
    options: &str,
    property: &str,
) -> String {
    if !facts.is_made {
        return property.to_owned();
    }
    format!(
        "aws elbv2 modify-target-group --target-group-arn {} {options}",
        group.arn
    )
}

/// Who is to be let through.
pub(super) enum Side<'a> {
    Group(&'a str),
    Network(&'a str),
    /// Whose network nobody but its owner knows.
    Clients,
}

/// To let somebody through a group on one port: `ingress` or `egress`, and the group.
pub(super) fn let_through(
    facts: &Facts,
    (way, id): (&str, &str),
    port: u16,
    side: &Side<'_>,
) -> String {
    let (option, peer) = match side {
        Side::Group(group) => (Some("--source-group"), *group),
        Side::Network(network) => (Some("--cidr"), *network),
        Side::Clients => (None, "the network of the clients"),
    };
    if let Some(option) = option.filter(|_| facts.is_made) {
        return format!(
            "aws ec2 authorize-security-group-{way} --group-id {id} --protocol tcp --port {port} {option} {peer}"
        );
    }
    let between = if way == "ingress" { "from" } else { "to" };
    format!("add a rule to the {way} of {id}: tcp {port} {between} {peer}")
}

/// To take a rule away.
pub(super) fn revoke(facts: &Facts, way: &str, group: &SecurityGroup, rule: &Rule) -> String {
    let id = &group.id;
    if !facts.is_made {
        return format!(
            "take the rule for {} and {} out of {id}",
            rule.what(),
            rule.peer
        );
    }
    permission(("revoke", way), group, rule)
}

/// To let the same peer in on one port alone.
pub(super) fn narrowed(facts: &Facts, group: &SecurityGroup, rule: &Rule, port: u16) -> String {
    match &rule.peer {
        Peer::Group(peer) => let_through(facts, ("ingress", &group.id), port, &Side::Group(peer)),
        Peer::Network(network) if !facts.is_made => {
            let network = network.to_string();
            let_through(
                facts,
                ("ingress", &group.id),
                port,
                &Side::Network(&network),
            )
        }
        Peer::Network(_) | Peer::PrefixList(_) => {
            let narrow = Rule {
                protocol: "tcp".into(),
                ports: Some((port, port)),
                peer: rule.peer.clone(),
            };
            permission(("authorize", "ingress"), group, &narrow)
        }
    }
}

fn permission((verb, way): (&str, &str), group: &SecurityGroup, rule: &Rule) -> String {
    let ports = rule.ports.map_or(String::new(), |(first, last)| {
        format!("FromPort={first},ToPort={last},")
    });
    let peer = match &rule.peer {
        Peer::Network(network @ IpNet::V4(_)) => format!("IpRanges=[{{CidrIp={network}}}]"),
        Peer::Network(network @ IpNet::V6(_)) => format!("Ipv6Ranges=[{{CidrIpv6={network}}}]"),
        Peer::Group(id) => format!("UserIdGroupPairs=[{{GroupId={id}}}]"),
        Peer::PrefixList(id) => format!("PrefixListIds=[{{PrefixListId={id}}}]"),
    };
    format!(
        "aws ec2 {verb}-security-group-{way} --group-id {} --ip-permissions 'IpProtocol={},{ports}{peer}'",
        group.id, rule.protocol
    )
}
