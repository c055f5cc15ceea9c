//! `cargo ecs revisions`.

use super::error::{CliError, failed};
use super::print::print;
use super::service::{ServiceArgs, access};
use crate::aws::ecs::ServiceName;
use crate::deploy::{self, Revisions};
use clap::Args;
use std::process::ExitCode;

/// List the revisions that the service can go back to
#[derive(Args, Debug)]
#[command(after_help = "\
When a revision was deployed comes from ECS, which remembers 90 days, and from the tag dualrun:deployed, which deploy and
rollback leave at each success.

Examples:
  cargo ecs revisions --service shop
  cargo ecs rollback --service shop --to 12")]
pub(super) struct RevisionsArgs {
    #[command(flatten)]
    pub(super) service: ServiceArgs,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl RevisionsArgs {
    pub(super) async fn run(self) -> ExitCode {
        match self.revisions().await {
            Ok(revisions) => print(&revisions, self.json),
            Err(error) => failed(&error, self.json),
        }
    }

    async fn revisions(&self) -> Result<Revisions, CliError> {
        let (aws, _) = access().await?;
        let ServiceName {
            cluster,
            service: name,
        } = self.service.name();
        Ok(deploy::revisions(&aws, cluster, name).await?)
    }
}
