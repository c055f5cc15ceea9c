//! Connections in memory, under a paused clock.

mod coalesce;
mod deadlines;
mod drain;
mod half_close;
mod http2;
mod memory;
mod rest;

use crate::app::{AppConfig, app};
use crate::context::Lifecycle;
use crate::server::connection;
use crate::server::listener::Transport;
use crate::server::shared::Shared;
use crate::service::HttpService;
use crate::stack::Stack;
use crate::{Body, Options, config};
use http::{Request, Response};
use std::convert::Infallible;
use std::future::ready;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, advance, sleep};
use tower::service_fn;

const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// A frame header with length 0, type SETTINGS, no flags, stream 0 (RFC 9113, section 4.1).
const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];

/// In memory there is no system that could know more than tokio.
impl Transport for DuplexStream {
    fn has_unread(&self) -> bool {
        false
    }

    fn poll_peek(&mut self, _: &mut Context<'_>) -> Poll<io::Result<usize>> {
        Poll::Pending
    }
}

/// A client's end of a connection to a server that is about to serve it.
struct Client {
    io: DuplexStream,
    shared: Arc<Shared>,
    served: JoinHandle<()>,
    start: Instant,
}

impl Client {
    fn connect() -> Self {
        let config: AppConfig = config::load_from([
            ("APP_NAME", "shop"),
            ("ENVIRONMENT", "test"),
            ("SECRET_KEY", "hunter2"),
        ])
        .unwrap();
        Self::connect_to(app(config), 4096)
    }

    fn connect_to<S: HttpService>(service: S, buffer: usize) -> Self {
        let (io, server) = duplex(buffer);
        Self::connect_over(io, server, service)
    }

    fn connect_over<IO, S>(io: DuplexStream, server: IO, service: S) -> Self
    where
        IO: Transport,
        S: HttpService,
    {
        let options = Options::default();
        let shared = Shared::new(&options, Lifecycle::new());
        let peer = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let stack = Stack::new(service, &options);
        let handshake = ready(Ok(server));
        let served = tokio::spawn(connection::serve(
            handshake,
            peer,
            stack,
            Arc::clone(&shared),
        ));
        Self {
            io,
            shared,
            served,
            start: Instant::now(),
        }
    }

    async fn send(&mut self, bytes: &[u8]) {
        self.io
            .write_all(bytes)
            .await
            .expect("the connection is open");
    }

    /// One response of ours: its head, and the body that follows.
    async fn response(&mut self) -> String {
        let mut text = Vec::new();
        while !text.ends_with(b"shop running in test\n") {
            text.push(self.io.read_u8().await.expect("a whole response"));
        }
        String::from_utf8(text).unwrap()
    }

    /// Everything up to the end, and when that came.
    async fn rest(mut self) -> (Vec<u8>, Duration) {
        let mut rest = Vec::new();
        let _ = self.io.read_to_end(&mut rest).await;
        (rest, self.start.elapsed())
    }

    #[track_caller]
    fn check_ended_after(&self, seconds: u64) {
        let elapsed = self.start.elapsed();
        assert_eq!(
            elapsed.as_millis() / 10,
            u128::from(seconds) * 100,
            "{elapsed:?}"
        );
    }
}

/// Reads to the end and tells when it came, in whole hundredths of a second.
async fn ends_after(client: Client) -> f64 {
    let (_, elapsed) = client.rest().await;
    (elapsed.as_secs_f64() * 100.0).round() / 100.0
}

fn frame_types(mut bytes: &[u8]) -> Vec<u8> {
    let mut types = Vec::new();
    while let [a, b, c, kind, ..] = bytes {
        types.push(*kind);
        let length = usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c);
        bytes = &bytes[bytes.len().min(9 + length)..];
    }
    types
}
