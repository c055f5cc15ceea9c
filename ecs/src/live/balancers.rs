//! Target groups, load balancers and listeners, from Elastic Load Balancing.

use crate::aws::xml::{child, members, text};
use crate::aws::{ApiError, Cloud, ELB, read_xml};
use crate::facts::{Balancer, Listener, Target, TargetGroup};
use roxmltree::Node;
use std::collections::BTreeSet;

/// What was read, and the first error of what was not.
pub(super) struct Read<T> {
    pub(super) all: Vec<T>,
    pub(super) failed: Option<ApiError>,
}

impl<T> Read<T> {
    fn none() -> Self {
        Self {
            all: Vec::new(),
            failed: None,
        }
    }

    fn keep<U>(&mut self, read: Result<U, ApiError>) -> Option<U> {
        match read {
            Ok(value) => Some(value),
            Err(error) => {
                self.failed.get_or_insert(error);
                None
            }
        }
    }
}

/// Target groups by their ARNs, with the health of their targets. One that does not exist is left out.
///
/// # Errors
///
/// If they may not be read.
pub async fn target_groups(
    aws: &impl Cloud,
    arns: &BTreeSet<&str>,
) -> Result<Vec<TargetGroup>, ApiError> {
    let Read { all, failed } = read_groups(aws, arns).await;
    failed.map_or(Ok(all), Err)
}

/// The same as far as they may be read: a group whose targets may not has none that are known.
pub(super) async fn read_groups(aws: &impl Cloud, arns: &BTreeSet<&str>) -> Read<TargetGroup> {
    let mut read = Read::none();
    for arn in arns.iter().copied() {
        let parameters = [member("TargetGroupArns", 1, arn)];
        let answer = read_xml(aws, ELB, "DescribeTargetGroups", arn, &parameters, |root| {
            members(root, "TargetGroups")
                .into_iter()
                .next()
                .map(|group| target_group(arn, group))
        });
        let group = match answer.await {
            Err(error) if error.code() == Some("TargetGroupNotFound") => Ok(None),
            answer => answer,
        };
        let Some(Some(mut group)) = read.keep(group) else {
            continue;
        };
        let parameters = [("TargetGroupArn".to_owned(), arn.to_owned())];
        let targets = read_xml(aws, ELB, "DescribeTargetHealth", arn, &parameters, |root| {
            members(root, "TargetHealthDescriptions")
                .into_iter()
                .map(target)
                .collect()
        });
        group.targets = read.keep(targets.await);
        read.all.push(group);
    }
    read
}

fn target_group(arn: &str, node: Node<'_, '_>) -> TargetGroup {
    let balancers = members(node, "LoadBalancerArns");
    let is_grpc = text(node, "ProtocolVersion").as_deref() == Some("GRPC");
    TargetGroup {
        arn: arn.to_owned(),
        target_type: text(node, "TargetType").unwrap_or_default(),
        // By gRPC it names a method, which has no page to compare with.
        health_path: text(node, "HealthCheckPath").filter(|_| !is_grpc),
        health_port: text(node, "HealthCheckPort").and_then(|port| port.parse().ok()),
        balancers: balancers
            .iter()
            .filter_map(|arn| arn.text().map(str::to_owned))
            .collect(),
        protocol: text(node, "Protocol"),
        health_protocol: text(node, "HealthCheckProtocol"),
        health_interval: number(node, "HealthCheckIntervalSeconds"),
        health_timeout: number(node, "HealthCheckTimeoutSeconds"),
        unhealthy_threshold: number(node, "UnhealthyThresholdCount"),
        targets: None,
    }
}

fn number(node: Node<'_, '_>, name: &str) -> Option<u32> {
    text(node, name)?.parse().ok()
}

fn target(node: Node<'_, '_>) -> Target {
    let of_target = |name| child(node, "Target").and_then(|target| text(target, name));
    let of_health = |name| child(node, "TargetHealth").and_then(|health| text(health, name));
    Target {
        id: of_target("Id").unwrap_or_default(),
        port: of_target("Port").and_then(|port| port.parse().ok()),
        state: of_health("State").unwrap_or_default(),
        reason: of_health("Reason"),
    }
}

/// The load balancers of these target groups, with what they listen on, as far as they may be read.
pub(super) async fn balancers(aws: &impl Cloud, groups: &[TargetGroup]) -> Read<Balancer> {
    let mut arns: Vec<&String> = groups.iter().flat_map(|group| &group.balancers).collect();
    arns.sort_unstable();
    arns.dedup();
    let mut read = Read::none();
    for arn in arns {
        let parameters = [member("LoadBalancerArns", 1, arn)];
        let found = read_xml(
            aws,
            ELB,
            "DescribeLoadBalancers",
            arn,
            &parameters,
            |root| {
                members(root, "LoadBalancers")
                    .into_iter()
                    .next()
                    .map(balancer)
            },
        );
        let Some(Some(mut balancer)) = read.keep(found.await) else {
            continue;
        };
        let Read { all, failed } = listeners(aws, arn).await;
        read.keep(failed.map_or(Ok(()), Err));
        balancer.listeners = all;
        read.all.push(balancer);
    }
    read
}

fn balancer(node: Node<'_, '_>) -> Balancer {
    let state = child(node, "State");
    let groups = members(node, "SecurityGroups");
    Balancer {
        arn: text(node, "LoadBalancerArn").unwrap_or_default(),
        name: text(node, "LoadBalancerName").unwrap_or_default(),
        kind: text(node, "Type").unwrap_or_default(),
        state: state.and_then(|state| text(state, "Code")),
        is_public: text(node, "Scheme").is_none_or(|scheme| scheme != "internal"),
        zones: members(node, "AvailabilityZones").len(),
        security_groups: groups
            .iter()
            .filter_map(|id| id.text().map(str::to_owned))
            .collect(),
        listeners: Vec::new(),
    }
}

async fn listeners(aws: &impl Cloud, balancer: &str) -> Read<Listener> {
    let parameters = [("LoadBalancerArn".to_owned(), balancer.to_owned())];
    let found = read_xml(
        aws,
        ELB,
        "DescribeListeners",
        balancer,
        &parameters,
        |root| {
            let listeners = members(root, "Listeners").into_iter().map(|node| {
                let port = text(node, "Port").and_then(|port| port.parse().ok());
                Listener {
                    arn: text(node, "ListenerArn").unwrap_or_default(),
                    port: port.unwrap_or_default(),
                    forwards_to: forwarded(node),
                }
            });
            listeners.collect::<Vec<_>>()
        },
    );
    let mut read = Read::none();
    for mut listener in read.keep(found.await).unwrap_or_default() {
        let arn = &listener.arn;
        let parameters = [("ListenerArn".to_owned(), arn.clone())];
        let by_rules = read_xml(aws, ELB, "DescribeRules", arn, &parameters, |root| {
            members(root, "Rules")
                .into_iter()
                .flat_map(forwarded)
                .collect::<Vec<_>>()
        });
        let by_rules = read.keep(by_rules.await);
        listener.forwards_to.extend(by_rules.into_iter().flatten());
        listener.forwards_to.sort_unstable();
        listener.forwards_to.dedup();
        read.all.push(listener);
    }
    read
}

/// The target groups that a rule forwards to, each with its weight.
///
/// # Errors
///
/// If it may not be read.
pub async fn weights(aws: &impl Cloud, rule: &str) -> Result<Vec<(String, u32)>, ApiError> {
    let parameters = [member("RuleArns", 1, rule)];
    read_xml(aws, ELB, "DescribeRules", rule, &parameters, |root| {
        let rules = members(root, "Rules").into_iter();
        let actions = rules.flat_map(|rule| members(rule, "Actions"));
        let forwards = actions.filter_map(|action| child(action, "ForwardConfig"));
        let groups = forwards.flat_map(|forward| members(forward, "TargetGroups"));
        let weights = groups.filter_map(|group| {
            let weight = text(group, "Weight")?.parse().ok()?;
            Some((text(group, "TargetGroupArn")?, weight))
        });
        weights.collect()
    })
    .await
}

/// Every target group that is named below a listener or a rule, by one action or by several with weights.
fn forwarded(node: Node<'_, '_>) -> Vec<String> {
    let arns = node
        .descendants()
        .filter(|child| child.tag_name().name() == "TargetGroupArn");
    arns.filter_map(|arn| arn.text().map(str::to_owned))
        .collect()
}

/// The names of the load balancers in a VPC, of the region's first page.
pub(super) async fn names(aws: &impl Cloud, vpc: &str) -> Result<Vec<String>, ApiError> {
    let names = read_xml(aws, ELB, "DescribeLoadBalancers", "all", &[], |root| {
        let balancers = members(root, "LoadBalancers").into_iter();
        balancers
            .filter(|node| text(*node, "VpcId").as_deref() == Some(vpc))
            .filter_map(|node| text(node, "LoadBalancerName"))
            .collect()
    });
    names.await
}

/// The ARNs of the target groups for addresses in a VPC, of the region's first page.
pub(super) async fn groups_for_addresses(
    aws: &impl Cloud,
    vpc: &str,
) -> Result<Vec<String>, ApiError> {
    read_xml(aws, ELB, "DescribeTargetGroups", "all", &[], |root| {
        let groups = members(root, "TargetGroups").into_iter();
        let of_vpc = groups.filter(|node| text(*node, "VpcId").as_deref() == Some(vpc));
        of_vpc
            .filter(|node| text(*node, "TargetType").as_deref() == Some("ip"))
            .filter_map(|node| text(node, "TargetGroupArn"))
            .collect()
    })
    .await
}

fn member(list: &str, number: usize, value: &str) -> (String, String) {
    (format!("{list}.member.{number}"), value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_group_is_read_with_its_times_and_without_a_method_of_grpc_as_its_path() {
        let read = |version: &str| {
            let text = format!(
                "<member><ProtocolVersion>{version}</ProtocolVersion><HealthCheckPath>/AWS.ALB/healthcheck</HealthCheckPath>\
                 <HealthCheckPort>traffic-port</HealthCheckPort><HealthCheckIntervalSeconds>10</HealthCheckIntervalSeconds>\
                 <HealthCheckTimeoutSeconds>5</HealthCheckTimeoutSeconds></member>"
            );
            let document = roxmltree::Document::parse(&text).unwrap();
            target_group("arn:group", document.root_element())
        };
        let group = read("HTTP1");
        assert_eq!(group.health_path.as_deref(), Some("/AWS.ALB/healthcheck"));
        assert_eq!(
            (group.health_interval, group.health_timeout),
            (Some(10), Some(5))
        );
        assert_eq!(group.health_port, None);
        assert_eq!(read("GRPC").health_path, None);
    }
}
