//! The life of a server: accept, lame duck, drain, cut.

use super::accept::accept;
use super::connection;
use super::shared::Shared;
use crate::Options;
use crate::service::HttpService;
use crate::stack::Stack;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// How a server is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Serve new connections for the lame-duck time, then drain: a load balancer still sends some.
    LameDuck,
    /// Drain at once: nobody will come.
    Drain,
}

/// What was left when a drain ran out of time. Both are zero when all was finished.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    /// Connections that were closed by force.
    pub connections_cut: usize,
    /// Requests on them that got no complete response.
    pub requests_cut: usize,
}

/// Serves `service`, with the stack around it, until `stop` is ready and the drain is over.
///
/// Of the options it reads the timeouts, limits and the access log; the address is the listener's.
/// Log lines go to the program's `tracing` subscriber.
///
/// ```
/// use dualrun::{Body, Options, server::{self, Stop}};
/// use http::{Request, Response};
/// use std::convert::Infallible;
/// use tokio::net::TcpListener;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let service = tower::service_fn(|_: Request<Body>| async {
///     Ok::<_, Infallible>(Response::new(Body::from("hello")))
/// });
/// let listener = TcpListener::bind("127.0.0.1:0").await?;
/// let stop = async { Stop::Drain };
/// let drained = server::serve(listener, service, &Options::default(), stop).await;
/// assert_eq!(drained.requests_cut, 0);
/// # Ok::<(), std::io::Error>(())
/// # })?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub async fn serve<S: HttpService>(
    listener: TcpListener,
    service: S,
    options: &Options,
    stop: impl Future<Output = Stop>,
) -> Drained {
    let mut server = Server {
        listener,
        stack: Stack::new(service, options),
        shared: Shared::new(options),
        connections: JoinSet::new(),
        max_connections: options.max_connections.get(),
    };
    if server.accept_until(stop).await == Stop::LameDuck {
        server.shared.begin_lame_duck();
        tracing::info!(lame_duck = ?options.lame_duck, "stopping: new connections are still served");
        server.accept_until(sleep(options.lame_duck)).await;
    }
    server.accept_waiting();
    let Server {
        listener,
        shared,
        mut connections,
        ..
    } = server;
    drop(listener);
    shared.begin_drain();
    tracing::info!(connections = connections.len(), drain_timeout = ?options.drain_timeout, "draining");

    let all = async { while connections.join_next().await.is_some() {} };
    if timeout(options.drain_timeout, all).await.is_ok() {
        return Drained::default();
    }
    shared.begin_cut();
    let connections_cut = connections.len();
    connections.shutdown().await;
    Drained {
        connections_cut,
        requests_cut: shared.requests_cut(),
    }
}

struct Server<S: HttpService> {
    listener: TcpListener,
    stack: Stack<S>,
    shared: Arc<Shared>,
    connections: JoinSet<()>,
    max_connections: usize,
}

impl<S: HttpService> Server<S> {
    async fn accept_until<F: Future>(&mut self, end: F) -> F::Output {
        let mut end = pin!(end);
        let mut was_full = false;
        loop {
            let is_full = self.connections.len() >= self.max_connections;
            if is_full && !was_full {
                tracing::warn!(
                    connections = self.connections.len(),
                    "connection limit reached"
                );
            }
            was_full = is_full;
            tokio::select! {
                biased;
                output = &mut end => return output,
                // A panic is in the log already.
                Some(_) = self.connections.join_next() => {}
                (stream, peer) = accept(&self.listener), if !is_full => self.begin(stream, peer),
            }
        }
    }

    /// Takes over the connections that the kernel has already accepted: closing the listener resets them.
    fn accept_waiting(&mut self) {
        let mut nobody = Context::from_waker(Waker::noop());
        while let Poll::Ready(Ok((stream, peer))) = self.listener.poll_accept(&mut nobody) {
            self.begin(stream, peer);
        }
    }

    fn begin(&mut self, stream: TcpStream, peer: SocketAddr) {
        // Fails only on a connection that is gone already, which the first read finds out.
        let _ = stream.set_nodelay(true);
        let (stack, shared) = (self.stack.clone(), Arc::clone(&self.shared));
        let connection = connection::serve(stream, peer.ip(), stack, shared);
        self.connections.spawn(connection);
    }
}
