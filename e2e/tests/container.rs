//! One container, started as on Fargate.

use dualrun::options::DEFAULT_HEALTH_PATH;
use e2e::container::{Container, VARIABLES};
use e2e::network::Network;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;

#[test]
fn both_routes_are_served_to_the_outside_and_health_turns_healthy() {
    let network = Network::create();
    let container = Container::start(&network);
    container.wait_listening();
    assert!(
        container
            .get("/")
            .ends_with("\r\n\r\nshop running in test\n")
    );
    assert!(
        container
            .get(DEFAULT_HEALTH_PATH)
            .ends_with("\r\n\r\n{\"status\":\"ok\"}")
    );
    container.wait_healthy();
    assert_eq!(
        container.lines("request").len(),
        1,
        "health checks are not logged"
    );
    assert!(!container.logs().contains("hunter2"));
}

#[test]
fn each_missing_variable_ends_it_with_1_and_its_name_in_the_log() {
    let network = Network::create();
    for missing in VARIABLES {
        let others: Vec<&str> = VARIABLES
            .into_iter()
            .filter(|other| *other != missing)
            .collect();
        let container = Container::start_with(&network, &others, "0.25");
        let (name, _) = missing.split_once('=').expect("a name");
        assert_eq!(container.exit_code(), 1);
        assert_eq!(
            container.logs(),
            format!("Missing required environment variables: {name}")
        );
    }
}

#[test]
fn a_request_in_flight_at_docker_stop_gets_its_200_and_the_exit_code_is_0() {
    let network = Network::create();
    let container = Container::start(&network);
    container.wait_listening();
    let mut client = TcpStream::connect(container.addr()).expect("it listens");
    client
        .write_all(b"GET / HTTP/1.1\r\nhost: ")
        .expect("an open connection");
    thread::scope(|scope| {
        let stop = scope.spawn(|| container.stop());
        container.wait_draining();
        client.write_all(b"a\r\n\r\n").expect("an open connection");
        let mut answer = String::new();
        client.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.ends_with("shop running in test\n"), "{answer}");
        stop.join().expect("it stops");
    });
    assert_eq!(container.exit_code(), 0);
}

#[test]
fn it_uses_as_many_cpus_as_its_cgroup_allows() {
    let network = Network::create();
    for (cpus, expected) in [("0.25", 1), ("1", 1), ("2", 2)] {
        let container = Container::start_with(&network, &VARIABLES, cpus);
        container.wait_listening();
        assert_eq!(
            container.lines("listening")[0]["cpus"],
            expected,
            "--cpus {cpus}"
        );
    }
}
