//! A crowd: clients by the thousand that all send the same, wait for what becomes of it, and do no more.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Clients on a thread of their own, each with one connection.
pub struct Crowd {
    sent: Arc<AtomicUsize>,
    thread: JoinHandle<Outcomes>,
}

/// How many clients there were for each thing that a client can meet: a status line, or how else it ended.
pub type Outcomes = BTreeMap<String, usize>;

/// Longer than the server's deadlines, so that it is the server who ends each connection.
const LONGEST: Duration = Duration::from_secs(120);

impl Crowd {
    /// Has so many clients connect at once, and each of them send `bytes`.
    pub fn start(addr: SocketAddr, count: usize, bytes: Vec<u8>) -> Self {
        // A descriptor for each.
        let _ = rlimit::increase_nofile_limit(u64::MAX);
        let sent = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&sent);
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.expect("a runtime").block_on(async move {
                let bytes: Arc<[u8]> = bytes.into();
                let clients = (0..count).map(|_| {
                    let client = client(addr, Arc::clone(&bytes), Arc::clone(&counter));
                    tokio::spawn(timeout(LONGEST, client))
                });
                let mut outcomes = Outcomes::new();
                for client in clients.collect::<Vec<_>>() {
                    let outcome = match client.await.expect("no panic") {
                        Ok(Ok(status)) => status,
                        Ok(Err(error)) => error.kind().to_string(),
                        Err(_) => "left alone".into(),
                    };
                    *outcomes.entry(outcome).or_default() += 1;
                }
                outcomes
            })
        });
        Self { sent, thread }
    }

    /// How many clients have sent all, so far.
    pub fn sent(&self) -> usize {
        self.sent.load(SeqCst)
    }

    /// Whether the server is done with all of them.
    pub fn is_over(&self) -> bool {
        self.thread.is_finished()
    }

    /// Waits until the server is done with all of them, and says how.
    pub fn outcomes(self) -> Outcomes {
        self.thread.join().expect("the clients do not panic")
    }
}

/// Sends the bytes and reads until the server closes: the status line of its answer, if there is one.
async fn client(addr: SocketAddr, bytes: Arc<[u8]>, sent: Arc<AtomicUsize>) -> io::Result<String> {
    let mut stream = TcpStream::connect(addr).await?;
    let written = stream.write_all(&bytes).await;
    if written.is_ok() {
        sent.fetch_add(1, SeqCst);
    }
    // A server that refuses answers before all is sent.
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer).await;
    match String::from_utf8_lossy(&answer).lines().next() {
        Some(status) => Ok(status.to_owned()),
        None => written.and(read).map(|_| "no answer".into()),
    }
}
