//! Check 3: the app listens on the port that the definition maps, and the health checks ask there.

use super::options::{ADDR, is_ours, option};
use super::{CheckId, Finding, health};
use crate::facts::{Container, Facts};
use crate::image::Lookup;
use dualrun::options::DEFAULT_PORT;
use std::net::SocketAddr;

/// Where the app listens, and how that is known.
struct Listens {
    port: u16,
    because: String,
}

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let Some(container) = facts.main_container() else {
        return vec![Finding::fail(
            "no container is essential, so none can be attached",
            "set essential of the app's container",
        )];
    };
    let mapped: Vec<u16> = container
        .port_mappings
        .iter()
        .filter_map(|port| port.container_port)
        .collect();
    if mapped.is_empty() && facts.unknown_to(CheckId::ContainerPort).next().is_some() {
        return loopback(container);
    }
    if mapped.is_empty() {
        let port = listens(facts, container).map_or(DEFAULT_PORT, |listens| listens.port);
        return vec![Finding::fail(
            format!("the definition maps no port of {}", container.name),
            format!("add containerPort {port} to its portMappings"),
        )];
    }
    let mut findings = loopback(container);
    findings.extend(host_ports(facts));
    let port = match listens(facts, container) {
        Some(Listens { port, because }) if mapped.contains(&port) => {
            let text = format!(
                "{} listens on {port} ({because}), and the definition maps it",
                container.name
            );
            findings.push(Finding::pass(text));
            port
        }
        Some(Listens { port, because }) => {
            let ports = list(&mapped);
            findings.push(Finding::fail(
                format!(
                    "{} listens on {port} ({because}), and the definition maps {ports}",
                    container.name
                ),
                format!("set containerPort to {port}, in the definition and in the service"),
            ));
            port
        }
        None => {
            let text = format!("the definition maps {}", list(&mapped));
            findings.push(match facts.main_image() {
                Lookup::Found(_) => Finding::pass(format!("{text}, and the image exposes no port")),
                _ => Finding::unknown(format!(
                    "{text}; where {} listens is only known of an image that can be read",
                    container.name
                )),
            });
            mapped[0]
        }
    };
    findings.extend(health::findings(facts, container, port));
    findings
}

fn listens(facts: &Facts, container: &Container) -> Option<Listens> {
    let addr = option::<SocketAddr>(container, ADDR);
    if let Ok(Some(addr)) = addr {
        return Some(Listens {
            port: addr.port(),
            because: format!("{ADDR}={addr}"),
        });
    }
    if let (Some(contract), true) = (container.contract(), addr.is_ok()) {
        return Some(Listens {
            port: contract.port,
            because: "its image's contract".into(),
        });
    }
    match facts.main_image() {
        Lookup::Found(found) => match found.exposed.as_slice() {
            [] => None,
            [port] => Some(Listens {
                port: *port,
                because: "its image's EXPOSE".into(),
            }),
            // Of several, the one that is mapped is meant.
            ports => {
                let mapped = container
                    .port_mappings
                    .iter()
                    .filter_map(|port| port.container_port);
                let port = mapped
                    .into_iter()
                    .find(|port| ports.contains(port))
                    .unwrap_or(ports[0]);
                Some(Listens {
                    port,
                    because: format!("its image's EXPOSE of {}", list(ports)),
                })
            }
        },
        // An address that cannot be seen may have any port.
        _ if addr.is_ok() && (facts.is_of_files || is_ours(container)) => Some(Listens {
            port: DEFAULT_PORT,
            because: "the server's default".into(),
        }),
        _ => None,
    }
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
    if facts.definition.network_mode.as_deref() != Some("awsvpc") {
        return Vec::new();
    }
    let containers = facts.definition.container_definitions.iter();
    let mapped =
        containers.flat_map(|it| it.port_mappings.iter().map(move |port| (&it.name, port)));
    let differing = mapped.filter_map(|(name, mapping)| {
        let (inside, outside) = (mapping.container_port?, mapping.host_port?);
        (inside != outside).then(|| {
            Finding::fail(
                format!(
                    "hostPort {outside} is not containerPort {inside} of {name}, which awsvpc does not allow"
                ),
                format!("leave hostPort out, or set it to {inside}"),
            )
        })
    });
    differing.collect()
}

fn list(ports: &[u16]) -> String {
    let ports: Vec<String> = ports.iter().map(ToString::to_string).collect();
    ports.join(", ")
}
