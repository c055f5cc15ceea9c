//! `cargo ecs logs`.

use super::error::{CliError, failed};
use super::service::{ServiceArgs, access};
use crate::aws::{ApiError, Cloud, LOGS};
use crate::live;
use clap::Args;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::sleep;

/// Between two questions for new lines.
const POLL: Duration = Duration::from_secs(2);
/// Lines come late and out of order; those of this long ago are asked for once more.
const OVERLAP_MILLIS: u64 = 10_000;

/// Show the log of the service's tasks
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  cargo ecs logs --service shop\n  cargo ecs logs --service shop --follow --since 60"
)]
pub(super) struct Logs {
    #[command(flatten)]
    service: ServiceArgs,

    /// Go on with new lines until Ctrl-C
    #[arg(long, short)]
    follow: bool,

    /// From how many seconds ago
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    since: u64,

    /// Print a line of JSON for each, with its time and its task's stream
    #[arg(long)]
    json: bool,
}

impl Logs {
    pub(super) async fn run(self) -> ExitCode {
        match self.show().await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&error),
        }
    }

    async fn show(&self) -> Result<(), CliError> {
        let (aws, _) = access().await?;
        let service =
            live::raw_service(&aws, self.service.cluster(), &self.service.service).await?;
        let name = service["taskDefinition"].as_str().unwrap_or_default();
        let (definition, _) = live::raw_definition(&aws, name).await?;
        let containers = definition["containerDefinitions"]
            .as_array()
            .into_iter()
            .flatten();
        let mut groups = containers.filter_map(|container| {
            container["logConfiguration"]["options"]["awslogs-group"].as_str()
        });
        let group = groups
            .next()
            .ok_or_else(|| CliError::NoLogGroup(self.service.service.clone()))?;

        let mut from = now().saturating_sub(self.since * 1000);
        // By their time, so that those are forgotten that are not asked for again.
        let mut seen = BTreeSet::new();
        loop {
            for event in events(&aws, group, from).await? {
                let id = event["eventId"].as_str().unwrap_or_default().to_owned();
                let at = event["timestamp"].as_u64().unwrap_or_default();
                if seen.insert((at, id)) {
                    self.print(&event);
                }
                from = from.max(at.saturating_sub(OVERLAP_MILLIS));
            }
            seen = seen.split_off(&(from, String::new()));
            if !self.follow {
                return Ok(());
            }
            sleep(POLL).await;
        }
    }
}

impl Logs {
    fn print(&self, event: &Value) {
        let message = event["message"].as_str().unwrap_or_default().trim_end();
        if self.json {
            let line = json!({
                "timestamp": event["timestamp"],
                "stream": event["logStreamName"],
                "message": message,
            });
            anstream::println!("{line}");
        } else {
            anstream::println!("{message}");
        }
    }
}

/// All pages.
async fn events(aws: &impl Cloud, group: &str, from: u64) -> Result<Vec<Value>, ApiError> {
    let mut parameters = json!({ "logGroupName": group, "startTime": from });
    let mut events = Vec::new();
    loop {
        let answer = aws
            .json(LOGS, "FilterLogEvents", group, &parameters)
            .await?;
        events.extend(answer["events"].as_array().cloned().unwrap_or_default());
        match answer["nextToken"].as_str() {
            Some(token) => parameters["nextToken"] = token.into(),
            None => return Ok(events),
        }
    }
}

/// Milliseconds since 1970.
fn now() -> u64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
}
