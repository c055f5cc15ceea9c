//! Which of the doctor's findings speak against a deployment: what it breaks, or needs.

use crate::doctor::{Check, CheckId, Concern, Report};
use crate::facts::Facts;
use std::collections::BTreeSet;

/// The report with those that do as failures, and the others as warnings.
pub(super) fn relevant(
    report: Report,
    (before, is_update): (&Report, bool),
    facts: &Facts,
) -> Report {
    let sound = sound_groups(&report, facts);
    report.relaxed(facts, |id, finding| {
        let was_so_before = before.check(id).findings.contains(finding);
        let needs_it = match (&finding.group, finding.concern) {
            (_, Concern::Exposure | Concern::Definition) => false,
            (_, Concern::Replacement) => is_update,
            // One way in is enough.
            (Some(group), Concern::Works) => sound.is_empty() || sound.contains(group),
            (None, Concern::Works) => true,
        };
        was_so_before && !needs_it
    })
}

/// For a revision that has run before, only its image has to be there still: whatever else is broken, going back may be
/// what helps.
pub(super) fn relevant_to_rollback(report: Report, facts: &Facts) -> Report {
    report.relaxed(facts, |id, _| {
        !matches!(id, CheckId::ImageExists | CheckId::ImageName)
    })
}

/// The target groups of the service of which nothing has failed.
fn sound_groups(report: &Report, facts: &Facts) -> BTreeSet<String> {
    let failures = report.checks.iter().flat_map(Check::failures);
    let failed: BTreeSet<&String> = failures.filter_map(|it| it.group.as_ref()).collect();
    let groups = facts.service.load_balancers.iter();
    let groups = groups.filter_map(|it| it.target_group_arn.as_ref());
    groups
        .filter(|group| !failed.contains(group))
        .cloned()
        .collect()
}
