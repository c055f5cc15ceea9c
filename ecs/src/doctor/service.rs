//! Check 4: the service registers its tasks with a target group that a working load balancer forwards to.

use super::{CheckId, Finding, Part, Start, fix};
use crate::facts::{Attachment, Balancer, Container, Extent, Facts, Target, TargetGroup};
use crate::placeholder;

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let service = &facts.service;
    if service.load_balancers.is_empty() {
        return vec![not_attached(facts)];
    }
    // What could not be read is not missing.
    let is_unknown = facts.unknown_to(CheckId::Attachment).next().is_some();
    let mut findings = Vec::new();
    for attachment in &service.load_balancers {
        let first = attachment.target_group_arn.as_deref().unwrap_or_default();
        let of_block = block(facts, attachment).into_iter();
        findings.extend(of_block.map(|finding| finding.of_group(first)));
        if let Some(name) = &attachment.load_balancer_name {
            findings.push(Finding::warn(format!(
                "the service is attached to the Classic Load Balancer {name}, which this tool does not look into"
            )));
        } else if attachment.target_groups().next().is_none() {
            findings.push(Finding::fail(
                "the service is attached to something that is not a target group",
                "attach the service to a target group that exists",
            ));
        }
        let mut groups = Vec::new();
        for arn in attachment.target_groups() {
            match facts.target_groups.iter().find(|group| group.arn == arn) {
                Some(group) => groups.push(group),
                None if is_unknown => {}
                None => findings.push(
                    Finding::fail(
                        format!("the service names the target group {arn}, which does not exist"),
                        "attach the service to a target group that exists",
                    )
                    .of_group(arn),
                ),
            }
        }
        if !groups.is_empty() {
            findings.extend(of_groups(facts, &groups));
        }
    }
    findings.extend(of_balancers(facts));
    if service.is_parked() {
        let fix = if facts.is_made {
            format!("cargo ecs scale 1 {}", service.arguments())
        } else {
            "set DesiredCount to 1 or more, if it is to run".into()
        };
        findings.push(
            Finding::warn("the desired count is 0: nothing runs, by intention or not")
                .fix(fix)
                .at(Part::Tasks),
        );
    }
    if findings.is_empty() && !is_unknown {
        let names: Vec<&str> = facts.target_groups.iter().map(TargetGroup::name).collect();
        let text = format!("the service is attached to {}", names.join(" and "));
        findings.push(Finding::pass(text));
    }
    findings
}

fn not_attached(facts: &Facts) -> Finding {
    if facts.service.is_parked() {
        return Finding::warn("the service is parked: no load balancer, desired count 0");
    }
    let others = match facts.other_balancers.as_slice() {
        [] => String::new(),
        names => format!(
            "; {} exists, but that alone does nothing",
            names.join(" and ")
        ),
    };
    let text = format!(
        "the service {} is attached to no load balancer{others}",
        facts.service.name
    );
    Finding::fail(text, to_attach(facts))
}

fn to_attach(facts: &Facts) -> String {
    let port = facts
        .attached_port()
        .unwrap_or(dualrun::options::DEFAULT_PORT);
    let Some(Container {
        name: container, ..
    }) = facts.main_container()
    else {
        return "give the service loadBalancers: a target group, and the app's container and port"
            .into();
    };
    match facts.other_groups.as_slice() {
        [group] => fix::service(
            facts,
            &format!(
                "--load-balancers targetGroupArn={group},containerName={container},containerPort={port}"
            ),
            &format!(
                "give the service LoadBalancers: the target group {group}, ContainerName {container}, ContainerPort {port}"
            ),
        ),
        _ if facts.is_made => format!(
            "give the service loadBalancers with containerName {container}, containerPort {port} and the ARN of a target group of \
             type ip that a listener forwards to, see: aws elbv2 describe-target-groups"
        ),
        _ => format!(
            "give the service LoadBalancers: a target group, ContainerName {container}, ContainerPort {port}"
        ),
    }
}

/// Container and port of the service's block against the definition.
fn block(facts: &Facts, attachment: &Attachment) -> Vec<Finding> {
    let name = attachment.container_name.as_deref().unwrap_or_default();
    let port = attachment.container_port.unwrap_or_default();
    let containers = &facts.definition.container_definitions;
    let is_open = attachment.container_name.is_none() || attachment.container_port.is_none();
    let is_unknown = is_open && facts.unknown_to(CheckId::Attachment).next().is_some();
    let mut names = containers.iter().map(|it| it.name.as_str()).chain([name]);
    let is_placeholder = names.any(|name| placeholder::first(name).is_some());
    if facts.lacks_definition
        || is_unknown
        || is_placeholder && facts.lacks(CheckId::Attachment, Extent::Assumed)
    {
        return Vec::new();
    }
    let Some(container) = containers.iter().find(|container| container.name == name) else {
        if facts.may_have_more_containers() {
            return vec![Finding::unknown(format!(
                "the service attaches the container {name:?}; whether the definition has it is not known here"
            ))];
        }
        let names: Vec<&str> = containers
            .iter()
            .map(|container| container.name.as_str())
            .collect();
        return vec![Finding::fail(
            format!(
                "the service attaches the container {name:?}, and the definition has {}",
                names.join(", ")
            ),
            format!(
                "set containerName of the service's load balancer to {}",
                names.join(" or ")
            ),
        )];
    };
    if let Some(range) = in_range_alone(facts, container, port) {
        return vec![range];
    }
    let ports = container.ports();
    let Some(first) = ports.first().filter(|_| !container.maps(port)) else {
        return Vec::new();
    };
    if container.may_have_more_ports() {
        return Vec::new();
    }
    vec![Finding::fail(
        format!("the service attaches port {port} of {name}, which the definition does not map"),
        format!(
            "set containerPort of the service's load balancer to {}",
            first.start()
        ),
    )]
}

/// A port that the definition maps in a row with others, which ECS does not register with a target group. What is in AWS was
/// taken.
fn in_range_alone(facts: &Facts, container: &Container, port: u16) -> Option<Finding> {
    let mappings = container.port_mappings.iter();
    let mut covering = mappings.filter(|it| it.ports().is_some_and(|it| it.contains(&port)));
    let first = covering.clone().next()?.container_port_range.as_ref()?;
    let is_alone = covering.all(|it| it.container_port.is_none());
    (is_alone && !facts.is_made).then(|| {
        let app = &container.name;
        Finding::fail(
            format!(
                "the service attaches port {port} of {app}, which the definition maps in containerPortRange {first} alone"
            ),
            format!("map it by itself: containerPort {port} in portMappings of {app}"),
        )
    })
}

/// What is wrong with the groups of one attachment: one, or two that the tasks move between.
fn of_groups(facts: &Facts, groups: &[&TargetGroup]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = groups.iter().flat_map(|it| of_group(facts, it)).collect();
    let first = &groups[0].arn;
    let is_heard = |group: &&TargetGroup| facts.balancers.iter().any(|it| forwards(it, group));
    let is_unknown = facts.unknown_to(CheckId::Attachment).next().is_some();
    if !is_unknown && !groups.iter().any(is_heard) {
        findings.push(
            Finding::fail(
                format!("no listener forwards to {}", named(groups)),
                forward_to(facts, first),
            )
            .of_group(first),
        );
    }
    // Of files, none are known.
    let are_empty = groups
        .iter()
        .all(|group| group.targets.as_ref().is_some_and(Vec::is_empty));
    if are_empty && !facts.service.is_parked() {
        findings.push(
            Finding::fail(
                format!("no task is registered with {}", named(groups)),
                format!(
                    "see in its events why tasks do not start or do not live: cargo ecs status {}",
                    facts.service.arguments()
                ),
            )
            .of_group(first)
            .start(Start::Symptom),
        );
    }
    findings
}

fn forward_to(facts: &Facts, group: &str) -> String {
    if !facts.is_made {
        return format!("let DefaultActions of a listener forward to {group}");
    }
    let mut listeners = facts.balancers.iter().flat_map(|it| &it.listeners);
    match (listeners.next(), listeners.next()) {
        // What it forwards to would get no requests any more.
        (Some(only), None) if only.forwards_to.is_empty() => format!(
            "aws elbv2 modify-listener --listener-arn {} --default-actions Type=forward,TargetGroupArn={group}",
            only.arn
        ),
        _ => {
            let all = match facts.balancers.first() {
                Some(Balancer { arn, .. }) => {
                    format!("aws elbv2 describe-listeners --load-balancer-arn {arn}")
                }
                None => "aws elbv2 describe-load-balancers".into(),
            };
            format!("let a listener, or a rule of one, forward to {group}, see: {all}")
        }
    }
}

fn named(groups: &[&TargetGroup]) -> String {
    match groups {
        [group] => format!("the target group {}", group.name()),
        groups => {
            let names: Vec<&str> = groups.iter().map(|group| group.name()).collect();
            format!("the target groups {}", names.join(" and "))
        }
    }
}

/// What is wrong with one group, whichever has the tasks.
fn of_group(facts: &Facts, group: &TargetGroup) -> Vec<Finding> {
    let mut findings = Vec::new();
    if facts.is_awsvpc() && group.target_type != "ip" {
        findings.push(Finding::fail(
            format!(
                "the target group {} takes targets of type {}, and tasks are of type ip",
                group.name(),
                group.target_type
            ),
            "make a target group with --target-type ip, since the type cannot be changed",
        ));
    }
    findings.extend(group.targets.iter().flat_map(|targets| health(targets)));
    let findings = findings.into_iter();
    findings.map(|it| it.of_group(&group.arn)).collect()
}

/// If one of the balancer's listeners forwards to the group.
pub(super) fn forwards(balancer: &Balancer, group: &TargetGroup) -> bool {
    balancer
        .listeners
        .iter()
        .any(|listener| listener.forwards_to.contains(&group.arn))
}

/// What is wrong with the balancers that forward to the service.
fn of_balancers(facts: &Facts) -> Vec<Finding> {
    let forwards = |balancer: &&Balancer| {
        let mut groups = facts.target_groups.iter();
        groups.any(|group| forwards(balancer, group))
    };
    let used = facts.balancers.iter().filter(forwards);
    used.flat_map(of_balancer).collect()
}

fn of_balancer(balancer: &Balancer) -> Vec<Finding> {
    let mut findings = Vec::new();
    let name = &balancer.name;
    match balancer.state.as_deref() {
        None | Some("active") => {}
        Some("provisioning") => {
            findings.push(Finding::warn(format!(
                "the load balancer {name} is still being made"
            )));
        }
        // It forwards requests all the same.
        Some("active_impaired") => findings.push(
            Finding::warn(format!(
                "the load balancer {name} is active_impaired: it works, and cannot scale up"
            ))
            .fix("look at its subnets: each needs 8 free addresses"),
        ),
        Some(state) => findings.push(Finding::fail(
            format!("the load balancer {name} is {state}"),
            "look at its subnets: each needs 8 free addresses and a route to the internet",
        )),
    }
    if balancer.kind == "application" && balancer.zones == 1 {
        findings.push(Finding::fail(
            format!(
                "the load balancer {name} is in {} zone, and needs two",
                balancer.zones
            ),
            "give it a subnet in each of two zones",
        ));
    }
    let part = Part::Balancer(balancer.arn.clone());
    let findings = findings.into_iter();
    findings.map(|it| it.at(part.clone())).collect()
}

fn health(targets: &[Target]) -> Vec<Finding> {
    let unhealthy = targets
        .iter()
        .filter(|target| target.state != "healthy" && !target.is_going());
    let findings = unhealthy.map(|target| {
        let port = target.port.map_or(String::new(), |port| format!(":{port}"));
        let reason = target
            .reason
            .as_deref()
            .map_or("for no given reason", in_words);
        let text = format!(
            "the target {}{port} is {}: {reason}",
            target.id, target.state
        );
        match target.state.as_str() {
            "initial" => Finding::warn(text),
            _ => Finding::fail(text, "look at the task's log, and at the checks 3 and 5"),
        }
    });
    findings.collect()
}

/// AWS's reason codes (Elastic Load Balancing, API reference, "TargetHealth").
fn in_words(code: &str) -> &str {
    match code {
        "Elb.RegistrationInProgress" => "it is being registered",
        "Elb.InitialHealthChecking" => "it is being asked for the first time",
        "Elb.InternalError" => "the balancer has an error of its own",
        "Target.ResponseCodeMismatch" => {
            "it answers with another status than the health check wants"
        }
        "Target.Timeout" => {
            "it does not answer in time: a wrong port, or a security group in between"
        }
        "Target.FailedHealthChecks" => {
            "it refuses the connection or breaks it off: nothing listens there"
        }
        "Target.NotRegistered" => "it is not registered",
        "Target.NotInUse" => {
            "no listener forwards to its target group, or its zone is not the balancer's"
        }
        "Target.DeregistrationInProgress" => "it is being taken away",
        "Target.InvalidState" => "its task is stopped",
        "Target.IpUnusable" => "its address is used by a load balancer",
        "Target.HealthCheckDisabled" => "its health check is switched off",
        code => code,
    }
}
