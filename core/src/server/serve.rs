//! The life of a server: accept, lame duck, drain, cut.

use super::accept::{accept, waiting};
use super::connection;
use super::listener::{Listener, Of};
use super::shared::Shared;
use crate::Options;
use crate::context::Lifecycle;
use crate::metrics;
use crate::service::HttpService;
use crate::stack::Stack;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{JoinSet, coop};
use tokio::time::{Instant, sleep, timeout_at};

/// When all connections are busy, how soon to look again for one that has become idle.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// What the kernel's queue holds at most, unless `net.core.somaxconn` says otherwise.
const QUEUE: usize = 4096;

/// How a server is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stop {
    /// Serve new connections for the lame-duck time, then drain: a load balancer still sends some.
    LameDuck,
    /// Drain at once: nobody will come.
    Drain,
}

/// What was left when a drain ran out of time. All are zero when all was finished.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drained {
    /// Connections that were closed by force.
    pub connections_cut: usize,
    /// Requests on them whose response had not been sent to its end.
    pub requests_cut: usize,
    /// Tasks of the [`Lifecycle`] that had not ended.
    pub tasks_cut: usize,
}

/// Serves `service`, with the stack around it, until `stop` is ready and the drain is over.
///
/// The listener may be tokio's for TCP or for a Unix socket, or [one's own](Listener). Of the options the address is
/// not read, since the listener has one, nor the format of the log: log lines go to the program's `tracing`
/// subscriber. A service that wants its [`Lifecycle`] is served by a [`Server`].
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
/// let drained = server::serve(listener, service, Options::default(), stop).await;
/// assert_eq!(drained.requests_cut, 0);
/// # Ok::<(), std::io::Error>(())
/// # })?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub async fn serve<L: Listener, S: HttpService>(
    listener: L,
    service: S,
    options: Options,
    stop: impl Future<Output = Stop>,
) -> Drained {
    Server::new(service, options).serve(listener, stop).await
}

/// A service that is about to be served, with its [`Lifecycle`].
///
/// ```
/// use dualrun::{Body, Options, context::Lifecycle, server::{Server, Stop}};
/// # use http::{Request, Response};
/// # use std::convert::Infallible;
/// # use tokio::net::TcpListener;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// # let service = tower::service_fn(|_: Request<Body>| async {
/// #     Ok::<_, Infallible>(Response::new(Body::from("hello")))
/// # });
/// # let listener = TcpListener::bind("127.0.0.1:0").await?;
/// let lifecycle = Lifecycle::new();
/// let drain = lifecycle.clone();
/// lifecycle.spawn(async move { drain.drain_begins().await });
/// let server = Server::new(service, Options::default()).with_lifecycle(lifecycle);
/// let drained = server.serve(listener, async { Stop::Drain }).await;
/// assert_eq!(drained.tasks_cut, 0);
/// # Ok::<(), std::io::Error>(())
/// # })?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Server<S> {
    service: S,
    options: Options,
    lifecycle: Lifecycle,
}

impl<S: HttpService> Server<S> {
    /// With a lifecycle that nobody else knows.
    pub fn new(service: S, options: Options) -> Self {
        Self {
            service,
            options,
            lifecycle: Lifecycle::new(),
        }
    }

    /// The same with this lifecycle. Its drain begins with the server's, and its tasks are waited for.
    #[must_use]
    pub fn with_lifecycle(self, lifecycle: Lifecycle) -> Self {
        Self { lifecycle, ..self }
    }

    /// As [`serve`].
    pub async fn serve<L: Listener>(
        self,
        listener: L,
        stop: impl Future<Output = Stop>,
    ) -> Drained {
        let Self {
            service,
            options,
            lifecycle,
        } = self;
        metrics::ready(lifecycle.is_ready());
        let shared = Shared::new(&options, lifecycle.clone());
        let stack = Stack::new(service, &options)
            .with_lifecycle(&lifecycle)
            .with_budget(shared.budget.clone());
        let mut running = Running {
            listener,
            stack,
            shared,
            connections: JoinSet::new(),
            max_connections: options.max_connections.get(),
            newcomer: None,
        };
        if running.accept_until(stop).await == Stop::LameDuck {
            running.shared.begin_lame_duck();
            tracing::info!(lame_duck = ?options.lame_duck, "stopping: new connections are still served");
            running.accept_until(sleep(options.lame_duck)).await;
        }
        running.shared.begin_drain();
        tracing::info!(
            connections = running.connections.len(),
            drain_timeout = ?options.drain_timeout,
            "draining"
        );
        running.drain(options.drain_timeout, &lifecycle).await
    }
}

struct Running<L: Listener, S: HttpService> {
    listener: L,
    stack: Stack<S>,
    shared: Arc<Shared>,
    connections: JoinSet<()>,
    max_connections: usize,
    /// A connection that was accepted and has no place yet.
    newcomer: Option<(L::Handshake, IpAddr)>,
}

impl<L: Listener, S: HttpService> Running<L, S> {
    fn is_full(&self) -> bool {
        self.connections.len() >= self.max_connections
    }

    async fn accept_until<F: Future>(&mut self, end: F) -> F::Output {
        let mut end = pin!(end);
        let mut was_full = false;
        loop {
            if let Some((handshake, peer)) = self
                .newcomer
                .take_if(|_| self.connections.len() < self.max_connections)
            {
                self.begin(handshake, peer);
                continue;
            }
            let is_full = self.newcomer.is_some();
            if is_full && !was_full {
                tracing::warn!(
                    connections = self.connections.len(),
                    "connection limit reached"
                );
            }
            was_full = is_full;
            if is_full {
                self.shared.idle.evict();
            }
            tokio::select! {
                biased;
                output = &mut end => return output,
                // A panic is in the log already.
                Some(_) = self.connections.join_next() => {}
                newcomer = accept(&mut self.listener), if !is_full => self.newcomer = Some(newcomer),
                () = sleep(LOOK_AGAIN), if is_full => {}
            }
        }
    }

    fn begin(&mut self, handshake: L::Handshake, peer: IpAddr) {
        let (stack, shared) = (self.stack.clone(), Arc::clone(&self.shared));
        let handshake = async { handshake.await.map(Of::<L>) };
        let connection = connection::serve(handshake, peer, stack, shared);
        self.connections.spawn(connection);
    }

    async fn drain(mut self, time: Duration, lifecycle: &Lifecycle) -> Drained {
        let end = Instant::now() + time;
        let accepted = timeout_at(end, self.accept_waiting()).await;
        let Self {
            listener,
            shared,
            mut connections,
            ..
        } = self;
        drop(listener);
        let all = async {
            while connections.join_next().await.is_some() {}
            lifecycle.tasks_end().await;
        };
        let ended = timeout_at(end, all).await;
        if accepted.is_ok() && ended.is_ok() {
            return Drained::default();
        }
        shared.begin_cut();
        let connections_cut = connections.len();
        connections.shutdown().await;
        Drained {
            connections_cut,
            requests_cut: shared.requests_cut(),
            tasks_cut: lifecycle.tasks(),
        }
    }

    /// Takes over the connections that the kernel has already accepted: closing the listener resets them. Where there
    /// is no place for one, it waits for a connection to end, as the drain makes them.
    async fn accept_waiting(&mut self) {
        // More have hardly waited, so others that go on coming do not hold up the end.
        for _ in 0..self.max_connections.max(QUEUE) {
            while self.is_full() {
                self.connections.join_next().await;
            }
            let Some((handshake, peer)) =
                self.newcomer.take().or_else(|| waiting(&mut self.listener))
            else {
                return;
            };
            self.begin(handshake, peer);
            coop::consume_budget().await;
        }
    }
}
