//! How far a stack's change is, for whoever has to leave it: a change set that was only to be looked at should not stay.

use super::pages::Question;
use super::{Stack, StackError, read};
use crate::aws::xml::text;
use crate::aws::{ApiError, CLOUDFORMATION, Cloud};

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

    /// Deletes it, and the stack that came with it if that is no more than a plan, and nobody else's.
    ///
    /// # Errors
    ///
    /// If CloudFormation refuses or does not answer. It says what may stay, and how to delete that.
    pub async fn discard(&self, cloud: &impl Cloud) -> Result<(), StackError> {
        let deleted = cloud
            .query(
                CLOUDFORMATION,
                "DeleteChangeSet",
                &self.stack,
                &self.parameters(),
            )
            .await;
        deleted.map_err(|source| StackError::ChangeSetStays {
            set: self.clone(),
            source: Box::new(source),
        })?;
        if !self.is_new {
            return Ok(());
        }
        let emptied = delete_plan(cloud, self).await;
        emptied.map_err(|source| StackError::PlanStays {
            name: self.stack.clone(),
            source: Box::new(source),
        })
    }

    /// The command that deletes it, and never the stack: somebody else may plan that too.
    pub fn deletion(&self) -> String {
        let Self { stack, name, .. } = self;
        format!(
            "aws cloudformation delete-change-set --stack-name {stack} --change-set-name {name}"
        )
    }
}

/// Deletes the stack of a change set that is deleted, if nothing of it was ever made and it has no other change set.
async fn delete_plan(cloud: &impl Cloud, set: &ChangeSet) -> Result<(), ApiError> {
    let stack = read(cloud, &set.stack).await?;
    let Some(plan) = stack.filter(Stack::is_plan) else {
        return Ok(());
    };
    // By its id, since another stack of this name is another's.
    let mut others = change_sets(cloud, &plan.id).await?.into_iter();
    if others.any(|name| name != set.name) {
        return Ok(());
    }
    let parameters = [("StackName".to_owned(), plan.id)];
    let asked = cloud.query(CLOUDFORMATION, "DeleteStack", &set.stack, &parameters);
    asked.await.map(|_| ())
}

/// The names of a stack's change sets, from all pages. The stack is named by its name or its id.
pub(super) async fn change_sets(cloud: &impl Cloud, stack: &str) -> Result<Vec<String>, ApiError> {
    let question = Question {
        operation: "ListChangeSets",
        stack,
        parameter: ("StackName", stack),
        list: "Summaries",
    };
    let names = question.all(cloud, |it| text(it, "ChangeSetName").unwrap_or_default());
    names.await
}
