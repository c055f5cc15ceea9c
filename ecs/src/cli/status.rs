//! `cargo ecs status`.

use super::error::{CliError, failed};
use super::service::{ServiceArgs, access};
use crate::deploy::short;
use crate::live;
use clap::Args;
use serde_json::{Value, json};
use std::process::ExitCode;

/// Events that are shown.
const EVENTS: usize = 5;

/// Show what runs: image, tasks, deployments, targets, the last events
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  cargo ecs status --service shop")]
pub(super) struct Status {
    #[command(flatten)]
    service: ServiceArgs,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Status {
    pub(super) async fn run(self) -> ExitCode {
        match self.status().await {
            Ok(status) if self.json => anstream::println!("{status:#}"),
            Ok(status) => anstream::print!("{}", in_words(&status)),
            Err(error) => return failed(&error),
        }
        ExitCode::SUCCESS
    }

    async fn status(&self) -> Result<Value, CliError> {
        let (aws, _) = access().await?;
        let (cluster, name) = (self.service.cluster(), &self.service.service);
        let live::Live { facts, service, .. } = live::read(&aws, cluster, name).await?;
        let targets = facts
            .target_groups
            .iter()
            .filter_map(|group| group.targets.as_ref())
            .flatten();
        let targets = targets.map(|target| {
            json!({ "id": target.id, "port": target.port, "state": target.state, "reason": target.reason })
        });
        let deployments = service["deployments"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|it| {
                json!({
                    "status": it["status"],
                    "state": it["rolloutState"],
                    "revision": it["taskDefinition"],
                    "running": it["runningCount"],
                    "desired": it["desiredCount"],
                    "failed": it["failedTasks"],
                })
            });
        let events = service["events"]
            .as_array()
            .into_iter()
            .flatten()
            .take(EVENTS);
        Ok(json!({
            "service": name,
            "cluster": cluster,
            "image": facts.main_container().map(|container| container.image.clone()),
            "revision": service["taskDefinition"],
            "desired": service["desiredCount"],
            "running": service["runningCount"],
            "deployments": deployments.collect::<Vec<_>>(),
            "targets": targets.collect::<Vec<_>>(),
            "events": events.map(|event| event["message"].clone()).collect::<Vec<_>>(),
        }))
    }
}

fn in_words(status: &Value) -> String {
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let list = |key: &str| status[key].as_array().cloned().unwrap_or_default();
    let mut lines = vec![
        format!(
            "{} in {}: {} of {} running",
            text(&status["service"]),
            text(&status["cluster"]),
            status["running"],
            status["desired"]
        ),
        format!(
            "image: {} ({})",
            text(&status["image"]),
            short(&text(&status["revision"]))
        ),
    ];
    for it in list("deployments") {
        lines.push(format!(
            "deployment of {}: {} {}, {} of {} running, {} failed",
            short(&text(&it["revision"])),
            text(&it["status"]),
            text(&it["state"]),
            it["running"],
            it["desired"],
            it["failed"],
        ));
    }
    for it in list("targets") {
        let reason = it["reason"]
            .as_str()
            .map_or(String::new(), |reason| format!(" ({reason})"));
        lines.push(format!(
            "target {}:{}: {}{reason}",
            text(&it["id"]),
            it["port"],
            text(&it["state"])
        ));
    }
    lines.extend(
        list("events")
            .iter()
            .map(|event| format!("event: {}", text(event))),
    );
    lines.join("\n") + "\n"
}
