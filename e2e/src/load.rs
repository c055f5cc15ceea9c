//! Load: clients that ask again and again, and count what they get.

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::time::sleep;

/// Clients on a thread of their own, each with one connection that it keeps while it can.
pub struct Load {
    counts: Arc<Counts>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Counts {
    stop: AtomicBool,
    succeeded: AtomicU64,
    failures: Mutex<Vec<String>>,
}

/// Longer than any test, so that a failure cannot leave load behind.
const LONGEST: Duration = Duration::from_secs(600);
/// The pause of a client after a failure, so that a target that is gone is not asked without end.
const AFTER_FAILURE: Duration = Duration::from_millis(50);

impl Load {
    /// Starts this many clients.
    pub fn start(addr: SocketAddr, clients: usize) -> Self {
        Self::start_for("shop.example", addr, clients)
    }

    /// Starts this many clients, who ask for a host.
    pub fn start_for(host: &str, addr: SocketAddr, clients: usize) -> Self {
        let host: Arc<str> = host.into();
        let counts = Arc::new(Counts::default());
        let shared = Arc::clone(&counts);
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let tasks = tokio::task::LocalSet::new();
            for _ in 0..clients {
                tasks.spawn_local(client(addr, Arc::clone(&host), Arc::clone(&shared)));
            }
            runtime.expect("a runtime").block_on(tasks);
        });
        Self {
            counts,
            thread: Some(thread),
        }
    }

    /// Requests that got their 200 so far.
    pub fn succeeded(&self) -> u64 {
        self.counts.succeeded.load(SeqCst)
    }

    /// Waits until this many requests have got their 200.
    ///
    /// # Panics
    ///
    /// If that takes too long.
    pub fn wait_for(&self, count: u64) {
        let start = Instant::now();
        while self.succeeded() < count {
            assert!(
                start.elapsed() < LONGEST,
                "{} of {count} requests",
                self.succeeded()
            );
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends the load: how many requests got their 200, and what became of each other one.
    pub fn stop(mut self) -> (u64, Vec<String>) {
        self.end();
        let failures = std::mem::take(&mut *self.counts.failures.lock().expect("no panic"));
        (self.succeeded(), failures)
    }

    fn end(&mut self) {
        self.counts.stop.store(true, SeqCst);
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the clients do not panic");
        }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.end();
    }
}

async fn client(addr: SocketAddr, host: Arc<str>, counts: Arc<Counts>) {
    let start = Instant::now();
    let mut connection = None;
    while !counts.stop.load(SeqCst) && start.elapsed() < LONGEST {
        match ask(addr, &host, &mut connection).await {
            Ok(StatusCode::OK) => {
                counts.succeeded.fetch_add(1, SeqCst);
                continue;
            }
            Ok(status) => counts
                .failures
                .lock()
                .expect("no panic")
                .push(status.to_string()),
            Err(error) => counts
                .failures
                .lock()
                .expect("no panic")
                .push(error.to_string()),
        }
        connection = None;
        sleep(AFTER_FAILURE).await;
    }
}

type Connection = SendRequest<Empty<Bytes>>;

async fn ask(
    addr: SocketAddr,
    host: &str,
    connection: &mut Option<Connection>,
) -> Result<StatusCode, Box<dyn std::error::Error>> {
    // A connection that the balancer has closed between two requests is replaced, as every client does.
    let mut sender = match connection.take() {
        Some(sender) if !sender.is_closed() => sender,
        _ => connect(addr).await?,
    };
    sender.ready().await?;
    let request = Request::get("/").header("host", host).body(Empty::new())?;
    let response = sender.send_request(request).await?;
    let status = response.status();
    response.into_body().collect().await?;
    *connection = Some(sender);
    Ok(status)
}

async fn connect(addr: SocketAddr) -> Result<Connection, Box<dyn std::error::Error>> {
    let stream = TcpStream::connect(addr).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::task::spawn_local(connection);
    Ok(sender)
}
