//! What is a stack's by its tags, as the tagging API tells it.

use super::Tag;
use crate::aws::{ApiError, Cloud, Question, TAGGING};
use serde::Deserialize;
use serde_json::{Value, json};

/// CloudFormation gives what it makes this tag with the stack's name, and nobody else can (AWS, CloudFormation user guide,
/// "Resource tags").
const OF_CLOUDFORMATION: &str = "aws:cloudformation:stack-name";

/// Something with tags.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tagged {
    #[serde(rename = "ResourceARN")]
    pub(super) arn: String,
    #[serde(default)]
    tags: Vec<KeyAndValue>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyAndValue {
    key: String,
    #[serde(default)]
    value: String,
}

impl Tagged {
    /// If it is a secret that a stack of this name has made. Others may have the stack's tag too, where its key is an
    /// organisation's.
    pub(super) fn is_secret_of(&self, stack: &str) -> bool {
        let mut tags = self.tags.iter();
        self.arn.contains(":secret:")
            && tags.any(|it| it.key == OF_CLOUDFORMATION && it.value == stack)
    }

    /// The family, if it is a revision.
    pub(super) fn family(&self) -> Option<&str> {
        family(&self.arn)
    }

    /// If a tag of the stack's name is on it, whatever its key. `Name` says nothing of whose it is.
    fn is_named_after(&self, stack: &str) -> bool {
        let own = |it: &&KeyAndValue| it.key != "Name" && !it.key.starts_with("aws:");
        self.tags.iter().filter(own).any(|it| it.value == stack)
    }
}

/// The family of a revision, by its ARN.
pub(super) fn family(arn: &str) -> Option<&str> {
    let (_, name) = arn.split_once(":task-definition/")?;
    name.rsplit_once(':').map(|(family, _)| family)
}

/// What has this tag, and the revisions of the stack's family that have it by another key: deployments give each revision the
/// tags of the one before, so a change of the key does not reach them.
pub(super) async fn tagged(cloud: &impl Cloud, tag: &Tag) -> Result<Vec<Tagged>, ApiError> {
    let stack = tag.stack();
    let ask = |parameters: Value| Question {
        api: TAGGING,
        operation: "GetResources",
        resource: stack,
        parameters,
    };
    let by_tag = ask(json!({ "TagFilters": [tag.filter()] }));
    let mut all: Vec<Tagged> = by_tag.pages(cloud, "ResourceTagMappingList").await?;
    let revisions = ask(json!({ "ResourceTypeFilters": ["ecs:task-definition"] }));
    let revisions: Vec<Tagged> = revisions.pages(cloud, "ResourceTagMappingList").await?;
    let others = revisions.into_iter().filter(|it| {
        let is_own = it.family() == Some(stack) && it.is_named_after(stack);
        is_own && !all.iter().any(|known| known.arn == it.arn)
    });
    let others: Vec<Tagged> = others.collect();
    all.extend(others);
    Ok(all)
}
