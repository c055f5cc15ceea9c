//! What the server is meant to reach beside the others, and if it does.

use super::peer::Server::{self, Actix, Axum, BareHyper, Ntex, Ours};
use super::results::Results;

const LOADS: [&str; 3] = ["1 connection", "64 connections", "1,000 connections"];
const LOGGED: [&str; 3] = [
    "1 connection, logged",
    "64 connections, logged",
    "1,000 connections, logged",
];
const OTHERS: [&str; 4] = [
    "pipelined, 16 at once",
    "h2c, 8 connections of 16 streams",
    "POST of 1 KiB",
    "POST of 1 MiB",
];

const MANY: &str = "10,000 connections";
const PART: &str = "a quarter of a CPU";

/// A table of goals, with what was measured.
pub fn goals(results: &Results) -> String {
    let peers = [Axum, Actix, Ntex];
    let mut text = String::from("| goal | measured | reached |\n|---|---|---|\n");
    let mut row = |goal: &str, (measured, is_reached): (String, bool)| {
        let mark = if is_reached { "yes" } else { "no" };
        text += &format!("| {goal} | {measured} | {mark} |\n");
    };
    let at_least = |limit: f64, scenarios: &[&str], servers: &[Server]| {
        worst(results, scenarios, servers).map_or((String::new(), false), |(ratio, where_)| {
            (format!("{ratio:.2} at worst: {where_}"), ratio >= limit)
        })
    };
    row(
        "as many requests as axum, actix-web and ntex, over 1, 64 and 1,000 connections: 1.0",
        at_least(1.0, &LOADS, &peers),
    );
    row(
        "the same with access logs on both sides: 1.0",
        at_least(1.0, &LOGGED, &peers),
    );
    row(
        "the same pipelined, by h2c, and with bodies: 1.0",
        at_least(1.0, &OTHERS, &peers),
    );
    row(
        "as many as bare hyper: 0.95",
        at_least(0.95, &LOADS, &[BareHyper]),
    );
    let Some(ours) = results.process(Ours) else {
        return text;
    };
    let most = |value: f64, limit: f64, unit: &str| (format!("{value:.1} {unit}"), value <= limit);
    row(
        "start-up: 5 ms",
        most(ours.start_up_millis.median, 5.0, "ms"),
    );
    if let Some(bare) = results.process(BareHyper) {
        let ratio = bare.start_up_ratio.median;
        row(
            "start-up to bare hyper's: 1.5",
            (format!("{ratio:.2}"), ratio <= 1.5),
        );
    }
    row(
        "memory after the start: 4 MB",
        most(ours.idle_mb.median, 4.0, "MB"),
    );
    if let Some(connection) = &ours.idle_connection_kb {
        row(
            "an idle connection: 8 KB",
            most(connection.median, 8.0, "KB"),
        );
    }
    if let Some(many) = results.loaded(MANY, Ours) {
        let text = format!("{} of {} rounds", many.errors, results.rounds);
        row("10,000 connections: no errors", (text, many.errors == 0));
    }
    let full = results.loaded(LOADS[1], Ours);
    if let Some((part, full)) = results.loaded(PART, Ours).zip(full) {
        let ratio = part.rate.median / full.rate.median;
        let p99 = part.p99.median;
        row(
            "a quarter of a CPU: a quarter of the requests, less a tenth; the kernel's 100 ms at p99",
            (
                format!("{ratio:.3}, {p99:.0} ms"),
                ratio >= 0.225 && p99 <= 100.0,
            ),
        );
    }
    text
}

/// The smallest ratio of ours to one of these, and where that is.
fn worst(results: &Results, scenarios: &[&str], servers: &[Server]) -> Option<(f64, String)> {
    let pairs = scenarios
        .iter()
        .flat_map(|scenario| servers.iter().map(move |server| (*scenario, *server)));
    let ratios = pairs.filter_map(|(scenario, server)| {
        let ratio = results.loaded(scenario, server)?.ratio.median;
        Some((ratio, format!("{}, {scenario}", server.name())))
    });
    ratios.min_by(|a, b| a.0.total_cmp(&b.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::servers::scenario::ALL;

    #[test]
    fn each_goal_is_of_a_load_that_is_measured() {
        let goals = [&LOADS[..], &LOGGED, &OTHERS, &[MANY, PART]].concat();
        for goal in goals {
            assert!(ALL.iter().any(|scenario| scenario.name == goal), "{goal}");
        }
    }
}
