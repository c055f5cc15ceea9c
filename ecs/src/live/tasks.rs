//! What tasks need beside their definition: groups for their logs, and addresses.

use crate::aws::logs::has_group;
use crate::aws::xml::{members, text};
use crate::aws::{ApiError, Cloud, EC2, read_xml};
use crate::facts::{Container, TaskDefinition};
use std::collections::BTreeSet;

/// The groups of CloudWatch Logs that a definition names and that are not there.
///
/// # Errors
///
/// If they may not be read.
pub(crate) async fn missing_log_groups(
    aws: &impl Cloud,
    definition: &TaskDefinition,
) -> Result<Vec<String>, ApiError> {
    let mut missing = Vec::new();
    for group in log_groups(definition) {
        if !has_group(aws, group).await? {
            missing.push(group.to_owned());
        }
    }
    Ok(missing)
}

/// The groups of CloudWatch Logs that have to be there for a task of this definition to start.
pub(crate) fn log_groups(definition: &TaskDefinition) -> BTreeSet<&str> {
    let region = definition.region();
    let containers = definition.container_definitions.iter();
    let groups = containers.filter_map(|container| own_group(container, region));
    groups.collect()
}

/// The group of a container's log, if that has to be there and is in this region.
fn own_group<'a>(container: &'a Container, region: Option<&str>) -> Option<&'a str> {
    let is_awslogs = container.log_configuration.as_ref()?.log_driver == "awslogs";
    let is_made = container.log_option("awslogs-create-group") == Some("true");
    let is_here = container
        .log_option("awslogs-region")
        .is_none_or(|own| region.is_none_or(|region| own == region));
    container
        .log_option("awslogs-group")
        .filter(|_| is_awslogs && !is_made && is_here)
}

/// The free addresses of these subnets together; none if one of them is not there, or has addresses of IPv6 alone.
///
/// # Errors
///
/// If they may not be read.
pub(super) async fn free_addresses(
    aws: &impl Cloud,
    subnets: &[String],
) -> Result<Option<u32>, ApiError> {
    if subnets.is_empty() {
        return Ok(None);
    }
    let parameters = subnets.iter().enumerate();
    let parameters: Vec<(String, String)> = parameters
        .map(|(index, id)| (format!("SubnetId.{}", index + 1), id.clone()))
        .collect();
    let all = subnets.join(", ");
    read_xml(aws, EC2, "DescribeSubnets", &all, &parameters, |root| {
        let found = members(root, "subnetSet").into_iter();
        let free = found.map(|subnet| {
            // It counts addresses of IPv4 alone.
            let has_others = text(subnet, "ipv6Native").is_some_and(|native| native == "true");
            let free = text(subnet, "availableIpAddressCount")?.parse().ok();
            free.filter(|_| !has_others)
        });
        let free: Vec<Option<u32>> = free.collect();
        let all: Option<Vec<u32>> = free.into_iter().collect();
        all.filter(|all| all.len() == subnets.len())
            .map(|all| all.iter().sum())
    })
    .await
}
