//! Check 3: the app listens on the port that the definition maps, and the health checks ask there.

use super::options::{ADDR, UnknownOption, is_ours, metrics_port, option, takes_options};
use super::{CheckId, Finding, health};
use crate::facts::{Container, Facts, PortMapping, in_words};
use crate::image::Lookup;
use crate::placeholder;
use dualrun::options::DEFAULT_PORT;
use std::collections::BTreeSet;
use std::net::SocketAddr;

/// Where the app listens, and how that is known.
struct Listens {
    port: u16,
    because: String,
}

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    if !facts.is_main_known() {
        return Vec::new();
    }
    let Some(container) = facts.main_container() else {
        return vec![Finding::fail(
            "no container is essential, so none can be attached",
            "set essential of the app's container",
        )];
    };
    let mapped = container.ports();
    let mut findings = loopback(container);
    findings.extend(bad_ranges(facts));
    let Some(first) = mapped.first().map(|ports| *ports.start()) else {
        let is_unknown = facts.unknown_to(CheckId::ContainerPort).next().is_some();
        // One that is not understood has been told.
        let has_none = container.port_mappings.is_empty() && !container.may_have_more_ports();
        if has_none && !is_unknown {
            findings = vec![unmapped(facts, container)];
        }
        return findings;
    };
    findings.extend(host_ports(facts));
    findings.extend(mapped_twice(facts));
    findings.extend(by_udp(facts, container));
    let ports = in_words(&mapped);
    let app = &container.name;
    let (port, finding) = match listens(facts, container) {
        Ok(Some(Listens { port, because })) => {
            let text = format!("{app} listens on {port} ({because}), and");
            let finding = if container.maps(port) {
                Finding::pass(format!("{text} the definition maps it"))
            } else if container.may_have_more_ports() {
                Finding::unknown(format!(
                    "{text} the definition maps {ports} and what is not known here"
                ))
            } else {
                Finding::fail(
                    format!("{text} the definition maps {ports}"),
                    format!("set containerPort to {port}, in the definition and in the service"),
                )
            };
            (Some(port), finding)
        }
        Ok(None) => {
            let text = format!("the definition maps {ports}");
            let finding = match facts.main_image() {
                Lookup::Found(_) => Finding::pass(format!("{text}, and the image exposes no port")),
                _ => Finding::unknown(format!(
                    "{text}; where {app} listens is only known of an image that can be read"
                )),
            };
            (Some(first), finding)
        }
        Err(UnknownOption { name, why }) => {
            let text = format!(
                "the definition maps {ports}; where {app} listens is unknown, since {name} {why}"
            );
            (None, Finding::unknown(text))
        }
    };
    findings.push(finding);
    findings.extend(health::findings(facts, container, port));
    findings
}

fn unmapped(facts: &Facts, container: &Container) -> Finding {
    let listens = listens(facts, container).ok().flatten();
    let port = listens.map_or(DEFAULT_PORT, |listens| listens.port);
    Finding::fail(
        format!("the definition maps no port of {}", container.name),
        format!("add containerPort {port} to its portMappings"),
    )
}

fn listens(facts: &Facts, container: &Container) -> Result<Option<Listens>, UnknownOption> {
    let addr = match option::<SocketAddr>(container, ADDR) {
        // An address that cannot be seen may have any port.
        Err(unknown) if facts.is_of_files || takes_options(container) => return Err(unknown),
        addr => addr.ok().flatten(),
    };
    let at = |port, because: String| Ok(Some(Listens { port, because }));
    if let Some(addr) = addr {
        return at(addr.port(), format!("{ADDR}={addr}"));
    }
    if let Some(contract) = container.contract() {
        return at(contract.port, "its image's contract".into());
    }
    match facts.main_image() {
        Lookup::Found(found) => match found.exposed.as_slice() {
            [] => Ok(None),
            [port] => at(*port, "its image's EXPOSE".into()),
            ports => {
                let all: Vec<_> = ports.iter().map(|port| *port..=*port).collect();
                let because = format!("its image's EXPOSE of {}", in_words(&all));
                at(meant(facts, container, ports), because)
            }
        },
        _ if facts.is_of_files || is_ours(container) => {
            at(DEFAULT_PORT, "the server's default".into())
        }
        _ => Ok(None),
    }
}

/// Of several that an image exposes, the one that requests go to: what is attached or mapped, and not for metrics.
fn meant(facts: &Facts, container: &Container, exposed: &[u16]) -> u16 {
    let metrics = metrics_port(container).ok().flatten();
    let attached = facts.service.load_balancers.iter();
    let attached = attached.filter(|it| it.container_name.as_ref() == Some(&container.name));
    let mut attached = attached.filter_map(|it| it.container_port);
    let is_exposed = |port: &u16| exposed.contains(port);
    let mapped = || {
        let mut exposed = exposed.iter().copied();
        exposed.find(|port| container.maps(*port) && Some(*port) != metrics)
    };
    attached
        .find(is_exposed)
        .or_else(mapped)
        .unwrap_or(exposed[0])
}

fn loopback(container: &Container) -> Vec<Finding> {
    let addr = option::<SocketAddr>(container, ADDR).ok().flatten();
    let Some(addr) = addr.filter(|addr| addr.ip().is_loopback()) else {
        return Vec::new();
    };
    vec![Finding::fail(
        format!(
            "{} listens on {addr}, which nothing outside of the task reaches",
            container.name
        ),
        format!("set {ADDR} to 0.0.0.0:{}", addr.port()),
    )]
}

/// Of every container: one that ECS does not take keeps the whole definition out.
fn host_ports(facts: &Facts) -> Vec<Finding> {
    let is_of_machine = facts.definition.network_mode.as_deref() == Some("host");
    let mode = match facts.is_awsvpc() {
        true => "awsvpc",
        false if is_of_machine => "host",
        false => return Vec::new(),
    };
    let containers = facts.definition.container_definitions.iter();
    let mapped =
        containers.flat_map(|it| it.port_mappings.iter().map(move |port| (&it.name, port)));
    let differing = mapped.filter_map(|(name, mapping)| {
        let (inside, outside) = (mapping.container_port?, mapping.host_port?);
        (inside != outside).then(|| {
            Finding::fail(
                format!(
                    "hostPort {outside} is not containerPort {inside} of {name}, which {mode} does not allow"
                ),
                format!("leave hostPort out, or set it to {inside}"),
            )
        })
    });
    differing.collect()
}

/// Ranges that ECS does not take. Of what it has taken, the form may be newer than this tool.
fn bad_ranges(facts: &Facts) -> Vec<Finding> {
    let containers = facts.definition.container_definitions.iter();
    let mapped =
        containers.flat_map(|it| it.port_mappings.iter().map(move |port| (&it.name, port)));
    let findings = mapped.filter_map(|(name, mapping)| {
        let range = mapping.container_port_range.as_ref()?;
        if placeholder::first(range).is_some() {
            return None;
        }
        if mapping.range().is_none() {
            let text = format!("invalid containerPortRange {range:?} of {name}");
            let fix = "write it as two ports, the lower one first, such as 8000-8010";
            return Some(match facts.is_made {
                true => Finding::unknown(text).fix(fix),
                false => Finding::fail(text, fix).definition(),
            });
        }
        let port = mapping.container_port.filter(|_| !facts.is_made)?;
        let text =
            format!("{name} maps {port} and {range} in one mapping, which ECS does not take");
        let fix = "give containerPort and containerPortRange a mapping each";
        Some(Finding::fail(text, fix).definition())
    });
    findings.collect()
}

/// A port in two mappings of a container, by different protocols or with a range. What is in AWS was taken.
fn mapped_twice(facts: &Facts) -> Vec<Finding> {
    let containers = facts.definition.container_definitions.iter();
    let containers = containers.filter(|_| !facts.is_made);
    let twice = containers.filter_map(|container| {
        let mappings = &container.port_mappings;
        let mut pairs = mappings.iter().enumerate().flat_map(|(index, one)| {
            let others = mappings[index + 1..].iter();
            others.map(move |other| (one, other))
        });
        let (app, port) = (
            &container.name,
            pairs.find_map(|(one, other)| shared(one, other))?,
        );
        let text = format!("{app} maps port {port} more than once, which ECS does not take");
        let fix = format!("leave one mapping of {app} that has port {port}");
        Some(Finding::fail(text, fix).definition())
    });
    twice.collect()
}

/// The first port of two mappings that may not share one.
fn shared(one: &PortMapping, other: &PortMapping) -> Option<u16> {
    let protocol = |it: &PortMapping| it.protocol.clone().unwrap_or_else(|| "tcp".into());
    let is_range = one.container_port.is_none() || other.container_port.is_none();
    let (first, second) = (one.ports()?, other.ports()?);
    let start = *first.start().max(second.start());
    let is_shared = first.contains(&start) && second.contains(&start);
    (is_shared && (is_range || protocol(one) != protocol(other))).then_some(start)
}

/// What is attached and mapped by UDP alone, where the balancer or the server speaks TCP. With a network of its own, a task may
/// answer all the same.
fn by_udp(facts: &Facts, container: &Container) -> Vec<Finding> {
    if facts.target_groups.iter().any(health::is_answered) {
        return Vec::new();
    }
    let attached = facts.service.load_balancers.iter();
    let attached = attached.filter(|it| it.container_name.as_ref() == Some(&container.name));
    let by_balancer = attached.filter_map(|attachment| {
        let mut groups = facts.target_groups.iter();
        let is_asked = groups.any(|group| {
            let protocol = group.protocol.as_deref();
            let is_tcp = matches!(protocol, Some("HTTP" | "HTTPS" | "TCP" | "TLS"));
            is_tcp && attachment.target_groups().any(|arn| arn == group.arn)
        });
        attachment.container_port.filter(|_| is_asked)
    });
    let own = facts.attached_port().filter(|_| takes_options(container));
    let asked: BTreeSet<u16> = by_balancer.chain(own).collect();
    let covering = |port: u16| {
        let mappings = container.port_mappings.iter();
        mappings.filter(move |it| it.ports().is_some_and(|ports| ports.contains(&port)))
    };
    let is_udp = |port: &u16| {
        let mut all = covering(*port).peekable();
        all.peek().is_some() && all.all(|it| it.protocol.as_deref() == Some("udp"))
    };
    let findings = asked.into_iter().filter(is_udp).map(|port| {
        let app = &container.name;
        Finding::fail(
            format!("the definition maps port {port} of {app} by udp, and requests come by tcp"),
            format!("set protocol of containerPort {port} to tcp"),
        )
    });
    findings.collect()
}
