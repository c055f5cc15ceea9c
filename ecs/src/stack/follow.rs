//! Waits for the end of a stack's change, and tells of each resource.

use super::StackError;
use super::read::read;
use crate::aws::xml::{members, text};
use crate::aws::{ApiError, CLOUDFORMATION, Cloud, read_xml};
use crate::chain::chain;
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

/// What a stack is to come to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Goal {
    /// To be as its change set says.
    Changed,
    /// To be gone.
    Gone,
}

impl Goal {
    fn is_reached(self, status: &str) -> bool {
        match self {
            Self::Changed => matches!(status, "CREATE_COMPLETE" | "UPDATE_COMPLETE"),
            Self::Gone => status == GONE,
        }
    }

    /// If it will not be reached any more. An answer may be a moment behind, and of a deletion nothing else is an end.
    fn is_missed(self, status: &str) -> bool {
        match self {
            Self::Changed => !status.ends_with("_IN_PROGRESS"),
            Self::Gone => status == "DELETE_FAILED",
        }
    }
}

/// The status of a stack that is gone, where CloudFormation still tells of it.
const GONE: &str = "DELETE_COMPLETE";

/// A change or a deletion that goes on.
pub(super) struct Following<'a> {
    /// The stack.
    pub(super) name: &'a str,
    /// What it is to come to.
    pub(super) goal: Goal,
    /// The ids of the events before it.
    pub(super) seen: HashSet<String>,
    /// How long it may take.
    pub(super) timeout: Duration,
}

impl Following<'_> {
    /// Waits until the stack has come to where it should. Of a look that fails nothing follows, unless it will never be
    /// allowed.
    pub(super) async fn until_the_end(
        mut self,
        cloud: &impl Cloud,
        progress: &mut impl Progress,
    ) -> Result<(), StackError> {
        let name = self.name;
        let deadline = Instant::now() + self.timeout;
        let mut first_failure = None;
        // A status of before is not the end: what is read may be a moment behind.
        let mut has_begun = false;
        let mut is_failing = false;
        loop {
            let looked = look(cloud, name).await;
            let (status, events) = match looked {
                Ok(looked) => {
                    is_failing = false;
                    looked
                }
                Err(error) => {
                    if error.is_lockout() || error.is_denied() || Instant::now() >= deadline {
                        return Err(StackError::unseen(name, error));
                    }
                    if !is_failing {
                        progress.tell(&format!(
                            "CloudFormation could not be asked, and is asked again: {}",
                            chain(&error)
                        ));
                    }
                    is_failing = true;
                    sleep(POLL).await;
                    continue;
                }
            };
            let mut is_news = false;
            for event in events.into_iter().rev() {
                if !self.seen.insert(event.id.clone()) {
                    continue;
                }
                is_news = true;
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
            let is_gone = self.goal == Goal::Gone && status == GONE;
            if is_gone || has_begun && self.goal.is_reached(&status) {
                return Ok(());
            }
            if has_begun && self.goal.is_missed(&status) {
                return Err(StackError::Failed {
                    name: name.to_owned(),
                    status,
                    why: first_failure.unwrap_or_else(|| "no resource says why".into()),
                });
            }
            if Instant::now() >= deadline {
                return Err(StackError::TimedOut(name.to_owned()));
            }
            let had_begun = has_begun;
            has_begun |= is_news || status.ends_with("_IN_PROGRESS");
            // The status was read before the first of the events, so it may be the one of before.
            if had_begun || !is_news {
                sleep(POLL).await;
            }
        }
    }
}

/// The status, and the latest events.
async fn look(cloud: &impl Cloud, name: &str) -> Result<(String, Vec<Event>), ApiError> {
    match read(cloud, name).await? {
        Some(stack) if stack.status != GONE => Ok((stack.status, read_events(cloud, name).await?)),
        // By its name, it has no events any more.
        _ => Ok((GONE.to_owned(), Vec::new())),
    }
}
