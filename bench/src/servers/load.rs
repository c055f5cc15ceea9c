//! wrk and h2load: who asks, and what they report.

use super::ADDR;
use super::peer::Kind;
use super::scenario::Scenario;
use crate::process::repository;
use serde::Deserialize;
use std::process::Command;

/// What was measured.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
pub struct Load {
    /// Requests a second.
    pub rate: f64,
    /// The median latency, in milliseconds. h2load does not tell, and wrk not of pipelined requests.
    #[serde(default)]
    pub p50: f64,
    /// The latency that one request in a hundred exceeds.
    #[serde(default)]
    pub p99: f64,
    /// The latency that one request in a thousand exceeds.
    #[serde(default)]
    pub p999: f64,
    /// Requests that got no answer, or a wrong one.
    pub errors: u64,
}

/// Loads whatever listens.
///
/// # Panics
///
/// If the load's program is not there, or does not report.
pub fn load(scenario: &Scenario, seconds: u32) -> Load {
    let url = format!("http://{ADDR}/");
    let connections = scenario.connections.to_string();
    let depth = scenario.depth.to_string();
    let mut command = if scenario.kind == Kind::Http2 {
        let mut command = Command::new("h2load");
        command
            .args(["--threads", "1", "--clients", &connections])
            .args(["--max-concurrent-streams", &depth])
            .args(["--duration", &seconds.to_string(), &url]);
        command
    } else {
        let mut command = Command::new("wrk");
        command
            .args(["--threads", "1", "--connections", &connections])
            .args(["--duration", &format!("{seconds}s")])
            .args(["--timeout", "10s", "--script"])
            .arg(repository().join("bench/load.lua"))
            .args([&url, "--", &scenario.body.to_string(), &depth]);
        command
    };
    let output = command.output().expect("wrk and h2load are installed");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let load = of_wrk(&text).or_else(|| of_h2load(&text));
    load.unwrap_or_else(|| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)))
}

fn of_wrk(text: &str) -> Option<Load> {
    serde_json::from_str(text.lines().last()?).ok()
}

fn of_h2load(text: &str) -> Option<Load> {
    let (_, finished) = text.split_once("finished in ")?;
    let rate = finished.split(", ").nth(1)?.strip_suffix(" req/s")?;
    let (before, _) = text.split_once(" failed, ")?;
    let failed = before.rsplit(' ').next()?;
    Some(Load {
        rate: rate.parse().ok()?,
        p50: 0.0,
        p99: 0.0,
        p999: 0.0,
        errors: failed.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_reports_are_read() {
        let wrk = "Requests/sec:  64000.50\n\
            {\"rate\": 64000.5, \"p50\": 0.85, \"p99\": 1.2, \"p999\": 3.0, \"errors\": 2}\n";
        let load = of_wrk(wrk).unwrap();
        assert_eq!((load.rate, load.p99, load.errors), (64000.5, 1.2, 2));
        let h2load = "finished in 3.00s, 226768.00 req/s, 10.38MB/s\n\
            requests: 9 total, 9 started, 9 done, 8 succeeded, 1 failed, 0 errored, 0 timeout\n";
        let load = of_h2load(h2load).unwrap();
        assert_eq!((load.rate, load.errors), (226_768.0, 1));
        assert_eq!(of_wrk(h2load).or(of_h2load(wrk)), None);
    }
}
