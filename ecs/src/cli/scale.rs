//! `cargo ecs scale`.

use super::caller::{Access, ByCaller, access_to_change};
use super::error::{CliError, failed};
use super::print::print;
use super::service::ServiceArgs;
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
    #[arg(value_parser = count)]
    count: u32,

    #[command(flatten)]
    pub(super) service: ServiceArgs,

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

    async fn scaled(&self) -> Result<ByCaller<Scaled>, CliError> {
        let Access { aws, caller, .. } = access_to_change().await?;
        let name = self.service.name();
        let result = scale(&aws, name, self.count, self.dry_run).await?;
        Ok(ByCaller { result, caller })
    }
}

fn count(text: &str) -> Result<u32, &'static str> {
    text.parse()
        .map_err(|_| "write it as a number of tasks, such as 2")
}
