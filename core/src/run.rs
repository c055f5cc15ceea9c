//! Picks the runtime by the environment, so that one program and one image run on either.

use crate::config::Variables;
use crate::{Build, lambda, server};
use std::process::ExitCode;

/// [`lambda::run`] where Lambda's runtime API is there (`AWS_LAMBDA_RUNTIME_API`), otherwise
/// [`server::run`].
///
/// # Panics
///
/// If called from within a tokio runtime.
pub fn run<A>(build: impl Build<A>) -> ExitCode {
    if is_on_lambda(&Variables::of_process()) {
        lambda::run(build)
    } else {
        server::run(build)
    }
}

fn is_on_lambda(variables: &Variables) -> bool {
    variables.get("AWS_LAMBDA_RUNTIME_API").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runtime_api_is_what_tells() {
        let lambda = [("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001")];
        assert!(is_on_lambda(&lambda.into_iter().collect()));
        let container = [("AWS_EXECUTION_ENV", "AWS_ECS_FARGATE")];
        assert!(!is_on_lambda(&container.into_iter().collect()));
    }
}
