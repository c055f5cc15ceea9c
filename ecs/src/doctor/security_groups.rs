//! Check 5: internet to balancer on its listeners' ports, balancer to task on the task's port, and nobody else.

use super::{Check, CheckId, Finding, Part, Status};
use crate::facts::{Balancer, Facts, Peer, Rule, SecurityGroup, Target};
use ipnet::IpNet;
use std::collections::BTreeSet;

/// Where images, logs and secrets come from.
const HTTPS: u16 = 443;

/// Without a port there is nothing to look for, and without a balancer no chain.
pub(super) fn blocked_by(facts: &Facts, earlier: &[Check]) -> Option<CheckId> {
    if facts.attached_port().is_none() {
        return Some(CheckId::ContainerPort);
    }
    let attachment = CheckId::Attachment;
    let is_sound = earlier.iter().find(|check| check.id == attachment)?.status == Status::Pass;
    (facts.balancers.is_empty() && !is_sound).then_some(attachment)
}

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let Some(port) = facts.attached_port() else {
        return Vec::new();
    };
    if facts.unknown_to(CheckId::SecurityGroups).next().is_some() {
        return Vec::new();
    }
    if facts.definition.network_mode.as_deref() != Some("awsvpc") {
        let text = "the tasks have no network of their own (awsvpc), so the groups of their machines count";
        return vec![Finding::warn(text)];
    }
    let of_task = facts.service.security_groups();
    if of_task.is_empty() {
        return vec![Finding::fail(
            "the service names no security group, so its tasks are in the VPC's default one",
            "give the service a security group of its own",
        )];
    }
    let mut findings = dangling(facts, of_task);
    let task = members(facts, of_task);
    let names = names(&task);
    findings.extend(defaults(&task));
    let balancers: Vec<&String> = facts
        .balancers
        .iter()
        .flat_map(|balancer| &balancer.security_groups)
        .collect();
    findings.extend(into_task(facts, &task, &names, &balancers, port));
    if !rules(&task, |group| &group.egress).any(|rule| rule.covers(HTTPS)) {
        findings.push(Finding::fail(
            format!("{names} lets no task out on port {HTTPS}, so it cannot pull its image or write its log"),
            format!("aws ec2 authorize-security-group-egress --group-id {} --protocol tcp --port {HTTPS} --cidr 0.0.0.0/0", of_task[0]),
        ).at(Part::Pull));
    }
    for balancer in &facts.balancers {
        findings.extend(of_balancer(facts, balancer, of_task, port));
    }
    if findings.is_empty() {
        let text = format!(
            "only the load balancer reaches port {port} of the tasks, and is reached on its listeners' ports"
        );
        findings.push(Finding::pass(text));
    }
    findings
}

fn members<'a>(facts: &'a Facts, ids: &[String]) -> Vec<&'a SecurityGroup> {
    ids.iter().filter_map(|id| facts.group(id)).collect()
}

fn names(groups: &[&SecurityGroup]) -> String {
    let names: Vec<&str> = groups.iter().map(|group| group.id.as_str()).collect();
    names.join(" with ")
}

/// The union of the groups: a member of several may do what any of them lets through.
fn rules<'a>(
    groups: &'a [&'a SecurityGroup],
    direction: impl Fn(&'a SecurityGroup) -> &'a Vec<Rule> + 'a,
) -> impl Iterator<Item = &'a Rule> {
    groups.iter().flat_map(move |group| direction(group))
}

/// Groups that are named and do not exist.
fn dangling(facts: &Facts, of_task: &[String]) -> Vec<Finding> {
    let of_balancers = facts
        .balancers
        .iter()
        .flat_map(|balancer| &balancer.security_groups);
    let used: Vec<&String> = of_task.iter().chain(of_balancers).collect();
    let missing = used.iter().filter(|id| facts.group(id).is_none());
    let mut findings: Vec<Finding> = missing
        .map(|id| {
            Finding::fail(
                format!("the security group {id} does not exist"),
                "name one that does",
            )
        })
        .collect();
    for group in used.iter().filter_map(|id| facts.group(id)) {
        let ingress = group.ingress.iter().map(|rule| ("ingress", rule));
        for (way, rule) in ingress.chain(group.egress.iter().map(|rule| ("egress", rule))) {
            match &rule.peer {
                Peer::Group(id) if facts.group(id).is_none() => findings.push(Finding::fail(
                    format!("a rule of {} names {id}, which does not exist", group.id),
                    revoke(way, group, rule),
                )),
                _ => {}
            }
        }
    }
    findings
}

/// The command that takes a rule away.
fn revoke(way: &str, group: &SecurityGroup, rule: &Rule) -> String {
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
        "aws ec2 revoke-security-group-{way} --group-id {} --ip-permissions 'IpProtocol={},{ports}{peer}'",
        group.id, rule.protocol
    )
}

fn defaults(groups: &[&SecurityGroup]) -> Vec<Finding> {
    let default = groups.iter().filter(|group| group.name == "default");
    let findings = default.map(|group| {
        let text = format!(
            "the tasks are in {}, the VPC's default group, which others are in as well",
            group.id
        );
        Finding::warn(text).fix("give the service a security group of its own")
    });
    findings.collect()
}

fn into_task(
    facts: &Facts,
    task: &[&SecurityGroup],
    names: &str,
    balancers: &[&String],
    port: u16,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let is_balancer = |peer: &Peer| matches!(peer, Peer::Group(id) if balancers.contains(&id));
    let mut on_port = rules(task, |group| &group.ingress).filter(|rule| rule.covers(port));
    if balancers.is_empty() {
        // A network load balancer may have no group, and then there is nothing to limit the tasks to.
        let is_open = on_port.next().is_some();
        let text = format!("{names} lets nobody in on port {port}");
        let fix = format!(
            "aws ec2 authorize-security-group-ingress --group-id {} --protocol tcp --port {port} --cidr CLIENTS",
            task.first().map_or("", |group| &group.id)
        );
        return if is_open {
            findings
        } else {
            vec![Finding::fail(text, fix)]
        };
    }
    if !on_port.any(|rule| is_balancer(&rule.peer) || rule.peer.is_everyone()) && !task.is_empty() {
        findings.push(Finding::fail(
            format!("{names} does not let the load balancer's group {} in on port {port}", balancers[0]),
            format!(
                "aws ec2 authorize-security-group-ingress --group-id {} --protocol tcp --port {port} --source-group {}",
                task[0].id, balancers[0]
            ),
        ));
    }
    for group in task {
        for rule in &group.ingress {
            let (peer, what) = (&rule.peer, rule.what());
            let is_dangling = matches!(peer, Peer::Group(id) if facts.group(id).is_none());
            let text = format!("{} lets {peer} in on {what}", group.id);
            let fix = revoke("ingress", group, rule);
            if is_balancer(peer) {
                findings.extend(wider(facts, (group, rule), port));
            } else if is_dangling {
                continue;
            } else if rule.covers(port) || peer.is_everyone() {
                let text = format!("{text}, and only the load balancer should");
                findings.push(Finding::fail(text, fix).exposure());
            } else {
                let text = format!("{text}, which the service does not need");
                findings.push(Finding::warn(text).fix(fix).exposure());
            }
        }
    }
    findings
}

/// A rule that lets the load balancer in where it has nothing to do.
fn wider(facts: &Facts, (group, rule): (&SecurityGroup, &Rule), port: u16) -> Option<Finding> {
    let attached = facts.service.load_balancers.iter();
    let attached = attached.filter_map(|it| it.container_port);
    let checked = facts.target_groups.iter();
    let checked = checked.filter_map(|it| it.health_port);
    let needed: BTreeSet<u16> = attached.chain(checked).chain([port]).collect();
    let is_exact = rule.ports.is_some_and(|(first, last)| {
        rule.protocol != "-1" && (first..=last).all(|port| needed.contains(&port))
    });
    if is_exact || !needed.iter().any(|port| rule.covers(*port)) {
        return None;
    }
    let ports: Vec<String> = needed.iter().map(ToString::to_string).collect();
    let has_exact = |port: u16| {
        let mut rules = group.ingress.iter();
        rules.any(|it| {
            it.peer == rule.peer && it.protocol == "tcp" && it.ports == Some((port, port))
        })
    };
    // First the narrow ones, so that no request is lost in between.
    let narrow = needed.iter().filter(|port| !has_exact(**port)).map(|port| {
        let permission = match &rule.peer {
            Peer::Group(id) => id.as_str(),
            Peer::Network(_) | Peer::PrefixList(_) => "",
        };
        format!(
            "aws ec2 authorize-security-group-ingress --group-id {} --protocol tcp --port {port} --source-group {permission}",
            group.id
        )
    });
    let commands = narrow.chain([revoke("ingress", group, rule)]);
    let commands: Vec<String> = commands.collect();
    let text = format!(
        "{} lets the load balancer in on {}, and it needs tcp {} alone",
        group.id,
        rule.what(),
        ports.join(", ")
    );
    Some(Finding::warn(text).fix(commands.join(" && ")).exposure())
}

fn of_balancer(facts: &Facts, balancer: &Balancer, of_task: &[String], port: u16) -> Vec<Finding> {
    let mut findings = Vec::new();
    let groups = members(facts, &balancer.security_groups);
    let Some(first) = groups.first() else {
        return findings;
    };
    let names = names(&groups);
    // Who the clients of an internal one are, its owner knows.
    let clients = if balancer.is_public {
        "0.0.0.0/0"
    } else {
        "CLIENTS"
    };
    for listener in &balancer.listeners {
        if !rules(&groups, |group| &group.ingress).any(|rule| rule.covers(listener.port)) {
            findings.push(Finding::fail(
                format!("{names} lets nobody in on port {}, where {} listens", listener.port, balancer.name),
                format!(
                    "aws ec2 authorize-security-group-ingress --group-id {} --protocol tcp --port {} --cidr {clients}",
                    first.id, listener.port
                ),
            ).at(Part::Listeners(balancer.arn.clone())));
        }
    }
    let is_heard = |rule: &&Rule| {
        balancer
            .listeners
            .iter()
            .any(|listener| rule.covers(listener.port))
    };
    let unheard = rules(&groups, |group| &group.ingress)
        .filter(|rule| rule.peer.is_everyone() && !is_heard(rule));
    findings.extend(unheard.map(|rule| {
        Finding::warn(format!(
            "{names} lets {} in on {}, where nothing listens",
            rule.peer,
            rule.what()
        ))
        .exposure()
        .at(Part::Listeners(balancer.arn.clone()))
    }));
    let ports = facts
        .target_groups
        .iter()
        .filter_map(|group| group.health_port)
        .chain([port]);
    for port in ports {
        let lets = |rule: &Rule| rule.covers(port) && reaches(facts, &rule.peer, of_task);
        if !rules(&groups, |group| &group.egress).any(lets) {
            findings.push(Finding::fail(
                format!("{names} does not let {} out to the tasks on port {port}", balancer.name),
                format!(
                    "aws ec2 authorize-security-group-egress --group-id {} --protocol tcp --port {port} --source-group {}",
                    first.id, of_task[0]
                ),
            ));
        }
    }
    findings
}

/// If a rule's peer is the tasks: their group, or a network that all known targets are in.
fn reaches(facts: &Facts, peer: &Peer, of_task: &[String]) -> bool {
    let targets = facts
        .target_groups
        .iter()
        .filter_map(|group| group.targets.as_ref())
        .flatten();
    match peer {
        Peer::Group(id) => of_task.contains(id),
        Peer::Network(network) => targets
            .filter_map(Target::ip)
            .all(|ip| network.contains(&ip)),
        Peer::PrefixList(_) => true,
    }
}
