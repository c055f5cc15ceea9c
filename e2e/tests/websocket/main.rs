//! WebSockets between a server in a container and clients that share nothing with it.

mod drain;
mod echo;
mod http2;

use e2e::container::Container;
use e2e::example::image_of_example;
use e2e::network::Network;
use std::sync::OnceLock;

/// A server of the example, which serves.
fn start(network: &Network, variables: &[&str]) -> Container {
    static IMAGE: OnceLock<String> = OnceLock::new();
    let image = IMAGE.get_or_init(|| image_of_example("websocket"));
    let container = Container::of(image, network, variables, "0.25");
    container.wait_listening();
    container
}

/// Waits until the log has a line for the end of so many WebSockets.
fn wait_ended(container: &Container, count: usize) {
    container.wait_until("in the log", |container| {
        container.lines(ENDED).len() == count
    });
}

/// A drain that begins at once and does not last.
const SHORT_DRAIN: [&str; 2] = ["DUALRUN_LAME_DUCK=0s", "DUALRUN_DRAIN_TIMEOUT=2s"];

const ENDED: &str = "upgraded connection ended";
