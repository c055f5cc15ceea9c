//! The status as a person reads it: what needs a look first, and lists cut to a screen's length.

use super::tasks::rank;
use super::{DeploymentStatus, Status, StoppedStatus, TargetStatus, TaskStatus};
use crate::aws::ecs::{ServiceName, Time};
use crate::deploy::short;
use std::collections::BTreeMap;
use std::fmt;

/// Tasks or targets that are listed; of the others, the count is told.
const LISTED: usize = 10;
/// So much of a task's id tells it from others.
const ID: usize = 12;

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (running, desired) = (or_unknown(self.running), or_unknown(self.desired));
        let (service, cluster) = (&self.service, &self.cluster);
        write!(f, "{service} in {cluster}: {running} of {desired} running")?;
        match self.pending {
            Some(pending) if pending > 0 => writeln!(f, ", {pending} pending")?,
            _ => writeln!(f)?,
        }
        writeln!(f, "image: {}", self.image_in_words())?;
        for deployment in &self.deployments {
            self.deployment(f, deployment)?;
        }
        if let Some(tasks) = self.tasks.as_deref().filter(|tasks| !tasks.is_empty()) {
            let health = |task: &TaskStatus| task.health.clone();
            list(f, "tasks", (tasks, health), |task| self.task(task))?;
        }
        if let Some(stopped) = self.stopped.as_deref().filter(|it| !it.is_empty()) {
            writeln!(f, "stopped last:")?;
            for task in stopped {
                writeln!(f, "  {}", self.stopped_task(task))?;
            }
        }
        if !self.targets.is_empty() {
            let state = |target: &TargetStatus| target.state.clone();
            list(f, "targets", (&self.targets, state), target)?;
        }
        for event in &self.events {
            let at = event.at.as_ref().map(|at| format!("{at} "));
            writeln!(f, "event: {}{}", at.unwrap_or_default(), event.message)?;
        }
        for unknown in &self.unknown {
            writeln!(f, "unknown: {unknown}")?;
        }
        Ok(())
    }
}

impl Status {
    fn image_in_words(&self) -> String {
        let revision = self.revision.as_deref().map(short);
        match (&self.image, revision) {
            (Some(image), Some(revision)) => format!("{image} ({revision})"),
            (None, Some(revision)) => format!("? ({revision})"),
            (_, None) => match self.has_running() {
                Some(true) => "several, see the deployments".into(),
                Some(false) => "none, since nothing runs".into(),
                None => "?".into(),
            },
        }
    }

    /// The tasks that run. None where they may not be read, or where the list, which may be a moment behind, has none.
    fn running_tasks(&self) -> Option<Vec<&TaskStatus>> {
        let running = self.tasks.iter().flatten();
        let running = running.filter(|task| task.status == "RUNNING");
        Some(running.collect::<Vec<_>>()).filter(|running| !running.is_empty())
    }

    /// If tasks run. None if nobody knows.
    fn has_running(&self) -> Option<bool> {
        if self.running_tasks().is_some() {
            return Some(true);
        }
        let counts = self.deployments.iter().map(|it| it.running);
        let counts: Vec<u32> = counts.collect::<Option<_>>()?;
        Some(counts.iter().any(|count| *count > 0))
    }

    /// If a deployment's tasks run. None if nobody knows.
    fn runs(&self, deployment: &DeploymentStatus) -> Option<bool> {
        let Some(running) = self.running_tasks() else {
            return deployment.running.map(|running| running > 0);
        };
        let revision = Some(&deployment.revision);
        Some(running.iter().any(|it| it.revision.as_ref() == revision))
    }

    fn deployment(&self, f: &mut fmt::Formatter<'_>, it: &DeploymentStatus) -> fmt::Result {
        let state = it.state.as_ref().map(|state| format!(" {state}"));
        let (revision, state) = (short(&it.revision), state.unwrap_or_default());
        write!(f, "deployment of {revision}: {}{state}", it.status)?;
        match it.begun {
            Some(begun) => writeln!(f, ", begun {}", self.when(begun))?,
            None => writeln!(f)?,
        }
        // What all tasks run was said above.
        if self.revision.as_ref() != Some(&it.revision) {
            let note = match self.runs(it) {
                Some(true) => "",
                Some(false) if it.status == "PRIMARY" => ", which does not run yet",
                Some(false) => ", which no longer runs",
                None => ", and whether it runs is unknown",
            };
            writeln!(f, "  image: {}{note}", or_unknown(it.image.as_ref()))?;
        }
        let (running, desired) = (or_unknown(it.running), or_unknown(it.desired));
        write!(f, "  {running} of {desired} running, ")?;
        if let Some(pending) = it.pending.filter(|pending| *pending > 0) {
            write!(f, "{pending} pending, ")?;
        }
        writeln!(f, "{} failed", or_unknown(it.failed))?;
        let details = details(it);
        if !details.is_empty() {
            writeln!(f, "  {}", details.join(", "))?;
        }
        // Of one that is over, that it is says all.
        if let Some(reason) = it
            .reason
            .as_ref()
            .filter(|_| it.state.as_deref() != Some("COMPLETED"))
        {
            writeln!(f, "  {reason}")?;
        }
        if let Some(pause) = &it.pause {
            writeln!(f, "  waiting for your decision{}", pause.text())?;
            let name = ServiceName {
                cluster: &self.cluster,
                service: &self.service,
            };
            writeln!(f, "  cargo ecs continue {}", name.arguments())?;
            writeln!(f, "  (or the same with --rollback, to go back)")?;
        }
        Ok(())
    }

    fn task(&self, task: &TaskStatus) -> String {
        let revision = task.revision.as_deref().map(short);
        let reason = task.reason.as_ref().map(|reason| format!(" ({reason})"));
        let age = task
            .time
            .map(|time| format!(", started {}", self.when(time)));
        format!(
            "{}  {}: {}{}{}",
            id(&task.id),
            or_unknown(revision),
            task.health,
            reason.unwrap_or_default(),
            age.unwrap_or_default(),
        )
    }

    fn stopped_task(&self, task: &StoppedStatus) -> String {
        let revision = or_unknown(task.revision.as_deref().map(short));
        let at = task.time.map(|time| format!(", {}", self.when(time)));
        let (id, at) = (id(&task.id), at.unwrap_or_default());
        format!("{id}  {revision}{at}: {}", task.reason)
    }

    /// How long ago, or else when.
    fn when(&self, time: Time) -> String {
        let ago = || self.now?.duration_since(time.system_time()?).ok();
        match ago() {
            Some(ago) => format!("{} ago", age(ago.as_secs())),
            None => time.rfc3339(),
        }
    }
}

fn details(deployment: &DeploymentStatus) -> Vec<String> {
    let words = |text: &String| text.to_lowercase().replace('_', " ");
    let mut details: Vec<String> = Vec::new();
    details.extend(deployment.strategy.as_ref().map(words));
    details.extend(deployment.stage.as_ref().map(words));
    let traffic = deployment
        .traffic
        .map(|it| format!("{it} % of the traffic"));
    details.extend(traffic);
    let test = deployment.test_traffic.filter(|test| *test > 0.0);
    details.extend(test.map(|it| format!("{it} % of the test traffic")));
    details
}

fn target(target: &TargetStatus) -> String {
    let reason = target.reason.as_ref().map(|reason| format!(" ({reason})"));
    let port = or_unknown(target.port);
    format!(
        "{}:{port}: {}{}",
        target.id,
        target.state,
        reason.unwrap_or_default()
    )
}

/// The counts by state, and the first items, which are the ones that need a look.
fn list<T>(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    (items, state): (&[T], impl Fn(&T) -> String),
    line: impl Fn(&T) -> String,
) -> fmt::Result {
    writeln!(f, "{name}: {}", counts(items.iter().map(&state)))?;
    for item in items.iter().take(LISTED) {
        writeln!(f, "  {}", line(item))?;
    }
    let rest = items.get(LISTED..).unwrap_or_default();
    if !rest.is_empty() {
        writeln!(f, "  and {} more", counts(rest.iter().map(&state)))?;
    }
    Ok(())
}

/// `149 healthy, 1 unhealthy`.
fn counts(states: impl Iterator<Item = String>) -> String {
    let mut counts: BTreeMap<(u8, String), usize> = BTreeMap::new();
    for state in states {
        *counts.entry((u8::MAX - rank(&state), state)).or_default() += 1;
    }
    let counts = counts
        .iter()
        .map(|((_, state), count)| format!("{count} {state}"));
    counts.collect::<Vec<_>>().join(", ")
}

fn id(id: &str) -> &str {
    id.get(..ID).unwrap_or(id)
}

/// In the largest unit of which there are some.
fn age(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// What is not known is shown as that.
fn or_unknown<T: fmt::Display>(value: Option<T>) -> String {
    value.map_or("?".into(), |value| value.to_string())
}
