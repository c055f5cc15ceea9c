//! The way from the clients to the tasks in a template of other people: which of its balancers and groups are the service's,
//! and what of them stands elsewhere.

use super::facts::{Resources, forwarded};
use super::plan::is_address;
use super::unseen::{Unseen, in_fields, sentences};
use crate::doctor::CheckId::{Attachment, ContainerPort, SecurityGroups, Tasks};
use crate::facts::{Balancer, Facts, Peer, Rule, SecurityGroup, TargetGroup};
use crate::placeholder;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Leaves only what is the service's, and adds what cannot be known of that.
pub(super) fn follow(facts: &mut Facts, resources: &Resources) {
    let named: BTreeSet<String> = facts
        .service
        .target_groups()
        .into_iter()
        .map(str::to_owned)
        .collect();
    if !named.is_empty() {
        facts.target_groups.retain(|it| named.contains(&it.arn));
    }
    keep_own_balancers(facts);
    for arn in &named {
        if is_elsewhere(arn) && placeholder::first(arn).is_none() {
            let what = described(arn);
            facts.lack(Attachment, format!("the target group is {what}"));
        }
    }
    of_containers(facts);
    if facts.attached_port().is_none() && facts.unknown_to(ContainerPort).next().is_some() {
        let why =
            "the port on which the tasks are reached is unknown, so who reaches it was not checked";
        facts.lack_all(SecurityGroups, why);
    }
    of_groups(facts, resources);
    of_balancers(facts, resources);
    if facts.is_awsvpc() {
        of_security_groups(facts, resources);
    }
}

/// Leaves out the target groups and the balancers of other services.
pub(super) fn leave_others(facts: &mut Facts, resources: &Resources) {
    let services = resources.of("AWS::ECS::Service");
    let taken = services.flat_map(|(_, service)| in_list(&service["LoadBalancers"]));
    let taken: BTreeSet<&str> = taken
        .filter_map(|it| it["TargetGroupArn"].as_str())
        .collect();
    let is_free = |arn: &str| !taken.contains(arn);
    let serves_others = |it: &Balancer| {
        let mut arns = it
            .listeners
            .iter()
            .flat_map(|listener| &listener.forwards_to);
        arns.any(|arn| !is_free(arn))
    };
    facts.target_groups.retain(|it| is_free(&it.arn));
    facts.balancers.retain(|it| !serves_others(it));
}

fn in_list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A container whose name is open may be the one that is attached.
fn of_containers(facts: &mut Facts) {
    let attached = facts.service.load_balancers.iter();
    let attached = attached.filter_map(|it| it.container_name.clone());
    let containers = &facts.definition.container_definitions;
    let is_there = |name: &String| containers.iter().any(|it| it.name == *name);
    let mut names = containers.iter().map(|it| &it.name);
    let open = names
        .find(|name| placeholder::first(name).is_some())
        .cloned();
    let missing: Vec<String> = attached.filter(|name| !is_there(name)).collect();
    for name in missing {
        let what = match (&open, placeholder::first(&name)) {
            (Some(open), _) => format!("the container {open} is taken for {name}"),
            (None, Some(_)) => format!("{} is taken for a container", placeholder::plain(&name)),
            (None, None) => continue,
        };
        facts.assume(Attachment, format!("{what}, which the service attaches"));
    }
}

/// If a name is none of the template's, but one in AWS, or a mark.
fn is_elsewhere(name: &str) -> bool {
    let is_of_template = |c: char| c.is_ascii_alphanumeric() || c == '.';
    !name.chars().all(is_of_template) && !is_address(name)
}

fn described(name: &str) -> String {
    placeholder::described(name).unwrap_or_else(|| format!("{name}, which is not in the template"))
}

fn keep_own_balancers(facts: &mut Facts) {
    let groups = facts.target_groups.clone();
    let is_own = |it: &Balancer| {
        let mut listeners = it.listeners.iter();
        listeners.any(|listener| {
            groups
                .iter()
                .any(|it| listener.forwards_to.contains(&it.arn))
        })
    };
    // One that forwards to nothing may be the one that was meant to.
    if facts.balancers.iter().any(is_own) || facts.balancers.len() > 1 {
        facts.balancers.retain(is_own);
    }
}

/// Fields of a target group by which a slow start lives or not.
const TIMES: [&str; 3] = [
    "HealthCheckIntervalSeconds",
    "HealthCheckTimeoutSeconds",
    "UnhealthyThresholdCount",
];

fn of_groups(facts: &mut Facts, resources: &Resources) {
    let groups = facts.target_groups.clone();
    for (number, TargetGroup { arn, .. }) in groups.iter().enumerate() {
        let properties = &resources.0[arn]["Properties"];
        let open = in_fields(properties, &["TargetType"]);
        for (_, why) in sentences(arn, &open, |_| &[]) {
            facts.target_groups[number].target_type = "ip".into();
            facts.assume(Attachment, why);
        }
        let open = in_fields(properties, &["HealthCheckPort", "HealthCheckProtocol"]);
        for (_, why) in sentences(arn, &open, |_| &[]) {
            facts.assume(ContainerPort, why);
        }
        let open = in_fields(properties, &TIMES);
        facts.lack_fields(arn, &open, |_| &[Tasks]);
    }
    let is_heard = |it: &&TargetGroup| {
        let mut listeners = facts.balancers.iter().flat_map(|it| &it.listeners);
        listeners.any(|listener| listener.forwards_to.contains(&it.arn))
    };
    let unheard: Vec<String> = groups
        .iter()
        .filter(|it| !is_heard(it))
        .map(|it| it.arn.clone())
        .collect();
    let mut balancers = resources.of("AWS::ElasticLoadBalancingV2::LoadBalancer");
    let has_balancer = balancers.next().is_some();
    let elsewhere = elsewhere(resources);
    for group in unheard {
        let mut all = elsewhere.iter();
        if let Some(it) = all.find(|it| it.forwards_to.contains(&group)) {
            let (name, of) = (&it.name, described(&it.of));
            facts.lack(
                Attachment,
                format!("{name} forwards to {group}, and belongs to {of}"),
            );
        } else if !has_balancer {
            let why = format!("what forwards to the target group {group} is not in the template");
            facts.lack(Attachment, why);
        }
    }
    if facts.balancers.is_empty() && !facts.service.load_balancers.is_empty() {
        let why =
            "the load balancer is not in the template, so who reaches the tasks was not checked";
        facts.lack_all(SecurityGroups, why);
    }
}

/// A rule or a listener of what is not in the template.
struct Elsewhere {
    name: String,
    /// Its listener or load balancer.
    of: String,
    forwards_to: Vec<String>,
}

fn elsewhere(resources: &Resources) -> Vec<Elsewhere> {
    const KINDS: [(&str, &str, &str); 2] = [
        (
            "AWS::ElasticLoadBalancingV2::ListenerRule",
            "ListenerArn",
            "Actions",
        ),
        (
            "AWS::ElasticLoadBalancingV2::Listener",
            "LoadBalancerArn",
            "DefaultActions",
        ),
    ];
    let all = KINDS.into_iter().flat_map(|(kind, of, actions)| {
        resources.of(kind).filter_map(move |(name, properties)| {
            let of = properties[of].as_str().filter(|of| is_elsewhere(of))?;
            Some(Elsewhere {
                name: name.to_owned(),
                of: of.to_owned(),
                forwards_to: forwarded(&properties[actions]),
            })
        })
    });
    all.collect()
}

fn of_balancers(facts: &mut Facts, resources: &Resources) {
    for balancer in facts.balancers.clone() {
        let properties = &resources.0[&balancer.arn]["Properties"];
        let open = in_fields(properties, &["Subnets", "SubnetMappings"]);
        // One subnet that is not known is one all the same.
        let open: Vec<_> = open
            .into_iter()
            .filter(|it| !it.path.contains('['))
            .collect();
        for (_, why) in sentences(&balancer.name, &open, |_| &[]) {
            facts.assume(
                Attachment,
                format!("{why}, so in how many zones it is, is unknown"),
            );
        }
        for listener in &balancer.listeners {
            let properties = &resources.0[&listener.arn]["Properties"];
            let open = in_fields(properties, &["DefaultActions"]);
            let is_group = |path: &str| path.contains("TargetGroup") || !path.contains('.');
            let open: Vec<_> = open.into_iter().filter(|it| is_group(&it.path)).collect();
            facts.lack_fields(&listener.arn, &open, |_| &[Attachment]);
            let open = in_fields(properties, &["Port"]);
            facts.lack_fields(&listener.arn, &open, |_| &[SecurityGroups]);
        }
    }
}

fn of_security_groups(facts: &mut Facts, resources: &Resources) {
    for balancer in facts.balancers.clone() {
        let properties = &resources.0[&balancer.arn]["Properties"];
        let open = in_fields(properties, &["SecurityGroups"]);
        facts.lack_fields(&balancer.name, &open, |_| &[SecurityGroups]);
        if balancer.kind == "application" && balancer.security_groups.is_empty() && open.is_empty()
        {
            let name = &balancer.name;
            let why = format!(
                "{name} names no security group, and the VPC's default one is not in the template"
            );
            facts.lack(SecurityGroups, why);
        }
    }
    let of_balancers = facts.balancers.iter().flat_map(|it| &it.security_groups);
    let used = facts.service.security_groups().iter().chain(of_balancers);
    let used: BTreeSet<String> = used.cloned().collect();
    for id in &used {
        if facts.group(id).is_none() && is_elsewhere(id) && placeholder::first(id).is_none() {
            let why = format!("the security group {id} is not in the template");
            facts.lack(SecurityGroups, why);
        }
        let Some(group) = facts.group(id).cloned() else {
            continue;
        };
        for rule in &group.ingress {
            if let Some(peer) = outsider(facts, rule) {
                let why = format!("a rule of {id} names {}", described(&peer));
                facts.lack(SecurityGroups, why);
            }
        }
        // Where the tasks may go besides changes nothing of the way to them.
        for rule in &group.egress {
            if let Some(peer) = outsider(facts, rule) {
                facts.groups.push(SecurityGroup {
                    id: peer.clone(),
                    name: peer,
                    ..SecurityGroup::default()
                });
            }
        }
        let inline = ["SecurityGroupIngress", "SecurityGroupEgress"];
        let open = in_fields(&resources.0[id]["Properties"], &inline);
        facts.lack_fields(id, &open, |_| &[SecurityGroups]);
        of_rules_apart(facts, resources, id);
    }
}

/// The group that a rule names and that is not in the template, but in AWS.
fn outsider(facts: &Facts, rule: &Rule) -> Option<String> {
    let Peer::Group(peer) = &rule.peer else {
        return None;
    };
    let is_known = facts.group(peer).is_some() || placeholder::first(peer).is_some();
    (!is_known && is_elsewhere(peer)).then(|| peer.clone())
}

/// Fields of a rule, but for what it is called.
const RULE: [&str; 9] = [
    "CidrIp",
    "CidrIpv6",
    "DestinationPrefixListId",
    "DestinationSecurityGroupId",
    "FromPort",
    "IpProtocol",
    "SourcePrefixListId",
    "SourceSecurityGroupId",
    "ToPort",
];

const APART: [&str; 2] = [
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::SecurityGroupEgress",
];

fn of_rules_apart(facts: &mut Facts, resources: &Resources, group: &str) {
    for kind in APART {
        let rules = resources
            .of(kind)
            .filter(|(_, rule)| rule["GroupId"] == group);
        for (name, rule) in rules {
            facts.lack_fields(name, &in_fields(rule, &RULE), |_| &[SecurityGroups]);
        }
    }
}

/// The security groups with those of their rules that are known whole, and certain to be made.
pub(super) fn known_groups(
    resources: &Resources,
    perhaps: &BTreeMap<String, String>,
) -> Vec<SecurityGroup> {
    let is_known = |rule: &Value| in_fields(rule, &RULE).is_empty();
    let mut known = resources.0.clone();
    known.retain(|name, resource| {
        let is_apart = APART.iter().any(|kind| resource["Type"] == *kind);
        !is_apart || is_known(&resource["Properties"]) && !perhaps.contains_key(name)
    });
    for resource in known.values_mut() {
        for rules in ["SecurityGroupIngress", "SecurityGroupEgress"] {
            let rules = resource.pointer_mut(&format!("/Properties/{rules}"));
            if let Some(rules) = rules.and_then(Value::as_array_mut) {
                rules.retain(is_known);
            }
        }
    }
    Resources(known).security_groups()
}
