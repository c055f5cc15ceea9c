//! What the checks say of a plan of Terraform, in the names that Terraform has for it.

use super::check::Check;

/// What AWS and templates call it, and what Terraform does. A longer name comes before one that it begins with.
const NAMES: [(&str, &str); 32] = [
    ("in the template", "in the plan"),
    ("in this template", "in this plan"),
    (
        "networkConfiguration.awsvpcConfiguration",
        "network_configuration",
    ),
    ("assignPublicIp", "assign_public_ip"),
    ("capacityProviderStrategy", "capacity_provider_strategy"),
    ("containerDefinitions", "container_definitions"),
    (
        "containerPort of the service's load balancer",
        "container_port of its load_balancer",
    ),
    ("ContainerName", "container_name"),
    ("ContainerPort", "container_port"),
    ("cpuArchitecture", "cpu_architecture"),
    ("DefaultActions", "default_action"),
    ("desiredCount", "desired_count"),
    ("executionRoleArn", "execution_role_arn"),
    (
        "HealthCheckGracePeriodSeconds",
        "health_check_grace_period_seconds",
    ),
    ("HealthCheckIntervalSeconds", "health_check.interval"),
    ("HealthCheckPath", "health_check.path"),
    ("HealthCheckPort", "health_check.port"),
    ("HealthCheckProtocol", "health_check.protocol"),
    ("HealthCheckTimeoutSeconds", "health_check.timeout"),
    ("loadBalancers", "load_balancer"),
    ("LoadBalancers", "load_balancer"),
    ("maximumPercent", "deployment_maximum_percent"),
    ("MaximumPercent", "deployment_maximum_percent"),
    (
        "minimumHealthyPercent",
        "deployment_minimum_healthy_percent",
    ),
    (
        "MinimumHealthyPercent",
        "deployment_minimum_healthy_percent",
    ),
    ("networkMode", "network_mode"),
    ("runtimePlatform", "runtime_platform"),
    ("securityGroups", "security_groups"),
    ("SecurityGroupEgress", "egress"),
    ("SecurityGroupIngress", "ingress"),
    ("targetGroupArn", "target_group_arn"),
    (
        "UnhealthyThresholdCount",
        "health_check.unhealthy_threshold",
    ),
];

/// Puts Terraform's names into what a check has found.
pub(super) fn name(check: &mut Check) {
    for finding in &mut check.findings {
        finding.text = named(&finding.text);
        finding.fix = finding.fix.as_deref().map(named);
    }
}

fn named(text: &str) -> String {
    let mut named = text.to_owned();
    for (name, own) in NAMES {
        named = replaced(&named, name, own);
    }
    named
}

/// A text with whole words replaced: an address or a variable may have them in it.
fn replaced(text: &str, name: &str, own: &str) -> String {
    let is_of_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let mut parts = text.split(name);
    let mut done = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_whole = !done.ends_with(is_of_word) && !part.starts_with(is_of_word);
        done += if is_whole { own } else { name };
        done += part;
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_names_are_replaced_and_others_are_left() {
        for (text, said) in [
            (
                "set HealthCheckTimeoutSeconds to 5, or raise HealthCheckIntervalSeconds",
                "set health_check.timeout to 5, or raise health_check.interval",
            ),
            (
                "give the service LoadBalancers: a target group, ContainerName app, ContainerPort 80",
                "give the service load_balancer: a target group, container_name app, container_port 80",
            ),
            (
                "loadBalancers[0].targetGroupArn of x",
                "load_balancer[0].target_group_arn of x",
            ),
            (
                "the variable HealthCheckPath2",
                "the variable HealthCheckPath2",
            ),
        ] {
            assert_eq!(named(text), said);
        }
    }
}
