//! Tells at the start if ECS may not wait as long as a stop takes.

use crate::Options;
use crate::config::Variables;
use std::time::Duration;

/// From SIGTERM to SIGKILL, where a task definition says nothing (AWS, ECS API reference, "ContainerDefinition").
const DEFAULT: Duration = Duration::from_secs(30);

/// Warns of options that are longer together than ECS waits by default. A task does not get to know its own `stopTimeout`.
pub(super) fn warn(options: &Options, variables: &Variables) {
    if is_too_long(options, variables) {
        tracing::warn!(
            "DUALRUN_LAME_DUCK and DUALRUN_DRAIN_TIMEOUT together exceed the 30s that ECS waits by default: \
             requests are cut unless stopTimeout in the task definition is longer"
        );
    }
}

fn is_too_long(options: &Options, variables: &Variables) -> bool {
    let is_on_ecs = variables.get("ECS_CONTAINER_METADATA_URI_V4").is_some();
    is_on_ecs && options.lame_duck + options.drain_timeout > DEFAULT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_task_of_ecs_that_stops_longer_than_the_default_is_warned() {
        let ecs = || [("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4/1")];
        for (drain, is_warned) in [(22, false), (27, false), (28, true)] {
            let options = Options::default().with_drain_timeout(Duration::from_secs(drain));
            let elsewhere = Variables::default();
            assert!(!is_too_long(&options, &elsewhere), "{drain}");
            let ecs = ecs().into_iter().collect();
            assert_eq!(is_too_long(&options, &ecs), is_warned, "{drain}");
        }
    }
}
