//! The part of check 6 that looks at values which ECS refuses when a definition is registered.

use super::{Finding, Part, fargate};
use crate::facts::{Container, Facts};
use crate::placeholder;

/// The most seconds from SIGTERM to SIGKILL that Fargate takes (AWS, ECS API reference, "ContainerDefinition").
const LONGEST_STOP: u32 = 120;

/// Where Fargate can send logs to (AWS, ECS API reference, "LogConfiguration").
const LOG_DRIVERS: [&str; 3] = ["awslogs", "splunk", "awsfirelens"];

const ARCHITECTURES: [&str; 2] = ["X86_64", "ARM64"];

/// A field of a container's size, what it says, and what the whole task has.
type Size = (&'static str, Option<u32>, Option<u32>);

/// What is in AWS was taken.
pub(super) fn findings(facts: &Facts) -> Vec<Finding> {
    if facts.is_made {
        return Vec::new();
    }
    let mut wrong: Vec<(String, String)> = architecture(facts).into_iter().collect();
    if facts.is_on_fargate() {
        for container in &facts.definition.container_definitions {
            wrong.extend(of_container(container));
            wrong.extend(larger_than_task(facts, container));
        }
        wrong.extend(larger_together(facts));
    }
    let wrong = wrong.into_iter();
    let findings = wrong.map(|(text, fix)| Finding::fail(text, fix).definition());
    findings.map(|it| it.at(Part::Tasks)).collect()
}

/// One in other capitals. One that is like none may be newer than this tool.
fn architecture(facts: &Facts) -> Option<(String, String)> {
    let platform = &facts.definition.runtime_platform;
    let given = platform.cpu_architecture.as_deref()?;
    let meant = ARCHITECTURES
        .iter()
        .find(|it| it.eq_ignore_ascii_case(given) && **it != given)?;
    Some((
        format!("ECS has no cpuArchitecture {given}"),
        format!("set cpuArchitecture to {meant}"),
    ))
}

fn of_container(container: &Container) -> Vec<(String, String)> {
    let app = &container.name;
    let mut wrong = Vec::new();
    if let Some(time) = container.stop_timeout.filter(|it| *it > LONGEST_STOP) {
        wrong.push((
            format!("stopTimeout of {app} is {time} s, and Fargate waits {LONGEST_STOP} s at most"),
            format!("set stopTimeout of {app} to {LONGEST_STOP} or less"),
        ));
    }
    if container.privileged {
        wrong.push((
            format!("{app} is privileged, which Fargate refuses"),
            format!("take privileged out of {app}"),
        ));
    }
    if container.links.as_array().is_some_and(|it| !it.is_empty()) {
        wrong.push((
            format!("{app} has links, which Fargate refuses"),
            format!(
                "take links out of {app}; containers of one task reach each other at 127.0.0.1"
            ),
        ));
    }
    let log = container.log_configuration.as_ref();
    let driver = log.map(|log| log.log_driver.as_str());
    let driver = driver.filter(|it| !it.is_empty() && placeholder::first(it).is_none());
    if let Some(driver) = driver.filter(|it| !LOG_DRIVERS.contains(it)) {
        wrong.push((
            format!(
                "the log of {app} goes to {driver:?}, and Fargate has {} alone",
                LOG_DRIVERS.join(", ")
            ),
            format!("set logDriver of {app} to awslogs"),
        ));
    }
    wrong
}

fn larger_than_task(facts: &Facts, container: &Container) -> Vec<(String, String)> {
    let larger = sizes(facts, container).into_iter();
    let larger = larger.filter_map(|(field, own, whole)| {
        let (own, whole) = own.zip(whole).filter(|(own, whole)| own > whole)?;
        let app = &container.name;
        Some((
            format!("{field} of {app} is {own}, and the whole task has {whole}"),
            format!("set {field} of {app} to {whole} or less, or give the task more"),
        ))
    });
    larger.collect()
}

/// Of memory, what is kept for a container: what it may not exceed, if nothing else is said.
fn sizes(facts: &Facts, container: &Container) -> [Size; 2] {
    let definition = &facts.definition;
    let of_task = |text: &Option<String>, unit| fargate::parsed(text.as_deref()?, unit);
    let cpu = of_task(&definition.cpu, "vcpu");
    let memory = of_task(&definition.memory, "gb");
    let kept = match container.memory_reservation {
        None => ("memory", container.memory),
        reserved => ("memoryReservation", reserved),
    };
    [("cpu", container.cpu, cpu), (kept.0, kept.1, memory)]
}

/// Containers that each fit into the task, and not all of them.
fn larger_together(facts: &Facts) -> Vec<(String, String)> {
    let containers = &facts.definition.container_definitions;
    let of_all = containers.iter().map(|it| sizes(facts, it));
    let of_all: Vec<[Size; 2]> = of_all.collect();
    let larger = ["cpu", "memory"].into_iter().enumerate();
    let larger = larger.filter_map(|(at, field)| {
        let own = of_all.iter().filter_map(|sizes| sizes[at].1);
        let own: Vec<u32> = own.collect();
        let whole = of_all.first()?[at].2?;
        let sum: u64 = own.iter().copied().map(u64::from).sum();
        let is_told = own.iter().any(|own| *own > whole);
        (sum > whole.into() && !is_told).then(|| {
            (
                format!(
                    "{field} of all containers together is {sum}, and the whole task has {whole}"
                ),
                format!("lower {field} of containers to {whole} together, or give the task more"),
            )
        })
    });
    larger.collect()
}
