//! A plan's resources in the form of a template's: types, properties, and addresses in the place of names.

use super::groups;
use super::planned::{Planned, Resources};
use super::values::{BALANCERS, Block, DEFINITIONS, GROUPS, LISTENERS, SUBNETS, TARGET_GROUPS};
use crate::aws::without_nulls;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What the checks look at, by address.
pub(super) fn translated(resources: &Resources<'_>) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for planned in &resources.all {
        let block = Block::of(resources, planned);
        match one(planned, &block) {
            Some((kind, properties)) => {
                let resource = json!({ "Type": kind, "Properties": without_nulls(properties) });
                all.insert(planned.address.to_owned(), resource);
            }
            None => all.extend(groups::rules(planned, &block)),
        }
    }
    all
}

fn one(planned: &Planned<'_>, block: &Block<'_, '_>) -> Option<(&'static str, Value)> {
    Some(match planned.kind {
        "aws_ecs_service" => ("AWS::ECS::Service", service(block)),
        "aws_ecs_task_definition" => ("AWS::ECS::TaskDefinition", definition(block)),
        kind if BALANCERS.contains(&kind) => {
            ("AWS::ElasticLoadBalancingV2::LoadBalancer", balancer(block))
        }
        kind if TARGET_GROUPS.contains(&kind) => (
            "AWS::ElasticLoadBalancingV2::TargetGroup",
            target_group(block),
        ),
        kind if LISTENERS.contains(&kind) => {
            let listener = json!({
                "LoadBalancerArn": block.one("load_balancer_arn", BALANCERS),
                "Port": block.plain("port"),
                "DefaultActions": actions(&block.blocks("default_action")),
            });
            ("AWS::ElasticLoadBalancingV2::Listener", listener)
        }
        "aws_lb_listener_rule" | "aws_alb_listener_rule" => {
            let rule = json!({
                "ListenerArn": block.one("listener_arn", LISTENERS),
                "Actions": actions(&block.blocks("action")),
            });
            ("AWS::ElasticLoadBalancingV2::ListenerRule", rule)
        }
        "aws_security_group" => ("AWS::EC2::SecurityGroup", groups::group(planned, block)),
        "aws_subnet" => (
            "AWS::EC2::Subnet",
            json!({ "CidrBlock": block.plain("cidr_block") }),
        ),
        _ => return None,
    })
}

fn service(block: &Block<'_, '_>) -> Value {
    let networks = block.blocks("network_configuration");
    let networks = networks.iter().map(|it| {
        let address = match it.plain("assign_public_ip") {
            Value::Bool(true) => json!("ENABLED"),
            Value::Bool(false) => json!("DISABLED"),
            other => other,
        };
        json!({
            "Subnets": it.many("subnets", SUBNETS),
            "SecurityGroups": it.many("security_groups", GROUPS),
            "AssignPublicIp": address,
        })
    });
    let network: Vec<Value> = networks.collect();
    let balancers = block.blocks("load_balancer");
    let balancers = balancers.iter().map(|it| {
        json!({
            "TargetGroupArn": it.one("target_group_arn", TARGET_GROUPS),
            "ContainerName": it.plain("container_name"),
            "ContainerPort": it.plain("container_port"),
        })
    });
    let providers = block.blocks("capacity_provider_strategy");
    let providers = providers
        .iter()
        .map(|it| json!({ "CapacityProvider": it.plain("capacity_provider") }));
    let controllers = block.blocks("deployment_controller");
    let controller = controllers.first();
    let controller = controller.map(|it| json!({ "Type": it.plain("type") }));
    let is_daemon = block.plain("scheduling_strategy") == "DAEMON";
    let count = match block.plain("desired_count") {
        // What the provider sends where nothing is said.
        Value::Null if !is_daemon => json!(0),
        count => count,
    };
    json!({
        "ServiceName": block.plain("name"),
        "TaskDefinition": block.one("task_definition", DEFINITIONS),
        "LaunchType": block.plain("launch_type"),
        "SchedulingStrategy": block.plain("scheduling_strategy"),
        "DesiredCount": count,
        "HealthCheckGracePeriodSeconds": block.plain("health_check_grace_period_seconds"),
        "CapacityProviderStrategy": providers.collect::<Vec<_>>(),
        "DeploymentController": controller,
        "DeploymentConfiguration": {
            "MinimumHealthyPercent": block.plain("deployment_minimum_healthy_percent"),
            "MaximumPercent": block.plain("deployment_maximum_percent"),
        },
        "NetworkConfiguration": network.first().map(|it| json!({ "AwsvpcConfiguration": it })),
        "LoadBalancers": balancers.collect::<Vec<_>>(),
    })
}

/// Its containers are a text, which the caller reads.
fn definition(block: &Block<'_, '_>) -> Value {
    let platforms = block.blocks("runtime_platform");
    let platform = platforms.first().map(|it| {
        json!({
            "CpuArchitecture": it.plain("cpu_architecture"),
            "OperatingSystemFamily": it.plain("operating_system_family"),
        })
    });
    json!({
        "Family": block.plain("family"),
        "NetworkMode": block.plain("network_mode"),
        "Cpu": block.plain("cpu"),
        "Memory": block.plain("memory"),
        "ExecutionRoleArn": block.plain("execution_role_arn"),
        "TaskRoleArn": block.plain("task_role_arn"),
        "RequiresCompatibilities": block.plain("requires_compatibilities"),
        "RuntimePlatform": platform,
        "ContainerDefinitions": block.plain("container_definitions"),
    })
}

fn balancer(block: &Block<'_, '_>) -> Value {
    let mapped = block.blocks("subnet_mapping");
    let mapped: Vec<Value> = mapped
        .iter()
        .map(|it| it.one("subnet_id", SUBNETS))
        .collect();
    let subnets = match block.many("subnets", SUBNETS) {
        Value::Null => mapped.into(),
        subnets => subnets,
    };
    let scheme = match block.plain("internal") {
        Value::Bool(true) => "internal",
        _ => "internet-facing",
    };
    json!({
        "Type": block.plain("load_balancer_type"),
        "Scheme": scheme,
        "Subnets": subnets,
        "SecurityGroups": block.many("security_groups", GROUPS),
    })
}

fn target_group(block: &Block<'_, '_>) -> Value {
    let mut properties = json!({
        "TargetType": block.plain("target_type"),
        "Protocol": block.plain("protocol"),
        "ProtocolVersion": block.plain("protocol_version"),
    });
    for check in block.blocks("health_check") {
        for (property, name) in [
            ("HealthCheckPath", "path"),
            ("HealthCheckPort", "port"),
            ("HealthCheckProtocol", "protocol"),
            ("HealthCheckIntervalSeconds", "interval"),
            ("HealthCheckTimeoutSeconds", "timeout"),
            ("UnhealthyThresholdCount", "unhealthy_threshold"),
        ] {
            properties[property] = check.plain(name);
        }
    }
    properties
}

fn actions(blocks: &[Block<'_, '_>]) -> Vec<Value> {
    let actions = blocks.iter().map(|block| {
        let groups = block.blocks("forward");
        let groups = groups.iter().flat_map(|it| it.blocks("target_group"));
        let groups: Vec<Value> = groups
            .map(|it| json!({ "TargetGroupArn": it.one("arn", TARGET_GROUPS) }))
            .collect();
        let is_forward = block.plain("type") == "forward";
        // target_group_arn names the only group; where there are several, forward names them.
        let one =
            (is_forward && groups.is_empty()).then(|| block.one("target_group_arn", TARGET_GROUPS));
        json!({
            "Type": block.plain("type"),
            "TargetGroupArn": one,
            "ForwardConfig": { "TargetGroups": groups },
        })
    });
    actions.collect()
}
