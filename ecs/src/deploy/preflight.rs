//! The doctor's checks on the service as it would be, before anything is touched.

use super::{Order, Outcome, Verdict};
use crate::doctor;
use crate::facts::Facts;
use crate::image::Images;

/// Examines the service with the new image, and keeps what was found in the outcome. How its targets feel now is left
/// out: a deployment may be what they need. None if nothing speaks against it.
pub(super) async fn refusal(
    images: &impl Images,
    order: &Order,
    facts: &Facts,
    container: &str,
    image: &str,
    outcome: &mut Outcome,
) -> Option<Verdict> {
    let mut next = facts.clone();
    next.running.clear();
    for group in &mut next.target_groups {
        group.targets = None;
        // Whether the new image answers another path than the options', only its tasks can show.
        group.health_path = None;
    }
    let containers = next.definition.container_definitions.iter_mut();
    for it in containers.filter(|it| it.name == container) {
        image.clone_into(&mut it.image);
    }
    doctor::look_up_images(&mut next, Some(images)).await;
    let subject = format!("preflight of {} with {image}", outcome.service);
    let report = doctor::examine(&[next], &subject);
    let is_sound = report.ok;
    outcome.preflight = Some(report);
    if !is_sound {
        Some(Verdict::Refused)
    } else if facts.service.is_parked() && !order.allow_parked {
        Some(Verdict::Parked)
    } else {
        None
    }
}
