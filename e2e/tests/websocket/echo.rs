//! WebSockets while the server runs: messages go both ways, and nothing ends one but its client.

use crate::{ENDED, start, wait_ended};
use e2e::balancer::Balancer;
use e2e::network::Network;
use e2e::sockets::{NORMAL, Sockets};
use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

#[test]
fn messages_come_back_unchanged_straight_and_through_a_load_balancer() {
    let network = Network::create();
    let container = start(&network, &[]);
    let balancer = Balancer::start();
    balancer.register(container.addr());
    for addr in [container.addr(), balancer.addr] {
        let mut socket = Sockets::open(addr, 1);
        // A length of 125 is in the frame's first byte, one of 126 behind it, one of 65,536 in eight bytes.
        for size in [0, 5, 125, 126, 65_535, 65_536, 1 << 20] {
            assert_eq!(socket.echo_text(size), [true], "{size} bytes to {addr}");
            assert_eq!(socket.echo_binary(size), [true], "{size} bytes to {addr}");
        }
        assert_eq!(socket.ping(), [true]);
        assert_eq!(socket.close(), [NORMAL]);
    }
}

#[test]
fn two_hundred_at_once_are_served_and_each_has_its_line_in_the_log() {
    const COUNT: usize = 200;
    let network = Network::create();
    let container = start(&network, &[]);
    let mut sockets = Sockets::open(container.addr(), COUNT);
    assert_eq!(sockets.echo_text(1000), [true; COUNT]);
    assert_eq!(sockets.close(), [NORMAL; COUNT]);

    wait_ended(&container, COUNT);
    let id = |line: &serde_json::Value| line["request_id"].as_str().expect("an id").to_owned();
    let requests: HashSet<String> = container.lines("request").iter().map(id).collect();
    let ended = container.lines(ENDED);
    assert_eq!(requests.len(), COUNT);
    assert_eq!(ended.iter().map(id).collect::<HashSet<_>>(), requests);
    for line in ended {
        assert_eq!(line["path"], "/ws");
        // Text and close, with the heads of their frames, of which only the client's have a mask.
        assert_eq!(line["received"], 8 + 1000 + 8, "{line}");
        assert_eq!(line["sent"], 4 + 1000 + 4, "{line}");
        assert!(line["duration_ms"].as_f64() > Some(0.0), "{line}");
        assert!(line["cut_off"].is_null(), "{line}");
    }
}

#[test]
fn an_idle_one_outlives_the_timeouts_that_end_an_idle_connection_and_a_slow_head() {
    let network = Network::create();
    let timeouts = ["DUALRUN_IDLE_TIMEOUT=2s", "DUALRUN_HEAD_TIMEOUT=2s"];
    let container = start(&network, &timeouts);
    let mut socket = Sockets::open(container.addr(), 1);
    for sent in [
        "GET /health HTTP/1.1\r\nhost: a\r\n\r\n",
        "GET /health HTTP",
    ] {
        let mut other = TcpStream::connect(container.addr()).expect("it listens");
        other
            .set_read_timeout(Some(Duration::from_secs(60)))
            .expect("a socket");
        other
            .write_all(sent.as_bytes())
            .expect("an open connection");
        // Until the server closes it.
        other
            .read_to_end(&mut Vec::new())
            .expect("an open connection");
    }
    assert_eq!(socket.echo_text(5), [true]);
    assert_eq!(socket.close(), [NORMAL]);
}
