//! The part of check 6 that looks at logs, and at the role that they and secrets need.

use super::{Finding, Part, Start};
use crate::facts::{Container, Facts};
use crate::placeholder;
use std::collections::BTreeSet;

pub(super) fn findings(facts: &Facts) -> Vec<Finding> {
    let containers = &facts.definition.container_definitions;
    let mut findings: Vec<Finding> = execution_role(facts).into_iter().collect();
    findings.extend(missing_groups(facts));
    findings.extend(
        containers
            .iter()
            .filter_map(|it| missing_options(facts, it)),
    );
    let regions = containers.iter().filter_map(|it| other_region(facts, it));
    findings.extend(regions);
    findings.into_iter().map(|it| it.at(Part::Tasks)).collect()
}

/// What ECS does for a task before it starts, it does with this role.
fn execution_role(facts: &Facts) -> Option<Finding> {
    let definition = &facts.definition;
    if definition.execution_role().is_some() {
        return None;
    }
    let containers = definition.container_definitions.iter();
    let needs = containers.flat_map(|container| needs(container, facts.is_on_fargate()));
    let needs: BTreeSet<String> = needs.collect();
    let needs: Vec<String> = needs.into_iter().collect();
    (!needs.is_empty()).then(|| {
        Finding::fail(
            format!(
                "the definition has no executionRoleArn, and needs it for {}",
                needs.join(" and ")
            ),
            "set executionRoleArn to a role with AWS's policy AmazonECSTaskExecutionRolePolicy, and what reads its secrets",
        )
        .definition()
    })
}

/// What a container needs the execution role for. On a machine of one's own, logs and ECR go by the machine's role.
fn needs(container: &Container, is_on_fargate: bool) -> impl Iterator<Item = String> {
    let name = &container.name;
    let is_of_ecr = container.image.contains(".dkr.ecr.");
    [
        (is_on_fargate && is_awslogs(container), "the log"),
        (container.all_secrets().next().is_some(), "the secrets"),
        (is_on_fargate && is_of_ecr, "the image"),
        (
            container.repository_credentials.is_some(),
            "the credentials of the image",
        ),
    ]
    .into_iter()
    .filter(|(is_needed, _)| *is_needed)
    .map(move |(_, what)| format!("{what} of {name}"))
}

fn is_awslogs(container: &Container) -> bool {
    let log = container.log_configuration.as_ref();
    log.is_some_and(|log| log.log_driver == "awslogs")
}

fn missing_groups(facts: &Facts) -> impl Iterator<Item = Finding> {
    facts.missing_log_groups.iter().map(|group| {
        Finding::fail(
            format!("the log group {group} does not exist, so no task starts"),
            format!("aws logs create-log-group --log-group-name {group}"),
        )
        .start(Start::Obstacle)
    })
}

/// Options that the driver cannot do without (AWS, ECS developer guide, "awslogs"). What runs has been taken with what
/// it has.
fn missing_options(facts: &Facts, container: &Container) -> Option<Finding> {
    if facts.is_made || !is_awslogs(container) {
        return None;
    }
    let wanted = ["awslogs-group", "awslogs-region", "awslogs-stream-prefix"];
    let wanted = wanted
        .iter()
        .take(if facts.is_on_fargate() { 3 } else { 2 });
    let missing = wanted.filter(|name| container.log_option(name).is_none_or(str::is_empty));
    let missing: Vec<&str> = missing.copied().collect();
    (!missing.is_empty()).then(|| {
        let missing = missing.join(" and ");
        Finding::fail(
            format!(
                "the log of {} has no {missing}, which awslogs needs",
                container.name
            ),
            format!("set {missing} in options of its logConfiguration"),
        )
        .definition()
    })
}

/// A group that is not looked for, since it is elsewhere.
fn other_region(facts: &Facts, container: &Container) -> Option<Finding> {
    let home = facts.home().region?;
    let region = container.log_option("awslogs-region")?;
    if placeholder::first(region).is_some() {
        return None;
    }
    let group = container.log_option("awslogs-group")?;
    let is_made = container.log_option("awslogs-create-group") == Some("true");
    (is_awslogs(container) && !is_made && region != home).then(|| {
        Finding::unknown(format!(
            "the log of {} goes to {group} in {region}, and the tasks are in {home}; whether that group exists was not asked",
            container.name
        ))
        .fix(format!(
            "aws logs describe-log-groups --region {region} --log-group-name-prefix {group}"
        ))
    })
}
