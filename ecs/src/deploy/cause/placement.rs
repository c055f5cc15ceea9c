//! Why ECS finds no place for a task.
//!
//! Source: the ECS developer guide, "Amazon ECS service event messages".

use super::row::{Row, row};

pub(super) const ROWS: &[Row] = &[
    row(
        "no capacity",
        &[
            &["capacity is unavailable"],
            &["capacityprovider", "unavailable"],
            &["insufficientinstancecapacity"],
        ],
        "try again, or add subnets in other zones",
    ),
    row(
        "vCPU quota reached",
        &[&["limit on the number of vcpus"], &["vcpu limit"]],
        "ask AWS for a higher quota of Fargate vCPUs",
    ),
    row(
        "task quota reached",
        &[
            &["limit on the number of tasks"],
            &["provisioning capacity limit"],
        ],
        "wait until other tasks have started or stopped, or ask AWS for a higher quota",
    ),
    row(
        "task size above the quota",
        &[&["configuration is above your limit"]],
        "lower cpu or memory of the task definition, or ask AWS for a higher quota",
    ),
    row(
        "throttled by AWS",
        &[&["operations are being throttled"]],
        "wait, and start fewer tasks at a time",
    ),
    row(
        "no container instances",
        &[&["no container instances were found"]],
        "add instances to the cluster, or use FARGATE",
    ),
    row(
        "instance port in use",
        &[&["already using a port required by your task"]],
        "add instances, or leave hostPort out",
    ),
    row(
        "ECS agent disconnected",
        &[
            &["encountered error \"agent\""],
            &["waiting for amazon ecs agent to start"],
        ],
        "restart the ECS agent of the instance, or replace the instance",
    ),
    row(
        "no instance has room for the task",
        &[
            &["no container instance met all of its requirements"],
            &["could not launch", "tasks for deployment"],
        ],
        "add instances, or lower what the task definition asks for",
    ),
    row(
        "no Fargate in the zone",
        &[&["unable to place a task", "reason: internal error"]],
        "use subnets in zones that have Fargate",
    ),
    row(
        "incompatible capacity",
        &[&["not compatible with the selected compute strategy"]],
        "let requiresCompatibilities fit the service's launch type or capacity provider",
    ),
];
