//! Revisions that were good, by the tag that a deployment leaves at its end: ECS tells its deployments for 90 days only.

use crate::aws::ecs::{GOOD, RawDefinition, describe_definition, list_definitions, tag};
use crate::aws::{ApiError, Cloud};
use std::time::SystemTime;

/// Revisions that are looked at, the newest ones.
const LOOKED_AT: usize = 30;

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
    for definition in newest(cloud, family).await?.definitions {
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

/// Revisions of a family that services can be updated to.
pub(super) struct Newest {
    /// The newest ones, the newest first.
    pub(super) definitions: Vec<RawDefinition>,
    /// The ARNs of older ones that were met.
    pub(super) others: Vec<String>,
}

/// The newest revisions of a family that services can be updated to.
pub(super) async fn newest(cloud: &impl Cloud, family: &str) -> Result<Newest, ApiError> {
    let mut definitions = Vec::new();
    // Two more, one of which may be the current one.
    let mut arns = list_definitions(cloud, family, LOOKED_AT + 2).await?;
    let others = arns.split_off(arns.len().min(LOOKED_AT));
    for arn in &arns {
        let definition = describe_definition(cloud, arn).await?;
        if definition.family() == family && definition.is_active() {
            definitions.push(definition);
        }
    }
    Ok(Newest {
        definitions,
        others,
    })
}
