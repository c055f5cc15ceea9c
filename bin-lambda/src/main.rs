//! The example service on AWS Lambda.

use std::process::ExitCode;

fn main() -> ExitCode {
    dualrun::lambda::run(dualrun::app::build)
}
