//! A server that runs until the test stops it: on a free port, in memory, or on any listener.

use super::http1::{exchange, send};
use super::memory::{Network, network};
use dualrun::Options;
use dualrun::server::{self, Drained, Listener, Stop};
use dualrun::service::HttpService;
use std::net::SocketAddr;
use tokio::io::DuplexStream;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, yield_now};

/// A running server, and where clients connect to it.
pub(crate) struct Server<A = SocketAddr> {
    pub(crate) addr: A,
    stop: Option<oneshot::Sender<Stop>>,
    served: JoinHandle<Drained>,
}

impl<A> Server<A> {
    /// Serves whoever `listener` accepts.
    pub(crate) fn on<L: Listener, S: HttpService>(
        addr: A,
        listener: L,
        server: server::Server<S>,
    ) -> Self {
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(server.serve(listener, async { stopped.await.unwrap() }));
        Self {
            addr,
            stop: Some(stop),
            served,
        }
    }

    /// Tells the server to stop.
    pub(crate) fn stop(&mut self, stop: Stop) {
        self.stop.take().expect("stopped once").send(stop).unwrap();
    }

    /// Waits until it has.
    pub(crate) async fn stopped(self) -> Drained {
        self.served.await.unwrap()
    }

    /// Stops the server, with nothing left to cut.
    pub(crate) async fn end(mut self) {
        self.stop(Stop::Drain);
        assert_eq!(self.stopped().await, Drained::default());
    }

    pub(crate) fn is_running(&self) -> bool {
        !self.served.is_finished()
    }

    /// Ends it, whatever it is doing.
    pub(crate) fn abort(self) {
        self.served.abort();
    }
}

impl Server {
    pub(crate) async fn start<S: HttpService>(service: S, options: Options) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        Self::on(addr, listener, server::Server::new(service, options))
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.addr).await.unwrap()
    }

    /// A connection on which this has been sent.
    pub(crate) async fn sent(&self, bytes: &[u8]) -> TcpStream {
        let mut client = self.connect().await;
        send(&mut client, bytes).await;
        client
    }

    /// All that it says to this request, on a connection that it then closes.
    pub(crate) async fn answer(&self, request: impl AsRef<[u8]>) -> String {
        let answer = exchange(self.connect().await, request.as_ref()).await;
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Server<Network> {
    /// For tests under a paused clock.
    pub(crate) fn in_memory<S: HttpService>(service: S, options: Options) -> Self {
        let (network, listener) = network();
        Self::on(network, listener, server::Server::new(service, options))
    }

    pub(crate) fn connect(&self) -> DuplexStream {
        self.addr.connect()
    }

    /// A connection on which this has been sent.
    pub(crate) async fn sent(&self, bytes: &[u8]) -> DuplexStream {
        let mut client = self.connect();
        send(&mut client, bytes).await;
        client
    }

    /// Tells the server to stop, and lets it take notice: the runtime has one thread.
    pub(crate) async fn becomes_lame_duck(&mut self) {
        self.stop(Stop::LameDuck);
        yield_now().await;
    }
}

/// Raises the limit of file descriptors. All tests share it, and the sockets of a crowd count twice: as the clients' and
/// as the server's.
pub(crate) fn make_room_for_a_crowd() {
    rlimit::increase_nofile_limit(8192).unwrap();
}
