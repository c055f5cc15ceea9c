//! A stream of events and a task of the service's own, when the task ends.

use e2e::container::{Container, Cut};
use e2e::example::image_of_example;
use e2e::network::Network;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A server of the example, which takes 5 s to flush, and a client that has got its first events.
fn start(network: &Network, variables: &[&str]) -> (Container, BufReader<TcpStream>) {
    let container = Container::of(&image_of_example("events"), network, variables, "0.25");
    container.wait_listening();
    let mut stream = TcpStream::connect(container.addr()).expect("it listens");
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .expect("a socket");
    stream
        .write_all(b"GET /events HTTP/1.1\r\nhost: a\r\n\r\n")
        .expect("an open connection");
    let mut client = BufReader::new(stream);
    let mut line = String::new();
    while line != "data: 3\n" {
        line.clear();
        let read = client.read_line(&mut line).expect("an open connection");
        assert_ne!(read, 0, "it has ended");
    }
    (container, client)
}

#[test]
fn the_stream_ends_as_soon_as_the_drain_begins_and_the_process_when_the_task_has_flushed() {
    let network = Network::create();
    let (container, mut client) = start(&network, &["DUALRUN_LAME_DUCK=1s"]);
    container.kill("TERM");
    let mut rest = String::new();
    client.read_to_string(&mut rest).expect("an orderly end");
    assert!(
        rest.contains("data: 8\n"),
        "it goes on in the lame duck time: {rest}"
    );
    assert!(
        rest.ends_with("\r\n0\r\n\r\n"),
        "its last chunk is there: {rest}"
    );
    assert!(
        container.lines("flushed").is_empty(),
        "that takes another 5 s"
    );
    assert_eq!(container.lines("draining").len(), 1);

    assert_eq!(container.cut(), Cut::NOTHING);
    let flushed = container.lines("flushed");
    assert_eq!((flushed.len(), &flushed[0]["count"]), (1, &1.into()));
    let request = &container.lines("request")[0];
    assert!(request["cut_off"].is_null(), "{request}");
}

#[test]
fn a_task_that_takes_longer_than_the_drain_may_is_cut_and_counted() {
    let network = Network::create();
    let variables = ["DUALRUN_LAME_DUCK=0s", "DUALRUN_DRAIN_TIMEOUT=2s"];
    let (container, _client) = start(&network, &variables);
    container.kill("TERM");
    assert_eq!(container.cut(), Cut::ONE_TASK);
    assert!(container.lines("flushed").is_empty());
}
