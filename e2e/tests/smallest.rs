//! The smallest task on Fargate, 512 MiB without swap, and more clients than fit in: it lives, and others are served.

use e2e::container::{Container, Cut, VARIABLES};
use e2e::crowd::{Crowd, Outcomes};
use e2e::example::image_of_example;
use e2e::memory::Memory;
use e2e::network::Network;
use std::time::{Duration, Instant};

/// What the smallest task has of a CPU, and what the next sizes have.
const CPUS: [&str; 2] = ["0.25", "1"];
/// An ordinary client's patience.
const PATIENCE: Duration = Duration::from_secs(10);

/// Lets a crowd at a container, while somebody else asks for both routes all the time, and gets them.
fn endure(container: &Container, count: usize, bytes: Vec<u8>) -> Outcomes {
    let memory = Memory::of(container);
    let begin = Instant::now();
    let crowd = Crowd::start(container.addr(), count, bytes);
    let (mut served, mut slowest, mut sent) = (0, Duration::ZERO, 0);
    while !crowd.is_over() {
        for path in ["/health", "/"] {
            let start = Instant::now();
            let answer = container.get(path);
            assert!(
                answer.starts_with("HTTP/1.1 200 OK\r\n"),
                "{path}: {answer}"
            );
            slowest = slowest.max(start.elapsed());
            served += 1;
        }
        sent = crowd.sent();
    }
    let outcomes = crowd.outcomes();
    println!(
        "{count} clients, of which {sent} have sent all: {outcomes:?} in {:.1?}; {served} others served, \
         the slowest after {slowest:.1?}; MiB: {:?}",
        begin.elapsed(),
        memory.peak()
    );
    assert!(slowest < PATIENCE);
    assert_eq!(
        container.inspect("{{.State.Running}} {{.State.OOMKilled}}"),
        "true false"
    );
    container.kill("INT");
    assert_eq!(container.cut(), Cut::NOTHING);
    outcomes
}

#[test]
fn heads_of_63_kb_that_never_end_on_nearly_all_connections() {
    let network = Network::create();
    let head = format!("GET / HTTP/1.1\r\nhost: a\r\nx: {:0>1$}", "", 63 * 1024);
    for cpus in CPUS {
        let container = Container::start_with(&network, &VARIABLES, cpus);
        container.wait_listening();
        let outcomes = endure(&container, 9_900, head.clone().into_bytes());
        // There is room for some, until their time is over. The others are refused at once.
        assert_only(&outcomes, &[UNAVAILABLE, "no answer"]);
    }
}

#[test]
fn uploads_of_almost_1_mib_which_a_handler_keeps_for_seconds() {
    let network = Network::create();
    let image = image_of_example("uploads");
    for cpus in CPUS {
        let container = Container::of(&image, &network, &["WORK_SECONDS=3"], cpus);
        container.wait_listening();
        let outcomes = endure(&container, 700, upload((1 << 20) - 1, (1 << 20) - 1));
        // Those that do not get their turn in time are told so.
        assert_only(&outcomes, &[OK, UNAVAILABLE, TIMED_OUT]);
        assert!(outcomes[OK] > 0);
    }
}

#[test]
fn uploads_of_1_mib_whose_last_byte_never_comes() {
    let network = Network::create();
    let image = image_of_example("uploads");
    for cpus in CPUS {
        let container = Container::of(&image, &network, &[], cpus);
        container.wait_listening();
        let outcomes = endure(&container, 700, upload(1 << 20, (1 << 20) - 1));
        assert_only(&outcomes, &[UNAVAILABLE, TIMED_OUT]);
    }
}

const OK: &str = "HTTP/1.1 200 OK";
const UNAVAILABLE: &str = "HTTP/1.1 503 Service Unavailable";
const TIMED_OUT: &str = "HTTP/1.1 504 Gateway Timeout";

/// Nobody has met anything else, such as a connection that was reset.
fn assert_only(outcomes: &Outcomes, expected: &[&str]) {
    for outcome in outcomes.keys() {
        assert!(expected.contains(&outcome.as_str()), "{outcomes:?}");
    }
}

/// An upload that announces one length, and has another.
fn upload(announced: usize, sent: usize) -> Vec<u8> {
    let head = format!(
        "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: {announced}\r\n\r\n"
    );
    let mut bytes = head.into_bytes();
    bytes.resize(bytes.len() + sent, b'a');
    bytes
}
