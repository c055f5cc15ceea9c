//! A connection that speaks HTTP/2 from its first byte.

use super::activity::Activity;
use super::detect::{self, Protocol};
use super::refusal::LINGER;
use super::service::{ConnectionService, Http2Service};
use super::socket::Socket;
use super::stream::Streams;
use super::supervise::Supervised;
use super::{Accepted, MAX_HEAD, report};
use crate::metrics;
use crate::server::listener::Transport;
use crate::server::shared::Shared;
use crate::service::HttpService;
use crate::stack::{FREE, Reserved, Stack};
use bytes::Bytes;
use hyper::server::conn::http2;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

/// A client that answers no ping for this long is gone.
const PING_TIMEOUT: Duration = Duration::from_secs(20);

/// What a client may send that nobody has read, on one stream and on all of them: the least that HTTP/2 knows (RFC 9113,
/// section 6.9.2). Memory is set aside for it as soon as there is a connection.
const WINDOW: u32 = 65_535;

/// How long an idle connection may take to make room for another.
const FOR_ROOM: Duration = Duration::from_secs(1);

/// The server's preface, and `GOAWAY` with `ENHANCE_YOUR_CALM` (RFC 9113, sections 3.4, 6.8 and 7).
const NO_ROOM: &[u8] = &[
    0, 0, 0, 4, 0, 0, 0, 0, 0, // SETTINGS
    0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xb, // GOAWAY
];

/// Serves `io` to its end. `replay` are the bytes that detection has read.
pub(super) async fn serve<IO, S>(io: IO, replay: Bytes, stack: Stack<S>, accepted: Accepted)
where
    IO: Transport,
    S: HttpService,
{
    let Accepted {
        peer, shared, seat, ..
    } = &accepted;
    let (peer, idle) = (*peer, shared.timeouts.idle);
    seat.set_http2();
    let Some(_window) = window(shared).await else {
        tracing::warn!(client = %peer, "no memory for another http/2 connection");
        // How the client takes it does not matter any more.
        let _ = timeout(LINGER, refuse(io)).await;
        return;
    };
    let activity = Arc::new(Activity::new(&accepted, accepted.start, false));
    let _open = stack.meter().connection(metrics::Protocol::Http2);
    let socket = Socket::new(io, Protocol::Http2, replay, Arc::clone(&activity));
    let service = ConnectionService {
        stack,
        activity: Arc::clone(&activity),
        peer,
    };
    let mut connection = http2::Builder::new(Streams)
        .timer(TokioTimer::new())
        .keep_alive_interval(idle)
        .keep_alive_timeout(PING_TIMEOUT)
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .max_concurrent_streams(shared.max_streams)
        .max_header_list_size(MAX_HEAD as u32)
        .enable_connect_protocol()
        .serve_connection(TokioIo::new(socket), Http2Service(service));
    report(peer, Supervised::new(&mut connection, activity).await);
}

/// Memory for the window of one more connection. Where there is none, the HTTP/2 connection makes room that has been idle
/// longest.
async fn window(shared: &Shared) -> Option<Option<Reserved>> {
    let size = FREE + u64::from(WINDOW);
    if let Ok(window) = shared.windows.try_reserve(size) {
        return Some(window);
    }
    if !shared.idle.evict_http2() {
        return None;
    }
    let room = shared.windows.clone().reserve(size);
    timeout(FOR_ROOM, room).await.ok()
}

async fn refuse<IO: Transport>(mut io: IO) -> io::Result<()> {
    io.write_all(NO_ROOM).await?;
    io.shutdown().await?;
    // To close on what the client still sends would reset the connection, and the frames with it.
    while detect::next(&mut io).await?.is_some() {}
    Ok(())
}
