//! What a task lacks that ECS was to set up: log drivers, volumes, network interfaces.
//!
//! Sources: the ECS developer guide, "Troubleshooting Amazon ECS ResourceInitializationError errors", "Troubleshooting
//! Amazon ECS TaskFailedToStart errors", "Status reasons for Amazon EBS volume attachment".

use super::image::WAY_OUT;
use super::row::{Row, row};

pub(super) const ROWS: &[Row] = &[
    // Logs.
    row(
        "log router unreachable",
        &[
            &["logging driver", "fluent"],
            &["logging driver", ":24224"],
            &["logger args", "fluent"],
        ],
        "start the FireLens container first: dependsOn with the condition START, and essential",
    ),
    row(
        "CloudWatch unreachable",
        &[
            &["connection issue between the task and amazon cloudwatch"],
            &["logger args", "signal: killed"],
            &["logger args", "deadline exceeded"],
            &["cloudwatch log stream", "send request failed"],
            &["cloudwatch log stream", "dial tcp"],
        ],
        WAY_OUT,
    ),
    row(
        "log group missing",
        &[
            &["log group does not exist"],
            &["cannot find the amazon cloudwatch log group"],
        ],
        "create the log group, or correct awslogs-group and awslogs-region",
    ),
    row(
        "log group access denied",
        &[
            &["not authorized to perform: logs:"],
            &["logger args", "accessdenied"],
        ],
        "allow the execution role logs:CreateLogStream and logs:PutLogEvents, and logs:CreateLogGroup if \
         awslogs-create-group is set",
    ),
    row(
        "invalid log options",
        &[&["awslogs driver arguments"], &["awslogs-", "is required"]],
        "complete the options of logConfiguration",
    ),
    row(
        "log driver cannot be started",
        &[&["failed to validate logger args"], &["logging driver"]],
        "correct logConfiguration, and allow the execution role to write there",
    ),
    // Volumes.
    row(
        "file system not found",
        &[&["failed to resolve", ".efs."]],
        "give the file system a mount target in each zone of the tasks, and turn on the VPC's DNS host names",
    ),
    row(
        "file system access denied",
        &[
            &["efs utils", "access denied"],
            &["efs utils", "permission denied"],
        ],
        "allow the task role elasticfilesystem:ClientMount and ClientWrite, and look at the access point",
    ),
    row(
        "file system unreachable",
        &[
            &["efs utils", "timeout"],
            &["efs utils", "timed out"],
            &["efs utils", "mount system call failed"],
        ],
        "let the tasks reach the mount targets on port 2049: egress of their security group, ingress of the other",
    ),
    row(
        "file system cannot be mounted",
        &[&["efs utils"], &["mount.nfs4"]],
        "look at the volumes of the task definition",
    ),
    row(
        "infrastructure role cannot be assumed",
        &[&["assume the configured ecs infrastructure role"]],
        "let ecs.amazonaws.com assume the infrastructure role, and allow whoever deploys iam:PassRole on it",
    ),
    row(
        "KMS key of the volume not usable",
        &[&["ebs volume", "idempotentparametermismatch"]],
        "correct kmsKeyId, and allow the infrastructure role to use the key",
    ),
    row(
        "volume cannot be set up",
        &[
            &["ebs volume attachment"],
            &["set up the ebs volume"],
            &["cannotcreatevolume"],
        ],
        "look at the volume's size, type, snapshot and filesystemType",
    ),
    // Network interfaces.
    row(
        "no free IP addresses",
        &[
            &["insufficientfreeaddresses"],
            &["insufficient free addresses"],
            &["not enough free addresses"],
            &["no available ip"],
        ],
        "use larger subnets",
    ),
    row(
        "network interface quota reached",
        &[
            &["networkinterfacelimitexceeded"],
            &["unused device index"],
            &["eni limit"],
        ],
        "ask AWS for a higher quota of network interfaces, or stop tasks that are not needed",
    ),
    row(
        "security group not found",
        &[
            &["create network interface", "invalidgroup"],
            &["create network interface", "invalidsecuritygroup"],
        ],
        "correct the security groups of the service",
    ),
    row(
        "tag policy violated",
        &[&["tagpolicyviolation"]],
        "give the service the tags that the organization's tag policy wants, and propagate them",
    ),
    row(
        "network interface cannot be created",
        &[
            &["unexpected ec2 error"],
            &["failed to configure eni"],
            &["network interface provision"],
        ],
        "deploy again; if that does not help, look at the subnets, their free addresses and the security groups",
    ),
];
