//! What a stack is made of: its resources as they are, and its template.

use super::StackError;
use crate::aws::xml::{members, text};
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
    let mut all = Vec::new();
    let mut parameters = vec![("StackName".to_owned(), name.to_owned())];
    loop {
        let page = read_xml(
            cloud,
            CLOUDFORMATION,
            "ListStackResources",
            name,
            &parameters,
            |root| {
                let found = members(root, "StackResourceSummaries").into_iter();
                let mut nodes = root.descendants();
                let next = nodes.find_map(|node| text(node, "NextToken"));
                (found.map(resource).collect::<Vec<_>>(), next)
            },
        );
        let (page, next) = page.await?;
        let there = page.into_iter().filter(|it| it.status != "DELETE_COMPLETE");
        all.extend(there);
        let Some(next) = next.filter(|next| !next.is_empty()) else {
            return Ok(all);
        };
        parameters.truncate(1);
        parameters.push(("NextToken".into(), next));
    }
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
