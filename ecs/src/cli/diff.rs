//! `cargo ecs diff`.

use super::error::{CliError, failed, read_file};
use super::service::{ServiceArgs, access};
use crate::diff::{Difference, differences};
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
    service: ServiceArgs,

    /// The file
    #[arg(long, value_name = "FILE", default_value = "ecs/task-definition.json")]
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
                failed(&error);
                ExitCode::from(2)
            }
        }
    }

    async fn compared(&self) -> Result<Vec<Difference>, CliError> {
        let wanted: Value =
            serde_json::from_str(&read_file(&self.definition)?).map_err(|source| {
                CliError::Json {
                    file: self.definition.clone(),
                    source,
                }
            })?;
        let (aws, _) = access().await?;
        let service =
            live::raw_service(&aws, self.service.cluster(), &self.service.service).await?;
        let name = service["taskDefinition"].as_str().unwrap_or_default();
        let (live, _) = live::raw_definition(&aws, name).await?;
        Ok(differences(&wanted, &live))
    }

    fn print(&self, found: &[Difference]) {
        if self.json {
            anstream::println!("{:#}", serde_json::json!({ "differences": found }));
            return;
        }
        let text =
            |value: &Option<Value>| value.as_ref().map_or("nothing".into(), Value::to_string);
        for Difference { path, file, live } in found {
            anstream::println!(
                "{path}: the file says {}, and {} runs",
                text(file),
                text(live)
            );
        }
    }
}
