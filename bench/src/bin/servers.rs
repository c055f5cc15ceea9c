//! The server beside what people would use instead: requests a second and latency over connections that stay open,
//! start-up to the first answer, memory.
//!
//! All of them in turn, in several rounds. Prints a table and writes it to `bench/README.md`.

use bench::figures::Figure;
use bench::page::replace;
use bench::process::repository;
use bench::servers::{Server, load};
use std::error::Error;
use std::fs;

const ROUNDS: usize = 5;
const SECONDS: u32 = 3;
const CONNECTIONS: [u32; 3] = [1, 64, 1000];

/// What one server did, round by round; the rates by the number of connections.
#[derive(Default)]
struct Rounds {
    rates: [Vec<f64>; CONNECTIONS.len()],
    p99: [Vec<f64>; CONNECTIONS.len()],
    start_up_millis: Vec<f64>,
    idle_mb: Vec<f64>,
    loaded_mb: Vec<f64>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut all: [Rounds; Server::ALL.len()] = Default::default();
    for round in 1..=ROUNDS {
        for (server, rounds) in Server::ALL.into_iter().zip(&mut all) {
            eprintln!("round {round} of {ROUNDS}: {}", server.name());
            let (process, start_up) = server.start();
            rounds.start_up_millis.push(start_up.as_secs_f64() * 1e3);
            rounds.idle_mb.push(process.resident() as f64 / 1e6);
            load(64, 1);
            for (index, connections) in CONNECTIONS.into_iter().enumerate() {
                let measured = load(connections, SECONDS);
                rounds.rates[index].push(measured.rate);
                rounds.p99[index].push(measured.p99);
            }
            rounds.loaded_mb.push(process.resident() as f64 / 1e6);
        }
    }
    let table = table(&all);
    print!("{table}");
    let page = repository().join("bench/README.md");
    fs::write(
        &page,
        replace(&fs::read_to_string(&page)?, "servers", &table)?,
    )?;
    Ok(())
}

/// Medians, and in parentheses the ratio of ours to each, round by round.
fn table(all: &[Rounds]) -> String {
    let columns = CONNECTIONS.map(|count| format!("requests/s, {count} connections | p99, ms"));
    let mut text = format!(
        "| | {} | start-up, ms | memory idle, loaded, MB |\n",
        columns.join(" | ")
    );
    text += &format!("|---|{}\n", "---:|".repeat(CONNECTIONS.len() * 2 + 2));
    for (server, rounds) in Server::ALL.into_iter().zip(all) {
        let loads =
            rounds
                .rates
                .iter()
                .zip(&rounds.p99)
                .zip(&all[0].rates)
                .map(|((rates, p99), ours)| {
                    let ratio = Figure::ratio(ours, rates);
                    let rate = Figure::of(rates.clone());
                    format!(
                        "{:.0} ({:.2}) | {:.2}",
                        rate.median,
                        ratio.median,
                        Figure::of(p99.clone()).median
                    )
                });
        let median = |values: &[f64]| Figure::of(values.to_vec()).median;
        text += &format!(
            "| {} | {} | {:.1} | {:.1}, {:.1} |\n",
            server.name(),
            loads.collect::<Vec<_>>().join(" | "),
            median(&rounds.start_up_millis),
            median(&rounds.idle_mb),
            median(&rounds.loaded_mb),
        );
    }
    text
}
