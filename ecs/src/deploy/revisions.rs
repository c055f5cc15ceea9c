//! The revisions that a service can go back to.

use super::good::{Newest, newest};
use super::short;
use crate::aws::ecs::{
    GOOD, RawDefinition, ServiceDeploymentStatus, Time, describe_definition, describe_revisions,
    list_deployments,
};
use crate::aws::{ApiError, Cloud};
use crate::chain::chain;
use crate::live::{self, LiveError};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// Deployments that are looked at, the newest ones.
const DEPLOYMENTS: usize = 60;

/// The revisions that a service can go back to.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Revisions {
    /// The service.
    pub service: String,
    /// Its cluster.
    pub cluster: String,
    /// The newest ones that were not deregistered, the newest first. The current one is there in any case.
    pub revisions: Vec<Revision>,
    /// If there are others that are older.
    pub has_more: bool,
    /// What could not be read, and so is missing here.
    pub unknown: Vec<String>,
}

/// A revision.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Revision {
    /// Family and number, as `rollback --to` takes it.
    pub revision: String,
    /// The image of the container that requests go to.
    pub image: Option<String>,
    /// The commit that it was registered for.
    pub commit: Option<String>,
    /// When it was registered (RFC 3339).
    pub registered_at: Option<String>,
    /// When it was last deployed with success (RFC 3339), if that is known.
    pub deployed_at: Option<String>,
    /// If it is the one that the service has.
    pub is_current: bool,
}

/// The revisions of a service's family.
///
/// # Errors
///
/// If the service, its definition or its family cannot be read.
pub async fn revisions(
    cloud: &impl Cloud,
    cluster: &str,
    name: &str,
) -> Result<Revisions, LiveError> {
    let service = live::service(cloud, cluster, name).await?;
    let Some(current) = service.current_definition() else {
        return Err(LiveError::TaskSets {
            service: service.name.clone(),
            controller: service.controller().clone(),
        });
    };
    let current = describe_definition(cloud, current).await?;
    let Newest {
        definitions: mut all,
        others,
    } = newest(cloud, current.family()).await?;
    let has_more = others.iter().any(|arn| Some(arn.as_str()) != current.arn());
    if !all.iter().any(|it| it.arn() == current.arn()) {
        all.push(current.clone());
    }
    let mut unknown = Vec::new();
    let deployed = deployed(cloud, cluster, name)
        .await
        .unwrap_or_else(|error| {
            unknown.push(chain(&error));
            BTreeMap::new()
        });
    let mut facts = live::attachments(&service)?;
    let mut revisions = Vec::new();
    for definition in &all {
        facts.definition = live::typed(definition)?;
        let arn = definition.arn().unwrap_or_default();
        revisions.push(Revision {
            revision: short(arn).to_owned(),
            image: facts.main_container().map(|main| main.image.clone()),
            commit: definition.tag("dualrun:commit").map(str::to_owned),
            registered_at: definition.registered_at().map(Time::rfc3339),
            deployed_at: deployed_at(definition, deployed.get(arn)),
            is_current: definition.arn() == current.arn(),
        });
    }
    Ok(Revisions {
        service: service.name.clone(),
        cluster: cluster.to_owned(),
        revisions,
        has_more,
        unknown,
    })
}

/// When each task definition was last deployed with success, by the deployments that ECS remembers.
async fn deployed(
    cloud: &impl Cloud,
    cluster: &str,
    name: &str,
) -> Result<BTreeMap<String, String>, ApiError> {
    let deployments = list_deployments(cloud, cluster, name).await?;
    let good = deployments
        .iter()
        .filter(|it| it.status == ServiceDeploymentStatus::Successful);
    let times = good.filter_map(|it| Some((it.target_service_revision_arn.as_deref()?, it)));
    // The newest first, so that the first one of a definition counts.
    let times: Vec<_> = times.take(DEPLOYMENTS).collect();
    let arns: Vec<&str> = times.iter().map(|(arn, _)| *arn).collect();
    let found = describe_revisions(cloud, &arns).await?;
    let mut deployed = BTreeMap::new();
    for (arn, deployment) in times {
        let revision = found.iter().find(|it| it.arn.as_deref() == Some(arn));
        if let Some(revision) = revision {
            let at = || deployment.created_at.rfc3339();
            deployed
                .entry(revision.task_definition.clone())
                .or_insert_with(at);
        }
    }
    Ok(deployed)
}

/// The later one of what ECS and the tag say.
fn deployed_at(definition: &RawDefinition, by_history: Option<&String>) -> Option<String> {
    let by_tag = definition.tag(GOOD).map(str::to_owned);
    by_tag.max(by_history.cloned())
}

impl fmt::Display for Revisions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for it in &self.revisions {
            let current = if it.is_current { ", current" } else { "" };
            let image = it.image.as_deref().unwrap_or("?");
            writeln!(f, "{}{current}: {image}", it.revision)?;
            let registered = it.registered_at.as_deref().unwrap_or("?");
            writeln!(f, "  registered {registered}")?;
            match &it.deployed_at {
                Some(at) => writeln!(f, "  deployed {at}")?,
                None => writeln!(f, "  not known to have been good")?,
            }
        }
        if self.has_more {
            writeln!(f, "and older ones")?;
        }
        for unknown in &self.unknown {
            writeln!(f, "unknown: {unknown}")?;
        }
        Ok(())
    }
}
