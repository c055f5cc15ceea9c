//! A service on a free port of this machine, for as long as the test holds it.

use dualrun::Options;
use dualrun::server::{Stop, serve};
use dualrun::service::HttpService;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub(crate) struct Served {
    pub(crate) addr: SocketAddr,
    server: JoinHandle<()>,
}

impl Served {
    /// Serves what `service` makes of the address.
    pub(crate) async fn start<S: HttpService>(service: impl FnOnce(SocketAddr) -> S) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let service = service(addr);
        let server = tokio::spawn(async move {
            let stop = std::future::pending::<Stop>();
            serve(listener, service, Options::default(), stop).await;
        });
        Self { addr, server }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.server.abort();
    }
}
