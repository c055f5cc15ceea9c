//! Check 5: internet to balancer on its listeners' ports, balancer to task on the task's port, and nobody else.

use super::fix::Side;
use super::{Check, CheckId, Finding, Part, Status, fix, into_tasks};
use crate::facts::{Balancer, Facts, Peer, Rule, SecurityGroup, Target};
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
        return open_to_everyone(facts, port);
    }
    if !facts.is_awsvpc() {
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
    findings.extend(into_tasks::findings(facts, &task, port));
    if !rules(&task, |group| &group.egress).any(|rule| rule.covers(HTTPS)) {
        findings.push(Finding::fail(
            format!("{names} lets no task out on port {HTTPS}, so it cannot pull its image or write its log"),
            fix::let_through(facts, ("egress", &of_task[0]), HTTPS, &Side::Network("0.0.0.0/0")),
        ).at(Part::Pull));
    }
    for balancer in &facts.balancers {
        findings.extend(of_balancer(facts, balancer, of_task, port));
    }
    if findings.is_empty() {
        let is_only = facts.balancers.iter().any(has_group);
        let who = match is_only {
            true => "only the load balancer reaches",
            false => "the load balancer, which has no security group, reaches",
        };
        let text =
            format!("{who} port {port} of the tasks, and is reached on its listeners' ports");
        findings.push(Finding::pass(text));
    }
    findings
}

fn has_group(balancer: &Balancer) -> bool {
    !balancer.security_groups.is_empty()
}

/// What is wrong whatever else is unknown: tasks behind a load balancer that has a group, and open to everyone.
fn open_to_everyone(facts: &Facts, port: u16) -> Vec<Finding> {
    if !facts.balancers.iter().any(has_group) {
        return Vec::new();
    }
    let task = members(facts, facts.service.security_groups());
    let rules = task
        .iter()
        .flat_map(|group| group.ingress.iter().map(move |rule| (*group, rule)));
    let open = rules.filter(|(_, rule)| rule.peer.is_everyone() && rule.covers(port));
    open.filter_map(|(group, rule)| into_tasks::of_others(facts, (group, rule), port))
        .collect()
}

fn members<'a>(facts: &'a Facts, ids: &[String]) -> Vec<&'a SecurityGroup> {
    ids.iter().filter_map(|id| facts.group(id)).collect()
}

pub(super) fn names(groups: &[&SecurityGroup]) -> String {
    let names: Vec<&str> = groups.iter().map(|group| group.id.as_str()).collect();
    names.join(" with ")
}

/// The union of the groups: a member of several may do what any of them lets through.
pub(super) fn rules<'a>(
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
                    fix::revoke(facts, way, group, rule),
                )),
                _ => {}
            }
        }
    }
    findings
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

fn of_balancer(facts: &Facts, balancer: &Balancer, of_task: &[String], port: u16) -> Vec<Finding> {
    let mut findings = Vec::new();
    let groups = members(facts, &balancer.security_groups);
    let Some(first) = groups.first() else {
        return findings;
    };
    let names = names(&groups);
    // Who the clients of an internal one are, its owner knows.
    let clients = if balancer.is_public {
        Side::Network("0.0.0.0/0")
    } else {
        Side::Clients
    };
    for listener in &balancer.listeners {
        if !rules(&groups, |group| &group.ingress).any(|rule| rule.covers(listener.port)) {
            findings.push(
                Finding::fail(
                    format!(
                        "{names} lets nobody in on port {}, where {} listens",
                        listener.port, balancer.name
                    ),
                    fix::let_through(facts, ("ingress", &first.id), listener.port, &clients),
                )
                .at(Part::Listeners(balancer.arn.clone())),
            );
        }
    }
    let is_heard = |rule: &&Rule| {
        balancer
            .listeners
            .iter()
            .any(|listener| rule.covers(listener.port))
    };
    let unheard = rules(&groups, |group| &group.ingress)
        .filter(|rule| rule.peer.is_everyone() && !rule.is_icmp() && !is_heard(rule));
    findings.extend(unheard.map(|rule| {
        Finding::warn(format!(
            "{names} lets {} in on {}, where nothing listens",
            rule.peer,
            rule.what()
        ))
        .exposure()
        .at(Part::Listeners(balancer.arn.clone()))
    }));
    for port in ports_of(facts, balancer, port) {
        let lets = |rule: &Rule| rule.covers(port) && reaches(facts, &rule.peer, of_task);
        if !rules(&groups, |group| &group.egress).any(lets) {
            findings.push(Finding::fail(
                format!(
                    "{names} does not let {} out to the tasks on port {port}",
                    balancer.name
                ),
                fix::let_through(
                    facts,
                    ("egress", &first.id),
                    port,
                    &Side::Group(&of_task[0]),
                ),
            ));
        }
    }
    findings
}

/// The ports of the tasks that this balancer asks: of several, each has its own.
fn ports_of(facts: &Facts, balancer: &Balancer, port: u16) -> BTreeSet<u16> {
    let heard = |arn: &str| {
        let mut listeners = balancer.listeners.iter();
        listeners.any(|it| it.forwards_to.iter().any(|to| to == arn))
    };
    let attached = facts.service.load_balancers.iter();
    let attached = attached.filter(|it| it.target_groups().any(heard));
    let attached = attached.filter_map(|it| it.container_port);
    let checked = facts.target_groups.iter().filter(|it| heard(&it.arn));
    let checked = checked.filter_map(|group| group.health_port);
    let ports: BTreeSet<u16> = attached.chain(checked).collect();
    if ports.is_empty() {
        return [port].into();
    }
    ports
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
