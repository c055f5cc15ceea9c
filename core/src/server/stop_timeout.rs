//! Tells at the start if ECS may not wait as long as a stop takes.

use crate::Options;
use crate::config::Variables;
use std::time::Duration;

/// From SIGTERM to SIGKILL, where a task definition says nothing (AWS, ECS API reference, "ContainerDefinition").
const DEFAULT: Duration = Duration::from_secs(30);

/// The longest that a task definition can say on Fargate (the same place).
const LONGEST_ON_FARGATE: Duration = Duration::from_secs(120);

/// What is to be said of the time that a stop takes.
#[derive(Debug, PartialEq, Eq)]
enum Notice {
    /// It needs a `stopTimeout` that is longer than the default. A task does not get to know its own, so there may be one.
    NeedsLonger,
    /// No `stopTimeout` is as long.
    NeverFits,
}

/// Tells of options that are longer together than ECS waits by default, and warns of those that it never waits for.
pub(super) fn tell(options: &Options, variables: &Variables) {
    let seconds = stop_time(options).as_secs_f64().ceil();
    match notice(options, variables) {
        Some(Notice::NeedsLonger) => tracing::info!(
            "DUALRUN_LAME_DUCK and DUALRUN_DRAIN_TIMEOUT together are {seconds}s: requests are cut unless stopTimeout in the \
             task definition is at least as long (30s by default)"
        ),
        Some(Notice::NeverFits) => tracing::warn!(
            "DUALRUN_LAME_DUCK and DUALRUN_DRAIN_TIMEOUT together are {seconds}s, and Fargate waits 120s at most: requests \
             are cut"
        ),
        None => {}
    }
}

fn stop_time(options: &Options) -> Duration {
    options.lame_duck.saturating_add(options.drain_timeout)
}

fn notice(options: &Options, variables: &Variables) -> Option<Notice> {
    variables.get("ECS_CONTAINER_METADATA_URI_V4")?;
    let is_on_fargate = variables
        .get("AWS_EXECUTION_ENV")
        .is_some_and(|it| it == "AWS_ECS_FARGATE");
    let time = stop_time(options);
    if is_on_fargate && time > LONGEST_ON_FARGATE {
        Some(Notice::NeverFits)
    } else if time > DEFAULT {
        Some(Notice::NeedsLonger)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_task_of_ecs_that_stops_longer_than_the_default_is_told() {
        let ecs = ("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4/1");
        let fargate = ("AWS_EXECUTION_ENV", "AWS_ECS_FARGATE");
        let machines = ("AWS_EXECUTION_ENV", "AWS_ECS_EC2");
        let cases = [
            (27, None, None),
            (28, Some(Notice::NeedsLonger), Some(Notice::NeedsLonger)),
            (117, Some(Notice::NeedsLonger), Some(Notice::NeedsLonger)),
            (118, Some(Notice::NeverFits), Some(Notice::NeedsLonger)),
        ];
        for (drain, on_fargate, on_machines) in cases {
            let options = Options::default().with_drain_timeout(Duration::from_secs(drain));
            let told = |variables: &[(&str, &str)]| {
                let variables = variables.iter().copied().collect();
                notice(&options, &variables)
            };
            assert_eq!(told(&[]), None, "{drain}");
            assert_eq!(told(&[ecs, fargate]), on_fargate, "{drain}");
            assert_eq!(told(&[ecs, machines]), on_machines, "{drain}");
        }
    }
}
