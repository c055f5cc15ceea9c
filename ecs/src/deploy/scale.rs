//! How many tasks there should be.

use crate::aws::Cloud;
use crate::aws::ecs::{ServiceName, UpdateService, update_service};
use crate::live::{self, LiveError};
use serde::Serialize;
use std::fmt;

/// A count that was changed, or would be.
#[derive(Clone, Debug, Serialize)]
pub struct Scaled {
    /// The service.
    pub service: String,
    /// How many tasks there should be before.
    pub from: Option<u32>,
    /// And after.
    pub to: u32,
    /// If nothing was done.
    pub dry_run: bool,
}

/// Sets how many tasks of a service there should be, unless it is a dry run.
///
/// # Errors
///
/// If the service cannot be read, or not be changed.
pub async fn scale(
    cloud: &impl Cloud,
    ServiceName {
        cluster,
        service: name,
    }: ServiceName<'_>,
    to: u32,
    dry_run: bool,
) -> Result<Scaled, LiveError> {
    let service = live::service(cloud, cluster, name).await?;
    if !dry_run {
        let update = UpdateService {
            cluster,
            service: name,
            desired_count: Some(to),
            ..UpdateService::default()
        };
        update_service(cloud, &update).await?;
    }
    Ok(Scaled {
        service: name.to_owned(),
        from: service.desired_count,
        to,
        dry_run,
    })
}

impl fmt::Display for Scaled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let goes = if self.dry_run { "would go" } else { "goes" };
        let from = self.from.map_or("?".to_owned(), |from| from.to_string());
        writeln!(
            f,
            "{} {goes} from {from} to {} tasks",
            self.service, self.to
        )
    }
}
