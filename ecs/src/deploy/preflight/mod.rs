//! What is made sure of before anything is touched: that the service is of a kind that can be updated, that its
//! deployment can be followed and can roll, and the doctor's checks on the service as it would be.

mod kind;
mod relevant;
mod targets;

pub(super) use self::kind::{blind, kind};
pub(super) use self::targets::unseen;

use crate::aws::ecs::{BadDefinition, RawDefinition};
use crate::doctor::{self, Report};
use crate::facts::{Facts, TaskDefinition};
use crate::image::Images;
use crate::live::Live;
use schemars::JsonSchema;
use serde::Serialize;

/// Something beside the doctor's checks that speaks against it.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Refusal {
    /// What speaks against it.
    pub reason: String,
    /// What to do instead.
    pub fix: String,
    /// If it cannot be done all the same.
    #[serde(skip)]
    pub(super) is_final: bool,
}

/// What the service is to run.
pub(super) struct Next {
    pub(super) definition: TaskDefinition,
    /// If it has run before.
    pub(super) is_back: bool,
    /// If the service has to be updated for it.
    pub(super) is_update: bool,
    /// Groups of its log that are not there, as far as is known.
    pub(super) missing_log_groups: Vec<String>,
}

/// Examines the image of a definition that is to run once, beside the service.
///
/// # Errors
///
/// If the definition cannot be understood.
pub async fn examine_image(
    images: &impl Images,
    live: &Live,
    definition: &RawDefinition,
) -> Result<Report, BadDefinition> {
    let next = Next {
        definition: definition.read()?,
        is_update: false,
        // As of a revision that the service goes back to, nothing but its image counts.
        is_back: true,
        missing_log_groups: Vec::new(),
    };
    let subject = format!("image for a task of {}", live.service.name);
    Ok(examine(images, &live.facts, next, &subject).await)
}

/// Examines the service as it would be. How its targets are now is left out: a deployment may be what they need. What
/// was so before, and does not keep this deployment from working, is a warning.
pub(super) async fn examine(
    images: &impl Images,
    now: &Facts,
    next: Next,
    subject: &str,
) -> Report {
    let mut present = now.clone();
    present.running.clear();
    for group in &mut present.target_groups {
        group.targets = None;
        // Whether the new image answers another path than the options', only its tasks can show.
        group.health_path = None;
    }
    let mut facts = present.clone();
    facts.definition = next.definition;
    facts.missing_log_groups = next.missing_log_groups;
    doctor::look_up_images(&mut facts, Some(images)).await;
    let before = doctor::examine(&[present], subject);
    let report = doctor::examine(std::slice::from_ref(&facts), subject);
    if next.is_back {
        relevant::relevant_to_rollback(report, &facts)
    } else {
        relevant::relevant(report, (&before, next.is_update), &facts)
    }
}
