//! `bin-fargate healthcheck`, as Docker and ECS call it.

use crate::support::{Server, command, output};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

/// Runs the check against `addr`; it needs none of the service's own variables.
fn check(addr: &str) -> (Option<i32>, String) {
    let start = Instant::now();
    let result = output(command([("DUALRUN_ADDR", addr)]).arg("healthcheck"));
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{:?}",
        start.elapsed()
    );
    result
}

#[test]
fn a_server_that_runs_is_healthy_also_when_it_listens_everywhere() {
    for listen in ["127.0.0.1:0", "0.0.0.0:0", "[::]:0"] {
        let server = Server::start(&[("DUALRUN_ADDR", listen)]);
        let addr = listen.replace(":0", &format!(":{}", server.addr.port()));
        assert_eq!(check(&addr), (Some(0), String::new()), "{listen}");
    }
}

#[test]
fn it_asks_the_path_that_the_server_is_asked() {
    let server = Server::start(&[]);
    let addr = server.addr.to_string();
    let check = |path| {
        let variables = [
            ("DUALRUN_ADDR", addr.as_str()),
            ("DUALRUN_HEALTH_PATH", path),
        ];
        output(command(variables).arg("healthcheck"))
    };
    assert_eq!(check("/"), (Some(0), String::new()));
    let elsewhere = format!("{addr} answered with: HTTP/1.1 404 Not Found\n");
    assert_eq!(check("/status"), (Some(1), elsewhere));
}

#[test]
fn a_port_where_nobody_listens_is_not_healthy() {
    // A client's own port: nobody listens there, and nobody else can get it.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let free = client.local_addr().unwrap().to_string();
    assert_eq!(
        check(&free),
        (Some(1), format!("cannot connect to {free}\n"))
    );
}

/// A server of one connection that sends `answer`, a byte at a time with `pause` between them.
fn answering(answer: &'static str, pause: Duration) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            request.extend(byte);
        }
        for byte in answer.bytes() {
            thread::sleep(pause);
            if stream.write_all(&[byte]).is_err() {
                return;
            }
        }
    });
    addr
}

#[test]
fn an_answer_other_than_200_is_not_healthy() {
    let addr = answering("HTTP/1.1 503 Service Unavailable\r\n\r\n", Duration::ZERO);
    let line = format!("{addr} answered with: HTTP/1.1 503 Service Unavailable\n");
    assert_eq!(check(&addr), (Some(1), line));
    let addr = answering("HTTP", Duration::ZERO);
    assert_eq!(check(&addr), (Some(1), format!("no answer from {addr}\n")));
}

#[test]
fn an_answer_that_trickles_is_given_up_within_two_seconds() {
    let addr = answering("HTTP/1.1 200 OK\r\n\r\n", Duration::from_millis(500));
    assert_eq!(check(&addr), (Some(1), format!("no answer from {addr}\n")));
}

#[test]
fn bad_options_are_not_healthy() {
    let (code, report) = check("nowhere");
    assert_eq!(
        (code, report.as_str()),
        (
            Some(1),
            "DUALRUN_ADDR is not valid: expected an IP address with a port, such as 0.0.0.0:8000 or [::]:8000\n"
        )
    );
}
