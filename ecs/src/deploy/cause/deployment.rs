//! What stops a deployment as a whole: hooks, pauses, rules of the load balancer, percentages.
//!
//! Source: the ECS developer guide, "Troubleshooting Amazon ECS blue/green deployments" (texts of `statusReason`), and
//! "Amazon ECS service event messages".

use super::row::{Row, row};

pub(super) const ROWS: &[Row] = &[
    row(
        "load balancer access denied",
        &[
            &["not authorized to perform: elasticloadbalancing:"],
            &["unable to manage the elb resources"],
        ],
        "let ecs.amazonaws.com assume the load balancer's role, and give that the policy \
         AmazonECSInfrastructureRolePolicyForLoadBalancers",
    ),
    row(
        "lifecycle hook access denied",
        &[
            &["lifecycle hook(s) failed", "not authorized"],
            &["lifecycle hook(s) failed", "unable to assume role"],
        ],
        "let ecs.amazonaws.com assume the hook's role, and allow that role lambda:InvokeFunction",
    ),
    row(
        "invalid response of a lifecycle hook",
        &[
            &["lifecycle hook(s) failed", "parse the response"],
            &["hookstatus must not be null"],
        ],
        "let the hook's function return hookStatus before its timeout",
    ),
    row(
        "lifecycle hook failed",
        &[&["lifecycle hook(s) failed"], &["hook execution failure"]],
        "look at the log of the hook's function",
    ),
    row(
        "pause timed out",
        &[&["pause hook timed out"]],
        "continue the next one in time, or raise timeoutInMinutes of the pause",
    ),
    row(
        "listener rules and target groups do not match",
        &[&["invalid networking configuration"]],
        "let the production and the test rule forward to both target groups, with all traffic on one",
    ),
    row(
        "deployment percentages leave no room",
        &[&["because of the service deployment configuration"]],
        "raise maximumPercent, or lower minimumHealthyPercent",
    ),
    row(
        "tasks are protected",
        &[&["number of protected tasks"]],
        "wait until the protection of the tasks ends, or let the program in them lift it (ecs:UpdateTaskProtection)",
    ),
    row(
        "target group in another VPC",
        &[&["are not in the target group vpc"]],
        "create the target group in the tasks' VPC",
    ),
    row(
        "targets cannot be registered",
        &[&["failed to register targets"]],
        "let the target group's type be ip, in the tasks' VPC, and look at the service's role",
    ),
];
