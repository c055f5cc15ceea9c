//! `cargo ecs cost`.

use super::error::{CliError, failed};
use super::say;
use super::service::{ServiceArgs, access};
use crate::chain::chain;
use crate::live;
use crate::stack::{Costs, PRICES, TaskSize, Watch, costs, watch};
use clap::Args;
use std::process::ExitCode;

/// Show what the service costs as it runs now, and what it would cost parked
#[derive(Args, Debug)]
#[command(after_help = "\
Traffic, logs and traces come on top. Alarms and dashboards are those of the stack with the service's name. The prices are those of docs/prices.toml when the tool was built.

Example:
  cargo ecs cost --service shop")]
pub(super) struct Cost {
    #[command(flatten)]
    service: ServiceArgs,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Cost {
    pub(super) async fn run(self) -> ExitCode {
        match self.costs().await {
            Ok(costs) if self.json => say::json(&costs),
            Ok(costs) => say::out(in_words(&costs)),
            Err(error) => return failed(&error, self.json),
        }
        ExitCode::SUCCESS
    }

    async fn costs(&self) -> Result<Costs, CliError> {
        let (aws, _) = access().await?;
        let live = live::read(&aws, self.service.cluster(), &self.service.service).await?;
        let definition = &live.facts.definition;
        let units = |value: &Option<String>, name| {
            let units = value.as_ref().and_then(|text| text.parse::<f64>().ok());
            units.ok_or(CliError::NoSize(name))
        };
        let size = TaskSize {
            vcpu: units(&definition.cpu, "cpu")? / 1024.0,
            gb: units(&definition.memory, "memory")? / 1024.0,
        };
        // Who may not read the stack gets to know the rest.
        let watch = watch(&aws, &self.service.service).await;
        let watch = watch.unwrap_or_else(|error| {
            say::err(format_args!(
                "alarms and dashboards are not counted: {}",
                chain(&error)
            ));
            Watch::default()
        });
        Ok(costs(&live.facts, size, &watch, PRICES)?)
    }
}

fn in_words(costs: &Costs) -> String {
    let lines = costs
        .items
        .iter()
        .map(|item| format!("{:>9.2} {:>9.2}  {}\n", item.now, item.parked, item.what));
    let (now, parked) = costs.totals();
    format!(
        "{:>9} {:>9}  {} a month, {}, prices of {}\n{}{now:>9.2} {parked:>9.2}  in all\n",
        "now",
        "parked",
        costs.currency,
        costs.region,
        costs.as_of,
        lines.collect::<String>(),
    )
}
