//! Revisions that were good, by the tag that a deployment leaves at its end: ECS tells its deployments for 90 days only.

use crate::aws::ecs::{GOOD, RawDefinition, describe_definition, list_definitions, tag};
use crate::aws::{ApiError, Cloud};
use std::time::SystemTime;

/// Revisions that are looked at, the newest ones.
pub(super) const LOOKED_AT: usize = 30;

/// Notes that a revision was deployed with success now.
pub(super) async fn note(cloud: &impl Cloud, revision: &str) -> Result<(), ApiError> {
    let now = humantime::format_rfc3339_seconds(SystemTime::now());
    tag(cloud, revision, (GOOD, &now.to_string())).await
}

/// The revision of a family that was deployed last with success, of those that are not the current one.
pub(super) async fn last(
    cloud: &impl Cloud,
    family: &str,
    current: &str,
) -> Result<Option<String>, ApiError> {
    let mut last: Option<(String, String)> = None;
    for definition in newest(cloud, family).await? {
        let (Some(arn), Some(at)) = (definition.arn(), definition.tag(GOOD)) else {
            continue;
        };
        let is_later = last.as_ref().is_none_or(|(latest, _)| at > latest.as_str());
        if arn != current && is_later {
            last = Some((at.to_owned(), arn.to_owned()));
        }
    }
    Ok(last.map(|(_, arn)| arn))
}

/// The newest revisions of a family that services can be updated to.
pub(super) async fn newest(
    cloud: &impl Cloud,
    family: &str,
) -> Result<Vec<RawDefinition>, ApiError> {
    let mut definitions = Vec::new();
    for arn in list_definitions(cloud, family)
        .await?
        .iter()
        .take(LOOKED_AT)
    {
        let definition = describe_definition(cloud, arn).await?;
        if definition.family() == family && definition.is_active() {
            definitions.push(definition);
        }
    }
    Ok(definitions)
}
