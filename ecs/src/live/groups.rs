//! Security groups, from EC2.

use crate::aws::xml::{members, text};
use crate::aws::{ApiError, Cloud, EC2, read_xml};
use crate::facts::{Peer, Rule, SecurityGroup};
use roxmltree::Node;
use std::collections::BTreeSet;

/// These groups, and the ones that their rules name, as far as they exist.
pub(super) async fn security_groups(
    aws: &impl Cloud,
    ids: BTreeSet<String>,
) -> Result<Vec<SecurityGroup>, ApiError> {
    let mut groups = describe(aws, &ids).await?;
    let rules = groups
        .iter()
        .flat_map(|group| group.ingress.iter().chain(&group.egress));
    let named = rules.filter_map(|rule| match &rule.peer {
        Peer::Group(id) if !ids.contains(id) => Some(id.clone()),
        _ => None,
    });
    let named = named.collect();
    groups.extend(describe(aws, &named).await?);
    Ok(groups)
}

async fn describe(
    aws: &impl Cloud,
    ids: &BTreeSet<String>,
) -> Result<Vec<SecurityGroup>, ApiError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    // By a filter: asked for by its id, one group that does not exist fails the whole call.
    let mut parameters = vec![("Filter.1.Name".to_owned(), "group-id".to_owned())];
    let values = ids.iter().enumerate();
    parameters
        .extend(values.map(|(index, id)| (format!("Filter.1.Value.{}", index + 1), id.clone())));
    let all = ids
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    read_xml(
        aws,
        EC2,
        "DescribeSecurityGroups",
        &all,
        &parameters,
        |root| {
            let groups = members(root, "securityGroupInfo").into_iter();
            groups.map(group).collect()
        },
    )
    .await
}

fn group(node: Node<'_, '_>) -> SecurityGroup {
    let rules = |list| members(node, list).into_iter().flat_map(rules).collect();
    SecurityGroup {
        id: text(node, "groupId").unwrap_or_default(),
        name: text(node, "groupName").unwrap_or_default(),
        vpc_id: text(node, "vpcId"),
        ingress: rules("ipPermissions"),
        egress: rules("ipPermissionsEgress"),
    }
}

/// A permission has one range of ports and many peers.
fn rules(node: Node<'_, '_>) -> Vec<Rule> {
    let port = |name| text(node, name).and_then(|port| port.parse::<u16>().ok());
    let of = |list, name| {
        members(node, list)
            .into_iter()
            .filter_map(move |item| text(item, name))
    };
    let networks = of("ipRanges", "cidrIp").chain(of("ipv6Ranges", "cidrIpv6"));
    let networks = networks
        .filter_map(|network| network.parse().ok())
        .map(Peer::Network);
    let groups = of("groups", "groupId").map(Peer::Group);
    let lists = of("prefixListIds", "prefixListId").map(Peer::PrefixList);
    let peers = networks.chain(groups).chain(lists);
    let rules = peers.map(|peer| Rule {
        protocol: text(node, "ipProtocol").unwrap_or_default(),
        ports: port("fromPort").zip(port("toPort")),
        peer,
    });
    rules.collect()
}
