//! Log lines, from CloudWatch Logs.

use super::{ApiError, Cloud, LOGS, Question};
use serde::Deserialize;
use serde_json::json;

/// A line.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogEvent {
    /// Its id in the group.
    #[serde(default)]
    pub event_id: String,
    /// When it was written, in milliseconds since 1970.
    #[serde(default)]
    pub timestamp: u64,
    /// The stream that it is in.
    #[serde(default)]
    pub log_stream_name: String,
    /// Its text.
    #[serde(default)]
    pub message: String,
}

/// A stream of a group.
#[derive(Clone, Copy, Debug)]
pub struct Stream<'a> {
    /// The group.
    pub group: &'a str,
    /// Its name in the group.
    pub name: &'a str,
}

/// Lines of a group that are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// The group.
    pub group: &'a str,
    /// What the names of their streams begin with; all streams if that is not known.
    pub prefix: Option<&'a str>,
    /// A pattern that they match (CloudWatch Logs, user guide, "Filter and pattern syntax").
    pub filter: Option<&'a str>,
}

/// One page of the lines of a group's streams. Returns the page that comes after it too.
///
/// # Errors
///
/// If they may not be read.
pub async fn found_events(
    cloud: &impl Cloud,
    search: Search<'_>,
    place: &Place,
) -> Result<(Vec<LogEvent>, Option<String>), ApiError> {
    let mut parameters = json!({ "logGroupName": search.group, "startTime": place.from });
    for (name, value) in [
        ("logStreamNamePrefix", search.prefix),
        ("filterPattern", search.filter),
        ("nextToken", place.next.as_deref()),
    ] {
        if let Some(value) = value {
            parameters[name] = value.into();
        }
    }
    let question = Question {
        api: LOGS,
        operation: "FilterLogEvents",
        resource: search.group,
        parameters,
    };
    question.some_pages(cloud, "events", 1).await
}

/// How far a stream has been read.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// From which moment on it is read, in milliseconds since 1970.
    pub from: u64,
    /// The page that comes next, if there is one.
    pub next: Option<String>,
}

/// The lines that come next, of at most `pages` pages: whoever writes faster than is read has pages without end. Returns
/// the page that comes after them too.
///
/// # Errors
///
/// If they may not be read.
pub async fn next_events(
    cloud: &impl Cloud,
    stream: Stream<'_>,
    place: &Place,
    pages: usize,
) -> Result<(Vec<LogEvent>, Option<String>), ApiError> {
    let mut parameters = json!({
        "logGroupName": stream.group,
        "logStreamNames": [stream.name],
        "startTime": place.from,
    });
    if let Some(next) = &place.next {
        parameters["nextToken"] = next.as_str().into();
    }
    let question = Question {
        api: LOGS,
        operation: "FilterLogEvents",
        resource: stream.group,
        parameters,
    };
    question.some_pages(cloud, "events", pages).await
}

/// The last lines of a stream, at most `limit`, the oldest first.
///
/// # Errors
///
/// If they may not be read.
pub async fn last_events(
    cloud: &impl Cloud,
    stream: Stream<'_>,
    limit: u32,
) -> Result<Vec<LogEvent>, ApiError> {
    #[derive(Deserialize)]
    struct Answer {
        #[serde(default)]
        events: Vec<LogEvent>,
    }
    let question = Question {
        api: LOGS,
        operation: "GetLogEvents",
        resource: stream.group,
        parameters: json!({
            "logGroupName": stream.group,
            "logStreamName": stream.name,
            "limit": limit,
        }),
    };
    let Answer { events } = question.read(cloud).await?;
    Ok(events)
}

/// If there is a group of this name.
///
/// # Errors
///
/// If groups may not be read.
pub async fn has_group(cloud: &impl Cloud, name: &str) -> Result<bool, ApiError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Group {
        log_group_name: String,
    }
    let question = Question {
        api: LOGS,
        operation: "DescribeLogGroups",
        resource: name,
        parameters: json!({ "logGroupNamePrefix": name }),
    };
    let groups: Vec<Group> = question.pages(cloud, "logGroups").await?;
    Ok(groups.iter().any(|group| group.log_group_name == name))
}
