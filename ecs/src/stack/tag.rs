//! The tag that everything of a stack has: its key is a parameter of the template, and its value the stack's name.

use super::pages::Question;
use super::read::{Stack, read};
use crate::aws::xml::text;
use crate::aws::{ApiError, Cloud};
use serde_json::{Value, json};

/// The key where nothing names another.
pub const DEFAULT_TAG_KEY: &str = "dualrun";

/// The template's parameter for the key.
const PARAMETER: &str = "TagKey";

/// A tag of the stack's name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Tag {
    key: String,
    stack: String,
}

impl Tag {
    /// With the default key.
    pub fn of_name(stack: &str) -> Self {
        Self {
            key: DEFAULT_TAG_KEY.into(),
            stack: stack.into(),
        }
    }

    /// The tag of a stack with this name, whose parameters may name another key.
    pub(super) fn of(stack: &Stack, name: &str) -> Self {
        let key = stack.parameters.get(PARAMETER).map(String::as_str);
        Self {
            key: key.unwrap_or(DEFAULT_TAG_KEY).to_owned(),
            stack: name.into(),
        }
    }

    /// The tag of the stack that had this name last. CloudFormation remembers it for 90 days (AWS, API reference,
    /// "ListStacks").
    pub(super) async fn of_gone(cloud: &impl Cloud, name: &str) -> Result<Self, ApiError> {
        let stack = match last_deleted(cloud, name).await? {
            Some(id) => read(cloud, &id).await?,
            None => None,
        };
        Ok(stack.map_or_else(|| Self::of_name(name), |stack| Self::of(&stack, name)))
    }

    /// The name of the stack.
    pub fn stack(&self) -> &str {
        &self.stack
    }

    /// As the tagging API filters by it.
    pub(super) fn filter(&self) -> Value {
        json!({ "Key": self.key, "Values": [self.stack] })
    }

    /// If the stack itself has it.
    pub(super) fn is_on(&self, stack: &Stack) -> bool {
        stack.tags.get(&self.key) == Some(&self.stack)
    }

    /// If this is the tag, as a resource of a template has it.
    pub(super) fn is_written_as(&self, tag: &Value) -> bool {
        let (key, value) = (&tag["Key"], &tag["Value"]);
        let is_key = *key == self.key.as_str() || key["Ref"] == PARAMETER;
        is_key && (*value == self.stack.as_str() || value["Ref"] == "AWS::StackName")
    }
}

/// The id of the stack of this name that was deleted last.
async fn last_deleted(cloud: &impl Cloud, name: &str) -> Result<Option<String>, ApiError> {
    let question = Question {
        operation: "ListStacks",
        stack: name,
        parameter: ("StackStatusFilter.member.1", "DELETE_COMPLETE"),
        list: "StackSummaries",
    };
    let ends = question.all(cloud, |it| {
        let is_own = text(it, "StackName").as_deref() == Some(name);
        let end = is_own.then(|| Some((text(it, "DeletionTime")?, text(it, "StackId")?)));
        end.flatten()
    });
    // Times in this form are in the order of their texts.
    let last = ends.await?.into_iter().flatten().max();
    Ok(last.map(|(_, id)| id))
}

impl std::fmt::Display for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={}", self.key, self.stack)
    }
}
