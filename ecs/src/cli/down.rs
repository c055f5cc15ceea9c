//! `cargo ecs down`.

use super::confirm::confirm;
use super::error::{CliError, failed};
use super::progress::Lines;
use super::say;
use super::service::access;
use crate::stack::{Left, down, left_behind, verified};
use clap::Args;
use std::process::ExitCode;
use std::time::Duration;

/// Take the stack down: everything in it, the secret and the log for good
#[derive(Args, Debug)]
#[command(after_help = "\
Exit codes: 0 it is gone, 1 it is not, or --verify has found something that costs.

Examples:
  cargo ecs down --stack shop --verify
  cargo ecs down --stack shop --dry-run     what bears the stack's tag now")]
pub(super) struct Down {
    /// The stack
    #[arg(long, value_name = "NAME", env = "ECS_SERVICE")]
    stack: String,

    /// Look for what is left afterwards
    #[arg(long)]
    verify: bool,

    /// Say what would go, and do nothing
    #[arg(long)]
    dry_run: bool,

    /// Do not ask
    #[arg(long, short)]
    yes: bool,

    /// Print what is left as JSON
    #[arg(long)]
    json: bool,

    /// How many seconds to wait for the end
    #[arg(long, value_name = "SECONDS", default_value_t = 1800, value_parser = super::seconds())]
    timeout: u64,
}

impl Down {
    pub(super) async fn run(self) -> ExitCode {
        match self.taken_down().await {
            Ok(left) => self.print(&left),
            Err(error) => failed(&error, self.json),
        }
    }

    /// What is left; of a dry run, all that there is. None if nobody wanted it.
    async fn taken_down(&self) -> Result<Option<Vec<Left>>, CliError> {
        let (aws, _) = access().await?;
        if self.dry_run {
            return Ok(Some(left_behind(&aws, &self.stack).await?));
        }
        let question = format!(
            "the stack {} and all that is in it will be deleted\n",
            self.stack
        );
        if !self.yes && !confirm(&question) {
            return Ok(None);
        }
        down(
            &aws,
            &self.stack,
            Duration::from_secs(self.timeout),
            &mut Lines::new(),
        )
        .await?;
        Ok(Some(if self.verify {
            verified(&aws, &self.stack).await?
        } else {
            Vec::new()
        }))
    }

    fn print(&self, left: &Option<Vec<Left>>) -> ExitCode {
        let Some(left) = left else {
            // What is left is not known, so this is no result.
            say::err("nothing was changed");
            return ExitCode::FAILURE;
        };
        if self.json {
            say::json(&serde_json::json!({ "left": left }));
        } else {
            for it in left {
                let costs = if it.costs { ", which costs" } else { "" };
                let what = if self.dry_run { "would go" } else { "left" };
                say::out(format_args!("{what}: {}{costs}", it.arn));
            }
            if !self.dry_run {
                let verified = if self.verify && left.is_empty() {
                    ", and nothing bears its tag"
                } else {
                    ""
                };
                say::out(format_args!("{} is gone{verified}", self.stack));
            }
        }
        let is_left = !self.dry_run && left.iter().any(|it| it.costs);
        if is_left {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        }
    }
}
