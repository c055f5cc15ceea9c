//! Why a program is not started, or killed: roles, the start itself, memory.
//!
//! Sources: the ECS developer guide, "Amazon ECS stopped tasks error messages" with its pages, "Amazon ECS service
//! event messages"; the messages of runc, containerd and Docker.

use super::row::{Row, row};

pub(super) const ROWS: &[Row] = &[
    row(
        "out of memory",
        &[&["outofmemory"], &["out of memory"]],
        "raise memory in the task definition, or find what grows",
    ),
    // Roles.
    row(
        "role cannot be assumed",
        &[
            &["unable to assume the role"],
            &["unable to assume role"],
            &["iam trust relationship has been misconfigured"],
        ],
        "let ecs-tasks.amazonaws.com assume the roles of the task definition",
    ),
    row(
        "role cannot be passed",
        &[&["not authorized to perform: iam:passrole"]],
        "allow whoever deploys iam:PassRole on the roles of the task definition",
    ),
    row(
        "role lacks permissions",
        &[&["iam permissions policies have been misconfigured"]],
        "give the roles of the service and of the task definition their permissions back",
    ),
    // The start.
    row(
        "GPU unavailable",
        &[
            &["nvidia-container-cli"],
            &["could not select device driver"],
        ],
        "use an instance with a GPU, and the image of Amazon ECS for it",
    ),
    row(
        "image of another platform",
        &[&["exec format error"]],
        "build for the task's architecture, or change runtimePlatform",
    ),
    row(
        "program not executable",
        &[
            &["cannotstartcontainer", "permission denied"],
            &["exec:", "permission denied"],
        ],
        "make the program executable in the image (chmod +x), for the user that runs it",
    ),
    row(
        "program cannot be started",
        &[
            &["executable file not found"],
            &["no such file or directory"],
            &["cannotstartcontainer"],
        ],
        "correct entryPoint and command of the task definition",
    ),
    row(
        "container not started in time",
        &[
            &["containerruntimetimeout"],
            &["dockertimeout"],
            &["could not transition to"],
        ],
        "deploy again; if that does not help, give the task more CPU",
    ),
    row(
        "container cannot be created",
        &[
            &["cannotcreatecontainer"],
            &["containerruntimeerror"],
            &["cannotinspectcontainer"],
        ],
        "deploy again; if that does not help, look at the container's mounts and limits",
    ),
    row(
        "Service Connect cannot be started",
        &[&["appnet agent"], &["service connect", "failed"]],
        "give the task at least 256 CPU units and 64 MiB more, for the proxy, and look at its log",
    ),
];
