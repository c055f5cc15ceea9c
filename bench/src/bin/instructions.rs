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
    row("bin-fargate: and with its access log", total(&logged));
    // Go does not live under valgrind.
    for server in [Server::Axum, Server::Actix, Server::Ntex] {
        row(
            server.name(),
            total(&measured(server.name(), &server.program(Kind::Quiet))),
        );
    }
    text += "\n| where they are | bare hyper | bin-fargate | more | its access log |\n|---|---:|---:|---:|---:|\n";
    for (index, (name, _)) in PARTS.iter().enumerate() {
        let [bare, ours, logged] = [&bare, &ours, &logged].map(|it| part(it, index));
        let (more, log) = (ours - bare, logged - ours);
        text += &format!("| {name} | {bare:.0} | {ours:.0} | {more:+.0} | {log:+.0} |\n");
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
