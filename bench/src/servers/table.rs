//! The results as tables: rates with ratios and their spread, latencies, processes, and the goals.

use super::peer::{Kind, Server};
use super::results::{Loaded, Results};
use super::scenario::{ALL, Scenario};
use crate::figures::Figure;

/// Requests a second, scenario by scenario; below each the ratio of ours to it.
pub fn rates(results: &Results) -> String {
    by_server(
        results,
        "requests/s",
        |_| true,
        |server, it| {
            let rate = thousands(it.rate.median);
            match server {
                Server::Ours => rate,
                _ => format!("{rate}<br>{}", spread(&it.ratio)),
            }
        },
    )
}

/// Latencies, for the scenarios that have them.
pub fn latencies(results: &Results) -> String {
    let has_latency = |scenario: &Scenario| scenario.depth == 1 && scenario.kind != Kind::Http2;
    by_server(results, "p50, p99, p99.9 in ms", has_latency, |_, it| {
        let [p50, p99, p999] = [&it.p50, &it.p99, &it.p999].map(|figure| figure.median);
        format!("{p50:.2}, {p99:.2}, {p999:.2}")
    })
}

/// A row for each scenario that is wanted, a column for each server.
fn by_server(
    results: &Results,
    title: &str,
    is_wanted: impl Fn(&Scenario) -> bool,
    cell: impl Fn(Server, &Loaded) -> String,
) -> String {
    let mut text = header(title, Server::ALL.map(Server::name));
    for scenario in ALL.iter().filter(|scenario| is_wanted(scenario)) {
        text += &format!("| {} |", scenario.name);
        for server in Server::ALL {
            text += &match results.loaded(scenario.name, server) {
                Some(it) => format!(" {} |", cell(server, it)),
                None => " |".into(),
            };
        }
        text.push('\n');
    }
    text
}

/// Start-up, memory, sizes.
pub fn processes(results: &Results) -> String {
    let columns = [
        "start-up, ms",
        "ours to it",
        "memory idle, MB",
        "after a load, MB",
        "an idle connection, KB",
        "program, MB",
    ];
    let mut text = header("process", columns);
    for it in &results.processes {
        let or_none = |value: Option<String>| value.unwrap_or_else(|| "–".into());
        text += &format!(
            "| {} | {:.1} | {} | {:.1} | {:.1} | {} | {} |\n",
            it.server,
            it.start_up_millis.median,
            spread(&it.start_up_ratio),
            it.idle_mb.median,
            it.loaded_mb.median,
            or_none(
                it.idle_connection_kb
                    .as_ref()
                    .map(|kb| format!("{:.1}", kb.median))
            ),
            or_none(it.binary_mb.map(|mb| format!("{mb:.1}"))),
        );
    }
    text
}

/// Requests that were not answered, or wrongly; where all were, nothing.
pub fn errors(results: &Results) -> String {
    let failed = results.loads.iter().filter(|it| it.errors > 0);
    let lines = failed.map(|it: &Loaded| {
        format!(
            "- {}, {}: {} requests got no answer, or a wrong one.\n",
            it.server, it.scenario, it.errors
        )
    });
    lines.collect()
}

fn header<const N: usize>(first: &str, columns: [&str; N]) -> String {
    format!(
        "| {first} | {} |\n|---|{}\n",
        columns.join(" | "),
        "---:|".repeat(N)
    )
}

/// Median, and how far the rounds lie apart.
fn spread(figure: &Figure) -> String {
    format!("{:.2} ({:.2}–{:.2})", figure.median, figure.min, figure.max)
}

/// With a comma at each third digit.
fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::thousands;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(thousands(999.4), "999");
        assert_eq!(thousands(1000.0), "1,000");
        assert_eq!(thousands(1_234_567.0), "1,234,567");
    }
}
