//! How the process starts, and how it refuses to.

use crate::support::{BINARY, COMPLETE, Server, command, output};
use dualrun::app::AppConfig;
use dualrun::contract::Contract;
use rustix::process::Signal;
use std::ffi::OsStr;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;
use std::time::{Duration, Instant};

#[test]
fn without_its_configuration_it_exits_with_1_and_names_what_is_missing() {
    let start = Instant::now();
    let (code, report) = output(&mut command([("ENVIRONMENT", "test")]));
    assert!(
        start.elapsed() < Duration::from_millis(500),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(code, Some(1));
    assert_eq!(
        report,
        "Missing required environment variables: APP_NAME, SECRET_KEY\n"
    );
}

#[test]
fn each_required_variable_is_required() {
    for (name, _) in COMPLETE {
        let others = COMPLETE.into_iter().filter(|(other, _)| *other != name);
        let (code, report) = output(&mut command(others));
        assert_eq!(code, Some(1));
        assert_eq!(
            report,
            format!("Missing required environment variables: {name}\n")
        );
    }
}

#[test]
fn without_a_configuration_it_prints_what_it_needs() {
    let output = command([] as [(&str, &str); 0])
        .arg("contract")
        .output()
        .unwrap();
    assert!(output.status.success() && output.stderr.is_empty());
    let contract: Contract = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(contract, Contract::of::<AppConfig>().unwrap());
    let names = contract.variables.iter().map(|it| it.name.as_str());
    assert!(names.eq(COMPLETE.map(|(name, _)| name)));
}

#[test]
fn the_report_has_the_problems_of_service_and_options_and_no_values() {
    let mut command = command([
        ("APP_NAME", OsStr::new(" ")),
        ("SECRET_KEY", OsStr::from_bytes(b"hunter2\xff")),
    ]);
    command.envs([
        ("DUALRUN_ADDR", "hunter2"),
        ("DUALRUN_HEAD_TIMEOUT", "10"),
        ("DUALRUN_IDLE_TIMEOUT", "0s"),
        ("DUALRUN_BODY_LIMIT", "1 elephant"),
        ("DUALRUN_MAX_IN_FLIGHT", "0"),
        ("DUALRUN_ACCESS_LOG", "some"),
        ("DUALRUN_DRAIN_TIMEOUT", "  "),
        ("DUALRUN_HEALTH_PATH", "health"),
        ("DUALRUN_READY_PATH", "ready?"),
        ("DUALRUN_BUFFER_LIMIT", "some"),
        ("DUALRUN_LOG", "info,orders=hunter2"),
        ("DUALRUN_LAMEDUCK", "3s"),
        ("DUALRUN_WHATEVER", "hunter2"),
    ]);
    let (code, report) = output(&mut command);
    assert_eq!(code, Some(1));
    assert_eq!(
        report,
        "Missing required environment variables: ENVIRONMENT\n\
         APP_NAME is blank: give it a value, or unset it\n\
         SECRET_KEY is not valid UTF-8\n\
         DUALRUN_ADDR is not valid: expected an IP address with a port, such as 0.0.0.0:8000 or [::]:8000\n\
         DUALRUN_HEALTH_PATH is not valid: expected a path that begins with a slash, such as /health\n\
         DUALRUN_READY_PATH is not valid: expected a path that begins with a slash, such as /health, or `off`\n\
         DUALRUN_HEAD_TIMEOUT is not valid: expected a duration with its unit, from 1ms to 24h, such as 500ms or 30s\n\
         DUALRUN_IDLE_TIMEOUT is not valid: expected a duration with its unit, from 1ms to 24h, such as 500ms or 30s\n\
         DUALRUN_DRAIN_TIMEOUT is blank: give it a value, or unset it\n\
         DUALRUN_MAX_IN_FLIGHT is not valid: expected a whole number from 1 to 18446744073709551615\n\
         DUALRUN_BODY_LIMIT is not valid: expected a size with its unit, such as 512KiB or 1MiB\n\
         DUALRUN_BUFFER_LIMIT is not valid: expected a size with its unit, such as 512KiB or 1MiB, or `auto`\n\
         DUALRUN_ACCESS_LOG is not valid: expected one of requests, all, errors, off\n\
         DUALRUN_LOG is not valid: expected levels (off, error, warn, info, debug, trace), alone or for a target, such as info,orders=debug\n\
         DUALRUN_LAMEDUCK is unknown: did you mean DUALRUN_LAME_DUCK?\n\
         DUALRUN_WHATEVER is unknown: no option has this name\n"
    );
}

#[test]
fn readiness_and_health_are_two_paths() {
    let mut command = command(COMPLETE);
    let (code, report) = output(command.env("DUALRUN_READY_PATH", "/health"));
    assert_eq!(code, Some(1));
    assert_eq!(
        report,
        "DUALRUN_READY_PATH is not valid: expected another path than DUALRUN_HEALTH_PATH has\n"
    );
}

#[test]
fn a_service_that_does_not_answer_its_health_path_is_told_so() {
    let mut server = Server::start(&[("DUALRUN_HEALTH_PATH", "/status")]);
    let line = server.line(
        "the service does not answer its health path with 200, so load balancers and `healthcheck` will find it \
         unhealthy: give it that route, or set DUALRUN_HEALTH_PATH to one that it has",
    );
    assert_eq!(
        (&line["level"], &line["path"], &line["status"]),
        (&"WARN".into(), &"/status".into(), &404.into())
    );
}

#[test]
fn bytes_in_other_variables_do_not_matter() {
    let mut command = command(COMPLETE);
    command
        .env("DUALRUN_ADDR", "127.0.0.1:0")
        .env("OTHER", OsStr::from_bytes(b"\xff"));
    let server = Server::spawn(command);
    assert!(server.get("/").ends_with("shop running in test\n"));
}

#[test]
fn options_change_what_they_say() {
    let server = Server::start(&[("DUALRUN_BODY_LIMIT", "0B"), ("DUALRUN_LOG_FORMAT", "json")]);
    assert!(server.get("/health").starts_with("HTTP/1.1 200 OK"));
}

fn check_refused(addr: &str, line: &str) {
    let (code, report) = output(command(COMPLETE).env("DUALRUN_ADDR", addr));
    assert_eq!(code, Some(1));
    assert_eq!(report, format!("cannot listen on {addr}: {line}\n"));
}

#[test]
fn an_address_that_cannot_be_had_is_one_clear_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    check_refused(
        &addr,
        "another process is using it; stop that, or set DUALRUN_ADDR to another port",
    );
    check_refused(
        "192.0.2.1:8000",
        "this machine does not have that address; set DUALRUN_ADDR to one that it has",
    );
}

#[test]
fn an_argument_that_it_does_not_know_is_a_2() {
    let (code, usage) = output(command(COMPLETE).arg("--serve"));
    assert_eq!(code, Some(2));
    assert!(usage.starts_with("usage: "), "{usage}");
}

#[test]
fn running_out_of_descriptors_does_not_end_it() {
    let mut command = Command::new("sh");
    let script = format!("ulimit -n 24; exec {BINARY}");
    command
        .args(["-c", &script])
        .env_clear()
        .envs(COMPLETE)
        .env("DUALRUN_ADDR", "127.0.0.1:0");
    let mut server = Server::spawn(command);
    let crowd: Vec<_> = (0..40).map(|_| server.connect()).collect();
    let line = server.line("cannot accept connections");
    assert_eq!(line["level"], "ERROR");
    drop(crowd);
    assert!(server.get("/health").starts_with("HTTP/1.1 200 OK"));
}

#[test]
fn the_log_has_the_levels_that_were_asked_for() {
    let mut server = Server::start(&[("DUALRUN_LOG", "info,dualrun::server=debug")]);
    // No request, so the connection fails.
    server.connect().write_all(b"GET").unwrap();
    assert_eq!(server.line("connection failed")["level"], "DEBUG");
    server.get("/nope");
    assert_eq!(server.line("request")["path"], "/nope");
}

#[test]
fn a_target_can_be_silenced() {
    let mut server = Server::start(&[("DUALRUN_LOG", "info,dualrun::access=off")]);
    server.get("/nope");
    server.signal(Signal::INT);
    let mut lines = Vec::new();
    while lines.last() != Some(&"stopped".into()) {
        lines.push(server.next_line()["message"].clone());
    }
    assert!(!lines.contains(&"request".into()), "{lines:?}");
}
