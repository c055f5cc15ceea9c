//! Whether the targets of the service can be read, by which a success is confirmed.

use super::Refusal;
use crate::doctor::CheckId;
use crate::facts::Facts;

/// Why the end of a deployment could not be confirmed, if it could not.
pub(crate) fn unseen(facts: &Facts) -> Option<Refusal> {
    let names_groups = !facts.service.target_groups().is_empty();
    let mut groups = facts.target_groups.iter();
    let is_any_seen = groups.any(|group| group.targets.is_some());
    if !names_groups || is_any_seen || facts.service.is_parked() {
        return None;
    }
    // Without a reason, they were read and do not exist.
    let why = facts.unknown_to(CheckId::Attachment).next()?;
    Some(Refusal {
        reason: format!("the targets cannot be read, so nobody would know if they are healthy: {why}"),
        fix: "try again, or allow elasticloadbalancing:DescribeTargetGroups and elasticloadbalancing:DescribeTargetHealth to the \
              role that this runs with; with --force, what ECS reports is all that counts"
            .into(),
        is_final: false,
    })
}
