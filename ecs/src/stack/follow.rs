//! Waits for the end of a stack's change, and tells of each resource.

use super::StackError;
use super::read::read;
use crate::aws::xml::{members, text};
use crate::aws::{ApiError, CLOUDFORMATION, Cloud, read_xml};
use crate::deploy::Progress;
use std::collections::HashSet;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Between two looks.
const POLL: Duration = Duration::from_secs(5);

/// What has happened to a resource.
#[derive(Clone, Debug)]
pub(super) struct Event {
    id: String,
    resource: String,
    status: String,
    why: Option<String>,
}

/// The ids of all events so far.
pub(super) async fn events(cloud: &impl Cloud, name: &str) -> Result<HashSet<String>, ApiError> {
    Ok(read_events(cloud, name)
        .await?
        .into_iter()
        .map(|event| event.id)
        .collect())
}

/// The latest page, the newest first; it holds more than happens between two looks.
async fn read_events(cloud: &impl Cloud, name: &str) -> Result<Vec<Event>, ApiError> {
    let parameters = [("StackName".to_owned(), name.to_owned())];
    read_xml(
        cloud,
        CLOUDFORMATION,
        "DescribeStackEvents",
        name,
        &parameters,
        |root| {
            let events = members(root, "StackEvents").into_iter().map(|node| Event {
                id: text(node, "EventId").unwrap_or_default(),
                resource: text(node, "LogicalResourceId").unwrap_or_default(),
                status: text(node, "ResourceStatus").unwrap_or_default(),
                why: text(node, "ResourceStatusReason"),
            });
            events.collect()
        },
    )
    .await
}

/// Waits until the stack is ready, or gone.
pub(super) async fn until_the_end(
    cloud: &impl Cloud,
    name: &str,
    mut seen: HashSet<String>,
    timeout: Duration,
    progress: &mut impl Progress,
) -> Result<(), StackError> {
    let deadline = Instant::now() + timeout;
    let mut first_failure = None;
    loop {
        let Some(stack) = read(cloud, name).await? else {
            return Ok(());
        };
        let events = read_events(cloud, name).await?;
        for event in events.into_iter().rev() {
            if !seen.insert(event.id.clone()) {
                continue;
            }
            let why = event
                .why
                .as_ref()
                .map_or(String::new(), |why| format!(": {why}"));
            progress.tell(&format!("{} {}{why}", event.status, event.resource));
            // What follows from it is cancelled, which tells nothing.
            let is_first = first_failure.is_none() && !why.contains("cancelled");
            if event.status.ends_with("_FAILED") && is_first {
                first_failure = Some(format!("{}{why}", event.resource));
            }
        }
        match stack.status.as_str() {
            "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "DELETE_COMPLETE" => return Ok(()),
            status if !status.ends_with("_IN_PROGRESS") => {
                return Err(StackError::Failed {
                    name: name.to_owned(),
                    status: status.to_owned(),
                    why: first_failure.unwrap_or_else(|| "no resource says why".into()),
                });
            }
            _ => {}
        }
        if Instant::now() >= deadline {
            return Err(StackError::TimedOut(name.to_owned()));
        }
        sleep(POLL).await;
    }
}
