//! The part of check 5 that looks at who reaches the tasks: the load balancer, on the ports that it asks, and nobody else.

use super::fix::Side;
use super::options::{UnknownOption, metrics_port, port_for_metrics, takes_options};
use super::security_groups::{names, rules};
use super::{CheckId, Finding, fix};
use crate::facts::{Container, Facts, Peer, Rule, SecurityGroup};
use std::collections::BTreeSet;

pub(super) fn findings(facts: &Facts, task: &[&SecurityGroup], port: u16) -> Vec<Finding> {
    let Some(first) = task.first() else {
        return Vec::new();
    };
    let balancers = of_balancers(facts);
    if balancers.is_empty() {
        return without_balancer(facts, task, port);
    }
    let mut findings = Vec::new();
    let is_balancer = |peer: &Peer| matches!(peer, Peer::Group(id) if balancers.contains(&id));
    for port in needed(facts, port) {
        let mut on_port = rules(task, |group| &group.ingress).filter(|rule| rule.covers(port));
        // A network that it may be in is told below, with its group in the place of that.
        if !on_port.any(|rule| is_balancer(&rule.peer) || rule.peer.may_have_balancer()) {
            findings.push(Finding::fail(
                format!(
                    "{} does not let the load balancer's group {} in on port {port}",
                    names(task),
                    balancers[0]
                ),
                fix::let_through(
                    facts,
                    ("ingress", &first.id),
                    port,
                    &Side::Group(balancers[0]),
                ),
            ));
        }
    }
    let all = task
        .iter()
        .flat_map(|group| group.ingress.iter().map(|rule| (*group, rule)));
    findings.extend(all.filter_map(|(group, rule)| {
        if is_balancer(&rule.peer) {
            wider(facts, (group, rule), &needed(facts, port))
        } else {
            of_others(facts, (group, rule), port)
        }
    }));
    findings
}

fn of_balancers(facts: &Facts) -> Vec<&String> {
    let balancers = facts.balancers.iter();
    balancers
        .flat_map(|balancer| &balancer.security_groups)
        .collect()
}

fn needed(facts: &Facts, port: u16) -> BTreeSet<u16> {
    let mut ports = facts.balanced_ports();
    ports.insert(port);
    ports
}

/// A network load balancer may have no group, and then there is nothing to limit the tasks' clients to.
fn without_balancer(facts: &Facts, task: &[&SecurityGroup], port: u16) -> Vec<Finding> {
    let needed = needed(facts, port);
    let mut on_port = rules(task, |group| &group.ingress).filter(|rule| rule.covers(port));
    if on_port.next().is_none() {
        let id = task.first().map_or("", |group| &group.id);
        let fix = fix::let_through(facts, ("ingress", id), port, &Side::Clients);
        let text = format!("{} lets nobody in on port {port}", names(task));
        return vec![Finding::fail(text, fix)];
    }
    let all = task
        .iter()
        .flat_map(|group| group.ingress.iter().map(|rule| (*group, rule)));
    let open = all
        .filter(|(_, rule)| rule.peer.is_everyone() && !rule.is_icmp() && !is_exact(rule, &needed));
    let wider = open.map(|(group, rule)| {
        let text = format!(
            "{} lets {} in on {}, and the service needs tcp {} alone",
            group.id,
            rule.peer,
            rule.what(),
            list(&needed)
        );
        Finding::warn(text)
            .fix(narrow(facts, (group, rule), &needed))
            .exposure()
    });
    wider.chain(past_balancer(facts, task, &needed)).collect()
}

/// Tasks that clients reach without their load balancer, by addresses of their own.
fn past_balancer(
    facts: &Facts,
    task: &[&SecurityGroup],
    needed: &BTreeSet<u16>,
) -> Option<Finding> {
    let is_open = |port: &&u16| {
        let mut rules = rules(task, |group| &group.ingress);
        rules.any(|rule| rule.peer.is_everyone() && rule.covers(**port))
    };
    let open: BTreeSet<u16> = needed.iter().filter(is_open).copied().collect();
    if open.is_empty() || !facts.service.has_public_addresses() {
        return None;
    }
    let text = format!(
        "the load balancer has no security group, so {} lets everyone in on tcp {}, and the tasks have public addresses: \
         clients reach them directly",
        names(task),
        list(&open)
    );
    let fix = "make a network load balancer with a security group, which it cannot get later, and let that in alone, or run \
               the tasks without public addresses behind a NAT gateway";
    Some(Finding::warn(text).fix(fix).exposure())
}

/// If it lets through what is needed, and nothing else.
fn is_exact(rule: &Rule, needed: &BTreeSet<u16>) -> bool {
    rule.ports.is_some_and(|(first, last)| {
        matches!(rule.protocol.as_str(), "tcp" | "6")
            && (first..=last).all(|port| needed.contains(&port))
    })
}

/// A rule that lets in somebody else than the load balancer.
pub(super) fn of_others(
    facts: &Facts,
    (group, rule): (&SecurityGroup, &Rule),
    port: u16,
) -> Option<Finding> {
    let (peer, what) = (&rule.peer, rule.what());
    let is_dangling = matches!(peer, Peer::Group(id) if facts.group(id).is_none());
    // The tasks may ask each other.
    let is_own = matches!(peer, Peer::Group(id) if facts.service.security_groups().contains(id));
    if is_dangling || is_own {
        return None;
    }
    let text = format!("{} lets {peer} in on {what}", group.id);
    let needed = needed(facts, port);
    let fix = in_its_place(facts, (group, rule), &needed);
    let is_wrong = || {
        Some(Finding::fail(format!("{text}, and only the load balancer should"), &fix).exposure())
    };
    if rule.covers(port) || peer.is_everyone() {
        return is_wrong();
    }
    match is_for_others(facts, rule) {
        Ok(true) => None,
        Ok(false) if needed.iter().any(|port| rule.covers(*port)) => is_wrong(),
        Ok(false) => {
            let text = format!("{text}, which the service does not need");
            Some(Finding::warn(text).fix(fix).exposure())
        }
        Err(UnknownOption { name, why }) => {
            let text = format!("{text}; whether the service needs that is unknown");
            Some(Finding::unknown(format!("{text}, since {name} {why}")))
        }
    }
}

/// To take a rule away, after the load balancer is let in by its group where nothing but that rule has done so.
fn in_its_place(
    facts: &Facts,
    (group, rule): (&SecurityGroup, &Rule),
    needed: &BTreeSet<u16>,
) -> String {
    let balancers = of_balancers(facts);
    let task = facts.service.security_groups().iter();
    let task: Vec<&SecurityGroup> = task.filter_map(|id| facts.group(id)).collect();
    let is_let_in = |port: u16| {
        let mut on_port = rules(&task, |group| &group.ingress).filter(|rule| rule.covers(port));
        on_port.any(|rule| matches!(&rule.peer, Peer::Group(id) if balancers.contains(&id)))
    };
    // Of a file, a rule that is not known may do so.
    let is_known = facts.unknown_to(CheckId::SecurityGroups).next().is_none();
    let is_by_rule = is_known && rule.peer.may_have_balancer();
    let missing = needed
        .iter()
        .filter(|port| is_by_rule && rule.covers(**port) && !is_let_in(**port));
    let steps = missing.filter_map(|port| {
        let side = Side::Group(balancers.first()?);
        Some(fix::let_through(
            facts,
            ("ingress", &group.id),
            *port,
            &side,
        ))
    });
    in_order(
        facts,
        steps.chain([fix::revoke(facts, "ingress", group, rule)]),
    )
}

/// If a rule lets through what others than the load balancer may ask, and nothing else.
fn is_for_others(facts: &Facts, rule: &Rule) -> Result<bool, UnknownOption> {
    let is_tcp = matches!(rule.protocol.as_str(), "tcp" | "6");
    let Some((first, last)) = rule.ports.filter(|_| is_tcp) else {
        return Ok(false);
    };
    let containers = &facts.definition.container_definitions;
    let is_hidden = facts.may_have_more_containers();
    for port in first..=last {
        let mut is_served = false;
        let mut unknown = is_hidden.then(|| UnknownOption {
            name: "the task definition",
            why: "has containers that are not known here".into(),
        });
        for container in containers {
            match serves_others(container, port) {
                Ok(serves) => is_served |= serves,
                Err(why) => unknown = Some(why),
            }
        }
        if !is_served {
            return unknown.map_or(Ok(false), Err);
        }
    }
    Ok(true)
}

/// Of the server of this repository, it is known if it shows its metrics. Of other ports and other programs, the definition
/// tells.
fn serves_others(container: &Container, port: u16) -> Result<bool, UnknownOption> {
    let is_for_metrics = || port_for_metrics(container).is_ok_and(|it| it == port);
    if container.maps(port) && !(takes_options(container) && is_for_metrics()) {
        return Ok(true);
    }
    Ok(metrics_port(container)? == Some(port))
}

/// A rule that lets the load balancer in where it has nothing to do.
fn wider(
    facts: &Facts,
    (group, rule): (&SecurityGroup, &Rule),
    needed: &BTreeSet<u16>,
) -> Option<Finding> {
    if is_exact(rule, needed) || rule.is_icmp() {
        return None;
    }
    let text = format!(
        "{} lets the load balancer in on {}, and it needs tcp {} alone",
        group.id,
        rule.what(),
        list(needed)
    );
    let fix = narrow(facts, (group, rule), needed);
    Some(Finding::warn(text).fix(fix).exposure())
}

/// To let a rule's peer in on what is needed of it alone; first the narrow rules, so that no request is lost in between.
fn narrow(facts: &Facts, (group, rule): (&SecurityGroup, &Rule), needed: &BTreeSet<u16>) -> String {
    let has_exact = |port: u16| {
        let mut rules = group.ingress.iter();
        rules.any(|it| {
            it.peer == rule.peer && it.protocol == "tcp" && it.ports == Some((port, port))
        })
    };
    let narrow = needed
        .iter()
        .filter(|port| rule.covers(**port) && !has_exact(**port));
    let narrow = narrow.map(|port| fix::narrowed(facts, group, rule, *port));
    in_order(
        facts,
        narrow.chain([fix::revoke(facts, "ingress", group, rule)]),
    )
}

fn in_order(facts: &Facts, steps: impl Iterator<Item = String>) -> String {
    let steps: Vec<String> = steps.collect();
    steps.join(if facts.is_made { " && " } else { ", and " })
}

fn list(ports: &BTreeSet<u16>) -> String {
    let ports: Vec<String> = ports.iter().map(ToString::to_string).collect();
    ports.join(", ")
}
