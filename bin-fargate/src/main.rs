//! The example service as a container on ECS Fargate.

use std::process::ExitCode;

fn main() -> ExitCode {
    dualrun::server::run(dualrun::app::build)
}
