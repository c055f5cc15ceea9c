//! What a task prints, as far as CloudWatch has it.

use crate::aws::Cloud;
use crate::aws::logs::{Streams, events_since};
use crate::chain::chain;
use crate::deploy::Progress;
use crate::facts::Container;
use std::collections::HashSet;

/// Lines come late and out of order; those of this long ago are asked for once more, in milliseconds.
const OVERLAP: u64 = 60_000;

/// The output of one container of a task.
pub(super) struct Output {
    group: String,
    stream: String,
    from: u64,
    seen: HashSet<(u64, String, String)>,
    is_denied: bool,
}

impl Output {
    /// None if the container writes to no stream that is known.
    pub(super) fn of(container: &Container, task: &str) -> Option<Self> {
        Some(Self {
            group: container.log_option("awslogs-group")?.to_owned(),
            stream: container.log_stream(task)?,
            from: 0,
            seen: HashSet::new(),
            is_denied: false,
        })
    }

    /// Tells the lines that are new; if there were any. Until the first one there is no stream; that they may not be read is told once.
    pub(super) async fn tell(&mut self, cloud: &impl Cloud, progress: &mut impl Progress) -> bool {
        let streams = Streams::One(&self.stream);
        let events = match events_since(cloud, &self.group, streams, self.from).await {
            Ok(events) => events,
            Err(error) => {
                if error.is_denied() && !std::mem::replace(&mut self.is_denied, true) {
                    let why = chain(&error);
                    progress.tell(&format!("its output cannot be shown: {why}"));
                }
                return false;
            }
        };
        let before = self.seen.len();
        for event in events {
            self.from = self.from.max(event.timestamp.saturating_sub(OVERLAP));
            let is_new = self
                .seen
                .insert((event.timestamp, event.event_id, event.message.clone()));
            if is_new {
                progress.line(event.message.trim_end());
            }
        }
        self.seen.len() > before
    }
}
