//! Reads a service's log page by page. A page that fails can be asked for again; a line is given once.

use super::LogPlace;
use super::owners::Owners;
use crate::aws::ecs::ServiceName;
use crate::aws::logs::{LogEvent, Place, Search, found_events};
use crate::aws::{ApiError, Cloud};
use crate::chain::chain;
use std::collections::BTreeSet;

/// Lines come late and out of order; those of this long ago are asked for once more.
const OVERLAP_MILLIS: u64 = 10_000;

/// A service's log, and how far it has been read.
#[derive(Debug)]
pub struct Reader {
    cluster: String,
    service: String,
    place: LogPlace,
    filter: Option<String>,
    at: Place,
    /// The time of the latest line.
    latest: u64,
    /// By their time, so that those are forgotten that are not asked for again.
    seen: BTreeSet<(u64, String)>,
    owners: Owners,
    /// If anything was said about whose lines these are.
    has_told: bool,
}

/// Some lines.
#[derive(Debug)]
pub struct Page {
    /// The lines of the service that were not given before.
    pub events: Vec<LogEvent>,
    /// If there are no more at the moment.
    pub is_last: bool,
    /// What has to be known about what is there and what is not; once.
    pub note: Option<String>,
}

impl Reader {
    /// The lines of a service's container from a moment on (milliseconds since 1970), as far as they match a pattern.
    pub fn new(
        ServiceName { cluster, service }: ServiceName<'_>,
        place: LogPlace,
        from: u64,
        filter: Option<String>,
    ) -> Self {
        Self {
            cluster: cluster.to_owned(),
            service: service.to_owned(),
            place,
            filter,
            at: Place { from, next: None },
            latest: from,
            seen: BTreeSet::new(),
            owners: Owners::default(),
            has_told: false,
        }
    }

    /// The next page, at this time (milliseconds since 1970). After an error, the same one.
    ///
    /// # Errors
    ///
    /// If it may not be read.
    pub async fn page(&mut self, aws: &impl Cloud, now: u64) -> Result<Page, ApiError> {
        let search = Search {
            group: &self.place.group,
            prefix: self.place.prefix.as_deref(),
            filter: self.filter.as_deref(),
        };
        let (mut events, next) = found_events(aws, search, &self.at).await?;
        events.retain(|event| !self.seen.contains(&id(event)));
        let all: Vec<(u64, String)> = events.iter().map(id).collect();
        let (events, note) = self.own(aws, events, now).await?;

        self.seen.extend(all);
        let latest = self.seen.last().map(|(at, _)| *at);
        self.latest = self.latest.max(latest.unwrap_or_default());
        let is_last = next.is_none();
        self.at.next = next;
        if is_last {
            let from = self.latest.saturating_sub(OVERLAP_MILLIS);
            self.at.from = self.at.from.max(from);
            self.seen = self.seen.split_off(&(self.at.from, String::new()));
        }
        let note = note.filter(|_| !std::mem::replace(&mut self.has_told, true));
        Ok(Page {
            events,
            is_last,
            note,
        })
    }

    /// The lines of the service's own tasks, as far as that is known, and what is not.
    async fn own(
        &mut self,
        aws: &impl Cloud,
        events: Vec<LogEvent>,
        now: u64,
    ) -> Result<(Vec<LogEvent>, Option<String>), ApiError> {
        let group = &self.place.group;
        if self.place.prefix.is_none() {
            let note = format!(
                "{group} has no awslogs-stream-prefix, so these are the lines of all that write there"
            );
            return Ok((events, Some(note)));
        }
        let place = ServiceName {
            cluster: &self.cluster,
            service: &self.service,
        };
        match self.owners.meet(aws, place, &events).await {
            Ok(()) => {}
            Err(error) if error.is_denied() => {
                let why = chain(&error);
                let note = format!(
                    "lines of other services that write to {group} may be among these: {why}"
                );
                return Ok((events, Some(note)));
            }
            Err(error) => return Err(error),
        }
        let sorted = self.owners.sort(events, now);
        let note = sorted.has_gone.then(|| {
            format!(
                "other services write to {group} too; lines of tasks that ECS no longer remembers are left out"
            )
        });
        Ok((sorted.events, note))
    }
}

fn id(event: &LogEvent) -> (u64, String) {
    (event.timestamp, event.event_id.clone())
}
