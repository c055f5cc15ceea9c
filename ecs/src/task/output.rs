//! What a task prints, as far as CloudWatch has it.

use crate::aws::logs::{Place, Stream, next_events};
use crate::aws::{ApiError, Cloud};
use crate::chain::chain;
use crate::deploy::Progress;
use crate::facts::Container;
use std::collections::BTreeSet;

/// Lines come late and out of order; those of this long ago are asked for once more, in milliseconds.
const OVERLAP: u64 = 60_000;
/// Pages that are read between two looks at the task, of up to 1 MB each.
const PAGES: usize = 5;

/// The output of one container of a task.
pub(super) struct Output {
    group: String,
    stream: String,
    place: Place,
    /// By their time, so that those are forgotten that are not asked for again.
    seen: BTreeSet<(u64, String, String)>,
    newest: u64,
    /// Why it could not be read the last time.
    failure: Option<ApiError>,
    is_told: bool,
}

impl Output {
    /// Why not, in words, if the container writes to no stream that is known and can be read in this region.
    pub(super) fn of(container: &Container, task: &str, region: &str) -> Result<Self, String> {
        let group = container
            .log_option("awslogs-group")
            .ok_or("its output is not in CloudWatch, so it is not shown")?;
        if let Some(other) = container.log_option("awslogs-region")
            && other != region
        {
            return Err(format!(
                "its output is in {group} in {other} and not in {region}, so it is not shown"
            ));
        }
        let stream = container.log_stream(task).ok_or_else(|| {
            format!(
                "its output is in {group}, in a stream whose name is not known without awslogs-stream-prefix, so it is not \
                 shown"
            )
        })?;
        Ok(Self {
            group: group.to_owned(),
            stream,
            place: Place::default(),
            seen: BTreeSet::new(),
            newest: 0,
            failure: None,
            is_told: false,
        })
    }

    /// Tells the lines that are new; if there were any, or are more. Until the first one there is no stream; that they may
    /// not be read is told once.
    pub(super) async fn tell(&mut self, cloud: &impl Cloud, progress: &mut impl Progress) -> bool {
        let stream = Stream {
            group: &self.group,
            name: &self.stream,
        };
        let events = match next_events(cloud, stream, &self.place, PAGES).await {
            Ok((events, next)) => {
                self.place.next = next;
                self.failure = None;
                events
            }
            Err(error) => {
                let is_denied = error.is_denied();
                self.place.next = None;
                self.failure = Some(error);
                if is_denied {
                    self.tell_failure(progress);
                }
                return false;
            }
        };
        let mut has_new = false;
        for event in events {
            self.newest = self.newest.max(event.timestamp);
            let line = event.message.clone();
            if self.seen.insert((event.timestamp, event.event_id, line)) {
                has_new = true;
                progress.line(event.message.trim_end());
            }
        }
        if self.place.next.is_none() {
            // The pages of one question have one beginning.
            self.place.from = self.newest.saturating_sub(OVERLAP);
            let rest = (self.place.from, String::new(), String::new());
            self.seen = self.seen.split_off(&rest);
        }
        has_new || self.place.next.is_some()
    }

    /// Says at the end if lines may be missing. Of a command that never ran there is no stream.
    pub(super) fn close(&mut self, has_started: bool, progress: &mut impl Progress) {
        let code = self.failure.as_ref().and_then(ApiError::code);
        if has_started || code != Some("ResourceNotFoundException") {
            self.tell_failure(progress);
        }
    }

    fn tell_failure(&mut self, progress: &mut impl Progress) {
        if let Some(error) = &self.failure
            && !std::mem::replace(&mut self.is_told, true)
        {
            let why = chain(error);
            progress.tell(&format!("its output cannot be shown: {why}"));
        }
    }
}
