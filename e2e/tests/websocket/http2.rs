//! WebSockets over HTTP/2 (RFC 8441). The client makes sure that the server offers them, before it opens one.

use crate::{ENDED, SHORT_DRAIN, start, wait_ended};
use e2e::container::Cut;
use e2e::network::Network;
use e2e::sockets::{GOING_AWAY, NORMAL, Sockets};

#[test]
fn messages_come_back_unchanged_and_the_end_is_in_the_log() {
    let network = Network::create();
    let container = start(&network, &[]);
    let mut socket = Sockets::open_over_http2(container.addr());
    for size in [0, 5, 65_536, 1 << 20] {
        assert_eq!(socket.echo_text(size), [true], "{size} bytes");
        assert_eq!(socket.echo_binary(size), [true], "{size} bytes");
    }
    assert_eq!(socket.ping(), [true]);
    assert_eq!(socket.close(), [NORMAL]);

    wait_ended(&container, 1);
    let (request, ended) = (&container.lines("request")[0], &container.lines(ENDED)[0]);
    assert_eq!(request["method"], "CONNECT");
    assert_eq!(ended["request_id"], request["request_id"]);
    assert_eq!(ended["path"], "/ws");
    assert!(ended["cut_off"].is_null());
}

#[test]
fn one_that_is_open_is_told_to_go_when_the_drain_begins_and_is_not_cut() {
    let network = Network::create();
    let container = start(&network, &["DUALRUN_LAME_DUCK=500ms"]);
    let mut socket = Sockets::open_over_http2(container.addr());
    container.kill("TERM");
    assert_eq!(socket.closed(), [GOING_AWAY]);
    assert_eq!(container.cut(), Cut::NOTHING);
}

#[test]
fn one_whose_client_ignores_the_close_is_cut_when_the_time_is_over_and_counted() {
    let network = Network::create();
    let container = start(&network, &SHORT_DRAIN);
    let mut socket = Sockets::open_over_http2(container.addr());
    assert_eq!(socket.echo_text(5), [true]);
    container.kill("TERM");
    assert_eq!(container.cut(), Cut::ONE_CONNECTION);
    assert_eq!(container.lines(ENDED)[0]["cut_off"], true);
}
