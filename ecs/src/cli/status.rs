//! `cargo ecs status`.

use super::error::{CliError, failed};
use super::print::print;
use super::service::{ServiceArgs, access};
use super::watch::watch;
use crate::aws::{Aws, Retrying};
use crate::live::status;
use clap::Args;
use std::process::ExitCode;

/// Show what runs: image, deployments, tasks, targets, the last events
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  cargo ecs status --service shop\n  cargo ecs status --service shop --watch"
)]
pub(super) struct StatusArgs {
    #[command(flatten)]
    pub(super) service: ServiceArgs,

    /// Look again and again until Ctrl-C; without a terminal, print only what changes
    #[arg(long, short)]
    watch: bool,

    /// Print JSON, with --watch a line for each change
    #[arg(long)]
    json: bool,
}

impl StatusArgs {
    pub(super) async fn run(self) -> ExitCode {
        match self.show().await {
            Ok(code) => code,
            Err(error) => failed(&error, self.json),
        }
    }

    async fn show(&self) -> Result<ExitCode, CliError> {
        let (aws, _): (Retrying<Aws>, _) = access().await?;
        let name = self.service.name();
        if self.watch {
            return watch(&aws, name, self.json).await;
        }
        let status = status(&aws, name.cluster, name.service).await?;
        Ok(print(&status, self.json))
    }
}
