//! What taking a stack down would do, read before anything is stopped.

use super::StackError;
use super::read::{Stack, read};
use super::resources::{Resource, read_template, resources};
use super::stage::change_sets;
use super::tag::Tag;
use super::tagged::{Tagged, family, tagged};
use crate::aws::{Cloud, last_part};
use crate::chain::chain;
use crate::files::Template;
use serde::Serialize;
use std::collections::HashSet;

/// What taking a stack down would do.
#[derive(Clone, Debug, Serialize)]
pub struct Teardown {
    /// The stack's name.
    pub stack: String,
    /// The account that the stack is in; not known without a stack.
    pub account: Option<String>,
    /// The region.
    pub region: String,
    /// Its status; none if there is no such stack.
    pub status: Option<String>,
    /// The tag that everything of it has.
    #[serde(skip)]
    pub tag: Tag,
    /// If CloudFormation refuses to delete it.
    pub is_protected: bool,
    /// If it, or a resource of its template, has this tool's tag with the stack's name.
    pub is_ours: bool,
    /// What is deleted with the stack.
    pub goes: Vec<Resource>,
    /// What the template has CloudFormation keep.
    pub stays: Vec<Resource>,
    /// What is deleted beside the stack: the revisions of its family that deployments have registered, and the secrets that
    /// CloudFormation has made for it.
    pub beside: Vec<String>,
    /// The change sets that go with a stack of which nothing was ever made. Somebody may be about to carry one out.
    pub planned: Vec<String>,
    /// What could not be read.
    pub unknown: Vec<String>,
}

/// Reads what taking the stack of this name down would do.
///
/// # Errors
///
/// If the stack may not be read, or its template is not understood.
pub async fn teardown(cloud: &impl Cloud, name: &str) -> Result<Teardown, StackError> {
    let mut all = Teardown {
        stack: name.to_owned(),
        account: None,
        region: cloud.region().to_owned(),
        status: None,
        tag: Tag::of_name(name),
        is_protected: false,
        is_ours: true,
        goes: Vec::new(),
        stays: Vec::new(),
        beside: Vec::new(),
        planned: Vec::new(),
        unknown: Vec::new(),
    };
    if let Some(stack) = read(cloud, name).await? {
        all.account = stack.account().map(str::to_owned);
        all.tag = Tag::of(&stack, name);
        all.is_protected = stack.is_protected;
        if stack.is_plan() {
            match change_sets(cloud, &stack.id).await {
                Ok(names) => all.planned = names,
                Err(error) => all.unknown.push(format!("change sets: {}", chain(&error))),
            }
        }
        let there = resources(cloud, name).await?;
        // An empty one has no template that could be read, and nothing to lose.
        if !there.is_empty() {
            let template = read_template(cloud, name).await?;
            all.is_ours = is_ours(&stack, &template, &all.tag);
            (all.stays, all.goes) = there.into_iter().partition(|it| is_kept(&template, it));
        }
        all.status = Some(stack.status);
    } else {
        let tag = Tag::of_gone(cloud, name).await;
        all.tag = tag.map_err(|source| StackError::TagUnknown {
            name: name.to_owned(),
            source: Box::new(source),
        })?;
    }
    match tagged(cloud, &all.tag).await {
        Ok(tagged) => all.beside = all.beside(tagged),
        Err(error) => all.unknown.push(format!(
            "revisions and secrets beside the stack: {}",
            chain(&error)
        )),
    }
    Ok(all)
}

impl Teardown {
    /// Refuses what CloudFormation would refuse, and a stack of somebody else's unless that is meant.
    ///
    /// # Errors
    ///
    /// If the stack is not to be deleted.
    pub fn check(&self, may_be_foreign: bool) -> Result<(), StackError> {
        let name = self.stack.clone();
        let status = self.status.clone().unwrap_or_default();
        if self.is_protected {
            return Err(StackError::Protected(name));
        }
        if status.starts_with("UPDATE_") && status.ends_with("_IN_PROGRESS") {
            return Err(StackError::Busy { name, status });
        }
        if !self.is_ours && !may_be_foreign {
            return Err(StackError::Foreign(self.tag.clone()));
        }
        Ok(())
    }

    /// The services that go: cluster and name, by their ARNs.
    pub(super) fn services(&self) -> impl Iterator<Item = (&str, &str)> {
        let services = self.goes.iter().filter(|it| it.kind == "AWS::ECS::Service");
        services.filter_map(|it| {
            let (before, name) = it.id.as_deref()?.rsplit_once('/')?;
            Some((last_part(before), name))
        })
    }

    /// If it is among what goes.
    pub(super) fn has_shown(&self, arn: &str) -> bool {
        let mut goes = self.goes.iter();
        let is_in_stack = goes.any(|it| it.id.as_deref() == Some(arn));
        is_in_stack || self.beside.iter().any(|it| it == arn)
    }

    /// What has the stack's tag and is deleted beside the stack. What is to stay is left alone, tagged or not.
    fn beside(&self, tagged: Vec<Tagged>) -> Vec<String> {
        let of_stack = self.goes.iter().chain(&self.stays);
        let of_stack: HashSet<&str> = of_stack.filter_map(|it| it.id.as_deref()).collect();
        let beside = tagged.into_iter().filter(|it| self.is_left(it));
        let arns = beside.map(|it| it.arn);
        arns.filter(|arn| !of_stack.contains(arn.as_str()))
            .collect()
    }

    /// If CloudFormation leaves it, and it is this stack's. The tag alone does not say so: its key may be an organisation's,
    /// whose other teams have it with the same value.
    pub(super) fn is_left(&self, tagged: &Tagged) -> bool {
        let definitions = self.goes.iter().chain(&self.stays);
        let definitions = definitions.filter(|it| it.kind == "AWS::ECS::TaskDefinition");
        let families = definitions.filter_map(|it| family(it.id.as_deref()?));
        let mut families = families.chain([self.stack.as_str()]);
        let is_revision = tagged
            .family()
            .is_some_and(|family| families.any(|own| own == family));
        is_revision || tagged.is_secret_of(&self.stack)
    }
}

/// Templates of this tool give each resource a tag with the name of its stack.
fn is_ours(stack: &Stack, template: &Template, tag: &Tag) -> bool {
    let resources = template.as_json()["Resources"].as_object();
    let resources = resources.into_iter().flat_map(|all| all.values());
    let mut tags = resources
        .filter_map(|it| it["Properties"]["Tags"].as_array())
        .flatten();
    tag.is_on(stack) || tags.any(|it| tag.is_written_as(it))
}

/// If the template has CloudFormation keep it, or a snapshot of it.
fn is_kept(template: &Template, resource: &Resource) -> bool {
    let policy = &template.as_json()["Resources"][&resource.name]["DeletionPolicy"];
    matches!(
        policy.as_str(),
        Some("Retain" | "RetainExceptOnCreate" | "Snapshot")
    )
}
