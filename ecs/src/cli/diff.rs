//! `cargo ecs diff`.

use super::error::{CliError, failed};
use super::say;
use super::service::{ServiceArgs, access};
use super::upwards::{DEFINITION, needed};
use crate::aws::ecs::describe_definition;
use crate::diff::{Difference, differences};
use crate::files::definition_file;
use crate::live;
use clap::Args;
use serde_json::Value;
use std::path::PathBuf;
use std::process::ExitCode;

/// Compare the task definition that runs with the one in a file
#[derive(Args, Debug)]
#[command(after_help = "\
What AWS fills in by itself is no difference, and neither is the commit where the file has COMMIT.

Exit codes: 0 they are the same, 1 they differ, 2 they could not be compared.

Example:
  cargo ecs diff --service shop")]
pub(super) struct Diff {
    #[command(flatten)]
    pub(super) service: ServiceArgs,

    /// The file
    #[arg(long, value_name = "FILE", default_value = DEFINITION)]
    definition: PathBuf,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Diff {
    pub(super) async fn run(self) -> ExitCode {
        match self.compared().await {
            Ok(found) => {
                self.print(&found);
                if found.is_empty() {
                    ExitCode::SUCCESS
                } else {
                    ExitCode::FAILURE
                }
            }
            Err(error) => {
                failed(&error, self.json);
                ExitCode::from(2)
            }
        }
    }

    async fn compared(&self) -> Result<Vec<Difference>, CliError> {
        let file = needed(&self.definition, DEFINITION)?;
        let (wanted, _) = definition_file(&file)?;
        let (aws, _) = access().await?;
        let service =
            live::service(&aws, self.service.cluster(), self.service.name().service).await?;
        let name = service.task_definition.as_deref().unwrap_or_default();
        let running = describe_definition(&aws, name).await?;
        Ok(differences(&wanted, &running))
    }

    fn print(&self, found: &[Difference]) {
        if self.json {
            return say::json(&serde_json::json!({ "differences": found }));
        }
        let text =
            |value: &Option<Value>| value.as_ref().map_or("nothing".into(), Value::to_string);
        for Difference { path, file, live } in found {
            let (file, live) = (text(file), text(live));
            say::out(format_args!(
                "{path}: the file says {file}, and {live} runs"
            ));
        }
    }
}
