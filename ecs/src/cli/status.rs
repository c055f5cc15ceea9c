//! `cargo ecs status`.

use super::error::{CliError, failed};
use super::print::print;
use super::service::{ServiceArgs, access};
use crate::live::{Status, status};
use clap::Args;
use std::process::ExitCode;

/// Show what runs: image, tasks, deployments, targets, the last events
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  cargo ecs status --service shop")]
pub(super) struct StatusArgs {
    #[command(flatten)]
    service: ServiceArgs,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl StatusArgs {
    pub(super) async fn run(self) -> ExitCode {
        match self.status().await {
            Ok(status) => print(&status, self.json),
            Err(error) => failed(&error, self.json),
        }
    }

    async fn status(&self) -> Result<Status, CliError> {
        let (aws, _) = access().await?;
        Ok(status(&aws, self.service.cluster(), &self.service.service).await?)
    }
}
