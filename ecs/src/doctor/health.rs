//! The health checks' part of check 3: the balancer's and the container's own ask a port and a path of the app.

use super::Finding;
use super::command::{asked_path, asked_port};
use super::options::{HEALTH_PATH, READY_PATH, Unseen, takes_options};
use super::route::{HealthPath, Route, health_path, route};
use crate::facts::{Container, Facts, TargetGroup};
use dualrun::options::UrlPath;

/// What a health check asks.
struct Asked<'a> {
    /// The health check, for sentences.
    check: String,
    path: &'a str,
    /// What to do for it to ask another path, up to that path.
    change: &'static str,
    /// If the app may answer it, though it is not the path of its options.
    may_work: bool,
}

/// What the health checks of an app that listens on `port` ask.
pub(super) fn findings(facts: &Facts, container: &Container, port: u16) -> Vec<Finding> {
    let mut findings = of_container(facts, container, port);
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

fn of_container(facts: &Facts, container: &Container, port: u16) -> Vec<Finding> {
    let Some(check) = &container.health_check else {
        return Vec::new();
    };
    let command = check.command.join(" ");
    let Some(asked) = asked_port(&command) else {
        return Vec::new();
    };
    if asked != port {
        let text = format!(
            "the health check of {} asks port {asked}: {command}",
            container.name
        );
        return vec![Finding::fail(text, format!("ask port {port}"))];
    }
    let asked = asked_path(&command).map(|path| Asked {
        check: format!("the health check of {}", container.name),
        path,
        change: "let its command ask",
        // Of what runs elsewhere, only its own author knows what it answers.
        may_work: !facts.is_of_files,
    });
    let finding = asked.and_then(|asked| of_path(facts, container, &asked));
    finding.into_iter().collect()
}

fn of_group(facts: &Facts, container: &Container, group: &TargetGroup, port: u16) -> Vec<Finding> {
    let mut findings = Vec::new();
    let check = format!("the health check of target group {}", group.name());
    let mut mapped = container.port_mappings.iter();
    if let Some(asked) = group.health_port
        && !mapped.any(|mapping| mapping.container_port == Some(asked))
    {
        findings.push(Finding::fail(
            format!("{check} asks port {asked}, which is not mapped"),
            "set its health check's port to traffic-port",
        ));
    }
    findings.extend(protocol(container, group, &check));
    // On another port, the path is not the app's.
    let is_of_app = group.health_port.is_none_or(|asked| asked == port);
    let path = group.health_path.as_deref().filter(|_| is_of_app);
    // Of two groups that the tasks move between, one is empty.
    let same = facts.target_groups.iter();
    let same = same.filter(|it| it.health_path == group.health_path);
    let mut targets = same.flat_map(|it| it.targets.iter().flatten());
    let asked = path.map(|path| Asked {
        check,
        path,
        change: "set HealthCheckPath to",
        may_work: targets.any(|target| target.state == "healthy"),
    });
    findings.extend(asked.and_then(|asked| of_path(facts, container, &asked)));
    findings
}

/// What the balancer speaks. The server of this repository leaves TLS to the load balancer.
fn protocol(container: &Container, group: &TargetGroup, check: &str) -> Option<Finding> {
    let is_tls = |protocol: &Option<String>| protocol.as_deref() == Some("HTTPS");
    if !takes_options(container) {
        return None;
    }
    let app = &container.name;
    if is_tls(&group.protocol) {
        return Some(Finding::fail(
            format!(
                "the target group {} speaks HTTPS to {app}, which serves HTTP",
                group.name()
            ),
            "make a target group with --protocol HTTP; the protocol cannot be changed",
        ));
    }
    is_tls(&group.health_protocol).then(|| {
        Finding::fail(
            format!("{check} asks by HTTPS, and {app} serves HTTP"),
            format!(
                "aws elbv2 modify-target-group --target-group-arn {} --health-check-protocol HTTP",
                group.arn
            ),
        )
    })
}

fn of_path(facts: &Facts, container: &Container, asked: &Asked<'_>) -> Option<Finding> {
    if !facts.is_of_files && !takes_options(container) {
        return None;
    }
    let (check, change, app) = (&asked.check, asked.change, &container.name);
    let path = asked.path.split('?').next().unwrap_or(asked.path);
    if path.parse::<UrlPath>().is_err() {
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
            Some(Finding::warn(text).fix(format!("{change} {wanted}")))
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
            let fix = format!("{change} {wanted}, or set {HEALTH_PATH} to {path}");
            Some(if asked.may_work {
                let but =
                    "if that is answered, it is logged each time, and turned away under overload";
                Finding::warn(format!("{text}; {but}")).fix(fix)
            } else {
                Finding::fail(text, fix)
            })
        }
        Err(Unseen { name, why }) => {
            let text = format!(
                "{check} asks {path}; whether that is the health path of {app} is unknown, since {name} {why}"
            );
            Some(Finding::unknown(text).fix(format!("give {name} as a plain path in environment")))
        }
    }
}
