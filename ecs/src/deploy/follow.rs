//! Waits for the end of a deployment, and makes sure of it.

use super::tracked::{State, Tracked, list, text};
use super::{DeployError, Order, Outcome, Progress, Verdict, evidence, short};
use crate::aws::Cloud;
use crate::facts::Facts;
use crate::live;
use serde_json::Value;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Between two looks. ECS itself takes seconds for each of its steps.
const POLL: Duration = Duration::from_secs(5);
/// How long after ECS's success the service may take to look like one.
const SETTLE: Duration = Duration::from_secs(120);
/// How long a deployment may stay unlisted.
const UNSEEN: Duration = Duration::from_secs(60);

/// Waits until the deployment is over or the time is up, and names the cause of a failure.
pub(super) async fn until_the_end(
    cloud: &impl Cloud,
    order: &Order,
    facts: &Facts,
    mut ours: Tracked,
    deadline: Instant,
    outcome: &mut Outcome,
    progress: &mut impl Progress,
) -> Result<Verdict, DeployError> {
    let start = Instant::now();
    let mut deadline = deadline;
    let mut told = String::new();
    loop {
        let mut service = Value::Null;
        let end = match look(cloud, order, facts, &mut ours, &mut service).await {
            Ok((state, line, end)) => {
                if line != told {
                    progress.tell(&format!("{:>4} s  {line}", start.elapsed().as_secs()));
                    told = line;
                }
                match state {
                    // ECS has said its word; what is left takes no more than this.
                    State::Succeeded => deadline = deadline.min(Instant::now() + SETTLE),
                    State::Unseen if start.elapsed() > UNSEEN && !ours.fall_back() => {
                        deadline = Instant::now();
                    }
                    _ => {}
                }
                end
            }
            // Of a look that failed in a way that passes, nothing follows.
            Err(error) if error.api().is_some_and(|api| api.may_pass(true)) => None,
            Err(error) => return Err(error),
        };
        let is_late = Instant::now() >= deadline;
        let Some(verdict) = end.or_else(|| is_late.then_some(Verdict::TimedOut)) else {
            sleep(POLL.min(deadline.saturating_duration_since(Instant::now()))).await;
            continue;
        };
        let has_cause = !matches!(
            verdict,
            Verdict::Deployed
                | Verdict::DeployedParked
                | Verdict::Superseded { .. }
                | Verdict::Stopped
        );
        if has_cause {
            outcome.cause = evidence::gather(cloud, order, facts, &ours.revision, &service)
                .await
                .cause();
        }
        return Ok(verdict);
    }
}

/// One look: how far it is, in words, and the verdict if it is over.
async fn look(
    cloud: &impl Cloud,
    order: &Order,
    facts: &Facts,
    ours: &mut Tracked,
    service: &mut Value,
) -> Result<(State, String, Option<Verdict>), DeployError> {
    *service = live::raw_service(cloud, &order.cluster, &order.service).await?;
    let state = ours.state(cloud, order, service).await?;
    let primary = primary(service);
    let is_ours = primary["taskDefinition"] == ours.revision;
    let end = match state {
        State::Unseen | State::Running | State::GoingBack => None,
        State::Succeeded if is_ours => confirmed(cloud, order, facts, service).await?,
        State::Succeeded => Some(superseded(cloud, primary).await),
        State::RolledBack => Some(Verdict::RolledBack),
        State::RollbackFailed => Some(Verdict::RollbackFailed),
        State::Failed => Some(Verdict::Failed),
        State::Stopped if is_ours || is_last(cloud, order, ours).await? => Some(Verdict::Stopped),
        State::Stopped => Some(superseded(cloud, primary).await),
    };
    Ok((state.clone(), in_words(&state, service), end))
}

fn primary(service: &Value) -> &Value {
    let mut deployments = service["deployments"].as_array().into_iter().flatten();
    deployments
        .find(|it| it["status"] == "PRIMARY")
        .unwrap_or(&Value::Null)
}

/// If no later deployment was begun, so that it was somebody's hand that stopped ours.
async fn is_last(cloud: &impl Cloud, order: &Order, ours: &Tracked) -> Result<bool, DeployError> {
    let Some(arn) = ours.arn() else {
        return Ok(false);
    };
    let newest = list(cloud, order).await?;
    Ok(newest
        .first()
        .is_some_and(|it| it["serviceDeploymentArn"] == arn))
}

/// All desired tasks run, and the targets are healthy.
async fn confirmed(
    cloud: &impl Cloud,
    order: &Order,
    facts: &Facts,
    service: &Value,
) -> Result<Option<Verdict>, DeployError> {
    let primary = primary(service);
    let desired = service["desiredCount"].as_u64().unwrap_or_default();
    if desired == 0 {
        return Ok(Some(if order.allow_parked {
            Verdict::DeployedParked
        } else {
            Verdict::Parked
        }));
    }
    if primary["runningCount"].as_u64().unwrap_or_default() < desired {
        return Ok(None);
    }
    let groups = live::target_groups(cloud, &facts.service.load_balancers).await?;
    let are_healthy = groups
        .iter()
        .filter_map(|group| group.targets.as_ref())
        .all(|targets| {
            let mut staying = targets
                .iter()
                .filter(|target| target.state != "draining")
                .peekable();
            staying.peek().is_some() && staying.all(|target| target.state == "healthy")
        });
    Ok(are_healthy.then_some(Verdict::Deployed))
}

async fn superseded(cloud: &impl Cloud, primary: &Value) -> Verdict {
    let definition = text(&primary["taskDefinition"]);
    let mut by = short(&definition).to_owned();
    if let Ok((definition, tags)) = live::raw_definition(cloud, &definition).await {
        let tags = tags.as_array().cloned().unwrap_or_default();
        let commit = tags.iter().find(|tag| tag["key"] == "dualrun:commit");
        if let Some(commit) = commit {
            by += &format!(", commit {}", text(&commit["value"]));
        }
        if let Some(who) = definition["registeredBy"].as_str() {
            by += &format!(", registered by {who}");
        }
    }
    Verdict::Superseded { by }
}

fn in_words(state: &State, service: &Value) -> String {
    let what = match state {
        State::Unseen => "not begun",
        State::Running => "in progress",
        State::GoingBack => "going back",
        State::Succeeded => "ecs says it succeeded",
        State::RolledBack => "rolled back",
        State::RollbackFailed => "the rollback failed",
        State::Failed => "failed",
        State::Stopped => "stopped",
    };
    let primary = primary(service);
    let count = |key: &str| primary[key].as_u64().unwrap_or_default();
    format!(
        "{what}: {} of {} running, {} pending, {} failed",
        count("runningCount"),
        count("desiredCount"),
        count("pendingCount"),
        count("failedTasks"),
    )
}
