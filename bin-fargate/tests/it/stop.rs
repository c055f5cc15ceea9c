//! How the process ends: by each signal, and with what code.

use crate::support::Server;
use rustix::process::Signal;
use std::io::Write;
use std::time::{Duration, Instant};

#[test]
fn sigterm_serves_on_for_the_lame_duck_time_and_then_exits_with_0() {
    let mut server = Server::start(&[("DUALRUN_LAME_DUCK", "300ms")]);
    let start = Instant::now();
    server.signal(Signal::TERM);
    server.line("stopping: new connections are still served");
    let answer = server.get("/");
    assert!(
        answer.contains("connection: close\r\n") && answer.ends_with("shop running in test\n"),
        "{answer}"
    );
    let line = server.line("stopped");
    assert_eq!(
        (&line["connections_cut"], &line["requests_cut"]),
        (&0.into(), &0.into())
    );
    assert_eq!(server.exit_code(), Some(0));
    assert!(start.elapsed() >= Duration::from_millis(300));
}

#[test]
fn sigint_drains_at_once_and_exits_with_0() {
    let mut server = Server::start(&[("DUALRUN_LAME_DUCK", "1h")]);
    server.signal(Signal::INT);
    server.line("draining");
    assert_eq!(server.exit_code(), Some(0));
}

#[test]
fn a_second_signal_exits_at_once() {
    for (second, code) in [(Signal::TERM, 143), (Signal::INT, 130)] {
        let mut server = Server::start(&[("DUALRUN_LAME_DUCK", "1h")]);
        server.signal(Signal::TERM);
        server.line("stopping: new connections are still served");
        server.signal(second);
        server.line("stopped at once by a second signal");
        assert_eq!(server.exit_code(), Some(code));
    }
}

#[test]
fn the_drain_says_how_much_it_cut_and_exits_with_0() {
    let mut server = Server::start(&[("DUALRUN_DRAIN_TIMEOUT", "50ms")]);
    let mut client = server.asked();
    client.write_all(b"GET / HTTP").unwrap();
    server.signal(Signal::INT);
    let line = server.line("stopped");
    assert_eq!(
        (&line["connections_cut"], &line["requests_cut"]),
        (&1.into(), &0.into())
    );
    assert_eq!(server.exit_code(), Some(0));
}
