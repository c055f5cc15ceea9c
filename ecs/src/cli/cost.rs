//! `cargo ecs cost`.

use super::error::{CliError, failed};
use super::say;
use super::service::{ServiceArgs, access};
use crate::stack::{Costs, PRICES, costs, usage};
use clap::Args;
use std::process::ExitCode;

/// Show what the service costs as it runs now, and what it would cost parked if `park` knows its stack
#[derive(Args, Debug)]
#[command(after_help = "\
What comes on top is named as not counted. Alarms and dashboards are those of the stack with the service's name. The prices are those
of docs/prices.toml when the tool was built; where it has none for the region, no figure is shown.

Example:
  cargo ecs cost --service shop")]
pub(super) struct Cost {
    #[command(flatten)]
    pub(super) service: ServiceArgs,

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
        let usage = usage(&aws, self.service.cluster(), self.service.name().service).await?;
        Ok(costs(&usage, PRICES)?)
    }
}

fn in_words(costs: &Costs) -> String {
    let Costs { total, .. } = costs;
    let amount = |price: f64| format!("{price:>9.2}");
    // Where nothing can be parked, there is no column for it.
    let row = |now: f64, parked: Option<f64>| match parked {
        Some(parked) => format!("{} {}", amount(now), amount(parked)),
        None => amount(now),
    };
    let head = match total.parked {
        Some(_) => format!("{:>9} {:>9}", "now", "parked"),
        None => format!("{:>9}", "now"),
    };
    let mut text = format!(
        "{head}  {} a month, {}, prices of {}\n",
        costs.currency, costs.region, costs.as_of
    );
    for item in &costs.items {
        text += &format!("{}  {}\n", row(item.now, item.parked), item.what);
    }
    text += &format!("{}  in all\n", row(total.now, total.parked));
    for what in &costs.not_counted {
        text += &format!("not counted: {what}\n");
    }
    text
}
