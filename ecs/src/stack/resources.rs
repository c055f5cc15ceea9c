//! What a stack is made of: its resources as they are, and its template.

use super::StackError;
use super::pages::Question;
use crate::aws::xml::text;
use crate::aws::{ApiError, CLOUDFORMATION, Cloud, read_xml};
use crate::files::Template;
use roxmltree::Node;
use serde::Serialize;
use std::fmt;

/// A resource of a stack.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Resource {
    /// Its name in the template.
    pub name: String,
    /// Such as `AWS::ECS::Service`.
    pub kind: String,
    /// Its name in AWS, such as its ARN. One that could not be made has none.
    pub id: Option<String>,
    /// Such as `CREATE_COMPLETE`.
    pub status: String,
    /// Why it is in that status, in AWS's words.
    pub why: Option<String>,
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.id.as_deref().unwrap_or("no id");
        write!(f, "{} {id} ({})", self.kind, self.name)
    }
}

/// The resources of a stack that are there, from all pages.
///
/// # Errors
///
/// If they may not be read.
pub(super) async fn resources(cloud: &impl Cloud, name: &str) -> Result<Vec<Resource>, ApiError> {
    let question = Question {
        operation: "ListStackResources",
        stack: name,
        parameter: ("StackName", name),
        list: "StackResourceSummaries",
    };
    let mut all = question.all(cloud, resource).await?;
    all.retain(|it| it.status != "DELETE_COMPLETE");
    Ok(all)
}

fn resource(node: Node<'_, '_>) -> Resource {
    Resource {
        name: text(node, "LogicalResourceId").unwrap_or_default(),
        kind: text(node, "ResourceType").unwrap_or_default(),
        id: text(node, "PhysicalResourceId").filter(|id| !id.is_empty()),
        status: text(node, "ResourceStatus").unwrap_or_default(),
        why: text(node, "ResourceStatusReason").filter(|why| !why.is_empty()),
    }
}

/// The template of a stack.
///
/// # Errors
///
/// If it may not be read, or is not understood.
pub(super) async fn read_template(cloud: &impl Cloud, name: &str) -> Result<Template, StackError> {
    let parameters = [("StackName".to_owned(), name.to_owned())];
    let body = |root: Node<'_, '_>| {
        let mut nodes = root.descendants();
        nodes.find_map(|node| text(node, "TemplateBody"))
    };
    let text = read_xml(
        cloud,
        CLOUDFORMATION,
        "GetTemplate",
        name,
        &parameters,
        body,
    );
    Ok(Template::parse(&text.await?.unwrap_or_default())?)
}
