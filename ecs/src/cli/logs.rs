//! `cargo ecs logs`.

use super::error::{CliError, failed};
use super::say;
use super::service::{ServiceArgs, access};
use crate::aws::logs::LogEvent;
use crate::aws::{ApiError, Cloud};
use crate::chain::chain;
use crate::live::{self, LogPlace, Reader};
use clap::Args;
use serde_json::json;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::{Instant, sleep};

/// Between two questions for new lines.
const POLL: Duration = Duration::from_secs(2);
/// How long a page may fail in a way that passes, such as for too many requests. With `--follow`, there is no end to it.
const PATIENCE: Duration = Duration::from_secs(60);

/// RFC 3339 ends before it.
const YEAR_10000: u64 = 253_402_300_800_000;

/// Show the log of the service's tasks
#[derive(Args, Debug)]
#[command(after_help = "\
Other services that write to the same group are left out.

Examples:
  cargo ecs logs --service shop
  cargo ecs logs --service shop --follow --since 1m
  cargo ecs logs --service shop --since 2h --filter ERROR
  cargo ecs logs --service shop --filter '{ $.status >= 500 }'")]
pub(super) struct Logs {
    #[command(flatten)]
    pub(super) service: ServiceArgs,

    /// The container [default: the one that requests go to]
    #[arg(long, value_name = "NAME")]
    container: Option<String>,

    /// Go on with new lines until Ctrl-C
    #[arg(long, short)]
    follow: bool,

    /// From how long ago (30s, 10m, 2h, 1d; a number alone is seconds), or from when (2026-01-31T12:00:00Z)
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = Since::parse, allow_hyphen_values = true)]
    since: Since,

    /// Only lines that match this filter pattern of CloudWatch Logs
    #[arg(long, value_name = "PATTERN")]
    filter: Option<String>,

    /// Put the time in front of each line
    #[arg(long, short)]
    timestamps: bool,

    /// Print a line of JSON for each, with its time and its task's stream
    #[arg(long)]
    json: bool,
}

/// From when on.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Since {
    Ago(Duration),
    At(SystemTime),
}

impl Since {
    fn parse(text: &str) -> Result<Self, String> {
        if let Ok(seconds) = text.parse() {
            return Ok(Self::Ago(Duration::from_secs(seconds)));
        }
        if let Ok(ago) = humantime::parse_duration(text) {
            return Ok(Self::Ago(ago));
        }
        let at = humantime::parse_rfc3339_weak(text);
        let wrong =
            |_| "write it as 10m, 2h or 1d, or as a time in UTC such as 2026-01-31T12:00:00Z";
        at.map(Self::At).map_err(|error| wrong(error).to_owned())
    }

    /// In milliseconds since 1970.
    fn millis(self) -> u64 {
        match self {
            Self::Ago(ago) => now().saturating_sub(millis(ago)),
            Self::At(at) => millis(at.duration_since(UNIX_EPOCH).unwrap_or_default()),
        }
    }
}

impl Logs {
    pub(super) async fn run(self) -> ExitCode {
        match self.show().await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&error, self.json),
        }
    }

    async fn show(&self) -> Result<(), CliError> {
        if let Since::At(at) = self.since
            && at > SystemTime::now()
        {
            let at = humantime::format_rfc3339_seconds(at);
            return Err(CliError::Future(at.to_string()));
        }
        let (aws, _) = access().await?;
        let name = self.service.name();
        let place = live::log_place(&aws, name, self.container.as_deref()).await?;
        if let Some(main) = &place.instead_of {
            let other = &place.container;
            say::err(format_args!(
                "the log of {main} is not in CloudWatch; this is the log of {other}"
            ));
        }
        let from = self.since.millis();
        let nothing = self.nothing(&place, from);
        let reader = Reader::new(name, place, from, self.filter.clone());
        Ok(self.read(&aws, reader, &nothing).await?)
    }

    /// That there is nothing, in words.
    fn nothing(&self, place: &LogPlace, from: u64) -> String {
        let LogPlace {
            container, group, ..
        } = place;
        let filter = self.filter.as_ref();
        let filter = filter.map_or(String::new(), |filter| format!(" that match {filter:?}"));
        format!(
            "no lines of {container} in {group} since {}{filter}",
            time(from)
        )
    }

    async fn read(
        &self,
        aws: &impl Cloud,
        mut reader: Reader,
        nothing: &str,
    ) -> Result<(), ApiError> {
        let mut is_empty = true;
        let mut is_first = true;
        let mut failing: Option<Instant> = None;
        loop {
            let page = match reader.page(aws, now()).await {
                Ok(page) => page,
                Err(error) if error.may_pass(true) => {
                    if failing.is_none() {
                        let why = chain(&error);
                        say::err(format_args!("the log cannot be read for now: {why}"));
                    }
                    let since = *failing.get_or_insert_with(Instant::now);
                    if !self.follow && since.elapsed() > PATIENCE {
                        return Err(error);
                    }
                    sleep(POLL).await;
                    continue;
                }
                Err(error) => return Err(error),
            };
            failing = None;
            is_empty &= page.events.is_empty();
            page.events.iter().for_each(|event| self.print(event));
            if let Some(note) = page.note {
                say::err(note);
            }
            if page.is_last && std::mem::take(&mut is_first) && is_empty {
                let goes_on = if self.follow {
                    "; waiting for some"
                } else {
                    ""
                };
                say::err(format_args!("{nothing}{goes_on}"));
            }
            match (page.is_last, self.follow) {
                (false, _) => {}
                (true, _) if say::is_closed() => return Ok(()),
                (true, true) => sleep(POLL).await,
                (true, false) => return Ok(()),
            }
        }
    }

    fn print(&self, event: &LogEvent) {
        let message = event.message.trim_end();
        if self.json {
            let line = json!({
                "timestamp": event.timestamp,
                "stream": event.log_stream_name,
                "message": message,
            });
            say::json_text(&line.to_string());
        } else if self.timestamps {
            say::out(format_args!("{} {message}", time(event.timestamp)));
        } else {
            say::out(message);
        }
    }
}

/// A moment in milliseconds since 1970, in words. One that is none stays a number.
fn time(millis: u64) -> String {
    if millis >= YEAR_10000 {
        return millis.to_string();
    }
    let at = UNIX_EPOCH + Duration::from_millis(millis);
    humantime::format_rfc3339_millis(at).to_string()
}

/// Milliseconds since 1970.
fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    millis(now.unwrap_or_default())
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_so_long_ago_or_a_moment() {
        for (text, seconds) in [("90", 90), ("10m", 600), ("1h 30m", 5400), ("2d", 172_800)] {
            let ago = Since::Ago(Duration::from_secs(seconds));
            assert_eq!(Since::parse(text), Ok(ago), "{text}");
        }
        let at = Since::parse("2001-09-09T01:46:40Z").unwrap();
        assert_eq!(at.millis(), 1_000_000_000_000);
        assert!(Since::parse("yesterday").unwrap_err().contains("10m"));
        assert_eq!(time(1_000_000_000_500), "2001-09-09T01:46:40.500Z");
        assert_eq!(time(u64::MAX), u64::MAX.to_string());
    }
}
