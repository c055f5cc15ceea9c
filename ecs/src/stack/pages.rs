//! Lists of CloudFormation, from all their pages.

use crate::aws::xml::{members, text};
use crate::aws::{ApiError, CLOUDFORMATION, Cloud, read_xml};
use roxmltree::Node;

/// A question that is answered in pages.
pub(super) struct Question<'a> {
    pub(super) operation: &'a str,
    /// The stack that it is about.
    pub(super) stack: &'a str,
    pub(super) parameter: (&'a str, &'a str),
    /// What the list is called in the answer.
    pub(super) list: &'a str,
}

impl Question<'_> {
    /// What `read` makes of the members, from all pages.
    ///
    /// # Errors
    ///
    /// If one of the pages cannot be read.
    pub(super) async fn all<T>(
        &self,
        cloud: &impl Cloud,
        read: impl Fn(Node<'_, '_>) -> T,
    ) -> Result<Vec<T>, ApiError> {
        let (key, value) = self.parameter;
        let mut parameters = vec![(key.to_owned(), value.to_owned())];
        let mut all = Vec::new();
        loop {
            let page = |root: Node<'_, '_>| {
                let found = members(root, self.list).into_iter().map(&read);
                let next = root.descendants().find_map(|node| text(node, "NextToken"));
                (found.collect::<Vec<_>>(), next)
            };
            let (operation, stack) = (self.operation, self.stack);
            let asked = read_xml(cloud, CLOUDFORMATION, operation, stack, &parameters, page);
            let (page, next) = asked.await?;
            all.extend(page);
            let Some(next) = next.filter(|next| !next.is_empty()) else {
                return Ok(all);
            };
            parameters.truncate(1);
            parameters.push(("NextToken".into(), next));
        }
    }
}
