//! What a failed deployment leaves behind: stopped tasks, their last words, events, unhealthy targets.

use super::{Cause, Order, cause};
use crate::aws::{Cloud, ECS, LOGS};
use crate::facts::Facts;
use crate::live;
use serde_json::{Value, json};

/// Lines of a dead container's log that are looked at.
const LINES: u32 = 20;
/// Events of the service that are looked at.
const EVENTS: usize = 10;

/// What was found. What could not be read is left out.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    /// Why tasks and containers stopped, in AWS's words.
    pub(super) reasons: Vec<String>,
    /// Of each task, the exit code of the container that ended it.
    pub(super) exit_codes: Vec<i64>,
    /// The last lines of a dead container.
    pub(super) log: Vec<String>,
    /// AWS's codes for targets that are unwell.
    pub(super) targets: Vec<String>,
    /// The latest events of the service.
    pub(super) events: Vec<String>,
}

impl Evidence {
    pub(super) fn cause(&self) -> Option<Cause> {
        cause::of(self)
    }
}

/// Gathers what there is about tasks of this revision.
pub(super) async fn gather(
    cloud: &impl Cloud,
    order: &Order,
    facts: &Facts,
    revision: &str,
    service: &Value,
) -> Evidence {
    let mut evidence = Evidence::default();
    let mut tasks = stopped(cloud, order, revision).await;
    // Those that were stopped since they are too many say nothing about why.
    tasks.sort_by_key(|task| {
        (
            failed_container(task).is_none(),
            exited_container(task).is_none(),
        )
    });
    for task in &tasks {
        evidence.reasons.extend(text(&task["stoppedReason"]));
        for container in containers(task) {
            evidence.reasons.extend(text(&container["reason"]));
        }
        let exited = exited_container(task).and_then(|it| it["exitCode"].as_i64());
        evidence.exit_codes.extend(exited);
    }
    if let Some(task) = tasks.first() {
        evidence.log = last_words(cloud, revision, task).await.unwrap_or_default();
    }
    let groups = live::target_groups(cloud, &facts.service.load_balancers).await;
    for target in groups
        .iter()
        .flatten()
        .filter_map(|group| group.targets.as_ref())
        .flatten()
    {
        evidence.targets.extend(
            target
                .reason
                .clone()
                .filter(|_| target.state == "unhealthy"),
        );
    }
    let events = service["events"]
        .as_array()
        .into_iter()
        .flatten()
        .take(EVENTS);
    evidence.events = events.filter_map(|event| text(&event["message"])).collect();
    evidence
}

async fn stopped(cloud: &impl Cloud, order: &Order, revision: &str) -> Vec<Value> {
    let parameters = json!({
        "cluster": order.cluster,
        "serviceName": order.service,
        "desiredStatus": "STOPPED",
    });
    let answer = cloud
        .json(ECS, "ListTasks", &order.service, &parameters)
        .await
        .unwrap_or_default();
    let arns = answer["taskArns"].clone();
    if arns.as_array().is_none_or(Vec::is_empty) {
        return Vec::new();
    }
    let parameters = json!({ "cluster": order.cluster, "tasks": arns });
    let answer = cloud
        .json(ECS, "DescribeTasks", &order.service, &parameters)
        .await
        .unwrap_or_default();
    let tasks = answer["tasks"].as_array().cloned().unwrap_or_default();
    tasks
        .into_iter()
        .filter(|task| task["taskDefinitionArn"] == revision)
        .collect()
}

fn containers(task: &Value) -> impl Iterator<Item = &Value> {
    task["containers"].as_array().into_iter().flatten()
}

/// The container that failed. Those beside it are stopped by ECS, with 143 or 137.
fn failed_container(task: &Value) -> Option<&Value> {
    let code = |container: &&Value| container["exitCode"].as_i64().unwrap_or_default();
    let by_itself = containers(task).find(|it| !matches!(code(it), 0 | 137 | 143));
    by_itself.or_else(|| containers(task).find(|it| code(it) != 0))
}

fn exited_container(task: &Value) -> Option<&Value> {
    failed_container(task).or_else(|| containers(task).find(|it| it["exitCode"].is_i64()))
}

/// From CloudWatch, if the container wrote there.
async fn last_words(cloud: &impl Cloud, revision: &str, task: &Value) -> Option<Vec<String>> {
    let name = &exited_container(task)?["name"];
    let (definition, _) = live::raw_definition(cloud, revision).await.ok()?;
    let mut definitions = definition["containerDefinitions"].as_array()?.iter();
    let options = &definitions.find(|it| it["name"] == *name)?["logConfiguration"]["options"];
    let prefix = options["awslogs-stream-prefix"].as_str()?;
    let id = task["taskArn"].as_str()?.rsplit('/').next()?;
    let group = options["awslogs-group"].as_str()?;
    let parameters = json!({
        "logGroupName": group,
        "logStreamName": format!("{prefix}/{}/{id}", name.as_str()?),
        "limit": LINES,
    });
    let answer = cloud
        .json(LOGS, "GetLogEvents", group, &parameters)
        .await
        .ok()?;
    let events = answer["events"].as_array()?.iter();
    Some(events.filter_map(|event| text(&event["message"])).collect())
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
