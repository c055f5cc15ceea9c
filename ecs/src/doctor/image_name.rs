//! Check 2: the name is one, names the commit, is the expected one, and is what runs.

use super::{CheckId, Finding, Part};
use crate::facts::{Container, Facts};
use crate::image::{BadReference, Lookup, Reference};
use crate::placeholder;

/// If a name is none, so that no registry can be asked.
pub(super) fn blocks(facts: &Facts) -> bool {
    let containers = &facts.definition.container_definitions;
    containers.is_empty() && !facts.may_have_more_containers()
        || containers
            .iter()
            .any(|container| name_of(facts, container).is_err())
}

/// The image's name; where a file has placeholders in it, with letters in their place.
fn name_of(facts: &Facts, container: &Container) -> Result<Reference, BadReference> {
    let image = &container.image;
    if is_open(facts, container) {
        placeholder::filled(image).parse()
    } else {
        image.parse()
    }
}

fn is_open(facts: &Facts, container: &Container) -> bool {
    let is_unknown = facts.unknown_to(CheckId::ImageName).next().is_some();
    is_unknown && placeholder::first(&container.image).is_some()
}

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let containers = &facts.definition.container_definitions;
    if containers.is_empty() && !facts.may_have_more_containers() {
        return vec![Finding::fail(
            "the task definition has no container",
            "add one to containerDefinitions",
        )];
    }
    let main = facts
        .main_container()
        .map(|container| container.name.as_str());
    let mut findings = Vec::new();
    for container in containers {
        let is_main = Some(container.name.as_str()) == main;
        let of_image = of_image(facts, container, is_main).into_iter();
        findings.extend(of_image.map(|it| it.at(Part::Image(container.name.clone()))));
    }
    findings.extend(pushed_again(facts));
    findings
}

fn of_image(facts: &Facts, container: &Container, is_main: bool) -> Vec<Finding> {
    let image = &container.image;
    let reference = match name_of(facts, container) {
        Ok(reference) => reference,
        Err(error) => {
            let text = format!(
                "invalid image {image:?} of the container {}: {error}",
                container.name
            );
            return vec![Finding::fail(text, "write it as REPOSITORY:COMMIT")];
        }
    };
    if is_open(facts, container) {
        let is_latest = reference.tag.as_deref() == Some("latest");
        return is_latest.then(|| latest(container)).into_iter().collect();
    }
    let mut findings = Vec::new();
    if is_main {
        findings.extend(unexpected(facts, container, &reference));
    }
    findings.extend(vague(container, &reference));
    if findings.is_empty() {
        findings.push(Finding::pass(format!(
            "{} runs {reference}",
            container.name
        )));
    }
    findings
}

fn unexpected(facts: &Facts, container: &Container, reference: &Reference) -> Vec<Finding> {
    let mut findings = Vec::new();
    let name = reference.name();
    if let Some(expected) = facts
        .expected_repository
        .as_ref()
        .filter(|expected| **expected != name)
    {
        let close = strsim::levenshtein(expected, &name);
        let hint = if close <= 2 {
            ", which looks like a typo"
        } else {
            ""
        };
        findings.push(Finding::fail(
            format!(
                "{} runs {name}, and {expected} is expected{hint}",
                container.name
            ),
            format!(
                "set the container's image to {expected}:{}",
                reference.version()
            ),
        ));
    }
    let tag = reference.tag.as_deref();
    let expected = facts.expected_tag.as_deref();
    if let Some(expected) = expected.filter(|expected| tag != Some(expected)) {
        findings.push(Finding::fail(
            format!(
                "{} runs {reference}, and the tag {expected} is expected",
                container.name
            ),
            format!("set the container's image to {name}:{expected}"),
        ));
    }
    findings
}

/// Of a name that is not known, this much is.
fn latest(container: &Container) -> Finding {
    Finding::warn(format!(
        "the image of {} has the tag latest: whatever was pushed last, so a restart can change what runs",
        container.name
    ))
    .fix("name a commit")
}

/// A name that means another image tomorrow.
fn vague(container: &Container, reference: &Reference) -> Option<Finding> {
    if reference.digest.is_some() {
        return None;
    }
    let what = match reference.tag.as_deref() {
        None => "has no tag, which means latest",
        Some("latest") => "has the tag latest",
        Some(_) => return None,
    };
    let text = format!(
        "the image of {}, {reference}, {what}: whatever was pushed last, so a restart can change what runs",
        container.name
    );
    Some(Finding::warn(text).fix(format!("name a commit: {}:COMMIT", reference.name())))
}

/// Tasks that run something else than the tag names by now.
fn pushed_again(facts: &Facts) -> Vec<Finding> {
    let containers = facts.definition.container_definitions.iter();
    let mut findings = Vec::new();
    for (container, lookup) in containers.zip(&facts.images) {
        let Lookup::Found(found) = lookup else {
            continue;
        };
        // An agent reports the index or the manifest, by its version.
        let is_known =
            |digest: &String| *digest == found.digest || found.manifests.contains(digest);
        let stale = facts
            .running
            .iter()
            .find(|running| running.container == container.name && !is_known(&running.digest));
        if let Some(running) = stale.filter(|_| !found.digest.is_empty()) {
            let text = format!(
                "task {} runs {}, and {} is {} by now: the tag was pushed again, or another revision is running",
                running.task, running.digest, container.image, found.digest
            );
            findings.push(
                Finding::warn(text)
                    .fix("deploy a commit of its own, and never push a tag twice")
                    .at(Part::Image(container.name.clone())),
            );
        }
    }
    findings
}
