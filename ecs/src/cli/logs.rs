//! `cargo ecs logs`.

use super::error::{CliError, failed};
use super::say;
use super::service::{ServiceArgs, access};
use crate::aws::logs::{LogEvent, Streams, events_since};
use crate::live;
use clap::Args;
use serde_json::json;
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

    /// The container [default: the one that requests go to]
    #[arg(long, value_name = "NAME")]
    container: Option<String>,

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
            Err(error) => failed(&error, self.json),
        }
    }

    async fn show(&self) -> Result<(), CliError> {
        let (aws, _) = access().await?;
        let service = (self.service.cluster(), self.service.service.as_str());
        let place = live::log_place(&aws, service, self.container.as_deref()).await?;
        let streams = match &place.prefix {
            Some(prefix) => Streams::Prefix(prefix),
            None => Streams::All,
        };

        let mut from = now().saturating_sub(self.since * 1000);
        // By their time, so that those are forgotten that are not asked for again.
        let mut seen = BTreeSet::new();
        loop {
            for event in events_since(&aws, &place.group, streams, from).await? {
                if seen.insert((event.timestamp, event.event_id.clone())) {
                    self.print(&event);
                }
                from = from.max(event.timestamp.saturating_sub(OVERLAP_MILLIS));
            }
            seen = seen.split_off(&(from, String::new()));
            if !self.follow || say::is_closed() {
                return Ok(());
            }
            sleep(POLL).await;
        }
    }
}

impl Logs {
    fn print(&self, event: &LogEvent) {
        let message = event.message.trim_end();
        if self.json {
            let line = json!({
                "timestamp": event.timestamp,
                "stream": event.log_stream_name,
                "message": message,
            });
            say::json_text(&line.to_string());
        } else {
            say::out(message);
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
