//! WebSockets when the task ends.

use crate::{ENDED, SHORT_DRAIN, start};
use e2e::balancer::Balancer;
use e2e::container::Cut;
use e2e::network::Network;
use e2e::sockets::{GOING_AWAY, Sockets};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

#[test]
fn those_that_are_open_are_told_to_go_when_the_drain_begins_and_none_is_cut() {
    const COUNT: usize = 20;
    let network = Network::create();
    let container = start(&network, &[]);
    let balancer = Balancer::start();
    balancer.register(container.addr());
    let mut straight = Sockets::open(container.addr(), COUNT);
    let mut balanced = Sockets::open(balancer.addr, COUNT);

    container.kill("TERM");
    container.wait_until("stopping", |container| {
        !container
            .lines("stopping: new connections are still served")
            .is_empty()
    });
    assert_eq!(
        straight.echo_text(5),
        [true; COUNT],
        "in the lame duck time"
    );
    assert_eq!(straight.closed(), [GOING_AWAY; COUNT]);
    assert_eq!(balanced.closed(), [GOING_AWAY; COUNT]);
    assert_eq!(container.cut(), Cut::NOTHING);
    assert_eq!(container.lines(ENDED).len(), 2 * COUNT);
}

#[test]
fn one_whose_client_ignores_the_close_is_cut_when_the_time_is_over_and_counted() {
    let network = Network::create();
    let container = start(&network, &SHORT_DRAIN);
    let mut answering = Sockets::open(container.addr(), 1);
    let mut ignoring = open(container.addr());
    container.kill("TERM");
    assert_eq!(answering.closed(), [GOING_AWAY]);

    let mut received = Vec::new();
    ignoring.read_to_end(&mut received).expect("an orderly end");
    let [head, length, code @ ..] = received.as_slice() else {
        panic!("no frame: {received:?}")
    };
    assert_eq!(
        (*head, usize::from(*length)),
        (0x88, code.len()),
        "one close, and nothing else"
    );
    assert_eq!(code[..2], GOING_AWAY.to_be_bytes());
    assert_eq!(container.cut(), Cut::ONE_CONNECTION);
    let cut = container
        .lines(ENDED)
        .into_iter()
        .filter(|line| line["cut_off"] == true);
    assert_eq!(cut.count(), 1);
}

#[test]
fn one_whose_handler_never_gets_to_hear_of_the_drain_is_cut_and_counted() {
    let network = Network::create();
    let container = start(&network, &SHORT_DRAIN);
    let mut client = open(container.addr());
    // Nobody reads the echoes, so the handler is in the middle of sending one, and stays there.
    fill(&mut client);
    container.kill("TERM");
    assert_eq!(container.cut(), Cut::ONE_CONNECTION);
    assert_eq!(container.lines(ENDED)[0]["cut_off"], true);
}

/// A WebSocket that does only what it is told to.
fn open(addr: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(addr).expect("it listens");
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .expect("a socket");
    let head = "GET /ws HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
                sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream
        .write_all(head.as_bytes())
        .expect("an open connection");
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("a whole head");
        answer.extend(byte);
    }
    // The example of RFC 6455, section 1.3.
    let answer = String::from_utf8(answer).expect("UTF-8");
    assert!(
        answer.starts_with("HTTP/1.1 101 Switching Protocols\r\n"),
        "{answer}"
    );
    assert!(
        answer.contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"),
        "{answer}"
    );
    stream
}

/// Sends messages until the server reads no more.
fn fill(stream: &mut TcpStream) {
    // Final, binary, 65,535 bytes with a mask of zeros.
    let mut frame = vec![0x82, 0xfe, 0xff, 0xff, 0, 0, 0, 0];
    frame.resize(8 + 65_535, b'a');
    // More than a busy server takes.
    stream
        .set_write_timeout(Some(Duration::from_secs(2)))
        .expect("a socket");
    loop {
        match stream.write(&frame) {
            Ok(written) if written == frame.len() => {}
            Ok(_) => return,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return,
            Err(error) => panic!("{error}"),
        }
    }
}
