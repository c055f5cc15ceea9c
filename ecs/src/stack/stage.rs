//! How far a stack's change is, for whoever has to leave it: a change set that was only to be looked at should not stay.

use super::{StackError, read};
use crate::aws::{CLOUDFORMATION, Cloud};

/// How far a stack's change is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Stage {
    /// The change set is there or being made, and nothing has changed.
    Planned(ChangeSet),
    /// CloudFormation was asked to carry it out, and goes on by itself.
    Begun(ChangeSet),
    /// It was taken back, and nothing has changed.
    Discarded,
}

/// A change set of a stack.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChangeSet {
    /// The stack's name.
    pub stack: String,
    /// Its own name.
    pub name: String,
    /// If the stack is no more than this plan of it.
    pub is_new: bool,
}

impl ChangeSet {
    /// What names it in a request.
    pub(super) fn parameters(&self) -> Vec<(String, String)> {
        vec![
            ("StackName".into(), self.stack.clone()),
            ("ChangeSetName".into(), self.name.clone()),
        ]
    }

    /// Deletes it, and the stack if that is no more than a plan. Somebody else may have made it since.
    ///
    /// # Errors
    ///
    /// If CloudFormation refuses or does not answer.
    pub async fn discard(&self, cloud: &impl Cloud) -> Result<(), StackError> {
        let stack = &self.stack;
        cloud
            .query(CLOUDFORMATION, "DeleteChangeSet", stack, &self.parameters())
            .await?;
        if self.is_new && is_plan(cloud, stack).await? {
            let name = [("StackName".to_owned(), stack.clone())];
            cloud
                .query(CLOUDFORMATION, "DeleteStack", stack, &name)
                .await?;
        }
        Ok(())
    }
}

/// If nothing of the stack was ever made.
async fn is_plan(cloud: &impl Cloud, stack: &str) -> Result<bool, StackError> {
    let stack = read(cloud, stack).await?;
    Ok(stack.is_some_and(|stack| stack.status == "REVIEW_IN_PROGRESS"))
}
