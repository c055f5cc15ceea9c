//! Check 6: what else keeps tasks from starting, from living, or from being replaced.

use super::fargate::{self, Wrong};
use super::{Finding, Part, replaced};
use crate::facts::{Container, Facts, TargetGroup, TaskDefinition};
use std::collections::BTreeSet;

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let definition = &facts.definition;
    let mut findings: Vec<Finding> = size(definition).into_iter().collect();
    findings.extend(execution_role(definition));
    findings.extend(log_groups(facts));
    findings.extend(elsewhere(facts));
    findings.extend(slow_starts(facts));
    let findings = findings.into_iter().map(|it| it.at(Part::Tasks));
    let mut findings: Vec<Finding> = findings.chain(replaced::findings(facts)).collect();
    if findings.is_empty() {
        findings.push(Finding::pass("nothing else speaks against it"));
    }
    findings
}

fn size(definition: &TaskDefinition) -> Option<Finding> {
    if !definition.is_for_fargate() {
        return None;
    }
    let (Some(cpu), Some(memory)) = (&definition.cpu, &definition.memory) else {
        let text = "the definition gives the task no cpu or no memory, which Fargate asks for";
        return Some(Finding::fail(text, "set cpu to 256 and memory to 512, or more").definition());
    };
    let asked = format!("task of cpu {cpu} and memory {memory}");
    match fargate::size(cpu, memory) {
        Ok(()) => None,
        Err(Wrong::NoSize(text)) => Some(Finding::unknown(format!(
            "{text:?} is no size, or one that only AWS can resolve"
        ))),
        Err(Wrong::Nearest(units, mib)) => Some(
            Finding::fail(
                format!("Fargate has no {asked}"),
                format!("the nearest is cpu {units} with memory {mib}"),
            )
            .definition(),
        ),
        Err(Wrong::Larger) => Some(Finding::unknown(format!(
            "whether Fargate has a {asked} is unknown: that is larger than all that this tool knows"
        ))),
    }
}

/// What ECS does for a task before it starts, it does with this role.
fn execution_role(definition: &TaskDefinition) -> Option<Finding> {
    if definition.execution_role_arn.is_some() || !definition.is_for_fargate() {
        return None;
    }
    let needs = definition.container_definitions.iter().flat_map(needs);
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

/// What a container needs the execution role for.
fn needs(container: &Container) -> impl Iterator<Item = String> {
    let name = &container.name;
    let is_logged = container
        .log_configuration
        .as_ref()
        .is_some_and(|log| log.log_driver == "awslogs");
    let is_of_ecr = container.image.contains(".dkr.ecr.");
    [
        (is_logged, "the log"),
        (!container.secrets.is_empty(), "the secrets"),
        (is_of_ecr, "the image"),
        (
            container.repository_credentials.is_some(),
            "the credentials of the image",
        ),
    ]
    .into_iter()
    .filter(|(is_needed, _)| *is_needed)
    .map(move |(_, what)| format!("{what} of {name}"))
}

fn log_groups(facts: &Facts) -> Vec<Finding> {
    let missing = facts.missing_log_groups.iter();
    let findings = missing.map(|group| {
        Finding::fail(
            format!("the log group {group} does not exist, so no task starts"),
            format!("aws logs create-log-group --log-group-name {group}"),
        )
    });
    findings.collect()
}

/// Secrets that the tasks' own region or account does not have.
fn elsewhere(facts: &Facts) -> Vec<Finding> {
    let place = |arn: &str| {
        // arn:partition:service:region:account:…
        let mut parts = arn.split(':').skip(3).map(str::to_owned);
        parts.next().zip(parts.next())
    };
    let Some((region, account)) = place(&facts.service.cluster_arn) else {
        return Vec::new();
    };
    let containers = facts.definition.container_definitions.iter();
    let secrets = containers.flat_map(|container| &container.secrets);
    let findings = secrets.filter_map(|secret| {
        // A parameter's name alone is of the same region and account.
        let (own_region, own_account) = place(&secret.value_from)?;
        let text = |of: &str| format!("the value of {} is of {of}", secret.name);
        let is_there = |own: &str, theirs: &str| own == theirs || !own.starts_with(|c: char| c.is_ascii_alphanumeric());
        if !is_there(&own_region, &region) {
            Some(Finding::warn(format!("{}, and the tasks are in {region}: they start only while both are up", text(&own_region)))
                .fix(format!("keep a copy of it in {region} (Secrets Manager replicates)")))
        } else if !is_there(&own_account, &account) {
            Some(Finding::warn(format!("{}, and the tasks are of {account}", text(&format!("the account {own_account}"))))
                .fix("let its resource policy and its key's let the execution role in; or keep it in this account"))
        } else {
            None
        }
    });
    findings.collect()
}

/// Containers that say how long they take to start, where the load balancer does not wait so long.
fn slow_starts(facts: &Facts) -> Vec<Finding> {
    let Some(container) = facts.main_container() else {
        return Vec::new();
    };
    let check = container.health_check.as_ref();
    let Some(start) = check
        .and_then(|check| check.start_period)
        .filter(|it| *it > 0)
    else {
        return Vec::new();
    };
    let grace = facts.service.health_check_grace_period_seconds;
    let grace = grace.unwrap_or_default();
    let named = facts.service.target_groups();
    let groups = facts.target_groups.iter();
    let groups = groups.filter(|group| named.contains(group.arn.as_str()));
    let findings = groups.filter_map(|group| {
        let patience = grace.max(patience(group)?);
        (patience < start).then(|| {
            Finding::warn(format!(
                "{} may take {start} s to start (startPeriod of its health check), and after {patience} s without an answer \
                 ECS replaces the task, since the target group {} calls it unhealthy",
                container.name,
                group.name()
            ))
            .fix(format!(
                "aws ecs update-service --cluster {} --service {} --health-check-grace-period-seconds {start}",
                facts.service.cluster(),
                facts.service.name
            ))
        })
    });
    findings.collect()
}

/// Seconds until a target that does not answer is unhealthy.
fn patience(group: &TargetGroup) -> Option<u32> {
    group
        .health_interval?
        .checked_mul(group.unhealthy_threshold?)
}
