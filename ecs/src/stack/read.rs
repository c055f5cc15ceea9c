//! What CloudFormation knows about a stack.

use crate::aws::xml::{members, text};
use crate::aws::{ApiError, Arn, CLOUDFORMATION, Cloud, read_xml};
use roxmltree::Node;
use std::collections::BTreeMap;

/// A stack that exists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stack {
    /// Its ARN.
    pub id: String,
    /// If CloudFormation refuses to delete it.
    pub is_protected: bool,
    /// Its own tags.
    pub tags: BTreeMap<String, String>,
    /// Such as `UPDATE_COMPLETE`.
    pub status: String,
    /// Its parameters.
    pub parameters: BTreeMap<String, String>,
    /// What it tells.
    pub outputs: BTreeMap<String, String>,
}

impl Stack {
    /// If it is no more than a plan: nothing of it was ever made.
    pub fn is_plan(&self) -> bool {
        self.status == "REVIEW_IN_PROGRESS"
    }

    /// Where the service answers; a parked one does not.
    pub fn url(&self) -> Option<String> {
        self.outputs.get("Url").cloned()
    }

    /// The account that it is in, by its ARN.
    pub fn account(&self) -> Option<&str> {
        Arn::parse(&self.id)?.account
    }
}

/// A stack by its name, if there is one.
///
/// # Errors
///
/// If it may not be read.
pub async fn read(cloud: &impl Cloud, name: &str) -> Result<Option<Stack>, ApiError> {
    let parameters = [("StackName".to_owned(), name.to_owned())];
    let found = read_xml(
        cloud,
        CLOUDFORMATION,
        "DescribeStacks",
        name,
        &parameters,
        |root| members(root, "Stacks").into_iter().next().map(stack),
    );
    match found.await {
        // CloudFormation has no code of its own for that, and the same for names that no stack can have.
        Err(ApiError::Refused { code, message, .. })
            if code == "ValidationError" && message.contains("does not exist") =>
        {
            Ok(None)
        }
        found => found,
    }
}

fn stack(node: Node<'_, '_>) -> Stack {
    let pairs = |list, key, value| -> BTreeMap<String, String> {
        let members = members(node, list).into_iter();
        members
            .filter_map(|member| Some((text(member, key)?, text(member, value)?)))
            .collect()
    };
    Stack {
        id: text(node, "StackId").unwrap_or_default(),
        is_protected: text(node, "EnableTerminationProtection").as_deref() == Some("true"),
        tags: pairs("Tags", "Key", "Value"),
        status: text(node, "StackStatus").unwrap_or_default(),
        parameters: pairs("Parameters", "ParameterKey", "ParameterValue"),
        outputs: pairs("Outputs", "OutputKey", "OutputValue"),
    }
}
