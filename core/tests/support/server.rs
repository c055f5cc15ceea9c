//! A server on a free port, and raw connections to it.

use dualrun::Options;
use dualrun::server::{Drained, Stop, serve};
use dualrun::service::HttpService;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A running server.
pub(crate) struct Server {
    pub(crate) addr: SocketAddr,
    stop: Option<oneshot::Sender<Stop>>,
    pub(crate) served: JoinHandle<Drained>,
}

impl Server {
    pub(crate) async fn start<S: HttpService>(service: S, options: Options) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(async move {
            serve(listener, service, options, async { stopped.await.unwrap() }).await
        });
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

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.addr).await.unwrap()
    }
}

/// Sends bytes over a connection that is open.
pub(crate) async fn send(client: &mut TcpStream, bytes: &[u8]) {
    client.write_all(bytes).await.unwrap();
}

/// Everything up to and with `end`, of a connection that stays open.
pub(crate) async fn read_until(client: &mut TcpStream, end: &str) -> String {
    let mut text = Vec::new();
    while !text.ends_with(end.as_bytes()) {
        text.push(client.read_u8().await.unwrap());
    }
    String::from_utf8(text).unwrap()
}
