//! A service that runs, as facts.

mod balancers;
mod groups;
mod service;

pub use self::balancers::target_groups;
pub use self::service::{definition, raw_definition, raw_service};

use crate::aws::{ApiError, Cloud};
use crate::facts::{Facts, Unknown};
use serde_json::Value;

/// Why nothing can be said about a service.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// Of AWS.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// There is no such service.
    #[error("there is no service {service} in the cluster {cluster}; {others}")]
    NoService {
        /// The service.
        service: String,
        /// The cluster.
        cluster: String,
        /// What there is.
        others: String,
    },
}

/// What was read of a service: the facts, and beside them what ECS said as it stands.
#[derive(Clone, Debug)]
pub struct Live {
    /// What the checks look at.
    pub facts: Facts,
    /// The service.
    pub service: Value,
    /// Its task definition.
    pub definition: Value,
    /// The definition's tags.
    pub tags: Value,
}

/// The facts about a service.
///
/// # Errors
///
/// If the service or its definition cannot be read.
pub async fn facts_of(aws: &impl Cloud, cluster: &str, service: &str) -> Result<Facts, LiveError> {
    Ok(read(aws, cluster, service).await?.facts)
}

/// Reads all that the checks look at. What may not be read is noted, and the rest is read all the same.
///
/// # Errors
///
/// If the service or its definition cannot be read.
pub async fn read(aws: &impl Cloud, cluster: &str, name: &str) -> Result<Live, LiveError> {
    let service = raw_service(aws, cluster, name).await?;
    let mut facts = Facts {
        service: service::typed("DescribeServices", service.clone())?,
        ..Facts::default()
    };
    let (definition, tags) = raw_definition(aws, &facts.service.task_definition).await?;
    facts.definition = service::typed("DescribeTaskDefinition", definition.clone())?;
    let running = service::running(aws, cluster, name).await;
    note(&mut facts, 2, running, |facts, running| {
        facts.running = running;
    });
    let groups = balancers::target_groups(aws, &facts.service.load_balancers).await;
    note(&mut facts, 4, groups, |facts, groups| {
        facts.target_groups = groups;
    });
    let balancers = balancers::balancers(aws, &facts.target_groups).await;
    note(&mut facts, 4, balancers, |facts, balancers| {
        facts.balancers = balancers;
    });
    if facts.service.load_balancers.is_empty() {
        // Only for a hint.
        facts.other_balancers = balancers::names(aws).await.unwrap_or_default();
    }
    let of_balancers = facts
        .balancers
        .iter()
        .flat_map(|balancer| &balancer.security_groups);
    let ids = facts
        .service
        .security_groups()
        .iter()
        .chain(of_balancers)
        .cloned()
        .collect();
    let groups = groups::security_groups(aws, ids).await;
    note(&mut facts, 5, groups, |facts, groups| {
        facts.groups = groups;
    });
    Ok(Live {
        facts,
        service,
        definition,
        tags,
    })
}

fn note<T>(
    facts: &mut Facts,
    check: u8,
    read: Result<T, ApiError>,
    keep: impl FnOnce(&mut Facts, T),
) {
    match read {
        Ok(value) => keep(facts, value),
        Err(error) => facts.unknown.push(Unknown {
            check,
            why: error.to_string(),
        }),
    }
}
