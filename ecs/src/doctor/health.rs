//! The health checks' part of check 3: the balancer's and the container's own ask a port and a path of the app.

use super::command::{asked_path, asked_port};
use super::options::{HEALTH_PATH, READY_PATH, UnknownOption, is_ours, takes_options};
use super::route::{HealthPath, Route, health_path, route};
use super::{CheckId, Finding, fix};
use crate::facts::{Attachment, Container, Facts, TargetGroup};
use crate::placeholder;
use dualrun::options::UrlPath;
use std::collections::BTreeSet;

/// What a health check asks.
struct Asked<'a> {
    /// The health check, for sentences.
    check: String,
    path: &'a str,
    /// The target group that asks, if it is not the container's own command.
    group: Option<&'a TargetGroup>,
    /// If the app may answer it, though it is not the path of its options.
    may_work: bool,
}

/// What the health checks of an app that listens on `port` ask, if that is known.
pub(super) fn findings(facts: &Facts, container: &Container, port: Option<u16>) -> Vec<Finding> {
    let mut findings = of_container(facts, container, port);
    findings.extend(unread(facts, container));
    let groups = facts.target_groups.iter();
    for group in groups.filter(|group| is_for(facts, group, container)) {
        let of_group = of_group(facts, container, group, port).into_iter();
        findings.extend(of_group.map(|finding| finding.of_group(&group.arn)));
    }
    findings
}

/// If the group's targets are this container. Where nothing is attached, as in a parked stack, every group is the app's.
fn is_for(facts: &Facts, group: &TargetGroup, container: &Container) -> bool {
    let attachments = &facts.service.load_balancers;
    let mut of_group = attachments
        .iter()
        .filter(|it| it.target_groups().any(|arn| arn == group.arn));
    attachments.is_empty() || of_group.any(|it| it.container_name.as_ref() == Some(&container.name))
}

fn of_container(facts: &Facts, container: &Container, port: Option<u16>) -> Vec<Finding> {
    let Some(check) = &container.health_check else {
        return Vec::new();
    };
    let command = check.command.join(" ");
    let Some(asked) = asked_port(&command) else {
        return Vec::new();
    };
    // What else listens in it, only its own author knows.
    if Some(asked) != port && !is_ours(container) && container.maps(asked) {
        return Vec::new();
    }
    if let Some(port) = port.filter(|port| *port != asked) {
        let text = format!(
            "the health check of {} asks port {asked}: {command}",
            container.name
        );
        return vec![Finding::fail(text, format!("ask port {port}"))];
    }
    let asked = asked_path(&command).map(|path| Asked {
        check: format!("the health check of {}", container.name),
        path,
        group: None,
        // Of what runs elsewhere, only its own author knows what it answers.
        may_work: !facts.is_of_files,
    });
    let finding = asked.and_then(|asked| of_path(facts, container, &asked));
    finding.into_iter().collect()
}

fn of_group(
    facts: &Facts,
    container: &Container,
    group: &TargetGroup,
    port: Option<u16>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let check = format!("the health check of target group {}", group.name());
    findings.extend(unmapped(facts, group, &check));
    findings.extend(protocol(facts, container, group));
    // On another port, the path is not the app's.
    let asked = group.health_port.or_else(|| attached_port(facts, group));
    let is_of_app = asked.zip(port).is_none_or(|(asked, port)| asked == port);
    let path = group.health_path.as_deref().filter(|_| is_of_app);
    // Of two groups that the tasks move between, one is empty.
    let same = facts.target_groups.iter();
    let same = same.filter(|it| it.health_path == group.health_path);
    let asked = path.map(|path| Asked {
        check,
        path,
        group: Some(group),
        may_work: same.into_iter().any(is_answered),
    });
    findings.extend(asked.and_then(|asked| of_path(facts, container, &asked)));
    findings
}

/// If a target has answered its health check.
pub(super) fn is_answered(group: &TargetGroup) -> bool {
    let mut targets = group.targets.iter().flatten();
    targets.any(|target| target.state == "healthy")
}

/// The port that the service registers its tasks with.
fn attached_port(facts: &Facts, group: &TargetGroup) -> Option<u16> {
    let mut attachments = facts.service.load_balancers.iter();
    let attachment = attachments.find(|it| it.target_groups().any(|arn| arn == group.arn))?;
    attachment.container_port
}

/// A port that no container of the task maps. With awsvpc something may answer there all the same.
fn unmapped(facts: &Facts, group: &TargetGroup, check: &str) -> Option<Finding> {
    let asked = group.health_port?;
    let containers = facts.definition.container_definitions.iter();
    let mut may_map = containers.map(|it| it.maps(asked) || it.may_have_more_ports());
    if may_map.any(|may| may) || facts.may_have_more_containers() || is_answered(group) {
        return None;
    }
    if facts.is_awsvpc() && !facts.main_container().is_some_and(takes_options) {
        return Some(Finding::unknown(format!(
            "{check} asks port {asked}, which is not mapped; with awsvpc it need not be, and only the program tells if it listens there"
        )));
    }
    Some(Finding::fail(
        format!("{check} asks port {asked}, which is not mapped"),
        fix::target_group(
            facts,
            group,
            "--health-check-port traffic-port",
            "set HealthCheckPort to traffic-port",
        ),
    ))
}

/// What the balancer speaks. The server of this repository leaves TLS to the load balancer.
fn protocol(facts: &Facts, container: &Container, group: &TargetGroup) -> Option<Finding> {
    if !takes_options(container) {
        return None;
    }
    let (app, name) = (&container.name, group.name());
    let speaks = group.protocol.as_deref();
    // Of a network load balancer TLS and UDP, of an application load balancer HTTPS.
    if let Some(other @ ("HTTPS" | "TLS" | "UDP" | "QUIC")) = speaks {
        let right = if other == "HTTPS" { "HTTP" } else { "TCP" };
        return Some(Finding::fail(
            format!("the target group {name} speaks {other} to {app}, which serves HTTP"),
            format!(
                "make a target group with --protocol {right}, since the protocol cannot be changed"
            ),
        ));
    }
    (group.health_protocol.as_deref() == Some("HTTPS")).then(|| {
        Finding::fail(
            format!("the health check of target group {name} asks by HTTPS, and {app} serves HTTP"),
            fix::target_group(
                facts,
                group,
                "--health-check-protocol HTTP",
                "set HealthCheckProtocol to HTTP",
            ),
        )
    })
}

/// Groups of this container that could not be read: what their health checks ask has not been seen.
fn unread(facts: &Facts, container: &Container) -> Vec<Finding> {
    if facts.unknown_to(CheckId::Attachment).next().is_none() {
        return Vec::new();
    }
    let attachments = facts.service.load_balancers.iter();
    let own = attachments.filter(|it| it.container_name.as_ref() == Some(&container.name));
    let arns: BTreeSet<&str> = own.flat_map(Attachment::target_groups).collect();
    let is_read = |arn: &str| facts.target_groups.iter().any(|group| group.arn == arn);
    let unread = arns.into_iter().filter(|arn| !is_read(arn));
    let findings = unread.map(|arn| {
        let name = match placeholder::first(arn) {
            Some(_) => "the target group",
            None => arn,
        };
        Finding::unknown(format!(
            "what the health check of {name} asks is unknown, since the target group could not be read"
        ))
        .of_group(arn)
    });
    findings.collect()
}

fn of_path(facts: &Facts, container: &Container, asked: &Asked<'_>) -> Option<Finding> {
    if !facts.is_of_files && !takes_options(container) {
        return None;
    }
    let (check, app) = (&asked.check, &container.name);
    let path = asked.path.split('?').next().unwrap_or(asked.path);
    if path.parse::<UrlPath>().is_err() {
        let is_relative = !path.starts_with('/') && placeholder::first(path).is_none();
        if let Some(group) = asked.group.filter(|_| is_relative) {
            let fix = fix::target_group(
                facts,
                group,
                &format!("--health-check-path /{path}"),
                &format!("set HealthCheckPath to /{path}"),
            );
            let text = format!("{check} asks {path:?}, and a path begins with a slash");
            return Some(Finding::fail(text, fix));
        }
        let text = format!("{check} asks {path:?}, which only AWS can resolve to a path");
        return Some(Finding::unknown(text));
    }
    match route(container, path) {
        Ok(Route::HealthCheck) => None,
        Ok(Route::Readiness) => {
            let text = format!(
                "{check} asks {path} ({READY_PATH}); ECS replaces unhealthy tasks, so a service that turns readiness \
                 off (a database is away) loses all of its tasks"
            );
            let wanted = health_path(container).map_or_else(
                |_| format!("the path of {HEALTH_PATH}"),
                |HealthPath { path, .. }| path,
            );
            Some(Finding::warn(text).fix(to_ask(facts, asked, &wanted)))
        }
        Ok(Route::Service { path, health }) => {
            let HealthPath {
                path: wanted,
                because,
            } = health;
            let text = format!(
                "{check} asks {}, and the health path of {app} is {wanted} ({because})",
                asked.path
            );
            let change = to_ask(facts, asked, &wanted);
            // Behind a command nothing else can stand.
            let fix = if change.starts_with("aws ") {
                change
            } else {
                format!("{change}, or set {HEALTH_PATH} to {path}")
            };
            Some(if asked.may_work {
                let but =
                    "if that is answered, it is logged each time, and turned away under overload";
                Finding::warn(format!("{text}; {but}")).fix(fix)
            } else {
                Finding::fail(text, fix)
            })
        }
        Err(UnknownOption { name, why }) => {
            let text = format!(
                "{check} asks {path}; whether that is the health path of {app} is unknown, since {name} {why}"
            );
            Some(Finding::unknown(text).fix(format!("give {name} as a plain path in environment")))
        }
    }
}

/// What to do for the health check to ask this path.
fn to_ask(facts: &Facts, asked: &Asked<'_>, wanted: &str) -> String {
    let Some(group) = asked.group else {
        return format!("let its command ask {wanted}");
    };
    let in_text = format!("set HealthCheckPath to {wanted}");
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/_.-".contains(c);
    if wanted.chars().all(is_plain) {
        let option = format!("--health-check-path {wanted}");
        fix::target_group(facts, group, &option, &in_text)
    } else {
        in_text
    }
}
