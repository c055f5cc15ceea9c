//! Check 3: the app listens on the port that the definition maps, and the health checks ask there.

use super::Finding;
use crate::facts::{Container, Facts};
use crate::image::Lookup;
use dualrun::options::DEFAULT_PORT;
use std::net::SocketAddr;

/// The variable that a service of ours takes its address from.
const ADDR: &str = "DUALRUN_ADDR";

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
    if mapped.is_empty() {
        let port = listens(facts, container).map_or(DEFAULT_PORT, |listens| listens.port);
        return vec![Finding::fail(
            format!("the definition maps no port of {}", container.name),
            format!("add containerPort {port} to its portMappings"),
        )];
    }
    let mut findings = loopback(container);
    findings.extend(host_ports(facts, container));
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
                _ => Finding::warn(format!(
                    "{text}; where {} listens is only known of an image that can be read",
                    container.name
                )),
            });
            mapped[0]
        }
    };
    findings.extend(health_checks(facts, container, port));
    findings
}

fn listens(facts: &Facts, container: &Container) -> Option<Listens> {
    if let Some(addr) = container
        .variable(ADDR)
        .and_then(|addr| addr.parse::<SocketAddr>().ok())
    {
        return Some(Listens {
            port: addr.port(),
            because: format!("{ADDR}={addr}"),
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
        _ if facts.is_of_files || is_ours(container) => Some(Listens {
            port: DEFAULT_PORT,
            because: "the server's default".into(),
        }),
        _ => None,
    }
}

/// If it runs the server of this repository, whose default port is known without its image.
fn is_ours(container: &Container) -> bool {
    let check = container.health_check.as_ref();
    check.is_some_and(|check| check.command.iter().any(|part| part == "/bin-fargate"))
}

fn loopback(container: &Container) -> Vec<Finding> {
    let addr = container
        .variable(ADDR)
        .and_then(|addr| addr.parse::<SocketAddr>().ok());
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

fn host_ports(facts: &Facts, container: &Container) -> Vec<Finding> {
    if facts.definition.network_mode.as_deref() != Some("awsvpc") {
        return Vec::new();
    }
    let differing = container.port_mappings.iter().filter_map(|mapping| {
        let (inside, outside) = (mapping.container_port?, mapping.host_port?);
        (inside != outside).then(|| {
            Finding::fail(
                format!(
                    "hostPort {outside} is not containerPort {inside}, which awsvpc does not allow"
                ),
                "leave hostPort out",
            )
        })
    });
    differing.collect()
}

fn health_checks(facts: &Facts, container: &Container, port: u16) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(check) = &container.health_check {
        let command = check.command.join(" ");
        if let Some(asked) = asked_port(&command).filter(|asked| *asked != port) {
            findings.push(Finding::fail(
                format!(
                    "the health check of {} asks port {asked}: {command}",
                    container.name
                ),
                format!("ask port {port}"),
            ));
        }
    }
    for group in &facts.target_groups {
        let mapped = container
            .port_mappings
            .iter()
            .filter_map(|port| port.container_port);
        if let Some(asked) = group
            .health_port
            .filter(|asked| !mapped.clone().any(|port| port == *asked))
        {
            findings.push(Finding::fail(
                format!(
                    "the health check of target group {} asks port {asked}, which is not mapped",
                    group.name()
                ),
                "set its health check's port to traffic-port",
            ));
        }
        let path = group.health_path.as_deref();
        let wanted = dualrun::app::HEALTH_PATH;
        if let Some(path) = path.filter(|path| facts.is_of_files && *path != wanted) {
            findings.push(Finding::fail(
                format!(
                    "the health check of target group {} asks {path}",
                    group.name()
                ),
                format!("set HealthCheckPath to {wanted}"),
            ));
        }
    }
    findings
}

/// The port in a command such as `curl -f http://localhost:80/`.
fn asked_port(command: &str) -> Option<u16> {
    let hosts = ["localhost:", "127.0.0.1:", "[::1]:"];
    let rest = hosts
        .iter()
        .find_map(|host| command.split_once(host))
        .map(|(_, rest)| rest)?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

fn list(ports: &[u16]) -> String {
    let ports: Vec<String> = ports.iter().map(ToString::to_string).collect();
    ports.join(", ")
}

#[cfg(test)]
mod tests {
    use super::asked_port;

    #[test]
    fn the_port_of_a_health_check_is_found_in_its_command() {
        assert_eq!(
            asked_port("CMD-SHELL curl -f http://localhost:80/ || exit 1"),
            Some(80)
        );
        assert_eq!(asked_port("CMD wget -q 127.0.0.1:8000/health"), Some(8000));
        assert_eq!(asked_port("CMD /bin-fargate healthcheck"), None);
        assert_eq!(asked_port("CMD-SHELL curl -f http://localhost/"), None);
    }
}
