//! What was measured of the servers, as `bench/results/servers.json` keeps it.

use super::idle;
use super::load::Load;
use super::peer::Server;
use super::scenario::{ALL, Scenario};
use crate::figures::Figure;
use crate::process::repository;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::{fs, io};

/// All of it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Results {
    /// When and where.
    pub machine: String,
    /// How often each was measured.
    pub rounds: usize,
    /// How long each load took.
    pub seconds: u32,
    /// By scenario, and there by server.
    pub loads: Vec<Loaded>,
    /// By server.
    pub processes: Vec<Measured>,
}

/// A server under a load.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Loaded {
    /// The load's name.
    pub scenario: String,
    /// The server's.
    pub server: String,
    /// Requests a second.
    pub rate: Figure,
    /// The rate of ours to this, round by round.
    pub ratio: Figure,
    /// Latencies in milliseconds; zero where nobody tells.
    pub p50: Figure,
    /// The one that one request in a hundred exceeds.
    pub p99: Figure,
    /// The one that one request in a thousand exceeds.
    pub p999: Figure,
    /// Requests of all rounds that got no answer, or a wrong one.
    pub errors: u64,
}

/// A server as a process.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Measured {
    /// Its name.
    pub server: String,
    /// From the start of the process to its first answer, in milliseconds.
    pub start_up_millis: Figure,
    /// The same of ours, as a ratio to this.
    pub start_up_ratio: Figure,
    /// Memory after the first answer, in megabytes.
    pub idle_mb: Figure,
    /// After a load over 1,000 connections.
    pub loaded_mb: Figure,
    /// What an idle connection takes, of 10,000, in kilobytes; none where it keeps none open.
    pub idle_connection_kb: Option<Figure>,
    /// The program, in megabytes; none for an interpreter.
    pub binary_mb: Option<f64>,
}

/// What one server did, round by round.
#[derive(Clone, Debug, Default)]
pub struct Rounds {
    /// By scenario, in their order.
    pub loads: Vec<Vec<Load>>,
    /// In milliseconds.
    pub start_ups: Vec<f64>,
    /// In bytes.
    pub idle: Vec<u64>,
    /// In bytes.
    pub loaded: Vec<u64>,
    /// In bytes, with [`idle::CONNECTIONS`] more than `idle`.
    pub connected: Vec<u64>,
}

impl Results {
    /// Of all rounds, by server in the order of [`Server::ALL`].
    pub fn of(machine: String, rounds: usize, seconds: u32, all: &[Rounds]) -> Self {
        let mut loads = Vec::new();
        for (index, scenario) in ALL.iter().enumerate() {
            let ours = rates(&all[0].loads[index]);
            let measured = Server::ALL.into_iter().zip(all);
            for (server, rounds) in measured.filter(|(server, _)| scenario.is_for(*server)) {
                loads.push(loaded(scenario, server, &rounds.loads[index], &ours));
            }
        }
        let processes = Server::ALL.into_iter().zip(all);
        let processes = processes.map(|(server, rounds)| measured(server, rounds, &all[0]));
        Self {
            machine,
            rounds,
            seconds,
            loads,
            processes: processes.collect(),
        }
    }

    /// A server under a load, if it was measured with it.
    pub fn loaded(&self, scenario: &str, server: Server) -> Option<&Loaded> {
        let mut loads = self.loads.iter();
        loads.find(|it| it.scenario == scenario && it.server == server.name())
    }

    /// A server as a process.
    pub fn process(&self, server: Server) -> Option<&Measured> {
        self.processes.iter().find(|it| it.server == server.name())
    }

    /// The last results.
    ///
    /// # Errors
    ///
    /// If there are none, or the file is not what was written.
    pub fn read() -> io::Result<Self> {
        Ok(serde_json::from_str(&fs::read_to_string(file())?)?)
    }

    /// Keeps them.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn write(&self) -> io::Result<()> {
        fs::write(file(), serde_json::to_string_pretty(self)? + "\n")
    }
}

fn file() -> PathBuf {
    repository().join("bench/results/servers.json")
}

fn rates(loads: &[Load]) -> Vec<f64> {
    loads.iter().map(|load| load.rate).collect()
}

fn loaded(scenario: &Scenario, server: Server, loads: &[Load], ours: &[f64]) -> Loaded {
    let figure = |of: fn(&Load) -> f64| Figure::of(loads.iter().map(of).collect());
    Loaded {
        scenario: scenario.name.to_owned(),
        server: server.name().to_owned(),
        rate: figure(|load| load.rate),
        ratio: Figure::ratio(ours, &rates(loads)),
        p50: figure(|load| load.p50),
        p99: figure(|load| load.p99),
        p999: figure(|load| load.p999),
        errors: loads.iter().map(|load| load.errors).sum(),
    }
}

fn measured(server: Server, rounds: &Rounds, ours: &Rounds) -> Measured {
    let megabytes = |bytes: &[u64]| Figure::of(bytes.iter().map(|&it| it as f64 / 1e6).collect());
    let connected = rounds.connected.iter().zip(&rounds.idle);
    let connection = connected.map(|(with, without)| {
        with.saturating_sub(*without) as f64 / 1e3 / idle::CONNECTIONS as f64
    });
    let connection: Vec<f64> = connection.collect();
    Measured {
        server: server.name().to_owned(),
        start_up_millis: Figure::of(rounds.start_ups.clone()),
        start_up_ratio: Figure::ratio(&ours.start_ups, &rounds.start_ups),
        idle_mb: megabytes(&rounds.idle),
        loaded_mb: megabytes(&rounds.loaded),
        idle_connection_kb: (!connection.is_empty()).then(|| Figure::of(connection)),
        binary_mb: server.size().map(|bytes| bytes as f64 / 1e6),
    }
}
