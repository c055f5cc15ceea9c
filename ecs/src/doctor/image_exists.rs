//! Check 1: the registry has each image, for the platform that the task runs on.

use super::{Finding, Part};
use crate::facts::{Container, Facts};
use crate::image::{DOCKER_HUB, Found, Lookup, Reference};
use crate::placeholder;

/// Below this many pulls that are left, a deployment of a few tasks may run into the limit.
const FEW_PULLS: u64 = 10;

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let containers = facts.definition.container_definitions.iter();
    let mut findings = Vec::new();
    for (container, lookup) in containers.zip(&facts.images) {
        let is_open = placeholder::first(&container.image).is_some();
        let Some(reference) = container
            .image
            .parse::<Reference>()
            .ok()
            .filter(|_| !is_open)
        else {
            continue;
        };
        let of_image = of_image(facts, container, &reference, lookup).into_iter();
        findings.extend(of_image.map(|it| it.at(Part::Image(container.name.clone()))));
    }
    findings
}

fn of_image(
    facts: &Facts,
    container: &Container,
    reference: &Reference,
    lookup: &Lookup,
) -> Vec<Finding> {
    let (name, registry) = (reference.name(), reference.registry_name());
    let version = reference.version();
    let wanted = facts.definition.platform();
    match lookup {
        Lookup::NotAsked => {
            vec![Finding::unknown(format!(
                "{registry} was not asked for {reference}"
            ))]
        }
        Lookup::Found(found) if found.platforms.is_empty() => vec![Finding::unknown(format!(
            "{registry} has {reference}, and does not tell what it was built for; the task runs on {wanted}"
        ))],
        Lookup::Found(found) if !found.platforms.contains(&wanted) && !facts.is_open("runtimePlatform") => {
            let platforms: Vec<String> = found.platforms.iter().map(ToString::to_string).collect();
            vec![Finding::fail(
                format!(
                    "{reference} was built for {}, and the task runs on {wanted}",
                    platforms.join(" and ")
                ),
                format!(
                    "change cpuArchitecture of the definition's runtimePlatform, or build the image for {wanted}: \
                     docker buildx build --platform {wanted} --tag {reference} --push ."
                ),
            )]
        }
        Lookup::Found(found) => present(container, reference, found, &wanted.to_string()),
        Lookup::NoSuchVersion => vec![Finding::fail(
            format!("{registry} has {name}, but no {version}"),
            format!("docker push {reference}"),
        )],
        // The task has credentials of its own, which are not known here.
        Lookup::NoAccess { .. } if container.repository_credentials.is_some() => vec![
            Finding::unknown(format!(
                "{registry} does not show {reference} to this client; the task has credentials of its own"
            ))
            .fix(format!("{} and check again", login(reference))),
        ],
        Lookup::NoAccess {
            with_credentials: false,
        } => vec![Finding::fail(
            format!(
                "{registry} has no public repository {name}: it does not exist, or it is private"
            ),
            format!("correct the name, or {} and check again", login(reference)),
        )],
        Lookup::NoAccess {
            with_credentials: true,
        } => vec![Finding::fail(
            format!("{registry} has no repository {name} that these credentials may read"),
            "correct the name, or give the account read access",
        )],
        Lookup::RateLimited(quota) => {
            let left = quota.map_or(String::new(), |quota| match quota.limit {
                Some(limit) => format!(" ({} of {limit} pulls left)", quota.remaining),
                None => format!(" ({} pulls left)", quota.remaining),
            });
            vec![
                Finding::unknown(format!(
                    "{registry} does not answer for {reference}: its rate limit is used up{left}"
                ))
                .fix(format!("{}, or wait", login(reference))),
            ]
        }
        Lookup::Unreachable(why) => {
            vec![Finding::unknown(format!(
                "{registry} could not be asked for {reference}: {why}"
            ))]
        }
    }
}

fn present(
    container: &Container,
    reference: &Reference,
    found: &Found,
    wanted: &str,
) -> Vec<Finding> {
    let registry = reference.registry_name();
    let text = format!("{registry} has {reference} for {wanted}");
    let mut findings = vec![Finding::pass(text)];
    let few = found.quota.filter(|quota| quota.remaining < FEW_PULLS);
    if let Some(quota) = few.filter(|_| container.repository_credentials.is_none()) {
        let text = format!(
            "{registry} grants {} more pulls to this client",
            quota.remaining
        );
        findings.push(Finding::warn(text));
    }
    findings
}

fn login(reference: &Reference) -> String {
    if reference.registry == DOCKER_HUB {
        "docker login".into()
    } else {
        format!("docker login {}", reference.registry)
    }
}
