//! Security groups and their rules, in each of the ways in which Terraform has them.

use super::planned::{Planned, items};
use super::values::{Block, GROUPS};
use crate::aws::without_nulls;
use serde_json::{Value, json};

/// A group with the rules that stand in it.
pub(super) fn group(planned: &Planned<'_>, block: &Block<'_, '_>) -> Value {
    let rules = |way: &str| -> Vec<Value> {
        let blocks = block.blocks(way);
        let rules = blocks
            .iter()
            .flat_map(|it| of_lists(it, way, ("security_groups", planned.address)));
        rules.collect()
    };
    json!({ "SecurityGroupIngress": rules("ingress"), "SecurityGroupEgress": rules("egress") })
}

/// The rules that a resource of its own makes, each with a name.
pub(super) fn rules(planned: &Planned<'_>, block: &Block<'_, '_>) -> Vec<(String, Value)> {
    let group = block.one("security_group_id", GROUPS);
    let (way, rules) = match planned.kind {
        "aws_vpc_security_group_ingress_rule" => ("ingress", vec![newer(block, "ingress")]),
        "aws_vpc_security_group_egress_rule" => ("egress", vec![newer(block, "egress")]),
        "aws_security_group_rule" => {
            let way = if block.plain("type") == "egress" {
                "egress"
            } else {
                "ingress"
            };
            let own = group.as_str().unwrap_or_default();
            (way, of_lists(block, way, ("source_security_group_id", own)))
        }
        _ => return Vec::new(),
    };
    let kind = match way {
        "ingress" => "AWS::EC2::SecurityGroupIngress",
        _ => "AWS::EC2::SecurityGroupEgress",
    };
    let named = rules.into_iter().enumerate().map(|(number, mut rule)| {
        rule["GroupId"] = group.clone();
        // Of several, the first has the resource's own address.
        let name = match number {
            0 => planned.address.to_owned(),
            number => format!("{}#{number}", planned.address),
        };
        (
            name,
            json!({ "Type": kind, "Properties": without_nulls(rule) }),
        )
    });
    named.collect()
}

/// A rule for one peer.
fn newer(block: &Block<'_, '_>, way: &str) -> Value {
    let (group, list) = peers(way);
    let mut rule = ports(block, "ip_protocol");
    rule["CidrIp"] = block.plain("cidr_ipv4");
    rule["CidrIpv6"] = block.plain("cidr_ipv6");
    rule[list] = block.plain("prefix_list_id");
    rule[group] = block.one("referenced_security_group_id", GROUPS);
    rule
}

/// A rule for lists of peers, as one for each.
fn of_lists(block: &Block<'_, '_>, way: &str, (groups, own): (&str, &str)) -> Vec<Value> {
    let (group, list) = peers(way);
    let mut all: Vec<(&str, Value)> = Vec::new();
    for (name, property) in [
        ("cidr_blocks", "CidrIp"),
        ("ipv6_cidr_blocks", "CidrIpv6"),
        ("prefix_list_ids", list),
    ] {
        match block.plain(name) {
            Value::Array(items) => all.extend(items.into_iter().map(|it| (property, it))),
            other => all.push((property, other)),
        }
    }
    match groups {
        "security_groups" => {
            let groups = block.many(groups, GROUPS);
            all.extend(items(&groups).map(|it| (group, it.clone())));
        }
        one => all.push((group, block.one(one, GROUPS))),
    }
    if block.plain("self") == true {
        all.push((group, own.into()));
    }
    all.retain(|(_, it)| !it.is_null());
    let rules = all.into_iter().map(|(property, peer)| {
        let mut rule = ports(block, "protocol");
        rule[property] = peer;
        without_nulls(rule)
    });
    rules.collect()
}

/// Protocol and ports. Of all protocols, Terraform wants ports that mean nothing.
fn ports(block: &Block<'_, '_>, protocol: &str) -> Value {
    let protocol = match block.plain(protocol) {
        Value::String(name) if name.eq_ignore_ascii_case("all") => "-1".into(),
        protocol => protocol,
    };
    if protocol == "-1" {
        return json!({ "IpProtocol": "-1" });
    }
    json!({
        "IpProtocol": protocol,
        "FromPort": block.plain("from_port"),
        "ToPort": block.plain("to_port"),
    })
}

/// The properties that name a group and a prefix list.
fn peers(way: &str) -> (&'static str, &'static str) {
    match way {
        "ingress" => ("SourceSecurityGroupId", "SourcePrefixListId"),
        _ => ("DestinationSecurityGroupId", "DestinationPrefixListId"),
    }
}
