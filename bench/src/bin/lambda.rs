//! The service as a function beside lambda_http alone, a server behind a proxying adapter, and the server
//! itself: time and CPU time for a small GET, start-up to the first answer, memory.
//!
//! All of them in turn, in several rounds. Prints a table and writes `bench/results/lambda.json`.

use bench::figures::Figure;
use bench::measured::{self, Measured};
use bench::runtimes::{Running, Subject};
use std::collections::BTreeMap;

const ROUNDS: usize = 25;
const WARM_UP: u32 = 300;
const REQUESTS: u32 = 2000;
const STARTS: usize = 100;

/// What one subject took, round by round.
#[derive(Default)]
struct Rounds {
    micros: Vec<f64>,
    cpu_micros: Vec<f64>,
    start_up_millis: Vec<f64>,
    resident_mb: Vec<f64>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut all: BTreeMap<usize, Rounds> = BTreeMap::new();
    for round in 0..ROUNDS {
        eprintln!("requests: round {} of {ROUNDS}", round + 1);
        for (index, subject) in Subject::ALL.into_iter().enumerate() {
            let mut running = Running::start(subject).await;
            running.ask(WARM_UP).await;
            let (time, cpu) = running.ask(REQUESTS).await;
            let rounds = all.entry(index).or_default();
            rounds
                .micros
                .push(time.as_secs_f64() * 1e6 / f64::from(REQUESTS));
            rounds
                .cpu_micros
                .push(cpu.as_secs_f64() * 1e6 / f64::from(REQUESTS));
            rounds.resident_mb.push(running.resident() as f64 / 1e6);
        }
    }
    for round in 0..STARTS {
        eprintln!("starts: round {} of {STARTS}", round + 1);
        for (index, subject) in Subject::ALL.into_iter().enumerate() {
            let start_up = Running::start(subject).await.start_up;
            let rounds = all.entry(index).or_default();
            rounds.start_up_millis.push(start_up.as_secs_f64() * 1e3);
        }
    }
    let results = results(&all);
    print!("{}", measured::table(&results));
    measured::write(&results)?;
    Ok(())
}

fn results(all: &BTreeMap<usize, Rounds>) -> Vec<Measured> {
    let bare = &all[&0];
    let rows = Subject::ALL.into_iter().zip(all.values());
    rows.map(|(subject, rounds)| Measured {
        subject: subject.name().to_owned(),
        micros: Figure::of(rounds.micros.clone()),
        micros_ratio: Figure::ratio(&rounds.micros, &bare.micros),
        cpu_micros: Figure::of(rounds.cpu_micros.clone()),
        cpu_micros_ratio: Figure::ratio(&rounds.cpu_micros, &bare.cpu_micros),
        start_up_millis: Figure::of(rounds.start_up_millis.clone()),
        start_up_ratio: Figure::ratio(&rounds.start_up_millis, &bare.start_up_millis),
        resident_mb: Figure::of(rounds.resident_mb.clone()),
    })
    .collect()
}
