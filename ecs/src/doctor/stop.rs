//! The part of check 6 that looks at the end of a task: whether ECS waits as long as the server takes to stop.

use super::options::{DRAIN_TIMEOUT, LAME_DUCK, UnknownOption, option, takes_options};
use super::{Finding, Part};
use crate::facts::{Container, Facts};
use crate::placeholder;
use dualrun::Options;
use std::time::Duration;

/// Seconds from SIGTERM to SIGKILL, where the definition says nothing, and the most that Fargate takes (AWS, ECS API
/// reference, "ContainerDefinition").
const DEFAULT: u32 = 30;
const MOST: u32 = 120;

pub(super) fn findings(facts: &Facts) -> Vec<Finding> {
    let containers = facts.definition.container_definitions.iter();
    let containers = containers.filter(|it| takes_options(it) && !it.is_open("stopTimeout"));
    let is_on_fargate = facts.is_on_fargate();
    let findings = containers.filter_map(|it| of_container(it, is_on_fargate));
    findings.map(|it| it.at(Part::Tasks)).collect()
}

fn of_container(container: &Container, is_on_fargate: bool) -> Option<Finding> {
    let app = &container.name;
    let (lame_duck, drain) = match times_to_stop(container) {
        Ok(times) => times?,
        Err(UnknownOption { name, why }) => {
            return Some(Finding::unknown(format!(
                "whether ECS waits until {app} has stopped was not checked: {name} {why}"
            )));
        }
    };
    let time = lame_duck.saturating_add(drain);
    let given = container.stop_timeout;
    let waits = given.unwrap_or(DEFAULT);
    if time <= Duration::from_secs(waits.into()) {
        return None;
    }
    let source = match given {
        Some(_) => "stopTimeout",
        None => "the default of stopTimeout",
    };
    let needed = time.as_secs() + u64::from(time.subsec_nanos() > 0);
    let text = format!(
        "{app} takes up to {needed} s to stop ({LAME_DUCK} and {DRAIN_TIMEOUT} together), and ECS kills it after \
         {waits} s ({source}), which cuts the requests in flight"
    );
    let most = Duration::from_secs(MOST.into());
    let longer = needed.saturating_add(1);
    let fix = match (time <= most, lame_duck > most, drain > most) {
        _ if !is_on_fargate => format!("set stopTimeout of {app} to {longer}"),
        (true, ..) => format!("set stopTimeout of {app} to {}", longer.min(MOST.into())),
        (_, true, true) => lower(&format!("{LAME_DUCK} and {DRAIN_TIMEOUT}")),
        (_, true, false) => lower(LAME_DUCK),
        (_, false, true) => lower(DRAIN_TIMEOUT),
        (_, false, false) => lower(&format!("{LAME_DUCK} or {DRAIN_TIMEOUT}")),
    };
    Some(Finding::warn(text).fix(fix).definition())
}

fn lower(names: &str) -> String {
    format!("lower {names}, since Fargate waits {MOST} s at most")
}

/// The longest that the server takes before and for the drain. Nothing, if it does not start with these values, which the
/// contract's part tells.
fn times_to_stop(container: &Container) -> Result<Option<(Duration, Duration)>, UnknownOption> {
    let mut values = Vec::new();
    for name in [LAME_DUCK, DRAIN_TIMEOUT] {
        let Some(value) = option::<String>(container, name)? else {
            continue;
        };
        if placeholder::first(&value).is_some() {
            let why = "has a value that is not known here".into();
            return Err(UnknownOption { name, why });
        }
        values.push((name, value));
    }
    let options = Options::load_from(values).ok();
    Ok(options.map(|options| (options.lame_duck, options.drain_timeout)))
}
