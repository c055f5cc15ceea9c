//! What CloudFormation knows about a stack.

use crate::aws::xml::{members, text};
use crate::aws::{ApiError, CLOUDFORMATION, Cloud, read_xml};
use roxmltree::Node;
use std::collections::BTreeMap;

/// A stack that exists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stack {
    /// Such as `UPDATE_COMPLETE`.
    pub status: String,
    /// Its parameters.
    pub parameters: BTreeMap<String, String>,
    /// What it tells.
    pub outputs: BTreeMap<String, String>,
}

impl Stack {
    /// Where the service answers; a parked one does not.
    pub fn url(&self) -> Option<String> {
        self.outputs.get("Url").cloned()
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
        // CloudFormation has no code of its own for that.
        Err(error) if error.code() == Some("ValidationError") => Ok(None),
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
        status: text(node, "StackStatus").unwrap_or_default(),
        parameters: pairs("Parameters", "ParameterKey", "ParameterValue"),
        outputs: pairs("Outputs", "OutputKey", "OutputValue"),
    }
}
