//! A listener without a network, for servers under a paused clock.

use dualrun::server::Listener;
use std::future::{Ready, ready};
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::task::{Context, Poll};
use tokio::io::{DuplexStream, duplex};
use tokio::sync::mpsc;

/// What the server accepts from. `connect` makes the connections.
pub(crate) struct MemoryListener(mpsc::UnboundedReceiver<DuplexStream>);

/// The clients' side of a [`MemoryListener`].
#[derive(Clone)]
pub(crate) struct Network(mpsc::UnboundedSender<DuplexStream>);

/// A connection to a listener of each other.
pub(crate) fn network() -> (Network, MemoryListener) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (Network(sender), MemoryListener(receiver))
}

impl Network {
    /// A connection whose sides hold a few bytes for each other.
    pub(crate) fn connect(&self) -> DuplexStream {
        let (client, server) = duplex(4096);
        self.0.send(server).expect("the server listens");
        client
    }
}

const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

impl Listener for MemoryListener {
    type Io = DuplexStream;
    type Handshake = Ready<io::Result<DuplexStream>>;

    fn poll_accept(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<(Self::Handshake, IpAddr)>> {
        match self.0.poll_recv(cx) {
            Poll::Ready(Some(io)) => Poll::Ready(Ok((ready(Ok(io)), CLIENT))),
            // Nobody can connect any more, and so nobody does.
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }

    fn try_accept(&mut self) -> io::Result<(Self::Handshake, IpAddr)> {
        let accepted = self.0.try_recv();
        accepted
            .map(|io| (ready(Ok(io)), CLIENT))
            .map_err(|_| io::ErrorKind::WouldBlock.into())
    }

    // In memory there is no system that could know more than tokio.
    fn has_unread(_: &DuplexStream) -> bool {
        false
    }

    fn poll_peek(_: &mut DuplexStream, _: &mut Context<'_>) -> Poll<io::Result<usize>> {
        Poll::Pending
    }
}
