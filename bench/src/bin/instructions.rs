//! Instructions for `GET /`: of the server, of what it stands on, and of its peers; and where they go.
//!
//! Prints tables and writes them to `bench/README.md`.

use bench::callgrind::{Profile, profile};
use bench::page::replace;
use bench::process::{Program, repository};
use bench::servers::peer::{Kind, Server};
use std::error::Error;
use std::fs;

/// Parts of the code, by what the names of their source files have in them. The first that fits counts.
const PARTS: &[(&str, &[&str])] = &[
    ("`core/src/stack`", &["/core/src/stack/"]),
    ("`core/src/server`", &["/core/src/server/"]),
    ("`core/src/log`", &["/core/src/log/"]),
    ("`core/src/metrics`", &["/core/src/metrics/", "/metrics-"]),
    // Before the service: its path has /core/src/ in it too.
    ("the standard library", &["/library/"]),
    ("the service and its body", &["/core/src/", "/bench/peers/"]),
    ("hyper", &["/hyper-"]),
    (
        "http, httparse, bytes, hashbrown (extensions)",
        &[
            "/http-",
            "/httparse-",
            "/bytes-",
            "/http-body",
            "/hashbrown-",
        ],
    ),
    ("tokio", &["/tokio-", "/mio-"]),
    ("memory taken and given back", &["malloc", "/alloc/unix.rs"]),
    ("memory copied", &["multiarch/mem"]),
    ("other", &[""]),
];

fn main() -> Result<(), Box<dyn Error>> {
    // Line tables change no instruction, and tell which file each is of.
    let with_lines = |server: Server, kind, path| Program {
        path,
        ..server.program(kind)
    };
    let lines = "bench/target/lines/release/bin-fargate";
    let ours = measured("bin-fargate", &with_lines(Server::Ours, Kind::Quiet, lines));
    let logged = measured("logged", &with_lines(Server::Ours, Kind::Logged, lines));
    let recorded = |kind| {
        let mut program = with_lines(Server::Ours, kind, lines);
        let variables = [
            ("DUALRUN_METRICS", "prometheus"),
            ("DUALRUN_METRICS_ADDR", "127.0.0.1:0"),
        ];
        let variables = variables.map(|(name, value)| (name, value.to_owned()));
        program.variables.extend(variables);
        program
    };
    let with_metrics = measured("metrics", &recorded(Kind::Quiet));
    let with_both = measured("metrics and logged", &recorded(Kind::Logged));
    let bare = "bench/target/lines/release/bare-hyper";
    let bare = measured(
        "bare hyper",
        &with_lines(Server::BareHyper, Kind::Quiet, bare),
    );
    let service = Program {
        path: "bench/target/release/bare-service",
        ..Server::Ours.program(Kind::Quiet)
    };
    let service = measured("the service on bare hyper", &service);

    let mut text = String::from("| | instructions a request | to bare hyper |\n|---|---:|---:|\n");
    let mut row = |name: &str, count: f64| {
        text += &format!("| {name} | {count:.0} | {:.2} |\n", count / total(&bare));
    };
    row("bare hyper: one answer to everything", total(&bare));
    row("and with the service's two routes", total(&service));
    row("bin-fargate: and with all around them", total(&ours));
    row("bin-fargate: and with its metrics", total(&with_metrics));
    row("bin-fargate: and with its access log", total(&logged));
    row("bin-fargate: and with both", total(&with_both));
    // Go does not live under valgrind.
    for server in [Server::Axum, Server::Actix, Server::Ntex] {
        row(
            server.name(),
            total(&measured(server.name(), &server.program(Kind::Quiet))),
        );
    }
    for (what, kind, metrics) in [
        ("its metrics", Kind::Quiet, "on"),
        ("its log", Kind::Logged, "off"),
        ("both", Kind::Logged, "on"),
    ] {
        let mut program = Server::Axum.program(kind);
        program.variables.push(("METRICS", metrics.to_owned()));
        let name = format!("axum: and with {what}");
        row(&name, total(&measured(&name, &program)));
    }
    text += "\n| where they are | bare hyper | bin-fargate | more | its metrics | its access log |\n|---|---:|---:|---:|---:|---:|\n";
    for (index, (name, _)) in PARTS.iter().enumerate() {
        let all = [&bare, &ours, &with_metrics, &logged];
        let [bare, ours, with_metrics, logged] = all.map(|it| part(it, index));
        let (more, metrics, log) = (ours - bare, with_metrics - ours, logged - ours);
        text += &format!(
            "| {name} | {bare:.0} | {ours:.0} | {more:+.0} | {metrics:+.0} | {log:+.0} |\n"
        );
    }
    print!("{text}");
    let page = repository().join("bench/README.md");
    let readme = fs::read_to_string(&page)?;
    fs::write(&page, replace(&readme, "instructions", text.trim_end())?)?;
    Ok(())
}

fn measured(name: &str, program: &Program) -> Profile {
    eprintln!("instructions: {name}");
    profile(program)
}

fn total(profile: &Profile) -> f64 {
    profile.values().sum()
}

/// The instructions of one part.
fn part(profile: &Profile, index: usize) -> f64 {
    let of = |file: &str| {
        let fits =
            |(_, needles): &(&str, &[&str])| needles.iter().any(|needle| file.contains(needle));
        PARTS.iter().position(fits)
    };
    let files = profile.iter().filter(|(file, _)| of(file) == Some(index));
    files.map(|(_, count)| count).sum()
}
