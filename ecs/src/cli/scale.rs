//! `cargo ecs scale`.

use super::error::{CliError, failed};
use super::service::{ServiceArgs, access};
use crate::aws::{Cloud, ECS};
use crate::live;
use clap::Args;
use serde_json::{Value, json};
use std::process::ExitCode;

/// Set how many tasks should run
#[derive(Args, Debug)]
#[command(after_help = "\
Where the service scales by itself, that goes on from there, within its bounds.

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
            Ok(scaled) if self.json => anstream::println!("{scaled:#}"),
            Ok(scaled) => {
                let would = if self.dry_run { "would go" } else { "goes" };
                anstream::println!(
                    "{} {would} from {} to {} tasks",
                    self.service.service,
                    scaled["from"],
                    scaled["to"]
                );
            }
            Err(error) => return failed(&error),
        }
        ExitCode::SUCCESS
    }

    async fn scaled(&self) -> Result<Value, CliError> {
        let (aws, _) = access().await?;
        let (cluster, name) = (self.service.cluster(), &self.service.service);
        let service = live::raw_service(&aws, cluster, name).await?;
        if !self.dry_run {
            let parameters =
                json!({ "cluster": cluster, "service": name, "desiredCount": self.count });
            aws.json(ECS, "UpdateService", name, &parameters).await?;
        }
        Ok(json!({
            "service": name,
            "from": service["desiredCount"],
            "to": self.count,
            "dry_run": self.dry_run,
        }))
    }
}
