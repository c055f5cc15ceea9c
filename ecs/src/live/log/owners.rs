//! Which task has written a line, and whether that is the service's. Services may share a group, a prefix and a
//! container's name; only the task's id at the end of a stream's name tells them apart.

use crate::aws::ecs::{ServiceName, describe_tasks};
use crate::aws::logs::LogEvent;
use crate::aws::{ApiError, Cloud};
use std::collections::{BTreeMap, BTreeSet};

/// ECS remembers a task for an hour after its end at least (AWS, API reference, "ListTasks"). What has written within this
/// time and is not known is in another cluster.
const REMEMBERED_MILLIS: u64 = 50 * 60 * 1000;

/// Whose a task is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Owner {
    /// The service's.
    Own,
    /// Another service's, or nobody's.
    Other,
    /// ECS does not remember it.
    Gone,
}

/// The tasks that were met, by their ids.
#[derive(Debug, Default)]
pub(super) struct Owners(BTreeMap<String, Owner>);

/// What became of lines.
pub(super) struct Sorted {
    pub(super) events: Vec<LogEvent>,
    /// If lines were left out that may be the service's own.
    pub(super) has_gone: bool,
}

impl Owners {
    /// Asks for the tasks that were not met before.
    pub(super) async fn meet(
        &mut self,
        aws: &impl Cloud,
        ServiceName { cluster, service }: ServiceName<'_>,
        events: &[LogEvent],
    ) -> Result<(), ApiError> {
        let ids: BTreeSet<&str> = events.iter().filter_map(task).collect();
        let new = ids.into_iter().filter(|id| !self.0.contains_key(*id));
        let new: Vec<String> = new.map(str::to_owned).collect();
        if new.is_empty() {
            return Ok(());
        }
        let group = format!("service:{service}");
        for task in describe_tasks(aws, cluster, &new).await? {
            let is_own = task.group.as_ref().is_none_or(|own| *own == group);
            let owner = if is_own { Owner::Own } else { Owner::Other };
            self.0.insert(task.id().to_owned(), owner);
        }
        for id in new {
            self.0.entry(id).or_insert(Owner::Gone);
        }
        Ok(())
    }

    /// The lines of the service. Those of tasks that ECS does not remember count, unless the streams are shared.
    pub(super) fn sort(&mut self, events: Vec<LogEvent>, now: u64) -> Sorted {
        for event in &events {
            let is_recent = event.timestamp > now.saturating_sub(REMEMBERED_MILLIS);
            if let Some(owner) = task(event).and_then(|id| self.0.get_mut(id))
                && *owner == Owner::Gone
                && is_recent
            {
                *owner = Owner::Other;
            }
        }
        let is_shared = self.0.values().any(|owner| *owner == Owner::Other);
        let mut sorted = Sorted {
            events: Vec::new(),
            has_gone: false,
        };
        for event in events {
            let owner = task(&event).and_then(|id| self.0.get(id));
            match owner {
                Some(Owner::Other) => {}
                Some(Owner::Gone) if is_shared => sorted.has_gone = true,
                _ => sorted.events.push(event),
            }
        }
        sorted
    }
}

/// The id of the task that has written a line: its stream is `prefix/container/id`.
fn task(event: &LogEvent) -> Option<&str> {
    let (_, id) = event.log_stream_name.rsplit_once('/')?;
    Some(id).filter(|id| !id.is_empty())
}
