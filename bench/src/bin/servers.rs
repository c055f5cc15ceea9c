//! The server beside what people would use instead, by everything that `bench/src/servers` measures.
//!
//! All of them in turn, in several rounds. Writes `bench/results`, the tables of `bench/README.md` and the charts.
//! Arguments: how many rounds (5), how many seconds for each load (2); or `tables`, to write the last results anew.

use bench::page::replace;
use bench::process::repository;
use bench::quota::Quota;
use bench::servers::check::{check, start};
use bench::servers::goals::goals;
use bench::servers::idle;
use bench::servers::load::load;
use bench::servers::peer::{Kind, Server};
use bench::servers::results::{Results, Rounds};
use bench::servers::scenario::{ALL, Scenario};
use bench::servers::{chart, table};
use std::error::Error;
use std::process::Command;
use std::time::Duration;
use std::{fs, thread};

/// Starts of each process; they take little time, and differ much.
const STARTS: usize = 20;
/// After this time without a request a connection counts as idle.
const IDLE: Duration = Duration::from_secs(3);
/// The scenario after which the memory is looked at.
const LARGE: &str = "1,000 connections";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    if arguments.peek().is_some_and(|first| first == "tables") {
        return publish(&Results::read()?);
    }
    let rounds: usize = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let seconds: u32 = arguments.next().map_or(Ok(2), |text| text.parse())?;
    for server in Server::ALL {
        eprintln!("check: {}", server.name());
        check(server);
    }
    let mut all = vec![Rounds::default(); Server::ALL.len()];
    for it in &mut all {
        it.loads = vec![Vec::new(); ALL.len()];
    }
    for round in 0..STARTS {
        eprintln!("start {} of {STARTS}", round + 1);
        for (server, it) in Server::ALL.into_iter().zip(&mut all) {
            let (_process, start_up) = start(server, Kind::Quiet, None);
            it.start_ups.push(start_up.as_secs_f64() * 1e3);
        }
    }
    for round in 0..rounds {
        for (index, scenario) in ALL.iter().enumerate() {
            eprintln!("round {} of {rounds}: {}", round + 1, scenario.name);
            measure(scenario, index, seconds, round, &mut all)?;
        }
        eprintln!("round {} of {rounds}: idle connections", round + 1);
        for (server, it) in Server::ALL.into_iter().zip(&mut all) {
            // Those in Python close them soon.
            if !server.is_python() {
                it.connected.push(connected(server)?);
            }
        }
    }
    let results = Results::of(machine()?, rounds, seconds, &all);
    results.write()?;
    publish(&results)
}

/// One load on each of its servers, in another order in each round.
fn measure(
    scenario: &Scenario,
    index: usize,
    seconds: u32,
    round: usize,
    all: &mut [Rounds],
) -> Result<(), Box<dyn Error>> {
    let quota = match scenario.cpu {
        1000 => None,
        part => Some(Quota::new(part)?),
    };
    let servers = Server::ALL.into_iter().zip(all);
    let mut servers: Vec<_> = servers
        .filter(|(server, _)| scenario.is_for(*server))
        .collect();
    let count = servers.len();
    servers.rotate_left(round % count);
    for (server, it) in servers {
        let (process, _) = start(server, scenario.kind, quota.as_ref());
        if scenario.name == LARGE {
            it.idle.push(process.resident());
        }
        load(scenario, 1);
        it.loads[index].push(load(scenario, seconds * scenario.stretch));
        if scenario.name == LARGE {
            it.loaded.push(process.resident());
        }
    }
    Ok(())
}

/// The memory of a server with many idle connections, all of which are open still.
fn connected(server: Server) -> Result<u64, Box<dyn Error>> {
    let (process, _) = start(server, Kind::Quiet, None);
    let mut streams = idle::open()?;
    thread::sleep(IDLE);
    let resident = process.resident();
    for stream in &mut streams {
        idle::ask(stream)?;
    }
    Ok(resident)
}

fn machine() -> Result<String, Box<dyn Error>> {
    let cpus = fs::read_to_string("/proc/cpuinfo")?;
    let model = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let model = model
        .unwrap_or_default()
        .trim_start_matches(['\t', ' ', ':']);
    let count = cpus.matches("processor\t").count();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let kernel = kernel.split('-').next().unwrap_or_default().trim();
    let date = Command::new("date").arg("+%F").output()?.stdout;
    let date = String::from_utf8(date)?;
    Ok(format!(
        "{}, {model}, {count} CPUs, Linux {kernel}",
        date.trim()
    ))
}

fn publish(results: &Results) -> Result<(), Box<dyn Error>> {
    let bench = repository().join("bench");
    let tables = format!(
        "{}: {} rounds of {} s.\n\n{}\n{}\n{}\n{}\n{}",
        results.machine,
        results.rounds,
        results.seconds,
        goals(results),
        table::rates(results),
        table::latencies(results),
        table::processes(results),
        table::errors(results),
    );
    print!("{tables}");
    let page = bench.join("README.md");
    let text = fs::read_to_string(&page)?;
    fs::write(&page, replace(&text, "servers", tables.trim_end())?)?;

    let rate = |scenario, server| Some(results.loaded(scenario, server)?.rate.median / 1e3);
    let groups = Server::ALL.map(|server| {
        let scenarios = ["64 connections", "64 connections, logged"];
        let values = scenarios.map(|scenario| rate(scenario, server));
        (server.name(), values.to_vec())
    });
    let title = "Thousand requests a second, one CPU, 64 connections";
    let series = ["no access log", "with an access log"];
    let svg = chart::bars(title, &series, &groups, |it| format!("{it:.0}"))?;
    fs::write(repository().join("docs/servers.svg"), svg)?;

    let series = ["1 connection", "64 connections", LARGE];
    let compiled = Server::ALL.into_iter().filter(|it| !it.is_python());
    let groups = compiled.map(|server| {
        let p99 = |scenario| Some(results.loaded(scenario, server)?.p99.median);
        (server.name(), series.map(p99).to_vec())
    });
    let groups: Vec<_> = groups.collect();
    let title = "99 of 100 answers come within (ms)";
    let svg = chart::bars(title, &series, &groups, |it| format!("{it:.2}"))?;
    fs::write(bench.join("results/latency.svg"), svg)?;

    let groups = Server::ALL.into_iter().filter_map(|server| {
        let measured = results.process(server)?;
        let connections = measured.idle_connection_kb.as_ref()?.median * 10.0;
        let values = vec![Some(measured.idle_mb.median), Some(connections)];
        Some((server.name(), values))
    });
    let groups: Vec<_> = groups.collect();
    let title = "Memory (MB)";
    let series = ["after the start", "10,000 idle connections"];
    let svg = chart::bars(title, &series, &groups, |it| format!("{it:.1}"))?;
    fs::write(bench.join("results/memory.svg"), svg)?;
    Ok(())
}
