//! `cargo ecs scale`.

use super::error::{CliError, failed};
use super::print::print;
use super::service::{ServiceArgs, access_to_change};
use crate::deploy::{Scaled, scale};
use clap::Args;
use std::process::ExitCode;

/// Set how many tasks should run
#[derive(Args, Debug)]
#[command(after_help = "\
Auto scaling continues from there, within its bounds.

Examples:
  cargo ecs scale 3 --service shop
  cargo ecs scale 0 --service shop --dry-run")]
pub(super) struct Scale {
    /// How many
    count: u32,

    #[command(flatten)]
    service: ServiceArgs,

    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Scale {
    pub(super) async fn run(self) -> ExitCode {
        match self.scaled().await {
            Ok(scaled) => print(&scaled, self.json),
            Err(error) => failed(&error, self.json),
        }
    }

    async fn scaled(&self) -> Result<Scaled, CliError> {
        let (aws, _) = access_to_change().await?;
        let service = (self.service.cluster(), self.service.service.as_str());
        Ok(scale(&aws, service, self.count, self.dry_run).await?)
    }
}
